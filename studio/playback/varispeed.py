"""Varispeed: sound read at another speed or backwards; its pitch follows, as a tape's does.

Every sample is computed from its own exact position, so that it is the same in whatever blocks the
film is mixed.

Shape letters: S samples of a source, N of the result, K taps.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.playback.voices import Reading

_ZEROS = 16
_MOST_TAPS = 256
_PHASES = 512
_EDGE = 0.95
_CHUNK = 1 << 12
_BETA = 8.0


def read_at(sound: NDArray[np.float32], reading: Reading, first: int, last: int) -> NDArray:
    """What is heard of ``sound`` (2, S) from sample ``first`` until ``last``, float32 (2, N)."""
    result = np.zeros((2, last - first), np.float32)
    for at in range(first, last, _CHUNK):
        until = min(at + _CHUNK, last)
        result[:, at - first : until - first] = _chunk(sound, reading, at, until)
    return result


def _chunk(sound: NDArray[np.float32], reading: Reading, first: int, last: int) -> NDArray:
    exact = reading.first + np.arange(first, last, dtype=np.int64) * reading.step
    whole, rest = np.divmod(exact, reading.parts)
    if reading.parts == 1 and abs(reading.step) == 1:
        return _taken(sound, whole)
    table = _kernels(abs(reading.step) / reading.parts)
    taps = table.shape[1]
    fine = rest * (_PHASES / reading.parts)
    phase = fine.astype(np.int64)
    between = (fine - phase)[:, None]
    weights = (table[phase] * (1 - between) + table[phase + 1] * between).astype(np.float32)
    lowest = int(whole.min()) - taps // 2 + 1
    highest = int(whole.max()) + taps // 2 + 1
    near = _taken(sound, np.arange(lowest, highest))
    where = (whole - taps // 2 + 1 - lowest)[:, None] + np.arange(taps)
    # Summed tap by tap in one order, however long the block is.
    return (near[:, where] * weights).sum(axis=-1, dtype=np.float32)


def _taken(sound: NDArray[np.float32], where: NDArray[np.int64]) -> NDArray[np.float32]:
    """Samples of ``sound``; silence before its first and after its last."""
    inside = (where >= 0) & (where < sound.shape[1])
    if not inside.any():
        return np.zeros((2, len(where)), np.float32)
    return np.where(inside, sound[:, np.where(inside, where, 0)], np.float32(0))


@lru_cache(maxsize=16)
def _kernels(speed: float) -> NDArray[np.float64]:
    """Windowed sinc kernels for every phase between two samples, (phases + 1, K).

    They end below the half of the rate at which the result is heard, so that nothing folds back.
    """
    cutoff = _EDGE * min(1.0, 1.0 / speed)
    half = min(_MOST_TAPS // 2, int(np.ceil(_ZEROS / cutoff)))
    offsets = np.arange(-half + 1, half + 1)[None] - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, 1))) / np.i0(_BETA)
    kernels = np.sinc(offsets * cutoff) * window
    return kernels / kernels.sum(axis=1, keepdims=True)
