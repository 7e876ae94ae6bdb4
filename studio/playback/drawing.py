"""Titles, plain colours and colour bars, drawn at the size of the frame.

They are drawn without the window's library, so that a film is exported with them on a machine that
has no screen, by the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import assert_never

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.document.titles import DrawnSource, GeneratorSource, TitleSource, TitleStyle

_SAFE = 0.9
_LINE = 1.28
_BARS = (
    (191, 191, 191),
    (191, 191, 0),
    (0, 191, 191),
    (0, 191, 0),
    (191, 0, 191),
    (191, 0, 0),
    (0, 0, 191),
)
_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_FACES = {False: "Inter-Regular.otf", True: "Inter-SemiBold.otf"}
_SLANT = 0.2


@dataclass(frozen=True)
class _Line:
    text: str
    width: int


def drawn(source: DrawnSource, share: Fraction, width: int, height: int) -> NDArray[np.uint8]:
    """What the source shows when ``share`` of its clip is over, (H, W, 3) or (H, W, 4)."""
    match source:
        case GeneratorSource(kind="bars"):
            return _bars(width, height)
        case GeneratorSource(colour=colour):
            return np.full((height, width, 3), _rgb(colour), np.uint8)
        case TitleSource(text=text, style=style):
            return _title(text, style, share, width, height)
        case _:
            assert_never(source)


def moves(source: DrawnSource) -> bool:
    """Whether it looks different from frame to frame."""
    return isinstance(source, TitleSource) and source.style.motion != "still"


def _bars(width: int, height: int) -> NDArray[np.uint8]:
    """75% colour bars, as SMPTE EG 1 orders them."""
    columns = np.arange(width) * len(_BARS) // width
    return np.repeat(np.array(_BARS, np.uint8)[columns][None], height, axis=0)


def _title(
    text: str, style: TitleStyle, share: Fraction, width: int, height: int
) -> NDArray[np.uint8]:
    size = max(6, round(height * style.size * 0.82))
    step = max(1, round(height * style.size * _LINE))
    face = _face(style)
    texts = text.split("\n") if style.motion != "crawl" else [" ".join(text.split())]
    lines = [_Line(one, _width(face, one, size, height)) for one in texts]
    block_wide = max((line.width for line in lines), default=0)
    if style.motion != "crawl" and block_wide > width * _SAFE:
        size = max(6, int(size * width * _SAFE / block_wide))
        lines = [_Line(one, _width(face, one, size, height)) for one in texts]
        block_wide = max(line.width for line in lines)
    block_high = step * len(lines)
    left, top = _corner(style, share, (block_wide, block_high), width, height)
    mask = np.zeros((height, width), np.uint8)
    for number, line in enumerate(lines):
        baseline = top + number * step + round(step * 0.74)
        if line.text and -step < baseline < height + step:
            room = block_wide - line.width
            inset = {"left": 0, "centre": room // 2, "right": room}[style.align]
            _write(mask, face, line.text, (left + inset, baseline), size)
    if style.italic:
        mask = _slanted(mask, top + block_high)
    plate = np.zeros((height, width), np.float32)
    if style.backing > 0:
        pad = step // 3
        box = (left - pad, top - pad // 2, left + block_wide + pad, top + block_high + pad // 2)
        cv2.rectangle(plate, box[:2], box[2:], style.backing, -1)
    return _inked(mask, plate, style, step)


def _inked(
    mask: NDArray[np.uint8], plate: NDArray[np.float32], style: TitleStyle, step: int
) -> NDArray[np.uint8]:
    """Letters over their shadow over the plate, (H, W, 4), colours not darkened by the cover."""
    ink = mask.astype(np.float32) / 255
    light = plate[..., None] * np.array(_rgb(style.shade), np.float32)
    cover = plate
    if style.shadow:
        away = max(1, step // 24)
        moved = np.roll(ink, (away, away), axis=(0, 1))
        shade = cv2.GaussianBlur(moved, (0, 0), max(0.8, step / 20)) * 0.75
        light = light * (1 - shade[..., None])
        cover = cover + shade * (1 - cover)
    light = light * (1 - ink[..., None]) + ink[..., None] * np.array(_rgb(style.colour), np.float32)
    cover = cover * (1 - ink) + ink
    straight = light / np.maximum(cover, 1e-4)[..., None]
    return np.round(np.dstack([np.minimum(straight, 255), cover * 255])).astype(np.uint8)


def _corner(
    style: TitleStyle, share: Fraction, block: tuple[int, int], width: int, height: int
) -> tuple[int, int]:
    """Left and top of the block of lines."""
    inset_x, inset_y = width * (1 - _SAFE) / 2, height * (1 - _SAFE) / 2
    room_x, room_y = width - 2 * inset_x - block[0], height - 2 * inset_y - block[1]
    across = {"left": 0.0, "centre": 0.5, "right": 1.0}[style.align]
    down = {"top": 0.0, "middle": 0.5, "lower third": 0.86, "bottom": 1.0}[style.place]
    left, top = inset_x + room_x * across, inset_y + room_y * down
    if style.motion == "roll":
        top = height - float(share) * (height + block[1])
    if style.motion == "crawl":
        left = width - float(share) * (width + block[0])
    return round(left), round(top)


def _face(style: TitleStyle) -> cv2.FontFace:
    """A face of our own: they are not for two threads."""
    file = _FONTS / _FACES[style.bold]
    try:
        return cv2.FontFace(str(file))
    except cv2.error:  # without its font the film is still shown, in the library's own
        return cv2.FontFace("sans")


def _width(face: cv2.FontFace, text: str, size: int, height: int) -> int:
    return 0 if not text else int(cv2.getTextSize((16, height), text, (0, 0), face, size)[2])


def _write(
    mask: NDArray[np.uint8], face: cv2.FontFace, text: str, at: tuple[int, int], size: int
) -> None:
    """Write white words into ``mask``; they may reach over its edges."""
    wide = _width(face, text, size, mask.shape[0]) + 2 * size
    strip = np.zeros((size * 3, wide, 3), np.uint8)
    cv2.putText(strip, text, (size, size * 2), (255, 255, 255), face, size)
    left, top = at[0] - size, at[1] - size * 2
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(mask.shape[1], left + wide), min(mask.shape[0], top + strip.shape[0])
    if x1 > x0 and y1 > y0:
        part = strip[y0 - top : y1 - top, x0 - left : x1 - left, 0]
        np.maximum(mask[y0:y1, x0:x1], part, out=mask[y0:y1, x0:x1])


def _slanted(mask: NDArray[np.uint8], foot: int) -> NDArray[np.uint8]:
    """Letters that lean, as the bundled font has no italics."""
    lean = np.array([[1, -_SLANT, _SLANT * foot], [0, 1, 0]], np.float64)
    turned = cv2.warpAffine(mask, lean, (mask.shape[1], mask.shape[0]), flags=cv2.INTER_LINEAR)
    return turned.astype(np.uint8, copy=False)


def _rgb(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as numbers; black where it is none."""
    try:
        value = int(colour.removeprefix("#"), 16) & 0xFFFFFF
    except ValueError:
        value = 0
    return value >> 16, value >> 8 & 255, value & 255
