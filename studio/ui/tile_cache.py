"""Thumbnails, waveforms, and which files are there: read on a thread, kept while there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import partial
from time import monotonic
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from engine.errors import EngineError
from studio.render.giving_way import give_way
from studio.ui.waveform import Pyramid, pyramid

THUMBNAIL_PX = 96
PICTURES_BYTES = 96 << 20
POSTERS_BYTES = 24 << 20
PYRAMIDS_BYTES = 64 << 20
_MOST_WAITING = 400
# Tiles come one by one, and all who draw some draw everything again.
_GATHER_MS = 40
STANDS_S = 2.0  # what was seen of a file


class TileReader(Protocol):
    """Reads media for tiles, on the cache's thread. Whatever cannot be read is ``None``."""

    def picture(self, key: str, picture: int, height_px: int) -> NDArray[np.uint8] | None:
        """Picture number ``picture`` as (H, W, 3), about ``height_px`` high."""
        ...

    def sound(self, key: str) -> tuple[NDArray[np.float32], int] | None:
        """All of a source's sound as (S, C), and its rate in hertz."""
        ...

    def is_there(self, key: str) -> bool:
        """Whether a source's file is there."""
        ...


class _PictureWish(NamedTuple):
    key: str
    picture: int


class _SoundWish(NamedTuple):
    key: str


class _FilesWish(NamedTuple):
    keys: tuple[str, ...]


_Wish = _PictureWish | _SoundWish | _FilesWish
_Answer = QImage | Pyramid | dict[str, bool] | None
Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """Values by key up to a number of bytes; the one not used for longest goes first."""

    def __init__(self, limit_bytes: int) -> None:
        self.used_bytes = 0
        self._limit_bytes = limit_bytes
        self._values: OrderedDict[object, tuple[Kept, int]] = OrderedDict()

    def get(self, key: object) -> Kept | None:
        """The value of ``key``, which counts as used now."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: object, value: Kept, size_bytes: int) -> None:
        """Keep ``value``, and let go what there is no room for any more."""
        old = self._values.pop(key, None)
        if old is not None:
            self.used_bytes -= old[1]
        self._values[key] = (value, size_bytes)
        self.used_bytes += size_bytes
        while self.used_bytes > self._limit_bytes and len(self._values) > 1:
            _, (_, freed) = self._values.popitem(last=False)
            self.used_bytes -= freed

    def drop_empty(self) -> None:
        """Let go every key whose value is ``None``."""
        for key in [key for key, (value, _) in self._values.items() if value is None]:
            self.used_bytes -= self._values.pop(key)[1]

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)


class TileCache(QObject):
    """Pictures and peaks of sources, asked for while painting.

    What is not there yet is ``None`` and is read next: the newest wish first, for that is what is
    in sight.

    Signals:
        ready: some wishes came true.
        turned: files are gone that were there, or back again.
    """

    ready = Signal()
    turned = Signal()
    _arrived = Signal(object)

    def __init__(self, reader: TileReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._pictures: Shelf[QImage | None] = Shelf(PICTURES_BYTES)
        self._posters: Shelf[QImage] = Shelf(POSTERS_BYTES)
        self._pyramids: Shelf[Pyramid | None] = Shelf(PYRAMIDS_BYTES)
        self._there: dict[str, bool] = {}
        self._seen_s: dict[str, float] = {}
        self._sought: dict[str, None] = {}
        self._wished: dict[_Wish, None] = {}
        self._waiting: OrderedDict[_Wish, None] = OrderedDict()
        self._reading: _Wish | None = None
        self._arriving: set[_Wish] = set()
        self._condition = threading.Condition()
        self._over = threading.Event()
        # A window that dies takes its cache along; the thread must not tell of tiles any more then.
        self.destroyed.connect(partial(_end, self._condition, self._over))
        self._thread: threading.Thread | None = None
        self._arrived.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        self._handing = QTimer(self)
        self._handing.setSingleShot(True)
        self._handing.setInterval(0)
        self._handing.timeout.connect(self._hand_over)
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(_GATHER_MS)
        self._gathering.timeout.connect(self.ready)

    def picture(self, key: str, picture: int) -> QImage | None:
        """Picture number ``picture`` of a source, if it is here."""
        wish = _PictureWish(key, picture)
        if wish not in self._pictures:
            self._ask(wish)
        return self._pictures.get(wish)

    def poster(self, key: str) -> QImage | None:
        """Some picture of a source, to stand in for one that is not here yet."""
        return self._posters.get(key)

    def peaks(self, key: str) -> Pyramid | None:
        """The waveform of a source, if it is here."""
        wish = _SoundWish(key)
        if wish not in self._pyramids:
            self._ask(wish)
        return self._pyramids.get(wish)

    def is_gone(self, key: str) -> bool:
        """Whether a source's file was not there when it was last looked for.

        Nobody waits for a disk: what was never looked for counts as there, and what was seen a
        while ago is looked for once more. ``turned`` says that it is otherwise now.
        """
        now_s = monotonic()
        if now_s - self._seen_s.get(key, -STANDS_S) >= STANDS_S:
            self._seen_s[key] = now_s
            self._sought[key] = None
            if not self._handing.isActive() and not self._over.is_set():
                self._handing.start()
        return not self._there.get(key, True)

    def look_again(self) -> None:
        """Read once more what could not be read: files that were gone may be back."""
        self._seen_s.clear()
        self._pictures.drop_empty()
        self._pyramids.drop_empty()
        self.ready.emit()

    def close(self) -> None:
        """Stop reading; returns when the thread has ended."""
        _end(self._condition, self._over)
        self._handing.stop()
        self._gathering.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _ask(self, wish: _Wish) -> None:
        """Wish for a tile; those of a whole paint are handed to the thread together."""
        if self._over.is_set():
            return
        if not self._wished:
            self._handing.start()
        self._wished.pop(wish, None)
        self._wished[wish] = None

    def _hand_over(self) -> None:
        wished, self._wished = self._wished, {}
        sought, self._sought = self._sought, {}
        with self._condition:
            if self._over.is_set():
                return
            if sought:
                self._waiting[_FilesWish(tuple(sought))] = None
            coming = self._arriving | {self._reading}
            for wish in wished:
                if wish not in coming and not self._is_kept(wish):
                    self._waiting[wish] = None
                    self._waiting.move_to_end(wish)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
            self._condition.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._read_on, name="tiles", daemon=True)
            self._thread.start()

    def _is_kept(self, wish: _Wish) -> bool:
        """Whether it came since it was wished for."""
        return wish in self._pictures or wish in self._pyramids

    def _read_on(self) -> None:
        give_way()
        while (wish := self._next()) is not None:
            value = self._read(wish)
            with self._condition:
                if self._over.is_set():
                    return
                self._arriving.add(wish)
                self._reading = None
                self._arrived.emit((wish, value))

    def _next(self) -> _Wish | None:
        with self._condition:
            while not self._over.is_set():
                if self._waiting:
                    wish = self._most_wanted()
                    del self._waiting[wish]
                    self._reading = wish
                    return wish
                self._condition.wait()
        return None

    def _most_wanted(self) -> _Wish:
        """Which files are there or the newest picture, as both are quick; or the newest sound."""
        for quick in (_FilesWish, _PictureWish):
            for wish in reversed(self._waiting):
                if isinstance(wish, quick):
                    return wish
        return next(reversed(self._waiting))

    def _read(self, wish: _Wish) -> _Answer:
        """What was wished for; a source that cannot be read has no tile and stops nothing."""
        if isinstance(wish, _FilesWish):
            return {key: self._is_there(key) for key in wish.keys}
        try:
            if isinstance(wish, _PictureWish):
                pixels = self._reader.picture(wish.key, wish.picture, THUMBNAIL_PX)
                return None if pixels is None else _image(pixels)
            sound = self._reader.sound(wish.key)
            return None if sound is None else pyramid(*sound)
        except Exception:  # media comes from anywhere, and the next tile may be sound
            return None

    def _is_there(self, key: str) -> bool:
        try:
            return self._reader.is_there(key)
        except (EngineError, OSError):  # it leads out of the film, or its disk does not answer
            return False

    def _keep(self, answer: tuple[_Wish, _Answer]) -> None:
        wish, value = answer
        if isinstance(value, dict):
            before = self._there
            self._there = before | value
            if any(before.get(key, True) != there for key, there in value.items()):
                self.turned.emit()
        elif isinstance(wish, _PictureWish):
            picture = value if isinstance(value, QImage) else None
            size = 64 if picture is None else picture.sizeInBytes()
            self._pictures.put(wish, picture, size)
            # The first stays: with every other one all that it stands in for would be drawn anew.
            if picture is not None and wish.key not in self._posters:
                self._posters.put(wish.key, picture, size)
        elif isinstance(wish, _SoundWish):
            peaks = value if isinstance(value, Pyramid) else None
            self._pyramids.put(wish, peaks, 64 if peaks is None else peaks.size_bytes)
        with self._condition:
            self._arriving.discard(wish)
        if not isinstance(wish, _FilesWish) and not self._gathering.isActive():
            self._gathering.start()


def _end(condition: threading.Condition, over: threading.Event, _gone: object = None) -> None:
    """Let a thread end that waits for ``condition``, and tell nothing once this returns."""
    with condition:
        over.set()
        condition.notify_all()


def _image(pixels: NDArray[np.uint8]) -> QImage:
    """(H, W, 3) pixels as an image with memory of its own."""
    height, width, _ = pixels.shape
    data = np.ascontiguousarray(pixels).tobytes()
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
