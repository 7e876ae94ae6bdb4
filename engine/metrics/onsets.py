"""Onsets heard in stereo sound: when something is struck, how strongly, and from where.

Spectral flux over logarithmic bands (Bello et al. 2005, "A tutorial on onset detection in music
signals"), against each band's own resting level, so that steady air and rolling do not count.

Shape letters: S samples, T frames of 2 ms, K bands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.shapes import SAMPLE_RATE_HZ

HOP = 48
WINDOW = 256
BANDS = 20
LOWEST_HZ, HIGHEST_HZ = 90.0, 11_000.0
LAG = 5
APART_S = 0.05
THRESHOLD = 0.85
PAN_AFTER_S = 0.03


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One onset.

    Attributes:
        time_s: when.
        strength: mean rise over the bands, in nats.
        pan: 0 left to 1 right, by the levels of what was added.
    """

    time_s: float
    strength: float
    pan: float


def hear(sound: NDArray[np.float32], threshold: float = THRESHOLD) -> tuple[Heard, ...]:
    """The onsets of sound (2, S), in order of time; none in silence."""
    flux = flux_of(sound)
    peaks = _peaks(flux, threshold)
    heard = []
    for peak in peaks:
        time_s = _attack_s(sound, peak)
        heard.append(Heard(time_s=time_s, strength=float(flux[peak]), pan=pan_at(sound, time_s)))
    return tuple(sorted(heard, key=lambda one: one.time_s))


def flux_of(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T,) mean rise of the bands' levels over the last frames; frame t is at ``t * HOP``."""
    power = sum(_bands(channel) for channel in np.asarray(sound, dtype=np.float32))
    assert isinstance(power, np.ndarray)
    rest = np.maximum(np.median(power, axis=0), 1e-9)
    # Ten times the resting level is where a band begins to matter.
    level = np.log1p(power / (10 * rest))
    before = np.concatenate([np.repeat(level[:1], LAG, axis=0), level])[: len(level)]
    return np.maximum(level - before, 0).mean(axis=1)


def band_power(parts: NDArray[np.float32]) -> NDArray[np.float64]:
    """(..., S) to (..., K) mean power per band of each part."""
    frames = np.lib.stride_tricks.sliding_window_view(parts, WINDOW, axis=-1)
    spectrum = np.fft.rfft(frames[..., :: WINDOW // 2, :] * np.hanning(WINDOW), axis=-1)
    return (np.abs(spectrum) ** 2).mean(axis=-2) @ _matrix()


def _bands(channel: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, K) power per band of (S,)."""
    padded = np.pad(channel, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), axis=1)
    return (np.abs(spectrum) ** 2).astype(np.float32) @ _matrix()


@lru_cache(maxsize=1)
def _matrix() -> NDArray[np.float32]:
    """(WINDOW / 2 + 1, K) bins to bands, each with a share of at least one bin."""
    frequencies = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE_HZ)
    middles = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS)
    width = np.maximum(np.gradient(middles), frequencies[1])
    shares = np.maximum(1 - np.abs(frequencies[:, None] - middles) / width, 0)
    return shares.astype(np.float32)


def _peaks(flux: NDArray[np.float32], threshold: float) -> list[int]:
    reach = round(APART_S * SAMPLE_RATE_HZ / HOP)
    taken: list[int] = []
    for index in np.argsort(-flux, kind="stable"):
        if flux[index] < threshold:
            break
        if all(abs(index - other) >= reach for other in taken):
            taken.append(int(index))
    # Two frames that share one rise are one: what lies on a peak's flank is no peak.
    return [i for i in taken if flux[i] >= flux[max(0, i - 2) : i + 3].max()]


def _attack_s(sound: NDArray[np.float32], peak: int) -> float:
    """The steepest rise of energy near a peak, on a grid of half a millisecond."""
    step = SAMPLE_RATE_HZ // 2000
    first = max(0, (peak - 2 * LAG) * HOP)
    last = min(sound.shape[1], (peak + LAG) * HOP)
    energy = np.square(sound[:, first:last], dtype=np.float64).sum(axis=0)
    blocks = energy[: len(energy) // step * step].reshape(-1, step).sum(axis=1)
    if len(blocks) < 8:
        return peak * HOP / SAMPLE_RATE_HZ
    total = np.concatenate([[0.0], np.cumsum(blocks)])
    edges = np.arange(4, len(blocks) - 3)
    after = total[edges + 4] - total[edges]
    before = total[edges] - total[edges - 4]
    rise = np.log(after + 1e-9) - np.log(before + 1e-6 + 0.05 * after.max())
    return (first + edges[int(rise.argmax())] * step) / SAMPLE_RATE_HZ


def pan_at(sound: NDArray[np.float32], time_s: float) -> float:
    """Where the sound that begins at ``time_s`` comes from: 0 left, 0.5 centre, 1 right.

    By constant-power panning, from the energy that is added to what sounded before.
    """
    start = max(0, round((time_s - 0.001) * SAMPLE_RATE_HZ))
    length = round(PAN_AFTER_S * SAMPLE_RATE_HZ)
    after = np.square(sound[:, start : start + length], dtype=np.float64).mean(axis=1)
    begin = max(0, start - length)
    before = np.zeros(2)
    if start > begin:
        before = np.square(sound[:, begin:start], dtype=np.float64).mean(axis=1)
    added = np.maximum(after - before, 1e-12)
    return float(np.arctan2(np.sqrt(added[1]), np.sqrt(added[0])) / (np.pi / 2))
