"""Finishing: pictures of the cut at the size of the file.

Shape letters: H height, W width.
"""

from __future__ import annotations

from typing import Self

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from studio.export.enlarger import ON_THE_PROCESSOR, Enlarger
from studio.wording import tr

Picture = NDArray[np.uint8]

_LANCZOS = Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


class Finisher:
    """Brings pictures (H, W, 3) to a size.

    A picture that is short of a pixel, since codecs want even sides, gets its edge twice; every
    other size is reached by a Lanczos filter, whole, with black bars where shapes differ.

    Args:
        width, height: of the result.
        network: enlarge by the finishing network first.
    """

    def __init__(self, width: int, height: int, *, network: bool = False) -> None:
        self._width, self._height = width, height
        self._network = network
        self._enlarger: Enlarger | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._enlarger is not None:
            self._enlarger.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the director should know, as sentences."""
        on_processor = self._enlarger is not None and self._enlarger.on_processor
        return (tr(ON_THE_PROCESSOR),) if on_processor else ()

    def finish(self, picture: Picture) -> Picture:
        """``picture`` at the size of the file; itself where it has that.

        Raises:
            ExportError: if the network is wanted and does not work.
        """
        high, wide = picture.shape[:2]
        if (wide, high) == (self._width, self._height):
            return picture
        if 0 <= self._width - wide <= 1 and 0 <= self._height - high <= 1:
            edges = ((0, self._height - high), (0, self._width - wide), (0, 0))
            return np.pad(picture, edges, mode="edge")
        times = min(self._width / wide, self._height / high)
        if self._network and times > 1:
            if self._enlarger is None:
                self._enlarger = Enlarger(times)
            picture = self._enlarger.enlarge(picture)
        return self._fitted(picture)

    def stop(self) -> None:
        """Let the network stop in the middle of a picture; from any thread."""
        if self._enlarger is not None:
            self._enlarger.stop()

    def _fitted(self, picture: Picture) -> Picture:
        high, wide = picture.shape[:2]
        scale = min(self._width / wide, self._height / high)
        new_wide = min(self._width, max(1, round(wide * scale)))
        new_high = min(self._height, max(1, round(high * scale)))
        # Shapes that differ by less than one part in a hundred are not worth a bar.
        if (self._width - new_wide) * 100 < self._width:
            new_wide = self._width
        if (self._height - new_high) * 100 < self._height:
            new_high = self._height
        scaled = lanczos(picture, new_wide, new_high)
        if (new_wide, new_high) == (self._width, self._height):
            return scaled
        canvas = np.zeros((self._height, self._width, 3), np.uint8)
        top, left = (self._height - new_high) // 2, (self._width - new_wide) // 2
        canvas[top : top + new_high, left : left + new_wide] = scaled
        return canvas


def lanczos(picture: Picture, width: int, height: int) -> Picture:
    """``picture`` at another size by a Lanczos filter as wide as the scale asks for."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    scaled = frame.reformat(width=width, height=height, interpolation=_LANCZOS)
    made: Picture = np.asarray(scaled.to_ndarray(format="rgb24"), np.uint8)
    return made
