"""Waveforms: a pyramid of peaks for each source, and pictures of any stretch of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

Peaks = NDArray[np.int8]

BASE_SAMPLES = 64
STEP = 4


@dataclass(frozen=True)
class Pyramid:
    """The lowest and highest sample of every 64, 256, 1024 ... samples.

    Attributes:
        levels: arrays (2, N), in 1/127 of full scale, finest first.
    """

    rate_hz: int
    samples: int
    levels: tuple[Peaks, ...]

    @property
    def size_bytes(self) -> int:
        """Memory that it takes."""
        return sum(level.nbytes for level in self.levels)

    def columns(self, first: float, per_column: float, count: int) -> tuple[Peaks, Peaks]:
        """Lowest and highest of ``count`` columns of ``per_column`` samples from ``first`` on."""
        at, size = 0, BASE_SAMPLES
        while at + 1 < len(self.levels) and size * STEP <= per_column:
            at, size = at + 1, size * STEP
        level = self.levels[at]
        edges = (first + per_column * np.arange(count + 1)) / size
        left = np.floor(edges[:-1]).astype(np.int64)
        right = np.maximum(np.ceil(edges[1:]).astype(np.int64), left + 1)
        heard = (left >= 0) & (left < level.shape[1])
        low, high = np.zeros(count, np.int8), np.zeros(count, np.int8)
        if not heard.any():
            return low, high
        left, right = left[heard], np.minimum(right[heard], level.shape[1])
        for offset in range(int((right - left).max())):
            place = np.minimum(left + offset, right - 1)
            low[heard] = np.minimum(low[heard], level[0, place])
            high[heard] = np.maximum(high[heard], level[1, place])
        return low, high


def pyramid(sound: NDArray[np.float32], rate_hz: int) -> Pyramid:
    """The pyramid of ``sound`` (S, C), its channels taken together."""
    samples = sound.shape[0]
    if samples == 0:
        return Pyramid(rate_hz, 0, (np.zeros((2, 0), np.int8),))
    scaled = np.clip(np.nan_to_num(sound), -1.0, 1.0)
    low = _grouped(scaled.min(axis=1), BASE_SAMPLES, np.minimum)
    high = _grouped(scaled.max(axis=1), BASE_SAMPLES, np.maximum)
    levels = [np.stack([np.floor(low * 127), np.ceil(high * 127)]).astype(np.int8)]
    while levels[-1].shape[1] > STEP:
        low8, high8 = levels[-1]
        levels.append(
            np.stack([_grouped(low8, STEP, np.minimum), _grouped(high8, STEP, np.maximum)])
        )
    return Pyramid(rate_hz, samples, tuple(levels))


def drawn(low: Peaks, high: Peaks, height: int, colour: QColor, gain: float = 1.0) -> QImage:
    """A picture of columns, ``height`` pixels high, on nothing."""
    middle = (height - 1) / 2
    top = np.rint(middle - np.clip(high / 127.0 * gain, -1, 1) * middle)
    bottom = np.rint(middle - np.clip(low / 127.0 * gain, -1, 1) * middle)
    rows = np.arange(height)[:, None]
    inside = (rows >= top[None]) & (rows <= bottom[None])
    loud = np.abs(rows - middle) > middle * 0.98
    pixels = np.where(inside, np.uint32(colour.rgb()), np.uint32(0))
    pixels = np.where(inside & loud, np.uint32(colour.lighter(130).rgb()), pixels)
    count = len(low)
    image = QImage(
        pixels.astype(np.uint32).tobytes(),
        count,
        height,
        4 * count,
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    return image.copy()


def _grouped(values: NDArray, size: int, join: np.ufunc) -> NDArray:
    """``join`` of every ``size`` values; the last group may be short."""
    return join.reduceat(values, np.arange(0, len(values), size))
