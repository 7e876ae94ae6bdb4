"""The picture reader: one file that can be asked for any of its pictures, again and again."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

from engine.errors import MediaError
from engine.media import FilmReader, key_picture
from studio.playback.canvas import Picture, frozen

_SKIP = 24
_SHORT = 12
_BEHIND = 24
_BEHIND_BYTES = 96 * 2**20
_SLOW_S = 0.04
_PLACES = 2


class PictureReader:
    """One file, opened when its first picture is asked for.

    Going back picture by picture, as films that run backwards do, decodes a stretch at once. Two
    places of it are kept open: a dissolve between two parts of a file goes to and fro.

    Args:
        path: of a film or an image.
        rate: pictures a second by which they are counted; ``None`` for an image.
    """

    def __init__(self, path: Path, rate: Fraction | None) -> None:
        self._path = path
        self._rate = rate
        self._films: list[FilmReader] = []
        self._behind: dict[int, Picture] = {}
        self._asked = -1
        self._took_s = 0.0
        self._bytes = 0

    def near(self, index: int) -> Picture | None:
        """A picture near ``index`` that is at hand at once; ``None`` where it is itself soon there.

        Raises:
            MediaError: if it cannot be read.
        """
        if self._rate is None or self._took_s < _SLOW_S or index in self._behind:
            return None
        if self._is_soon(index):
            return None
        return frozen(key_picture(self._path, float(index / self._rate)))

    def picture(self, index: int) -> Picture:
        """Picture ``index``, (H, W, 3) or with what it covers (H, W, 4).

        A file that ends before it gives its last one.

        Raises:
            MediaError: if it cannot be read.
        """
        if self._rate is None:
            index = 0
        before, self._asked = self._asked, index
        if index in self._behind:
            return self._behind[index]
        is_soon = self._is_soon(index)
        if 0 < before - index <= _SKIP and not is_soon:
            return self._stretch(index)
        self._behind = {}
        began_s = time.monotonic()
        found = self._decode(index)
        if not is_soon:
            self._took_s = time.monotonic() - began_s
        return found

    def close(self) -> None:
        """Close the file."""
        while self._films:
            self._films.pop().close()

    def _stretch(self, index: int) -> Picture:
        """Decode the pictures before ``index`` too, since they will be wanted next."""
        self._behind = {}
        count = max(1, min(_BEHIND, _BEHIND_BYTES // max(1, self._bytes)))
        first = max(0, index - count + 1)
        found = {at: self._decode(at) for at in range(first, index + 1)}
        self._behind = found
        return found[index]

    def _decode(self, index: int) -> Picture:
        try:
            found = self._read(index)
        except MediaError:
            # A file may hold fewer pictures than it says: then its last one stays.
            found = self._read(max(0, index - _SHORT))
        self._bytes = found.nbytes
        return found

    def _read(self, index: int) -> Picture:
        film = self._film_for(index)
        found = film.picture(index)
        return frozen(film.last() if found is None else found)

    def _is_soon(self, index: int) -> bool:
        return any(film.goes_on_to(index) for film in self._films)

    def _film_for(self, index: int) -> FilmReader:
        """The one that is the nearest before ``index``, or else the one used least lately."""
        on_the_way = [film for film in self._films if film.leads_to(index)]
        if on_the_way:
            film = max(on_the_way, key=lambda one: one.asked)
            self._films.remove(film)
        elif len(self._films) < _PLACES:
            film = FilmReader(self._path, rate=self._rate, cover=True)
        else:
            film = self._films.pop(0)
        self._films.append(film)
        return film
