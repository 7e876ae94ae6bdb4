"""A sheet: one picture at its place in the frame, with what it covers of those below.

Shape letters: H height, W width of the frame; h, w of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.document.looks import FITTED, Pose
from studio.playback.canvas import Picture, black, blended, fitted_size, frozen

WHOLE = 256
"""The weight of a sheet that is seen in full; weights are whole numbers of 1/256."""

Cover = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture in the frame, which nobody may write to.

    Attributes:
        picture: uint8 (H, W, 3), RGB, darkened by ``cover`` already.
        cover: uint8 (H, W), 255 where it hides what is below; ``None`` hides all of it.
    """

    picture: Picture
    cover: Cover | None = None


def weight_of(share: float) -> int:
    """``share``, 0 to 1, in steps of 1/256."""
    return max(0, min(WHOLE, math.floor(share * WHOLE + 0.5)))


def placed(picture: NDArray[np.uint8], pose: Pose, width: int, height: int) -> Sheet:
    """``picture`` (h, w, 3 or 4) fitted whole into the frame, then posed.

    A fourth channel is what it covers. Bars of less than one part in a hundred are not left: the
    picture is stretched over them.
    """
    high, wide = picture.shape[:2]
    new_wide, new_high = _fit(wide, high, width, height)
    if pose == FITTED or _stands_still(pose):
        return _upright(picture, new_wide, new_high, width, height)
    return _posed(picture, pose, (new_wide, new_high), width, height)


def composed(plates: Sequence[Sequence[tuple[Sheet, int]]], width: int, height: int) -> Picture:
    """Plates laid over black, the lowest first; the sheets of each add up by their weights."""
    result = black(width, height)
    for plate in plates:
        result = _laid(plate, result)
    return result


def _laid(plate: Sequence[tuple[Sheet, int]], below: Picture) -> Picture:
    shown = [(sheet, weight) for sheet, weight in plate if weight]
    if not shown:
        return below
    if all(sheet.cover is None for sheet, _ in shown):
        top, weight = shown[0]
        if weight == WHOLE:
            return top.picture
        if len(shown) == 1:
            return blended(top.picture, below, weight)
        if len(shown) == 2 and weight + shown[1][1] == WHOLE:
            return blended(top.picture, shown[1][0].picture, weight)
    light = np.zeros(below.shape, np.float32)
    cover = np.zeros((*below.shape[:2], 1), np.float32)
    for sheet, weight in shown:
        share = np.float32(weight / WHOLE)
        light += sheet.picture * share
        cover += (
            share if sheet.cover is None else sheet.cover[..., None] * (share / np.float32(255))
        )
    light += below * np.maximum(0, 1 - cover)
    return frozen(np.minimum(light + 0.5, 255).astype(np.uint8))


def _fit(wide: int, high: int, width: int, height: int) -> tuple[int, int]:
    new_wide, new_high = fitted_size(wide, high, width, height)
    if (width - new_wide) * 100 < width and (height - new_high) * 100 < height:
        return width, height
    return new_wide, new_high


def _stands_still(pose: Pose) -> bool:
    """Whether nothing but the opacity, which is a weight, differs from a fitted picture."""
    return (
        (pose.x, pose.y, pose.rotation_deg) == (0.0, 0.0, 0.0)
        and pose.scale == 1.0
        and not (pose.crop_left or pose.crop_top or pose.crop_right or pose.crop_bottom)
    )


def _upright(
    picture: NDArray[np.uint8], new_wide: int, new_high: int, width: int, height: int
) -> Sheet:
    colour, cover = _scaled(picture, new_wide, new_high)
    if (new_wide, new_high) == (width, height):
        return _sheet(colour, cover)
    top, left = (height - new_high) // 2, (width - new_wide) // 2
    canvas = np.zeros((height, width, 3), np.uint8)
    covered = np.zeros((height, width), np.uint8)
    canvas[top : top + new_high, left : left + new_wide] = colour
    covered[top : top + new_high, left : left + new_wide] = 255 if cover is None else cover
    return _sheet(canvas, covered)


def _posed(
    picture: NDArray[np.uint8], pose: Pose, fit: tuple[int, int], width: int, height: int
) -> Sheet:
    """Crop, scale about the middle, turn and move, by one affine map of exact positions."""
    high, wide = picture.shape[:2]
    # Where it shrinks, it is first made smaller by areas: a warp would skip pixels.
    shrink = min(1.0, max(fit[0] / wide, fit[1] / high) * pose.scale)
    if shrink < 0.9:
        wide, high = max(1, round(wide * shrink)), max(1, round(high * shrink))
    colour, cover = _scaled(picture, wide, high)
    left, right = round(wide * pose.crop_left), wide - round(wide * pose.crop_right)
    top, bottom = round(high * pose.crop_top), high - round(high * pose.crop_bottom)
    if right <= left or bottom <= top:
        return Sheet(black(width, height), frozen(np.zeros((height, width), np.uint8)))
    matrix = _matrix(pose, (wide, high), fit, width, height) @ _shift(left, top)
    colour = np.ascontiguousarray(colour[top:bottom, left:right])
    part = (
        np.full(colour.shape[:2], 255, np.uint8)
        if cover is None
        else np.ascontiguousarray(cover[top:bottom, left:right])
    )
    warped = cv2.warpAffine(
        colour,
        matrix[:2],
        (width, height),
        flags=cv2.INTER_CUBIC if cover is None else cv2.INTER_LINEAR,
        # The picture goes on beyond its edges, where its cover ends: no dark seam.
        borderMode=cv2.BORDER_REPLICATE if cover is None else cv2.BORDER_CONSTANT,
    ).astype(np.uint8, copy=False)
    mask = cv2.warpAffine(part, matrix[:2], (width, height), flags=cv2.INTER_LINEAR).astype(
        np.uint8, copy=False
    )
    if int(mask.min()) == 255:
        return _sheet(warped, None)
    if cover is None:
        warped = _darkened(warped, mask)
    return _sheet(warped, mask)


def _matrix(
    pose: Pose, size: tuple[int, int], fit: tuple[int, int], width: int, height: int
) -> NDArray[np.float64]:
    """From pixel positions in the picture to those in the frame, both counted from their middles.

    Pixel k of a row covers k to k + 1, and warps count from the middle of the first one.
    """
    turn = math.radians(pose.rotation_deg)
    across, down = pose.scale * fit[0] / size[0], pose.scale * fit[1] / size[1]
    cos, sin = math.cos(turn), math.sin(turn)
    middle = _shift(0.5 - size[0] / 2, 0.5 - size[1] / 2)
    turned = np.array([[cos * across, -sin * down, 0], [sin * across, cos * down, 0], [0, 0, 1.0]])
    return _shift(width * (0.5 + pose.x) - 0.5, height * (0.5 + pose.y) - 0.5) @ turned @ middle


def _shift(across: float, down: float) -> NDArray[np.float64]:
    return np.array([[1, 0, across], [0, 1, down], [0, 0, 1.0]])


def _scaled(
    picture: NDArray[np.uint8], width: int, height: int
) -> tuple[NDArray[np.uint8], Cover | None]:
    """The picture, darkened by its cover, and its cover, both of this size."""
    high, wide = picture.shape[:2]
    colour, cover = picture, None
    if picture.shape[2] == 4:
        cover = np.ascontiguousarray(picture[..., 3])
        colour = _darkened(np.ascontiguousarray(picture[..., :3]), cover)
    if (wide, high) == (width, height):
        return np.ascontiguousarray(colour), cover
    how = cv2.INTER_AREA if width * height < wide * high else cv2.INTER_CUBIC
    colour = cv2.resize(colour, (width, height), interpolation=how)
    if cover is None:
        return colour.astype(np.uint8, copy=False), None
    how = cv2.INTER_AREA if width * height < wide * high else cv2.INTER_LINEAR
    cover = cv2.resize(cover, (width, height), interpolation=how).astype(np.uint8, copy=False)
    # Light beyond its own cover would glow over what lies below.
    return np.minimum(colour.astype(np.uint8, copy=False), cover[..., None]), cover


def _darkened(picture: NDArray[np.uint8], cover: Cover) -> NDArray[np.uint8]:
    return cv2.multiply(
        picture, cv2.merge([cover, cover, cover]), scale=1 / 255, dtype=cv2.CV_8U
    ).astype(np.uint8, copy=False)


def _sheet(picture: NDArray[np.uint8], cover: Cover | None) -> Sheet:
    return Sheet(frozen(picture), None if cover is None else frozen(cover))
