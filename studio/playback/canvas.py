"""The canvas of a frame: pictures fitted to the film's size, blended, and slates drawn."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_SLATE = (34, 36, 41)
_EDGE = (66, 70, 80)
_TITLE = (228, 230, 235)
_TEXT = (160, 166, 178)


def black(width: int, height: int) -> Picture:
    """A black picture (H, W, 3)."""
    return frozen(np.zeros((height, width, 3), np.uint8))


def frozen(picture: Picture) -> Picture:
    """``picture``, which nobody may write to any more; it is shared by whoever shows it."""
    picture.setflags(write=False)
    return picture


def fitted_size(width: int, height: int, into_width: int, into_height: int) -> tuple[int, int]:
    """The largest size of the shape of ``width`` x ``height`` that fits, in whole pixels."""
    if width * into_height >= height * into_width:
        return into_width, max(1, (height * into_width * 2 + width) // (2 * width))
    return max(1, (width * into_height * 2 + height) // (2 * height)), into_height


def blended(top: Picture, below: Picture, part: int) -> Picture:
    """``top`` over ``below``, both (H, W, 3), seen by ``part`` of 256."""
    # Weights of 256 keep the sums within 16 bits, which is ten times as fast as exact fractions.
    mixed = top.astype(np.uint16) * np.uint16(part)
    mixed += below.astype(np.uint16) * np.uint16(256 - part)
    return frozen(((mixed + np.uint16(128)) >> 8).astype(np.uint8))


def slate(name: str, sentence: str, width: int, height: int) -> Picture:
    """A picture that says in words why there is no other."""
    picture = np.full((height, width, 3), _SLATE, np.uint8)
    inset = max(2, min(width, height) // 24)
    cv2.rectangle(
        picture, (inset, inset), (width - inset - 1, height - inset - 1), _EDGE, max(1, inset // 12)
    )
    face = cv2.FontFace("sans")  # a face of our own: they are not for two threads
    _write(picture, face, name, height * 46 // 100, max(9, height // 13), _TITLE)
    _write(picture, face, sentence, height * 58 // 100, max(8, height // 24), _TEXT)
    return frozen(picture)


def _write(
    picture: Picture,
    face: cv2.FontFace,
    text: str,
    baseline: int,
    size: int,
    colour: tuple[int, int, int],
) -> None:
    """Write ``text`` in the middle of a line, smaller where it is too long."""
    height, width = picture.shape[:2]
    room = width * 84 // 100
    text = " ".join(text.split())[:120]
    while True:
        box = cv2.getTextSize((width, height), text, (0, baseline), face, size)
        if box[2] <= room or size <= 7:
            break
        size = max(7, min(size - 1, size * room // box[2]))
    cv2.putText(picture, text, ((width - box[2]) // 2, baseline), colour, face, size)
