"""What is due: the frames whose time has come, and which of their pictures may still be shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from studio.playback.canvas import Picture
from studio.playback.cut import Cut

ON_TIME_S = 0.019
HELD_S = 0.5
_KEPT = 8


class DuePictures:
    """The frames that came due lately, and when.

    A picture that is not there in time is dropped: the one before it is held until there is one
    whose time it is. Only a picture that was held for ``HELD_S`` gives way to a late one, so that
    what cannot be played in time at all is not a picture that stands still.

    Args:
        made: the picture of a frame, where it is there.
        now_s: the time.
    """

    def __init__(self, made: Callable[[int], Picture | None], now_s: Callable[[], float]) -> None:
        self._made = made
        self._now_s = now_s
        self._due: deque[tuple[int, float | None]] = deque(maxlen=_KEPT)
        self._shown = -1
        self._picture: Picture | None = None
        self._shown_s = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether nothing came due since the last ``clear``."""
        return not self._due

    def clear(self) -> None:
        """Begin anew; what is shown stays."""
        self._due.clear()

    def stand_on(self, frame: int) -> None:
        """Let nothing but ``frame`` be due, however long its picture takes."""
        self._due.clear()
        self._due.append((frame, None))

    def come(self, frame: int, late_s: float) -> None:
        """Let ``frame`` be due, which should have been seen ``late_s`` ago."""
        self._due.append((frame, self._now_s() - late_s))

    def forget_shown(self) -> None:
        """Show the same frame again once it is made: it is of another cut."""
        self._shown = -1

    def take(self) -> tuple[int, Picture] | None:
        """The newest frame that is there in time, with its picture, unless it is shown already."""
        now = self._now_s()
        may_be_late = now - self._shown_s >= HELD_S
        for frame, due_s in reversed(self._due):
            picture = self._made(frame)
            if frame == self._shown and (picture is None or picture is self._picture):
                return None
            if picture is None:
                continue
            if due_s is None or may_be_late or now - due_s <= ON_TIME_S:
                self._shown, self._picture, self._shown_s = frame, picture, now
                return frame, picture
        return None


def stride_of(speed: int) -> int:
    """Frames from one shown to the next: at high speeds not every frame is made."""
    stride = max(1, abs(speed) // 2)
    return stride if speed > 0 else -stride


def late_by_s(cut: Cut, frame: int, sample: int, speed: int) -> float:
    """Seconds since ``frame`` came due, where ``sample`` of it is heard now."""
    # Backwards, it begins with its last sample.
    begun = cut.sample_of(frame) if speed > 0 else cut.sample_of(frame - stride_of(speed)) - 1
    return max(0.0, (sample - begun) / (speed * cut.film.sample_rate_hz))
