"""The stages of an export: pictures made ahead of the encoder, and sounds mixed in blocks."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.export.plan import SoundSource

Picture = NDArray[np.uint8]
Sound = NDArray[np.float32]

AHEAD = 6
MIX_BLOCK = 1 << 16
_WAIT_S = 0.1


@dataclass(frozen=True)
class _End:
    """No more pictures come; ``error`` says why, where they should have."""

    error: BaseException | None = None


class _Maker:
    """A thread that makes pictures until its queue is full, and goes on when it is not."""

    def __init__(self, pictures: Iterator[Picture]) -> None:
        self._pictures = pictures
        self._over = threading.Event()
        self.made: queue.Queue[Picture | _End] = queue.Queue(AHEAD)
        self._thread = threading.Thread(target=self._make, name="export pictures")
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join()

    def _make(self) -> None:
        try:
            for picture in self._pictures:
                if not self._put(picture):
                    return
        except BaseException as error:
            self._put(_End(error))
        else:
            self._put(_End())

    def _put(self, item: Picture | _End) -> bool:
        while not self._over.is_set():
            try:
                self.made.put(item, timeout=_WAIT_S)
            except queue.Full:
                continue
            return True
        return False


def ahead(pictures: Iterator[Picture]) -> Generator[Picture, None, None]:
    """The same pictures, made by a thread of their own a few before they are wanted.

    Closing it ends the thread. What goes wrong there is raised here.
    """
    maker = _Maker(pictures)
    try:
        while not isinstance(item := maker.made.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        maker.close()


def unheard(_block: Sound) -> None:
    """Nothing measures what is mixed."""


def mixed(
    source: SoundSource,
    span: tuple[int, int],
    room: Sound,
    tell: Callable[[int], None],
    stopped: Callable[[], bool],
    hear: Callable[[Sound], None] = unheard,
) -> Sound | None:
    """The sound (2, S) of ``span`` in ``room``; ``None`` if it was stopped.

    ``hear`` is given every block of it, in their order.
    """
    first, end = span
    for at in range(first, end, MIX_BLOCK):
        if stopped():
            return None
        count = min(MIX_BLOCK, end - at)
        block = source.mix(at, count)
        room[:, at - first : at - first + count] = block
        hear(block)
        tell(at + count - first)
    return room
