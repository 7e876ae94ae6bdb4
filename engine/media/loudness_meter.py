"""Loudness and true peak of a sound (EBU R 128, ITU-R BS.1770-4), whole or as it comes in blocks.

Shape letters: C channels, S samples.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.media.loudness_filters import KWeighting, TruePeaks

SILENCE_DB = -120.0
_AT_ONCE = 1 << 18
_OFFSET_DB = -0.691
_BLOCK, _SHORT_TERM = 4, 30  # tenths of a second
_GATE_LUFS, _GATE_BELOW = -70.0, 0.1  # ten decibels below the mean


@dataclass(frozen=True, kw_only=True)
class LoudnessReading:
    """What the meter shows, in LUFS and dBTP; ``SILENCE_DB`` where there is nothing.

    Attributes:
        momentary_lufs: of the last 0.4 seconds.
        short_term_lufs: of the last 3 seconds.
        integrated_lufs: of all of it, gated.
        true_peak_db: the largest value of all of it, between samples too.
    """

    momentary_lufs: float = SILENCE_DB
    short_term_lufs: float = SILENCE_DB
    integrated_lufs: float = SILENCE_DB
    true_peak_db: float = SILENCE_DB


class LoudnessMeter:
    """Loudness of blocks (C, S), mono or stereo, full scale at 1.

    Args:
        rate_hz: of the sound.
        channels: one or two, which count alike.
    """

    def __init__(self, rate_hz: int, channels: int = 2) -> None:
        self._filter = KWeighting(rate_hz, channels)
        self._peaks = TruePeaks(rate_hz, channels)
        self._tenth = (rate_hz + 5) // 10
        self._powers = array("d")  # of every tenth of a second: 288 kB an hour
        self._begun: NDArray[np.float64] = np.zeros(0)

    def add(self, block: np.ndarray) -> None:
        """Take the next samples."""
        for start in range(0, block.shape[1], _AT_ONCE):
            part = block[:, start : start + _AT_ONCE]
            self._peaks.add(part)
            power = np.sum(np.square(self._filter.weigh(part)), axis=0)
            power = np.concatenate([self._begun, power])
            whole = len(power) // self._tenth * self._tenth
            self._powers.extend(power[:whole].reshape(-1, self._tenth).mean(axis=1))
            self._begun = power[whole:]

    def read(self) -> LoudnessReading:
        """What it shows now."""
        powers = np.array(self._powers)
        return LoudnessReading(
            momentary_lufs=_lufs(float(powers[-_BLOCK:].sum()) / _BLOCK),
            short_term_lufs=_lufs(float(powers[-_SHORT_TERM:].sum()) / _SHORT_TERM),
            integrated_lufs=_integrated(powers),
            true_peak_db=max(SILENCE_DB, 20 * float(np.log10(max(self._peaks.largest, 1e-6)))),
        )


def _integrated(powers: NDArray[np.float64]) -> float:
    """The loudness of the blocks that are above both gates; each overlaps the next by 0.3 s."""
    if len(powers) < _BLOCK:
        return SILENCE_DB
    blocks = np.lib.stride_tricks.sliding_window_view(powers, _BLOCK).mean(axis=1)
    blocks = blocks[blocks >= 10 ** ((_GATE_LUFS - _OFFSET_DB) / 10)]
    if not len(blocks):
        return SILENCE_DB
    return _lufs(float(blocks[blocks >= _GATE_BELOW * blocks.mean()].mean()))


def _lufs(power: float) -> float:
    return max(SILENCE_DB, _OFFSET_DB + 10 * float(np.log10(power))) if power > 0 else SILENCE_DB
