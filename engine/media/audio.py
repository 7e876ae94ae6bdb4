"""Sound as arrays: resampling and levels.

Shape letters: C channels, S samples. Sound is float32 (C, S), full scale at 1.
"""

from __future__ import annotations

import numpy as np
import soxr

SILENCE_DB = -120.0


def resample(sound: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """``sound`` (C, S) at another rate, as float32; linear phase, so that nothing moves in time."""
    if from_hz == to_hz or sound.shape[1] == 0:
        return np.ascontiguousarray(sound, dtype=np.float32)
    turned = soxr.resample(
        np.ascontiguousarray(sound.T, dtype=np.float32), from_hz, to_hz, quality="VHQ"
    )
    return np.ascontiguousarray(turned.T)


def peak_db(sound: np.ndarray) -> float:
    """The largest sample in dB of full scale (dBFS); ``SILENCE_DB`` at the least."""
    return _db(float(np.max(np.abs(sound), initial=0.0)))


def rms_db(sound: np.ndarray) -> float:
    """The root mean square over all channels in dB of full scale; ``SILENCE_DB`` at the least."""
    return _db(float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) if sound.size else 0.0)


def mono_sum_loss_db(sound: np.ndarray) -> float:
    """Level that is lost when left and right are summed to mono, in dB, 0 or more.

    0 for a centred source, 3 for two that have nothing in common, ``-SILENCE_DB`` at the most, for
    opposite phases: the sum ``(left + right) / 2`` against the mean power of the two.
    """
    apart = float(np.mean(np.square(sound, dtype=np.float64)))
    if apart <= 0:
        return 0.0
    together = float(np.mean(np.square(np.mean(sound, axis=0, dtype=np.float64))))
    return max(0.0, min(-SILENCE_DB, -10 * np.log10(max(together / apart, 1e-12))))


def correlation(sound: np.ndarray) -> float:
    """Correlation of left and right, as a phase meter shows it: 1 centred, 0 apart, -1 opposite."""
    left, right = np.asarray(sound, dtype=np.float64)
    power = np.sqrt(np.sum(left * left) * np.sum(right * right))
    return float(np.sum(left * right) / power) if power > 0 else 1.0


def _db(amplitude: float) -> float:
    return max(SILENCE_DB, 20 * float(np.log10(max(amplitude, 1e-6))))
