"""The frame source: the exact picture of every frame of a cut, as played and as exported."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from engine.errors import MediaError
from studio.document.framing import frame_size
from studio.document.looks import FITTED, Grade, Pose
from studio.playback.canvas import Picture, slate
from studio.playback.cut import Cut, Footage, Layer
from studio.playback.drawing import drawn
from studio.playback.grading import graded
from studio.playback.picture_reader import PictureReader
from studio.playback.sheet import WHOLE, Sheet, composed, placed
from studio.playback.stamps import Stamp, stamp_of

_OPEN_FILES = 6
_CACHE_BYTES = 256 * 2**20

_Key = tuple[Footage, int, Fraction, Pose, Grade]


class FrameSource:
    """Pictures of a frozen cut, uint8 (H, W, 3), RGB, which nobody may write to.

    A frame is the stack of the visible tracks over black. Takes and clips of another rate are
    conformed by holding pictures; a source that ended holds its last one. What cannot be shown is
    a slate with the reason on it, and is tried again once its file is another. Any thread may ask;
    they take turns.

    Args:
        cut: the timeline that is shown.
        width, height: of the pictures; the timeline's own if None.
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
        own = frame_size(cut.film, cut.timeline)
        self.width = width or own.width
        self.height = height or own.height
        self._lock = threading.Lock()
        self._readers: OrderedDict[Path, PictureReader] = OrderedDict()
        self._made: OrderedDict[_Key, Sheet] = OrderedDict()
        self._unread: dict[Path, Stamp | None] = {}
        self._kept = max(4, cache_bytes // (4 * self.width * self.height))

    def picture(self, frame: int) -> Picture:
        """The picture of ``frame``; black where there is nothing."""
        with self._lock:
            return self._composed(frame, self._sheet)

    def near(self, frame: int) -> Picture | None:
        """A picture like that of ``frame``, at once, for a hand that drags.

        Where the exact one would take long, sources stand on their last keyframe. ``None`` where it
        would not.
        """
        found: dict[_Key, Sheet] = {}
        with self._lock:
            for plate in self.cut.plates(frame):
                for layer in plate.layers:
                    near = self._near(layer)
                    if near is not None:
                        found[_key(layer)] = near
            if not found:
                return None
            return self._composed(frame, lambda layer: found.get(_key(layer)) or self._sheet(layer))

    def show(self, cut: Cut) -> None:
        """Make pictures of another cut; those of sources that both have are kept."""
        self.cut = cut  # no lock: the window must not wait for a picture that is being decoded

    def close(self) -> None:
        """Close the files that are open; more may be asked for later."""
        with self._lock:
            while self._readers:
                self._readers.popitem()[1].close()

    def _composed(self, frame: int, sheet_of: Callable[[Layer], Sheet]) -> Picture:
        stack: list[list[tuple[Sheet, int]]] = []
        for plate in self.cut.plates(frame):
            sheets = [(sheet_of(layer), layer.weight) for layer in plate.layers]
            stack.append(sheets)
            if plate.weight == WHOLE and all(sheet.cover is None for sheet, _ in sheets):
                break
        return composed(stack[::-1], self.width, self.height)

    def _near(self, layer: Layer) -> Sheet | None:
        footage = layer.footage
        if footage.picture is None or _key(layer) in self._made:
            return None
        try:
            picture = self._reader(footage.picture, footage.rate).near(layer.index)
        except MediaError:
            return None  # the exact one says why
        if picture is None:
            return None
        return placed(graded(picture, layer.grade), layer.pose, self.width, self.height)

    def _sheet(self, layer: Layer) -> Sheet:
        """``layer`` at its place in the frame."""
        key = _key(layer)
        known = self._made.get(key)
        path = layer.footage.picture
        if known is not None and (path is None or not self._is_mended(path)):
            self._made.move_to_end(key)
            return known
        made = self._made[key] = self._make(layer)
        while len(self._made) > self._kept:
            self._made.popitem(last=False)
        return made

    def _make(self, layer: Layer) -> Sheet:
        footage = layer.footage
        try:
            if footage.drawn is not None:
                picture = drawn(footage.drawn, layer.share, self.width, self.height)
            elif footage.picture is None:
                return self._slate(footage.name, footage.missing)
            else:
                stamp = stamp_of(footage.picture)
                try:
                    picture = self._reader(footage.picture, footage.rate).picture(layer.index)
                except MediaError:
                    self._unread[footage.picture] = stamp
                    raise
        except MediaError as error:
            return self._slate(footage.name, str(error))
        return placed(graded(picture, layer.grade), layer.pose, self.width, self.height)

    def _is_mended(self, path: Path) -> bool:
        """Whether ``path`` could not be read, but is another file by now."""
        if path not in self._unread or self._unread[path] == stamp_of(path):
            return False
        del self._unread[path]
        reader = self._readers.pop(path, None)
        if reader is not None:
            reader.close()
        for key in [key for key in self._made if key[0].picture == path]:
            del self._made[key]
        return True

    def _slate(self, name: str, sentence: str) -> Sheet:
        picture = slate(name, sentence, self.width, self.height)
        return placed(picture, FITTED, self.width, self.height)

    def _reader(self, path: Path, rate: Fraction | None) -> PictureReader:
        reader = self._readers.get(path)
        if reader is None:
            reader = self._readers[path] = PictureReader(path, rate)
            while len(self._readers) > _OPEN_FILES:
                self._readers.popitem(last=False)[1].close()
        self._readers.move_to_end(path)
        return reader


def _key(layer: Layer) -> _Key:
    return layer.footage, layer.index, layer.share, layer.pose, layer.grade
