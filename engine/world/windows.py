"""Parts of a clip: some of its pictures at a time, and a rectangle of pixels in each.

Shape letters: T pictures, H, W rows and columns of the pictures, h, w those of a rectangle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

# Of two seconds at 256x144, and not more of larger or longer clips, so that memory does not grow.
PIXELS_AT_ONCE = 1_000_000


def pictures_at_once(frames: int, pixels: int, most: int | None = None) -> Iterator[slice]:
    """All pictures of a clip, as many at a time as are drawn together.

    Args:
        frames: T.
        pixels: of one picture.
        most: pixels at a time; by default ``PIXELS_AT_ONCE``.
    """
    step = max(1, (most or PIXELS_AT_ONCE) // pixels)
    for first in range(0, frames, step):
        yield slice(first, min(first + step, frames))


@dataclass(frozen=True, kw_only=True)
class Windows:
    """A rectangle of one size in each picture, which goes with what it holds.

    They lie wholly inside the pictures.

    Attributes:
        tops, lefts: (T,) first row and first column.
        height, width: of every one.
    """

    tops: np.ndarray
    lefts: np.ndarray
    height: int
    width: int

    @property
    def rows(self) -> np.ndarray:
        """(T, h) the rows."""
        return self.tops[:, None] + np.arange(self.height)

    @property
    def columns(self) -> np.ndarray:
        """(T, w) the columns."""
        return self.lefts[:, None] + np.arange(self.width)

    def take(self, pictures: Tensor) -> Tensor:
        """(T, h, w, ...) of (T, H, W, ...) pictures; not to be written to."""
        parts = self._parts(pictures)
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def put(self, pictures: Tensor, values: Tensor) -> None:
        """Write (T, h, w, ...) into (T, H, W, ...) pictures."""
        parts = self._parts(pictures)
        for part, value in zip(parts, values.split(len(parts[0])), strict=True):
            part.copy_(value)

    def _parts(self, pictures: Tensor) -> list[Tensor]:
        """Views of the rectangles: one of them all where they stand still, else one a picture.

        Slices of whole rows are several times as fast as picking pixels by index.
        """
        spans = list(zip(self.tops.tolist(), self.lefts.tolist(), strict=True))
        if len(set(spans)) == 1:
            top, left = spans[0]
            return [pictures[:, top : top + self.height, left : left + self.width]]
        return [
            pictures[number : number + 1, top : top + self.height, left : left + self.width]
            for number, (top, left) in enumerate(spans)
        ]
