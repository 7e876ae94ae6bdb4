"""The loudness meter: ITU-R BS.1770 loudness and true peak of a sound as it comes, in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyebur128

from engine.media.audio import SILENCE_DB


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
    """Loudness after EBU R 128 / ITU-R BS.1770-4 of blocks float32 (2, S).

    Args:
        rate_hz: of the sound.
        live: measures what the last seconds were, too; costs a little more.
    """

    def __init__(self, rate_hz: int, *, live: bool = False) -> None:
        mode = pyebur128.MeasurementMode
        wanted = mode.MODE_I | mode.MODE_TRUE_PEAK
        if live:
            wanted |= mode.MODE_M | mode.MODE_S
        self._live = live
        # Gated blocks are counted in a histogram, so that a long film takes no more memory.
        self._state = pyebur128.R128State(2, rate_hz, wanted | mode.MODE_HISTOGRAM)

    def add(self, block: np.ndarray) -> None:
        """Take the next samples, (2, S)."""
        samples = np.ascontiguousarray(block.T, dtype=np.float32).reshape(-1)
        if samples.size:
            self._state.add_frames(samples, block.shape[1])

    def read(self) -> LoudnessReading:
        """What it shows now."""
        peak = max(pyebur128.get_true_peak(self._state, channel) for channel in range(2))
        reading = LoudnessReading(
            integrated_lufs=_finite(pyebur128.get_loudness_global(self._state)),
            true_peak_db=max(SILENCE_DB, 20 * float(np.log10(max(peak, 1e-6)))),
        )
        if not self._live:
            return reading
        return LoudnessReading(
            momentary_lufs=_finite(pyebur128.get_loudness_momentary(self._state)),
            short_term_lufs=_finite(pyebur128.get_loudness_shortterm(self._state)),
            integrated_lufs=reading.integrated_lufs,
            true_peak_db=reading.true_peak_db,
        )


def _finite(loudness: float) -> float:
    return max(SILENCE_DB, loudness) if np.isfinite(loudness) else SILENCE_DB
