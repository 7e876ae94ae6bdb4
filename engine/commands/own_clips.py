"""A folder of somebody's own captioned clips, read as training data.

Captions stand in ``captions.csv`` (columns ``file`` and ``caption``) or beside each clip in a text
file of its name. Clips are conformed to the size, rate and length that the network was trained
on; longer ones are cut into as many parts as they hold.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import torch

from engine.commands.console import Meter, say
from engine.data.latents import LatentSpec
from engine.data.own_clips import OwnClip, encode_own
from engine.errors import MediaError, RequestError
from engine.media import probe, read_pictures, read_sound
from engine.models.codecs import load_codecs
from engine.models.sizes import SIZES
from engine.models.text_encoder import TextEncoder
from engine.shapes import SAMPLE_RATE_HZ, ClipShape

_CAPTIONS = "captions.csv"
_NO_MEDIA = {".txt", ".csv", ".json", ".md", ".srt", ""}
# Parts of one clip beyond these teach little that is new.
_PARTS = 64


def prepare(data: Path, run: Path, weights: Path, device: torch.device) -> None:
    """Encode the clips in ``data`` into the run's ``latents``; those encoded before stay.

    Raises:
        EngineError: if the folder, its captions or all of its clips cannot be used.
    """
    folder = run / "latents"
    if (folder / "spec.json").is_file():
        say(f"The clips that were encoded in {folder} are used again.")
        return
    captioned = captions_of(data)
    codecs, shape = load_codecs(weights).to(device), SIZES["small"].clip
    spec = LatentSpec.encoded_by(codecs, shape, clips=1, level=0)
    clips = read_clips(captioned, shape)
    first = next(clips, None)
    if first is None:
        raise RequestError(f"None of the clips in {data} can be learned from.")

    def all_clips() -> Iterator[OwnClip]:
        yield first
        yield from clips

    store = encode_own(folder, spec, all_clips(), codecs, TextEncoder(device=device))
    say(f"{store.spec.clips} parts of {len(captioned)} clips are encoded in {folder}.")


def captions_of(data: Path) -> dict[Path, str]:
    """Every clip in the folder ``data`` and its caption.

    A clip without a caption is named and left out.

    Raises:
        RequestError: if there is no such folder, no captioned clip, or the list is unreadable.
    """
    if not data.is_dir():
        raise RequestError(f"There is no folder {data}; name one of clips and their captions.")
    listed = data / _CAPTIONS
    found = _listed(listed) if listed.is_file() else _beside(data)
    captioned = {}
    for path, caption in found.items():
        if caption:
            captioned[path] = caption
        else:
            say(f"{path.name} is left out: it has no caption. Write one in {path.stem}.txt.")
    if not captioned:
        raise RequestError(
            f"{data} holds no captioned clips. Put a text file of its name beside each, or a "
            f"{_CAPTIONS} with the columns file and caption."
        )
    return captioned


def _listed(path: Path) -> dict[Path, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"file", "caption"} <= set(rows.fieldnames or ()):
                raise RequestError(f"{path.name} needs the columns file and caption.")
            return {_inside(path.parent, row): (row["caption"] or "").strip() for row in rows}
    except (OSError, ValueError, csv.Error) as error:
        raise RequestError(f"{path.name} cannot be read as a table in UTF-8: {error}.") from error


def _inside(folder: Path, row: dict[str, str]) -> Path:
    path = folder / (row["file"] or "").strip()
    if not path.resolve().is_relative_to(folder.resolve()):
        raise RequestError(f"{row['file']} lies outside {folder}; list clips inside it.")
    return path


def _beside(folder: Path) -> dict[Path, str]:
    found = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith(".") or path.suffix.lower() in _NO_MEDIA:
            continue
        words = path.with_suffix(".txt")
        try:
            found[path] = words.read_text("utf-8-sig").strip() if words.is_file() else ""
        except (OSError, ValueError) as error:
            raise RequestError(f"{words.name} cannot be read as text in UTF-8.") from error
    return found


def read_clips(captioned: dict[Path, str], shape: ClipShape) -> Iterator[OwnClip]:
    """Parts of ``shape`` of all clips; what cannot be used is named and left out."""
    meter = Meter("reading clips")
    for number, (path, caption) in enumerate(captioned.items(), 1):
        try:
            yield from _parts(path, caption, shape)
        except MediaError as error:
            say(f"{path.name} is left out: {error}")
        meter.show(number, len(captioned))
    meter.close()


def _parts(path: Path, caption: str, shape: ClipShape) -> Iterator[OwnClip]:
    info = probe(path)
    if info.kind != "video":
        raise MediaError(f"{path.name} holds no moving picture.")
    length_s = shape.duration_s
    # A film's last picture may end a little before its stated length.
    parts = min(_PARTS, int((info.duration_s + 0.5 / float(shape.rate)) / length_s))
    if parts < 1:
        raise MediaError(
            f"{path.name} lasts {info.duration_s:.1f} s; at least {length_s:.1f} s are needed."
        )
    for part in range(parts):
        start_s = part * length_s
        pictures = read_pictures(
            path,
            width=shape.width,
            height=shape.height,
            rate=shape.rate,
            start_s=start_s,
            frames=shape.frames,
        )
        if len(pictures) < shape.frames:
            if part:
                return
            raise MediaError(f"{path.name} ends before {length_s:.1f} s.")
        sound = None
        if info.has_audio:
            sound = read_sound(path, rate_hz=SAMPLE_RATE_HZ, start_s=start_s, duration_s=length_s)
            missing = shape.samples - sound.shape[1]
            sound = torch.nn.functional.pad(torch.from_numpy(sound), (0, missing)).numpy()
        yield OwnClip(name=path.name, caption=caption, pictures=pictures, sound=sound)
