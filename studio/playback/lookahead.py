"""The lookahead: a thread that makes the pictures of the next frames before they are due."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from studio.playback.canvas import Picture
from studio.playback.frame_source import FrameSource

DEPTH = 12
_HAND_RESTS_S = 0.12
_PACED = 5


class Lookahead:
    """A ring of pictures ahead of the playhead, made by one thread in the order they are due.

    Args:
        ready: told, on that thread, each frame whose picture is there now.
        now_s: the time.
    """

    def __init__(
        self, ready: Callable[[int], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._ready = ready
        self._now_s = now_s
        self._took_s: deque[float] = deque(maxlen=_PACED)
        self._changed = threading.Condition()
        self._source: FrameSource | None = None
        self._wanted: tuple[int, ...] = ()
        self._ring: dict[int, Picture] = {}
        self._near: dict[int, Picture] = {}
        self._drags = False
        self._asked = 0
        self._epoch = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="lookahead", daemon=True)
        self._thread.start()

    def show(self, source: FrameSource) -> None:
        """Take pictures from ``source``, or from its new cut; those made before are forgotten."""
        with self._changed:
            old, self._source = self._source, source
            self._ring, self._near = {}, {}
            self._epoch += 1
            self._changed.notify_all()
        if old is not None and old is not source:
            old.close()

    def want(self, frames: Iterable[int], *, drags: bool = False) -> None:
        """Make these frames, in this order, in place of what was wanted before.

        Where a hand ``drags``, one like the first comes before it if that would take long; the
        exact one is made once the hand rests.
        """
        with self._changed:
            self._wanted = tuple(frames)
            self._near, self._drags = {}, drags
            self._asked += 1
            self._changed.notify_all()

    def get(self, frame: int) -> Picture | None:
        """The picture of ``frame``, or one like it, if it is there."""
        with self._changed:
            return self._ring.get(frame, self._near.get(frame))

    @property
    def pace_s(self) -> float:
        """How long a picture may take, by the last few; what took longest does not count."""
        with self._changed:
            return sorted(self._took_s)[-2] if len(self._took_s) > 1 else 0.0

    def forget_pace(self) -> None:
        """Pictures of another kind come: those after a jump take longer than those in a row."""
        with self._changed:
            self._took_s.clear()

    def wait_made(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that is wanted is there; ``False`` if it takes too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._due() is None, timeout_s)

    def close(self) -> None:
        """End the thread and close the files."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        if self._source is not None:
            self._source.close()

    def _due(self) -> int | None:
        """The next frame to be made."""
        if self._source is None:
            return None
        return next((frame for frame in self._wanted if frame not in self._ring), None)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._due() is not None)
                source, frame, epoch = self._source, self._due(), self._epoch
                is_first, self._drags = self._drags, False
                asked = self._asked
                if self._closed or source is None or frame is None:
                    return
            began_s = self._now_s()
            picture = source.near(frame) if is_first else None
            is_near = picture is not None
            if picture is None:
                picture = source.picture(frame)
            with self._changed:
                if not is_near:
                    self._took_s.append(self._now_s() - began_s)
                if epoch != self._epoch or (is_near and frame not in self._wanted):
                    continue
                if is_near:
                    self._near[frame] = picture
                else:
                    self._ring[frame] = picture
                    self._near.pop(frame, None)
                self._shrink()
                self._changed.notify_all()
            self._ready(frame)
            if is_near:
                self._wait_for_rest(asked)

    def _wait_for_rest(self, asked: int) -> None:
        """Wait until something else is wanted, or the hand has stood for a moment."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._asked != asked, _HAND_RESTS_S)

    def _shrink(self) -> None:
        """Forget the oldest that nobody wants; a late picture is still worth showing."""
        for frame in list(self._ring):
            if len(self._ring) <= 2 * DEPTH:
                return
            if frame not in self._wanted:
                del self._ring[frame]
