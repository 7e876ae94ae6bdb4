"""Sound as arrays: resampling and how alike its sides are.

Shape letters: C channels, S samples. Sound is float32 (C, S), full scale at 1.
"""

from __future__ import annotations

import numpy as np
import soxr


def resample(sound: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """``sound`` (C, S) at another rate, as float32; linear phase, so that nothing moves in time."""
    if from_hz == to_hz or sound.shape[1] == 0:
        return np.ascontiguousarray(sound, dtype=np.float32)
    turned = soxr.resample(
        np.ascontiguousarray(sound.T, dtype=np.float32), from_hz, to_hz, quality="VHQ"
    )
    return np.ascontiguousarray(turned.T)


def correlation(sound: np.ndarray) -> float:
    """Correlation of left and right, as a phase meter shows it: 1 centred, 0 apart, -1 opposite."""
    left, right = np.asarray(sound, dtype=np.float64)
    power = np.sqrt(np.sum(left * left) * np.sum(right * right))
    return float(np.sum(left * right) / power) if power > 0 else 1.0
