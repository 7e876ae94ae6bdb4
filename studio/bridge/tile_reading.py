"""Reading for tiles: small pictures and sound of a film's media and takes, and which are there."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.media import iterate_pictures, probe, read_sound
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.render.film_paths import inside

SOUND_HZ = 8000


class FilmTileReader:
    """Finds the file behind ``media:ID`` and ``take:ID`` and reads a little of it.

    Nothing is read outside the film's folder, whatever a film of a stranger's says. What cannot be
    read is an ``EngineError``.

    ``follow`` is called on the GUI thread with every new film and ledger, the rest on the tile
    cache's thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._media: dict[str, str] = {}
        self._takes: dict[str, str] = {}
        self._rates: dict[Path, tuple[float, int, int]] = {}
        self._known: tuple[object, object] = (None, None)

    def follow(self, film: Film, ledger: Ledger) -> None:
        """Know the files of ``film`` and ``ledger``."""
        if self._known[0] is film.media and self._known[1] is ledger.takes:
            return
        self._known = (film.media, ledger.takes)
        media = {one.id: one.path for one in film.media}
        takes = {take.id: take.folder for take in ledger.takes.values()}
        with self._lock:
            self._media, self._takes = media, takes

    def picture(self, key: str, picture: int, height_px: int) -> NDArray[np.uint8] | None:
        """Picture number ``picture``, scaled to about ``height_px``."""
        path = self._path(key, "picture.mkv")
        if path is None:
            return None
        rate, width, height = self._facts(path)
        wide = max(2, round(width * height_px / max(1, height)))
        start_s = picture / rate if rate else 0.0
        stream = iterate_pictures(
            path, width=min(wide, 4 * height_px), height=height_px, start_s=start_s, frames=1
        )
        return next(iter(stream), None)

    def sound(self, key: str) -> tuple[NDArray[np.float32], int] | None:
        """All of the sound, at a rate that is enough to draw it."""
        path = self._path(key, "sound.wav")
        if path is None:
            return None
        return np.ascontiguousarray(read_sound(path, rate_hz=SOUND_HZ).T), SOUND_HZ

    def is_there(self, key: str) -> bool:
        """Whether the file behind a key is where the film says."""
        path = self._path(key, "picture.mkv")
        return path is not None and path.is_file()

    def _path(self, key: str, name: str) -> Path | None:
        kind, _, item_id = key.partition(":")
        with self._lock:
            stored = (self._takes if kind == "take" else self._media).get(item_id)
        if stored is None:
            return None
        return inside(self._folder, f"{stored}/{name}" if kind == "take" else stored)

    def _facts(self, path: Path) -> tuple[float, int, int]:
        found = self._rates.get(path)
        if found is None:
            info = probe(path)
            found = self._rates[path] = (float(info.rate), info.width, info.height)
        return found
