"""Say what a file is and, where it was generated, how it was made."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.api import Recipe, import_recipe, mode_of
from engine.errors import EngineError
from engine.media import probe
from engine.media.opening import open_media
from engine.plain import to_plain
from studio.commands.crew import CommandError
from studio.document.codec import Body
from studio.document.film import Film
from studio.document.project_file import FILM_FILE, open_project
from studio.document.queries import active_timeline, shot_state, timeline_end
from studio.document.timebase import to_timecode
from studio.export.credentials import read_credentials
from studio.export.interchange import INTERCHANGES, read_interchange
from studio.export.interchange_sheet import Sheet
from studio.export.provenance import manifest_in, manifest_of, parsed, sidecar_path
from studio.export.provenance_words import manifest_lines

_SIDECAR_BYTES = 64 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="an exported film or folder, a take's folder, a film's folder, a cut, or a media file",
    )
    parser.add_argument("--json", action="store_true", help="all of it, for a machine to read")


def run(arguments: argparse.Namespace) -> int:
    """Inspect; the exit status."""
    path: Path = arguments.file
    if not path.exists():
        raise CommandError(f"{path} does not exist.")
    folder = path if path.is_dir() else path.parent
    is_take = path.is_dir() or path.name in ("picture.mkv", "sound.wav")
    recipe = import_recipe(folder) if is_take else None
    if recipe is not None:
        lines, plain = recipe_lines(recipe), to_plain(recipe)
    elif path.suffix == ".dailies" or (path.is_dir() and (path / FILM_FILE).is_file()):
        lines, plain = _film(path)
    elif path.is_dir():
        lines, plain = _folder(path)
    elif path.suffix.lower() in {form.suffix for form in INTERCHANGES if form.parse}:
        lines, plain = _cut(read_interchange(path))
    else:
        lines, plain = _media(path)
    if arguments.json:
        sys.stdout.write(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def recipe_lines(recipe: Recipe) -> list[str]:
    """How a take was made, a line each."""
    request = recipe.request
    task = mode_of(request.task)
    lines = [
        f"Made by {recipe.backend}, engine {recipe.engine}, on {recipe.device} "
        f"with {recipe.threads} threads",
        f"Weights: {recipe.weights or 'none'}",
        f"Task: {task}, {request.quality.mode}, {recipe.steps} steps of {recipe.sampler}",
        f"Prompt: {request.prompt}",
        f"Size: {recipe.scale * request.width}x{recipe.scale * request.height}, "
        f"{request.frames} pictures at {request.rate}",
        f"Seed: {request.seed}",
    ]
    lines += [f"Reference: {one.source} ({one.sha256[:12]})" for one in recipe.references]
    instruction = getattr(request.task, "instruction", "")
    if instruction:
        lines.append(f"Edit: {instruction}")
    return lines


def _film(path: Path) -> tuple[list[str], object]:
    project = open_project(path, read_only=True)
    try:
        film, ledger, folder = project.store.film, project.store.ledger, project.folder
    finally:
        project.close()
    cut = active_timeline(film)
    length = timeline_end(cut)
    lines = [
        f"{film.name}: {film.width}x{film.height} at {film.rate} pictures a second, "
        f"{to_timecode(length, film.rate)} long",
        f"{len(film.shots)} shots, {len(ledger.takes)} takes, {len(film.media)} files",
    ]
    shots = [
        {"name": shot.name, "state": shot_state(film, ledger, shot), "prompt": shot.prompt}
        for shot in film.shots
    ]
    lines += [f"  {shot['name']} ({shot['state']}): {shot['prompt']}" for shot in shots]
    plain: dict[str, Any] = {
        "name": film.name,
        "frames": length,
        "rate": str(film.rate),
        "shots": shots,
        "files": [{"name": one.name, "rights": one.rights or None} for one in film.media],
    }
    if length:
        manifest = manifest_of(film, ledger, cut, folder=folder)
        lines += ["The cut:", *(f"  {line}" for line in manifest_lines(manifest.body))]
        lines += manifest.notes
        plain["cut"] = manifest.body
    return lines + _unnoted(film), plain


def _unnoted(film: Film) -> list[str]:
    bare = sum(not one.rights.strip() for one in film.media)
    return [f"Without a rights note: {bare} of {len(film.media)} files."] if bare else []


def _cut(sheet: Sheet) -> tuple[list[str], object]:
    """A cut of another program."""
    cut = sheet.timeline
    end = to_timecode(timeline_end(cut), sheet.rate)
    clips = sum(len(track.clips) for track in cut.tracks)
    lines = [
        f"{cut.name}: {clips} clips on {len(cut.tracks)} tracks at {float(sheet.rate):.6g} "
        f"frames a second, {end} long, {len(cut.markers)} markers"
    ]
    lines += [f"  {track.name} ({track.kind}): {len(track.clips)} clips" for track in cut.tracks]
    takes = [
        facts
        for source in sheet.sources.values()
        if isinstance(facts := source.facts.get("take"), dict)
        and {"id", "weights", "seed"} <= facts.keys()
    ]
    lines += [
        f"  Take {one.get('id')}: {one.get('weights')}, seed {one.get('seed')}" for one in takes
    ]
    plain = {
        "name": cut.name,
        "rate": str(sheet.rate),
        "tracks": [{"name": one.name, "clips": len(one.clips)} for one in cut.tracks],
        "takes": takes,
        "notes": list(sheet.notes),
    }
    return lines + list(sheet.notes), plain


def _folder(path: Path) -> tuple[list[str], object]:
    """A folder of pictures or stems that was exported."""
    manifest = _beside(path)
    if manifest is None:
        raise CommandError(
            f"{path} holds neither a take nor a film, and {sidecar_path(path).name}, in which an "
            "export says how it was made, is not beside it."
        )
    files = sum(1 for one in path.iterdir() if one.is_file())
    lines = [f"{path.name}: a folder of {files} {'file' if files == 1 else 'files'}"]
    plain: dict[str, Any] = {"files": files, "provenance": manifest}
    return [*lines, *_made(manifest, "beside it")], plain


def _made(manifest: Body, where: str) -> list[str]:
    lines = (f"  {line}" for line in manifest_lines(manifest))
    return [f"How it was made, as written {where}:", *lines]


def _media(path: Path) -> tuple[list[str], object]:
    info = probe(path)
    parts = [info.kind]
    if info.width:
        parts.append(f"{info.width}x{info.height}")
    if info.rate:
        parts.append(f"{info.frames} pictures at {float(info.rate):g} a second")
    if info.duration_s:
        parts.append(f"{info.duration_s:.2f} s")
    if info.has_audio:
        parts.append(f"sound of {info.channels} channels at {info.sample_rate_hz} Hz")
    codecs = " and ".join(codec for codec in (info.picture_codec, info.sound_codec) if codec)
    lines = [f"{path.name}: {', '.join(parts)} ({codecs})"]
    plain: dict[str, Any] = dict(to_plain(info))
    manifest, where = _manifest(path)
    if manifest is None:
        lines.append("It holds no recipe of ours.")
    else:
        lines += _made(manifest, where)
        plain["provenance"] = manifest
    told, credentials = _credentials(path)
    plain["credentials"] = credentials
    return lines + told, plain


def _manifest(path: Path) -> tuple[Body | None, str]:
    """The manifest in a film, or the longer one beside it where that is of the same export.

    Of a file of a folder that was exported, it lies beside the folder.
    """
    inside = manifest_in(_tags(path))
    for one, where in ((path, "beside it"), (path.resolve().parent, "beside its folder")):
        beside = _beside(one)
        if beside is not None and (inside is None or _same(inside, beside)):
            return beside, where if inside is None else f"in it and {where}"
    return inside, "in it"


def _same(inside: Body, beside: Body) -> bool:
    return inside.get("exported") == beside.get("exported")


def _beside(path: Path) -> Body | None:
    sidecar = sidecar_path(path.resolve())
    try:
        if not sidecar.is_file() or sidecar.stat().st_size > _SIDECAR_BYTES:
            return None
        return parsed(sidecar.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def _tags(path: Path) -> Mapping[str, str]:
    try:
        with open_media(path) as container:
            return dict(container.metadata)
    except EngineError:
        return {}


def _credentials(path: Path) -> tuple[list[str], object]:
    try:
        found = read_credentials(path)
    except EngineError as error:
        return [str(error)], None
    if found is None:
        return ["It holds no content credentials."], None
    lines = [found.words]
    if found.source_type:
        lines.append(f"  Source: {found.source_type}")
    lines += [f"  Ingredient: {one.words}" for one in found.ingredients]
    lines += [f"  Found: {one}" for one in found.faults]
    return lines, {"state": found.state, "signer": found.signer, "report": dict(found.report)}
