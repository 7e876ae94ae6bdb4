"""The clock of playback: the audio device's position, or monotonic time where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Span:
    """The samples that are played; ``start`` is the first, ``end`` the one after the last.

    Positions of the clock run on without end in either direction; a span that loops folds them
    back into itself.
    """

    start: int
    end: int
    loops: bool = False

    def folded(self, position: int) -> int:
        """The sample of the film that is heard when the clock stands at ``position``."""
        if not self.loops or self.end <= self.start:
            return position
        return self.start + (position - self.start) % (self.end - self.start)

    def is_past(self, position: int, speed: int) -> bool:
        """Whether playback at ``speed`` is over at ``position``."""
        if self.loops and self.end > self.start:
            return False
        return position >= self.end if speed > 0 else position < self.start


class PlayClock:
    """Where playback is, in samples of the film, at the film's sample rate.

    The position follows a device that tells how many samples were heard; once the device is gone,
    it goes on from the same place by monotonic time. It never steps back within a run.
    """

    def __init__(self, sample_rate_hz: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._rate_hz = sample_rate_hz
        self._now_s = now_s
        self._lock = threading.Lock()
        self._origin = 0
        self._speed = 0
        self._since_s = 0.0
        self._heard: Callable[[], int] | None = None
        self._furthest = 0

    def start(self, position: int, speed: int, heard: Callable[[], int] | None = None) -> None:
        """Run from ``position`` at ``speed`` times the normal one.

        Args:
            position: the first sample.
            speed: a whole number; negative runs backwards, 0 stands still.
            heard: the samples that a device has played since now; ``None`` goes by the time.
        """
        with self._lock:
            self._origin = self._furthest = position
            self._speed = speed
            self._since_s = self._now_s()
            self._heard = heard

    def fall_back(self) -> None:
        """Go on by monotonic time from where the device left off."""
        with self._lock:
            if self._heard is not None:
                self._origin = self._position()
                self._since_s = self._now_s()
                self._heard = None

    def stop(self) -> int:
        """Stand still, and tell where."""
        with self._lock:
            self._origin = self._position()
            self._speed = 0
            self._heard = None
            return self._origin

    def position(self) -> int:
        """The sample that is heard now."""
        with self._lock:
            return self._position()

    @property
    def follows_device(self) -> bool:
        """Whether a device, not the time, moves the clock."""
        return self._heard is not None

    @property
    def runs(self) -> bool:
        """Whether it moves."""
        return self._speed != 0

    def _position(self) -> int:
        if self._heard is not None:
            passed = self._heard() * self._speed
        else:
            passed = int((self._now_s() - self._since_s) * self._rate_hz) * self._speed
        position = self._origin + passed
        ahead = position > self._furthest if self._speed >= 0 else position < self._furthest
        if ahead:
            self._furthest = position
        return self._furthest
