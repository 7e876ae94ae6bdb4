"""The picture reader: one file, decoded onwards, that can be asked for any of its pictures."""

from __future__ import annotations

import time
from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

from engine.errors import MediaError
from engine.media import iterate_pictures, key_picture
from studio.playback.canvas import Picture, frozen

_SKIP = 24
_SHORT = 12
_BEHIND = 24
_BEHIND_BYTES = 96 * 2**20
_SLOW_S = 0.04


class PictureReader:
    """One file; going back or far ahead starts again at the nearest keyframe.

    Going back picture by picture, as films that run backwards do, decodes a stretch at once.

    Args:
        path: of a film or an image.
        rate: pictures a second by which they are counted; ``None`` for an image.
    """

    def __init__(self, path: Path, rate: Fraction | None) -> None:
        self._path = path
        self._rate = rate
        self._stream: Generator[Picture, None, None] | None = None
        self._next = 0
        self._last: Picture | None = None
        self._ended = False
        self._behind: dict[int, Picture] = {}
        self._asked = -1
        self._took_s = 0.0

    def near(self, index: int) -> Picture | None:
        """A picture near ``index`` that is at hand at once; ``None`` where it is itself soon there.

        Raises:
            MediaError: if it cannot be read.
        """
        is_next = 0 <= index - self._next < _SHORT and self._stream is not None
        if self._rate is None or self._took_s < _SLOW_S or is_next:
            return None
        if self._known(index) is not None:
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
        known = self._known(index)
        if known is not None:
            return known
        if 0 < before - index <= _SKIP:
            return self._stretch(index)
        if self._stream is None or not 0 <= index - self._next < _SKIP:
            began_s = time.monotonic()
            self._seek(index)
            found = self._decode(index)
            self._took_s = time.monotonic() - began_s
            return found
        return self._decode(index)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _known(self, index: int) -> Picture | None:
        is_last = index == self._next - 1 or (self._ended and index >= self._next)
        return self._behind.get(index, self._last if is_last else None)

    def _stretch(self, index: int) -> Picture:
        """Decode the pictures before ``index`` too, since they will be wanted next."""
        size = self._last.nbytes if self._last is not None else 1
        count = max(1, min(_BEHIND, _BEHIND_BYTES // max(1, size)))
        first = max(0, index - count + 1)
        self._seek(first)
        self._behind = {}
        found = {at: self._decode(at) for at in range(first, index + 1)}
        self._behind = found
        return found[index]

    def _seek(self, index: int) -> None:
        self.close()
        self._stream = _opened(self._path, self._rate, index)
        self._next, self._last, self._ended = index, None, False
        self._behind = {}

    def _decode(self, index: int) -> Picture:
        try:
            self._forward(index)
        except MediaError:
            # A file may hold fewer pictures than it says: then its last one stays.
            self._seek(max(0, index - _SHORT))
            self._forward(index)
        if self._last is None:
            raise MediaError(f"{self._path.name} has no picture here.")
        return self._last

    def _forward(self, index: int) -> None:
        try:
            while self._next <= index and not self._ended:
                following = None if self._stream is None else next(self._stream, None)
                if following is None:
                    self._ended = True
                    break
                self._last = frozen(following)
                self._next += 1
        except MediaError:
            self._stream = None
            raise


def _opened(path: Path, rate: Fraction | None, index: int) -> Generator[Picture, None, None]:
    """The pictures of a file from ``index`` on; the file is open while this is."""
    if rate is None:
        yield from iterate_pictures(path, frames=1, cover=True)
    else:
        yield from iterate_pictures(path, rate=rate, start_s=float(index / rate), cover=True)
