"""The frame source: the exact picture of every frame of a cut, as played and as exported."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

from engine.errors import MediaError
from engine.media import iterate_pictures
from studio.playback.canvas import Picture, black, blended, fitted, frozen, slate
from studio.playback.cut import Cut, Footage, Layer

_SKIP = 24
_SHORT = 12
_OPEN_FILES = 8
_CACHE_BYTES = 256 * 2**20


class FrameSource:
    """Pictures of a frozen cut, uint8 (H, W, 3), RGB, which nobody may write to.

    A frame is the stack of the visible tracks over black. Takes and clips of another rate are
    conformed by holding pictures; a source that ended holds its last one. What cannot be shown is
    a slate with the reason on it. Any thread may ask; they take turns.

    Args:
        cut: the timeline that is shown.
        width, height: of the pictures; the film's own if None.
        cache_bytes: memory for pictures that were made already.
    """

    def __init__(
        self,
        cut: Cut,
        *,
        width: int | None = None,
        height: int | None = None,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        self.cut = cut
        self.width = width or cut.film.width
        self.height = height or cut.film.height
        self._lock = threading.Lock()
        self._black = black(self.width, self.height)
        self._readers: OrderedDict[Path, _Reader] = OrderedDict()
        self._made: OrderedDict[tuple[Footage, int], Picture] = OrderedDict()
        self._kept = max(4, cache_bytes // self._black.nbytes)

    def picture(self, frame: int) -> Picture:
        """The picture of ``frame``; black where there is nothing."""
        layers = self.cut.layers(frame)
        with self._lock:
            result = self._black
            for layer in reversed(layers):
                top = self._fitted(layer)
                result = top if layer.opacity == 1 else blended(top, result, layer.opacity)
            return result

    def show(self, cut: Cut) -> None:
        """Make pictures of another cut; those of sources that both have are kept."""
        self.cut = cut  # no lock: the window must not wait for a picture that is being decoded

    def close(self) -> None:
        """Close the files that are open; more may be asked for later."""
        with self._lock:
            while self._readers:
                self._readers.popitem()[1].close()

    def _fitted(self, layer: Layer) -> Picture:
        """The picture of ``layer`` at the size of the frame."""
        key = (layer.footage, layer.index)
        known = self._made.get(key)
        if known is not None:
            self._made.move_to_end(key)
            return known
        made = self._made[key] = self._read(layer.footage, layer.index)
        while len(self._made) > self._kept:
            self._made.popitem(last=False)
        return made

    def _read(self, footage: Footage, index: int) -> Picture:
        if footage.picture is None:
            return slate(footage.name, footage.missing, self.width, self.height)
        try:
            picture = self._reader(footage.picture, footage.rate).picture(index)
        except MediaError as error:
            return slate(footage.name, str(error), self.width, self.height)
        return fitted(picture, self.width, self.height)

    def _reader(self, path: Path, rate: Fraction | None) -> _Reader:
        reader = self._readers.get(path)
        if reader is None:
            reader = self._readers[path] = _Reader(path, rate)
            while len(self._readers) > _OPEN_FILES:
                self._readers.popitem(last=False)[1].close()
        self._readers.move_to_end(path)
        return reader


class _Reader:
    """One file, decoded onwards; going back or far ahead starts again at the nearest keyframe.

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

    def picture(self, index: int) -> Picture:
        """Picture ``index``, or the last one of a file that ends before it.

        Raises:
            MediaError: if it cannot be read.
        """
        if self._rate is None:
            index = 0
        known = index == self._next - 1 or (self._ended and index >= self._next)
        if self._last is not None and known:
            return self._last
        if self._stream is None or not 0 <= index - self._next < _SKIP:
            self._seek(index)
        return self._decode(index)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _seek(self, index: int) -> None:
        self.close()
        self._stream = _opened(self._path, self._rate, index)
        self._next, self._last, self._ended = index, None, False

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
        yield from iterate_pictures(path, frames=1)
    else:
        yield from iterate_pictures(path, rate=rate, start_s=float(index / rate))
