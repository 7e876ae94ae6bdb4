"""Developing: a decoded frame of any kind becomes a picture, upright, with square pixels, in RGB.

Shape letters: H height, W width.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from engine.errors import MediaError
from engine.media.high_range import is_high_range, to_standard
from engine.media.limits import LIMITS, MediaLimits
from engine.media.opening import check_size

_UNSPECIFIED = 2
_BEHIND_TRANSPARENCY = 128.0
# The library's fast paths darken ten bits by two levels. The exact one costs 7 ms a picture of 720
# lines instead of 0.4, which eight bits, a level off at the most, are not worth while they play.
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


class Developer:
    """Makes pictures, uint8 (H, W, 3), of the frames of one track.

    Args:
        path: of the file, for what is said of it.
        stream: the track.
        size: width and height that pictures are scaled and cropped to fill; their own if None.
        cover: pictures that may have transparent parts come as (H, W, 4), what they cover last, in
            their own size; they lie over a middle grey otherwise.
        limits: bounds on their size.
    """

    def __init__(
        self,
        path: Path,
        stream: av.VideoStream,
        *,
        size: tuple[int, int] | None = None,
        cover: bool = False,
        limits: MediaLimits = LIMITS,
    ) -> None:
        self._path = path
        aspect = stream.sample_aspect_ratio or Fraction(1)
        self._aspect = aspect if 0 < aspect < 100 else Fraction(1)
        self._size = size
        self._cover = cover
        self._limits = limits
        # What it needs to know is worked out once for a track, not once for a frame.
        self._reformatter = VideoReformatter()

    def develop(self, frame: av.VideoFrame) -> np.ndarray:
        """The picture of ``frame``.

        Raises:
            MediaError: if it is damaged or too large.
        """
        if frame.is_corrupt:
            raise MediaError(f"{self._path.name} is damaged: a picture in it cannot be decoded.")
        is_covering = self._cover and _is_transparent(frame)
        colours = frame.to_ndarray(format="rgba") if is_covering else self._to_rgb(frame)
        picture = _upright(colours, frame.rotation)
        if self._size is not None and not is_covering:
            return fill(picture, *self._size, pixel_aspect=float(self._aspect))
        if self._aspect == 1:
            return picture
        high, wide = picture.shape[:2]
        aspect = 1 / self._aspect if frame.rotation % 180 else self._aspect
        wide = max(1, round(wide * aspect))
        check_size(self._path, wide, high, self._limits)
        return cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)

    def _to_rgb(self, frame: av.VideoFrame) -> np.ndarray:
        """RGB, full range; transparent parts over a middle grey."""
        if _is_transparent(frame):
            rgba = frame.to_ndarray(format="rgba").astype(np.float32)
            cover = rgba[..., 3:] / 255.0
            mixed = rgba[..., :3] * cover + _BEHIND_TRANSPARENCY * (1.0 - cover)
            return np.round(mixed).astype(np.uint8)
        if is_high_range(frame):
            return to_standard(frame)
        # Files that do not say are taken as broadcast has it: BT.709 from 720 lines on.
        space = None
        is_yuv = frame.format.name.startswith("yuv")
        if frame.colorspace == _UNSPECIFIED and frame.height >= 720 and is_yuv:
            space = Colorspace.ITU709
        is_deep = frame.format.components[0].bits > 8
        rgb = self._reformatter.reformat(
            frame,
            format="rgb24",
            src_colorspace=space,
            dst_color_range=ColorRange.JPEG,
            interpolation=_EXACT if is_deep else None,
            # The fast path is over before other threads would have begun.
            threads=0 if is_deep else 1,
        )
        return rgb.to_ndarray()


def fill(picture: np.ndarray, width: int, height: int, *, pixel_aspect: float = 1.0) -> np.ndarray:
    """Scale and crop a picture about its centre so that it fills (height, width).

    Args:
        picture: uint8 (H, W, 3).
        width: of the result.
        height: of the result.
        pixel_aspect: width of a source pixel over its height.
    """
    high, wide = picture.shape[:2]
    wanted = width / height / pixel_aspect
    crop_wide = min(wide, max(1, round(high * wanted)))
    crop_high = min(high, max(1, round(wide / wanted)))
    left, top = (wide - crop_wide) // 2, (high - crop_high) // 2
    part = picture[top : top + crop_high, left : left + crop_wide]
    if (crop_wide, crop_high) == (width, height):
        return np.ascontiguousarray(part)
    smaller = width * height < crop_wide * crop_high
    return cv2.resize(
        part, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )


def _is_transparent(frame: av.VideoFrame) -> bool:
    """Whether the picture may have transparent parts."""
    kind = frame.format
    return kind.name == "pal8" or any(part.is_alpha for part in kind.components)


def _upright(picture: np.ndarray, rotation: int) -> np.ndarray:
    """Turn a picture as the file's display matrix says (degrees counter-clockwise)."""
    quarters = round(rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, quarters)) if quarters else picture
