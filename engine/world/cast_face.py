"""The face of a puppet: muzzle, cheeks, eyes that look and blink, and a mouth that speaks."""

from __future__ import annotations

import numpy as np

from engine.world.canvas import Colour, mixed, scaled
from engine.world.cast_body import BEAK
from engine.world.cast_head import CORNER, INK, WHITE, Head
from engine.world.cast_shapes import bone, clipped, oval, radius

GLOW: Colour = (0.45, 0.98, 0.95)
THROAT: Colour = (0.42, 0.07, 0.12)
TONGUE: Colour = (0.93, 0.42, 0.44)
# Those with plain dark eyes; the others show the white of the eye.
DARK_EYED = frozenset({"bear", "mouse", "rabbit", "pig"})


def draw_face(head: Head) -> None:
    """Muzzle, cheeks, eyes, brows, nose and mouth."""
    _cheeks(head)
    _muzzle(head)
    for side in (-1.0, 1.0):
        _eye(head, side)
    if head.identity.species == "penguin":
        _beak(head)
    else:
        _mouth(head)
        _nose(head)


def _cheeks(head: Head) -> None:
    if head.identity.species in ("robot", "bear", "fox", "penguin"):
        return
    blush = mixed(head.paint.skin, head.paint.lit((0.98, 0.36, 0.40)), 0.42)
    for side in (-1.0, 1.0):
        spot = head.spot(head.face_x(side * 0.62 * head.wide), -0.30, 0.24)
        if spot is not None:
            soft = clipped(1.0 - (spot.x / 0.24) ** 2 - (spot.y / 0.17) ** 2, 0.0, 1.0)
            head.sheet.lay(spot, np.sqrt(soft) * 0.8, blush)


def _muzzle(head: Head) -> None:
    belly = head.paint.belly
    match head.identity.species:
        case "bear":
            head.oval(head.face_x(0.0, 0.40), -0.40, 0.54, 0.42, belly, line=0)
        case "cat" | "rabbit" | "mouse":
            for side in (-1.0, 1.0):
                head.oval(head.face_x(side * 0.20, 0.42), -0.36, 0.30, 0.24, belly, line=0)
            if head.identity.species == "cat":
                _whiskers(head)
        case "pig":
            snout = mixed(head.paint.skin, head.paint.lit((0.95, 0.40, 0.46)), 0.38)
            head.oval(head.face_x(0.0, 0.44), -0.16, 0.36, 0.25, snout, line=0.7)
            for side in (-1.0, 1.0):
                dark = scaled(snout, 0.45)
                head.oval(head.face_x(side * 0.13, 0.45), -0.16, 0.06, 0.10, dark, line=0)
        case _:
            pass


def _whiskers(head: Head) -> None:
    for side in (-1.0, 1.0):
        for rise in (0.02, -0.14):
            root, tip = (side * 0.42, -0.36), (side * 0.98, -0.36 + rise + 0.02)
            head.spike(
                root, tip, (0.022, 0.012), mixed(head.paint.skin, WHITE, 0.6), shift=0.4, line=0
            )


def _nose(head: Head) -> None:
    x = head.face_x(0.0, 0.44)
    match head.identity.species:
        case "fox":
            head.oval(head.face_x(0.0, 0.50), -0.17, 0.16, 0.12, INK, line=0)
        case "bear":
            head.oval(x, -0.20, 0.20, 0.14, INK, line=0)
        case "cat" | "rabbit" | "mouse":
            head.oval(x, -0.19, 0.12, 0.09, head.paint.lit((0.93, 0.45, 0.50)), line=0.4)
        case "person":
            head.oval(
                head.face_x(0.0, 0.42), -0.14, 0.12, 0.10, scaled(head.paint.skin, 0.84), line=0
            )
        case _:
            pass


def _eye_place(head: Head, side: float) -> tuple[np.ndarray, float]:
    match head.identity.species:
        case "frog":
            return head.face_x(side * 0.62, 0.20), 0.74
        case "penguin":
            return head.face_x(side * 0.36, 0.34), 0.18
        case "robot":
            return head.face_x(side * 0.38, 0.34), 0.14
        case _:
            return head.face_x(side * 0.42, 0.32), 0.10


def _eye(head: Head, side: float) -> None:
    x, y = _eye_place(head, side)
    size = head.identity.eyes
    spot = head.spot(x, y, 0.36 * size)
    if spot is None:
        return
    awake = spot.column(np.maximum(1.0 - head.pose.blink, 0.10))
    lid = spot.y / awake
    gaze = spot.column(0.07 * head.pose.facing)
    if head.identity.species == "robot":
        lamp = oval(spot.x, lid, 0.19 * size, 0.23 * size)
        head.sheet.lay(spot, spot.cover(lamp) * 1.0, GLOW)
        return
    if head.identity.species in DARK_EYED:
        pupil = oval(spot.x, lid, 0.165 * size, 0.22 * size)
        if sum(head.paint.skin) < 1.15:
            ring = oval(spot.x, lid, 0.22 * size, 0.27 * size)
            head.sheet.lay(spot, spot.cover(ring), mixed(head.paint.skin, WHITE, 0.55))
        head.sheet.lay(spot, spot.cover(pupil), INK)
    else:
        white = oval(spot.x, lid, 0.235 * size, 0.29 * size)
        head.fill(spot, white, head.paint.lit((0.99, 0.99, 0.98)), line=0.8)
        pupil = oval(spot.x - gaze, lid + 0.02, 0.145 * size, 0.19 * size)
        head.sheet.lay(spot, spot.cover(np.maximum(pupil, white + head.line)), INK)
    glint = radius(spot.x - gaze + 0.055, spot.y - 0.085) - 0.062 * size
    lively = spot.column((head.pose.blink < 0.4).astype(float))
    head.sheet.lay(spot, spot.cover(glint) * lively, WHITE)
    if head.identity.species in ("person", "frog", "fox", "cat"):
        _brow(head, side, x, y)


def _brow(head: Head, side: float, x: np.ndarray, y: float) -> None:
    if head.identity.species == "frog":
        return
    lift = 0.07 * head.pose.brow
    spot = head.spot(x, y + 0.40 * head.identity.eyes, 0.30)
    if spot is None:
        return
    hair = head.identity.species == "person" and head.identity.hair != "none"
    colour = (
        scaled(head.paint.dye(head.identity.hair_colour), 0.6)
        if hair
        else scaled(head.paint.skin, 0.5)
    )
    level = spot.column(lift)
    shape = bone(spot.x, spot.y - level, (-0.13 * side, 0.02), (0.15 * side, 0.0), 0.045, 0.035)
    head.sheet.lay(spot, spot.cover(shape), colour)


def _mouth_place(head: Head) -> tuple[np.ndarray, float, float]:
    """(T,) x, y, and size of the mouth."""
    match head.identity.species:
        case "frog":
            return head.face_x(0.0, 0.30), -0.30, 1.55
        case "robot":
            return head.face_x(0.0, 0.34), -0.30, 0.95
        case "fox" | "bear":
            return head.face_x(0.0, 0.42), -0.48, 0.95
        case "pig":
            return head.face_x(0.0, 0.40), -0.54, 0.95
        case _:
            return head.face_x(0.0, 0.38), -0.50, 1.0


def _mouth(head: Head) -> None:
    """Two curves that part: the upper lip hardly moves, the jaw drops."""
    x, y, size = _mouth_place(head)
    spot = head.spot(x, y, 0.72 * size)
    if spot is None:
        return
    opening, width, roundness = (head.pose.mouth[:, index] for index in range(3))
    half = spot.column((0.15 + 0.20 * width) * size)
    drop = spot.column((0.46 * opening + 0.03 * roundness * opening) * min(size, 1.1))
    rise = spot.column((0.10 * opening * (0.3 + 0.9 * roundness)) * min(size, 1.1))
    smile = spot.column(0.13 * head.pose.smile * (1.0 - 0.75 * opening) * (1.0 - roundness))
    u = clipped(spot.x / half, -1.3, 1.3)
    swell = np.maximum(1.0 - u * u, 0.0)
    swell = swell + 0.55 * (np.sqrt(swell) - swell)
    level = smile * (u * u - 0.5)
    inside = np.maximum(spot.y - level - rise * swell, level - drop * swell - spot.y)
    inside = np.maximum(inside * 0.85, np.abs(spot.x) - half)
    # A shut mouth stays a line that is seen at any size.
    thick = np.maximum(0.30 * spot.pixel, 0.028)
    lips = scaled(head.paint.skin, 0.36)
    if head.identity.species == "robot":
        head.sheet.lay(spot, spot.cover(inside - thick), GLOW)
        return
    if sum(head.paint.skin) < 1.15:
        lips = INK
    head.sheet.lay(spot, spot.cover(inside - thick), lips)
    head.sheet.lay(spot, spot.cover(inside + 0.012), THROAT)
    if not (opening > 0.2).any():
        return
    tongue = oval(spot.x, spot.y - level + drop * 1.05, half * 0.62, drop * 0.42 + 0.02)
    wide_open = spot.column((opening > 0.2).astype(float))
    within = spot.cover(np.maximum(tongue, inside + 0.02)) * wide_open
    head.sheet.lay(spot, within, TONGUE)
    teeth = np.maximum(inside + 0.02, level + rise * swell - 0.085 - spot.y)
    shows = spot.column(np.clip((width - 0.4) * 4.0, 0.0, 1.0) * (opening > 0.25))
    head.sheet.lay(spot, spot.cover(teeth) * shows, WHITE)


def _beak(head: Head) -> None:
    """Two halves; the lower one drops."""
    colour = head.paint.lit(BEAK)
    x = head.face_x(0.0, 0.46)
    spot = head.spot(x, -0.22, CORNER * 0.62)
    if spot is None:
        return
    opening, width, _ = (head.pose.mouth[:, index] for index in range(3))
    half = spot.column(0.25 + 0.10 * width)
    drop = spot.column(0.40 * opening)
    throat = oval(spot.x, spot.y + 0.5 * drop, half * 0.80, 0.10 + 0.5 * drop)
    head.sheet.lay(spot, spot.cover(throat), THROAT)
    lower = np.maximum(oval(spot.x, spot.y + drop, half * 0.78, 0.17), spot.y + drop)
    head.fill(spot, lower, scaled(colour, 0.86), line=0.7)
    upper = np.maximum(oval(spot.x, spot.y, half, 0.22), -spot.y - 0.03)
    head.fill(spot, upper, colour, line=0.7)
