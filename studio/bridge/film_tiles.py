"""The reader of tiles: pictures and sound of a film's takes and media, from their files."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.media import iterate_pictures, read_sound
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.document.queries import find_media
from studio.render.film_paths import inside

SOUND_HZ = 24_000
LONG_SOUND_HZ = 6_000
_LONG_S = 600
_SKIP = 32


@dataclass(frozen=True)
class TileFile:
    """The files behind a key.

    Attributes:
        rate: pictures a second; ``None`` for a still.
        duration_s: of the sound.
    """

    picture: Path | None
    sound: Path | None
    rate: Fraction | None
    width: int
    height: int
    duration_s: float


@dataclass
class _Strip:
    """A file that is being read onward."""

    path: Path
    height: int
    following: int
    pictures: Iterator[np.ndarray]


class FilmTileReader:
    """Reads what ``media:ID`` and ``take:ID`` name, in the film's own folder and nowhere else.

    ``follow`` is called with every new film and ledger, the rest on the tile cache's thread, which
    takes the newest of these frozen values at every read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._world: tuple[Film, Ledger] | None = None
        self._strip: _Strip | None = None

    def follow(self, film: Film, ledger: Ledger) -> None:
        """Know the files of ``film`` and ``ledger``."""
        self._world = (film, ledger)

    def picture(self, key: str, picture: int, height_px: int) -> NDArray[np.uint8] | None:
        """Picture number ``picture`` as (H, W, 3), or ``None`` where it cannot be read."""
        file = self._file(key)
        if file is None or file.picture is None or not file.height:
            return None
        height = min(height_px, file.height) // 2 * 2 or 2
        width = max(2, round(height * file.width / file.height) // 2 * 2)
        try:
            return self._read(file.picture, file.rate, picture, width, height)
        except EngineError:
            self._strip = None
            return None

    def sound(self, key: str) -> tuple[NDArray[np.float32], int] | None:
        """All of a source's sound as (S, 2), or ``None`` where there is none."""
        file = self._file(key)
        if file is None or file.sound is None or not file.duration_s:
            return None
        rate_hz = SOUND_HZ if file.duration_s <= _LONG_S else LONG_SOUND_HZ
        try:
            return np.ascontiguousarray(read_sound(file.sound, rate_hz=rate_hz).T), rate_hz
        except EngineError:
            return None

    def _read(
        self, path: Path, rate: Fraction | None, picture: int, width: int, height: int
    ) -> NDArray[np.uint8]:
        """One picture; those of one strip are decoded in one go, not each from its keyframe."""
        strip = self._strip
        ahead = -1 if strip is None else picture - strip.following
        if strip is None or strip.path != path or strip.height != height or not 0 <= ahead < _SKIP:
            if strip is not None and isinstance(strip.pictures, Generator):
                strip.pictures.close()
            start_s = 0.0 if rate is None else float(picture / rate)
            pictures = iterate_pictures(
                path, width=width, height=height, rate=rate, start_s=start_s
            )
            self._strip = strip = _Strip(path, height, picture, pictures)
            ahead = 0
        found = next(islice(strip.pictures, ahead, None))
        strip.following = picture + 1
        return found

    def _file(self, key: str) -> TileFile | None:
        kind, _, one = key.partition(":")
        if self._world is None:
            return None
        film, ledger = self._world
        try:
            return self._of_take(ledger, one) if kind == "take" else self._of_media(film, one)
        except EngineError:
            return None

    def _of_take(self, ledger: Ledger, take_id: str) -> TileFile | None:
        take = ledger.takes.get(take_id)
        if take is None:
            return None
        return TileFile(
            inside(self._folder, f"{take.folder}/picture.mkv"),
            inside(self._folder, f"{take.folder}/sound.wav") if take.samples else None,
            take.rate,
            take.width,
            take.height,
            take.samples / take.sample_rate_hz,
        )

    def _of_media(self, film: Film, media_id: str) -> TileFile | None:
        media = find_media(film, media_id)
        if media is None:
            return None
        path, facts = inside(self._folder, media.path), media.facts
        return TileFile(
            path if facts.frames else None,
            path if facts.samples else None,
            facts.rate if media.kind == "video" else None,
            facts.width,
            facts.height,
            facts.samples / facts.sample_rate_hz if facts.sample_rate_hz else 0.0,
        )
