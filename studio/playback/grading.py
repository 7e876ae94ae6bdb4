"""Basic colour: exposure, temperature, contrast and saturation of a picture."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.document.looks import UNGRADED, Grade

DISPLAY_GAMMA = 2.4
"""Of the reference display (ITU-R BT.1886)."""

MIDDLE_GREY = 0.18 ** (1 / DISPLAY_GAMMA)
"""Where contrast turns about: 18% of the light."""

LUMA = (0.2126, 0.7152, 0.0722)
"""ITU-R BT.709."""

_WARMTH_STOPS = 0.5


def graded(picture: NDArray[np.uint8], grade: Grade) -> NDArray[np.uint8]:
    """``picture`` (H, W, 3 or 4), RGB and what it covers, in its grade.

    Exposure and temperature act on light, contrast and saturation on what is seen of it.
    """
    if grade == UNGRADED:
        return picture
    colour = cv2.LUT(np.ascontiguousarray(picture[..., :3]), table(grade))
    if grade.saturation != 1.0:
        colour = cv2.transform(colour, _saturation(grade.saturation))
    colour = colour.astype(np.uint8, copy=False)
    if picture.shape[2] == 4:
        return np.concatenate([colour, picture[..., 3:]], axis=2)
    return colour


@lru_cache(maxsize=64)
def table(grade: Grade) -> NDArray[np.uint8]:
    """What becomes of every value of red, green and blue, uint8 (256, 1, 3)."""
    light = (np.arange(256) / 255.0)[:, None] ** DISPLAY_GAMMA * _gains(grade)
    seen = np.minimum(light, 64.0) ** (1 / DISPLAY_GAMMA)
    seen = (seen - MIDDLE_GREY) * grade.contrast + MIDDLE_GREY
    return np.round(np.clip(seen, 0.0, 1.0) * 255).astype(np.uint8)[:, None, :]


def _gains(grade: Grade) -> NDArray[np.float64]:
    """Of the light of red, green and blue; a change of temperature keeps the light of a grey."""
    warmth = 2.0 ** (_WARMTH_STOPS * grade.temperature)
    gains = np.array([warmth, 1.0, 1.0 / warmth])
    return gains / float(gains @ np.array(LUMA)) * 2.0**grade.exposure


def _saturation(amount: float) -> NDArray[np.float32]:
    """The matrix that draws colours to their grey, or away from it."""
    grey = np.tile(np.array(LUMA), (3, 1))
    return (grey + amount * (np.eye(3) - grey)).astype(np.float32)
