"""Say what a file is and, where it was generated, how it was made."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.api import Recipe, import_recipe, mode_of
from engine.media import probe
from engine.plain import to_plain
from studio.commands.crew import CommandError
from studio.document.project_file import FILM_FILE, open_project
from studio.document.queries import active_timeline, shot_state, timeline_end
from studio.document.timebase import to_timecode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a take's folder, a film, or a media file"
    )
    parser.add_argument("--json", action="store_true", help="all of it, for a machine to read")


def run(arguments: argparse.Namespace) -> int:
    """Inspect; the exit status."""
    path: Path = arguments.file
    if not path.exists():
        raise CommandError(f"{path} does not exist.")
    folder = path if path.is_dir() else path.parent
    recipe = import_recipe(folder)
    if recipe is not None and (path.is_dir() or path.name in ("picture.mkv", "sound.wav")):
        lines, plain = recipe_lines(recipe), to_plain(recipe)
    elif path.suffix == ".dailies" or (path.is_dir() and (path / FILM_FILE).is_file()):
        lines, plain = _film(path)
    elif path.is_dir():
        raise CommandError(f"{path} holds neither a take nor a film.")
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
        f"Size: {request.width}x{request.height}, {request.frames} pictures at {request.rate}",
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
        film, ledger = project.store.film, project.store.ledger
    finally:
        project.close()
    length = timeline_end(active_timeline(film))
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
    return lines, {"name": film.name, "frames": length, "rate": str(film.rate), "shots": shots}


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
    lines = [f"{path.name}: {', '.join(parts)} ({codecs})", "It holds no recipe of ours."]
    return lines, to_plain(info)
