"""The sound watch: what the meters show of the sound that is played.

Shape letters: S samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.media import LoudnessMeter, LoudnessReading, correlation

_EVERY_S = 0.1
_PHASE_S = 0.4


@dataclass(frozen=True)
class SoundReading:
    """The meters at an instant.

    Attributes:
        loudness: since the run of playing began.
        correlation: of left and right over the last moment; 1 is mono, -1 opposite.
    """

    loudness: LoudnessReading
    correlation: float


class SoundWatch:
    """Measures blocks float32 (2, S) as they are played.

    Args:
        rate_hz: of the sound.
    """

    def __init__(self, rate_hz: int) -> None:
        self._meter = LoudnessMeter(rate_hz)
        self._every = int(rate_hz * _EVERY_S)
        self._reach = int(rate_hz * _PHASE_S)
        self._recent: list[NDArray[np.float32]] = []
        self._since = 0

    def take(self, block: NDArray[np.float32]) -> SoundReading | None:
        """Measure the next block; a reading ten times a second."""
        self._meter.add(block)
        self._recent.append(block)
        while sum(one.shape[1] for one in self._recent[1:]) >= self._reach:
            self._recent.pop(0)
        self._since += block.shape[1]
        if self._since < self._every:
            return None
        self._since = 0
        recent = np.concatenate(self._recent, axis=1)
        return SoundReading(self._meter.read(), correlation(recent))
