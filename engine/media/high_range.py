"""High dynamic range: PQ and HLG pictures of BT.2020 brought to what a BT.709 display shows.

Shape letters: H height, W width.
"""

from __future__ import annotations

from functools import lru_cache

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, ColorTrc, Interpolation

WHITE_NITS = 203.0
"""Light of reference white in a graded HDR picture (ITU-R BT.2408)."""

_PEAK_NITS = 1_000.0
_KNEE = 0.6
_GAMMA = 2.4
_UNSPECIFIED = 2
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_TO_709 = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ],
    np.float32,
)
"""Linear light of BT.2020 to that of BT.709 (ITU-R BT.2087)."""


def is_high_range(frame: av.VideoFrame) -> bool:
    """Whether the picture says that its values are of PQ or HLG."""
    return frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)


def to_standard(frame: av.VideoFrame) -> np.ndarray:
    """The picture as uint8 (H, W, 3), RGB, for a BT.709 display.

    Light up to a little above half of reference white stays as it is; what is brighter is rolled
    off up to 1,000 candelas per square metre, with its hue.
    """
    space = Colorspace.BT2020 if frame.colorspace == _UNSPECIFIED else None
    deep = np.asarray(
        frame.to_ndarray(
            format="rgb48le",
            src_colorspace=space,
            dst_color_range=ColorRange.JPEG,
            interpolation=_EXACT,
        ),
        np.uint16,
    )
    light = _light(frame.color_trc == ColorTrc.SMPTE2084)[deep]
    light = np.maximum(cv2.transform(light, _TO_709), 0)
    highest = np.maximum(light.max(axis=2), 1e-6)
    light *= (_rolled_off(highest) / highest)[..., None]
    seen = np.clip(light, 0, 1) ** np.float32(1 / _GAMMA)
    return np.round(seen * 255).astype(np.uint8)


def _rolled_off(light: np.ndarray) -> np.ndarray:
    """Reference white is 1 before; what the display can show at the most is 1 after."""
    most = (_PEAK_NITS / WHITE_NITS - _KNEE) / (1 - _KNEE)
    above = np.maximum(light - _KNEE, 0) / (1 - _KNEE)
    curve = above * (1 + above / most**2) / (1 + above)
    return np.where(light <= _KNEE, light, _KNEE + (1 - _KNEE) * curve).astype(np.float32)


@lru_cache(maxsize=2)
def _light(is_pq: bool) -> np.ndarray:
    """The light of each 16-bit value, reference white being 1, float32 (65536,)."""
    value = np.arange(65_536) / 65_535
    nits = _pq(value) if is_pq else _hlg(value)
    return (nits / WHITE_NITS).astype(np.float32)


def _pq(value: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084, in candelas per square metre."""
    root = value ** (1 / 78.84375)
    above = np.maximum(root - 0.8359375, 0)
    return 10_000 * (above / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)


def _hlg(value: np.ndarray) -> np.ndarray:
    """ITU-R BT.2100 hybrid log-gamma on a display of 1,000 candelas; the gamma a channel's own."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - c) / a) + b) / 12)
    return _PEAK_NITS * scene**1.2
