"""Finished results on disk and how they were made."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.api.reports import Flag
from engine.api.requests import SAMPLERS, ShotRequest
from engine.errors import RequestError
from engine.plain import from_plain


@dataclass(frozen=True, kw_only=True)
class FileHash:
    """A file that a take was made from, by content."""

    source: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a take was made, enough to make it again.

    Attributes:
        request: with the seed of this very take and one variation.
        shot: index of the shot of the request that this take shows.
        weights: name and hash of the weights.
        threads: processor threads that computed it (another number may round otherwise).
        engine: version of the engine.
        scale: how many times as wide and as high as asked for the picture is.
        folder: where it was written: what lay beside it may have moved along.
    """

    request: ShotRequest
    shot: int
    references: tuple[FileHash, ...]
    backend: str
    weights: str
    sampler: str
    steps: int
    threads: int
    device: str
    engine: str
    scale: int = 1
    folder: str = ""

    @property
    def again(self) -> ShotRequest:
        """What makes the take again, whatever a request that names no sampler gets by now."""
        sampler = next((one for one in SAMPLERS if one == self.sampler), None)
        quality = replace(self.request.quality, sampler=sampler, steps=self.steps)
        return replace(self.request, quality=quality)


@dataclass(frozen=True, kw_only=True)
class Take:
    """One finished result on disk.

    Attributes:
        folder: holds ``picture.mkv`` (FFV1), ``sound.wav``, ``latents.safetensors`` (where the
            backend has latents) and ``recipe.json``.
        samples: sound samples per channel.
    """

    folder: str
    width: int
    height: int
    frames: int
    rate: Fraction
    samples: int
    sample_rate_hz: int
    recipe: Recipe
    flags: tuple[Flag, ...] = ()

    @property
    def picture(self) -> Path:
        """The picture file."""
        return Path(self.folder) / "picture.mkv"

    @property
    def sound(self) -> Path:
        """The sound file, stereo PCM."""
        return Path(self.folder) / "sound.wav"


def take_name(shot: int, variation: int = 0) -> str:
    """The name of a take's folder in the folder of its render; both numbers count from 0."""
    return f"take-{shot + 1:02d}-{variation + 1:02d}"


def import_recipe(folder: Path) -> Recipe | None:
    """The recipe beside a take's files, or ``None`` where there is none.

    Raises:
        RequestError: if there is one that cannot be read.
    """
    path = folder / "recipe.json"
    if not path.is_file():
        return None
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(f"The recipe in {folder} cannot be read: {error}.") from error
    return from_plain(Recipe, plain)
