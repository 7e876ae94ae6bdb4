"""The body of a puppet: tail, arms, legs, shoes and clothes with their patterns.

Shape letters: T pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.world.actions_hands import STICK_M
from engine.world.actions_pose import Pose
from engine.world.canvas import Colour, mixed, scaled
from engine.world.cast import DYES, TONES, Identity
from engine.world.cast_frame import Frame
from engine.world.cast_shapes import OUTLINE_M, Place, Sheet, Spot, bone, box, oval, radius
from engine.world.light import Light

CREAM: Colour = (1.0, 0.95, 0.86)
BEAK: Colour = (0.98, 0.66, 0.18)
STEEL: Colour = (0.45, 0.48, 0.54)
WOOD: Colour = (0.80, 0.60, 0.36)
FAR_GAIN = 0.80


@dataclass(frozen=True, kw_only=True)
class Paint:
    """A puppet's colours in the light of its scene."""

    skin: Colour
    belly: Colour
    top: Colour
    second: Colour
    bottoms: Colour
    shoes: Colour
    hand: Colour
    light: Light

    def dye(self, name: str) -> Colour:
        """A cloth's colour in this light."""
        return self.light.tint_body(DYES[name])  # type: ignore[index]

    def lit(self, colour: Colour) -> Colour:
        """Any colour in this light."""
        return self.light.tint_body(colour)


def paint_of(identity: Identity, light: Light) -> Paint:
    """The colours of an identity in a light."""
    skin = TONES[identity.species][identity.tone]
    pale = sum(skin) > 2.4
    belly = mixed(skin, CREAM, 0.35 if pale else 0.72)
    if identity.species == "penguin":
        belly = (0.97, 0.97, 0.95)
    hand = STEEL if identity.species == "robot" else skin
    shoes = BEAK if identity.species == "penguin" else DYES[identity.shoes]
    tint = light.tint_body
    return Paint(
        skin=tint(skin),
        belly=tint(belly),
        top=tint(DYES[identity.top_colour]),
        second=tint(DYES[identity.second]),
        bottoms=tint(DYES[identity.bottoms]),
        shoes=tint(shoes),
        hand=tint(hand),
        light=light,
    )


def around(sheet: Sheet, points: np.ndarray, margin: float) -> Spot | None:
    """The window around (T, K, 2) points in all pictures, in the sheet's own coordinates."""
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    x, y = float(middle[0]), float(middle[1])
    spot = sheet.spot(x, y, float(half[0]) + margin, high=float(half[1]) + margin)
    if spot is None:
        return None
    return Spot(rows=spot.rows, columns=spot.columns, x=spot.x + x, y=spot.y + y, pixel=spot.pixel)


def _point(spot: Spot, place: np.ndarray) -> Place:
    """(T, 2) as columns."""
    return spot.column(place[:, 0]), spot.column(place[:, 1])


def joint(start: np.ndarray, end: np.ndarray, length: float, side: np.ndarray) -> np.ndarray:
    """(T, 2) elbow or knee between two ends, bent to a ``side`` (T,), -1 or 1 or between."""
    along = end - start
    away = np.linalg.norm(along, axis=-1)
    bend = np.sqrt(np.maximum(0.25 * length**2 - 0.25 * away**2, 0.0))
    across = np.stack([-along[:, 1], along[:, 0]], axis=-1) / np.maximum(away, 1e-6)[:, None]
    return 0.5 * (start + end) + across * (bend * side)[:, None]


def draw_body(sheet: Sheet, identity: Identity, body: Frame, pose: Pose, paint: Paint) -> None:
    """Lay all of a puppet below its head."""
    _tail(sheet, identity, body, pose, paint)
    near, through = _near(pose.facing), _near(pose.turns)
    for side in (0, 1):
        behind = 1.0 - through[side]
        _arm(sheet, identity, body, pose, paint, side, shown=1.0 - near[side], through=behind)
    for side in (1, 0) if float(pose.turns.mean()) >= 0 else (0, 1):
        _leg(sheet, identity, body, pose, paint, side)
    _torso(sheet, identity, body, pose, paint)
    for side in (1, 0):
        _arm(sheet, identity, body, pose, paint, side, shown=near[side], through=through[side])
    if pose.sticks:
        _sticks(sheet, pose, paint)


def _near(facing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T,) for each side, 1 where its arm is before the body."""
    return (facing > -0.25).astype(float), (facing < 0.25).astype(float)


def _arm(
    sheet: Sheet,
    identity: Identity,
    body: Frame,
    pose: Pose,
    paint: Paint,
    side: int,
    shown: np.ndarray,
    through: np.ndarray,
) -> None:
    if not shown.any():
        return
    shoulder, hand = pose.shoulders[:, side], pose.hands[:, side]
    outward = float(2 * side - 1)
    # Elbows point down and out: which side of the arm that is depends on where the hand is.
    bend = np.full(len(hand), outward)
    elbow = joint(
        shoulder,
        hand,
        body.arm_length * 1.02,
        bend * np.where(hand[:, 1] > shoulder[:, 1], -1.0, 1.0),
    )
    spot = around(sheet, np.stack([shoulder, elbow, hand], axis=1), 0.09)
    if spot is None:
        return
    on = spot.column(shown)
    far = (
        FAR_GAIN
        if through.mean() < 1.0
        and float(np.abs(pose.turns[through > 0]).mean()) > 0.25
        and not _is_near(pose, side)
        else 1.0
    )
    a, b, c = (_point(spot, place) for place in (shoulder, elbow, hand))
    sleeve = paint.skin if identity.species == "penguin" else paint.top
    if identity.top == "dungarees":
        sleeve = paint.second
    palm = radius(spot.x - c[0], spot.y - c[1]) - body.hand
    sheet.fill(spot, palm, scaled(paint.hand, far), shown=on)
    limb = np.minimum(
        bone(spot.x, spot.y, a, b, body.arm * 1.15, body.arm * 1.05),
        bone(spot.x, spot.y, b, _short(b, c, 0.80), body.arm * 1.05, body.arm),
    )
    sheet.fill(spot, limb, scaled(sleeve, far), shown=on)


def _short(
    start: Place,
    end: Place,
    share: float,
) -> Place:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _is_near(pose: Pose, side: int) -> bool:
    """Whether a side is towards the audience through most of the shot."""
    facing = float(pose.turns.mean())
    return abs(facing) < 0.25 or (facing > 0) == (side == 0)


def _leg(
    sheet: Sheet, identity: Identity, body: Frame, pose: Pose, paint: Paint, side: int
) -> None:
    outward = float(2 * side - 1)
    narrow = body.hip_x * (1.0 - 0.6 * np.abs(pose.facing))
    hip = pose.hips + np.stack([outward * narrow, np.full(len(narrow), -0.01)], axis=-1)
    foot = pose.feet[:, side]
    ankle = foot + np.array([0.0, 1.1 * body.foot_ry])
    toward = np.where(np.abs(pose.facing) > 0.3, np.sign(pose.facing), outward)
    knee = joint(hip, ankle, body.hip - body.foot_ry, toward)
    gain = 1.0 if _is_near(pose, side) else FAR_GAIN
    spot = around(sheet, np.stack([hip, knee, ankle], axis=1), 0.09)
    if spot is None:
        return
    a, b, c = (_point(spot, place) for place in (hip, knee, ankle))
    limb = np.minimum(
        bone(spot.x, spot.y, a, b, body.leg * 1.15, body.leg),
        bone(spot.x, spot.y, b, c, body.leg, body.leg * 0.92),
    )
    bare = identity.top == "dress" or identity.species in ("penguin", "robot")
    colour = paint.skin if bare else paint.bottoms
    if identity.top == "dungarees":
        colour = paint.top
    sheet.fill(spot, limb, scaled(colour, gain))
    _shoe(sheet, body, pose, scaled(paint.shoes, gain), side)


def _shoe(sheet: Sheet, body: Frame, pose: Pose, colour: Colour, side: int) -> None:
    foot = pose.feet[:, side]
    toe = pose.facing + (1.0 - np.abs(pose.facing)) * 0.35 * (2 * side - 1)
    middle = foot + np.stack([0.42 * body.foot_rx * toe, np.full(len(toe), body.foot_ry)], axis=-1)
    spot = sheet.spot(middle[:, 0], middle[:, 1], 1.25 * body.foot_rx, pose.pitch[:, side])
    if spot is None:
        return
    half = 0.80 * body.foot_rx
    shape = np.maximum(
        oval(spot.x, spot.y + 0.45 * body.foot_ry, half, 1.35 * body.foot_ry),
        -spot.y - body.foot_ry,
    )
    sheet.fill(spot, shape, colour)


def _torso(sheet: Sheet, identity: Identity, body: Frame, pose: Pose, paint: Paint) -> None:
    spine = body.neck - body.hip
    slim = 1.0 - 0.10 * float(np.abs(pose.turns).mean())
    middle = 0.5 * (pose.hips + pose.neck)
    half = 0.5 * spine
    # As far as it reaches to the sides and up, and how much of either comes to the other.
    wide, high = 1.45 * body.belly, half + 0.75 * body.belly
    bent = float(np.abs(np.sin(pose.bend)).max())
    spot = sheet.spot(
        middle[:, 0], middle[:, 1], wide + high * bent, -pose.bend, high=high + wide * bent
    )
    if spot is None:
        return
    top, foot = half - 0.8 * body.chest, -half + 0.30 * body.belly
    robot = identity.species == "robot"
    hull = bone(spot.x / slim, spot.y, (0.0, top), (0.0, foot), body.chest, body.belly)
    if robot:
        hull = box(spot.x, spot.y - 0.02, 1.12 * body.belly, half * 0.95, 0.06)
    bottoms = np.maximum(hull, spot.y + half - 0.20 * body.belly)
    dressed = hull
    if identity.top in ("dress", "coat"):
        depth = 0.62 * body.belly if identity.top == "coat" else 0.78 * body.belly
        skirt = bone(
            spot.x / slim, spot.y, (0.0, 0.1 * half), (0.0, -half), body.chest, 1.42 * body.belly
        )
        dressed = np.minimum(hull, np.maximum(skirt, -half - depth * 0.62 - spot.y))
    colour = paint.skin if identity.species == "penguin" and identity.top == "shirt" else paint.top
    colour = paint.second if identity.top == "dungarees" else colour
    sheet.fill(spot, dressed, colour, shade=0.30)
    inner = spot.cover(dressed + OUTLINE_M)
    _pattern(sheet, spot, identity, inner, paint)
    if identity.top in ("shirt", "sweater") and not robot:
        sheet.lay(spot, spot.cover(bottoms + OUTLINE_M), paint.bottoms)
    _details(sheet, spot, identity, body, paint, inner, half, pose)


def _stripes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.abs((y / 0.105 + 0.2) % 1.0 - 0.5) * 0.105 - 0.026 + 0.0 * x


def _dots(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    row = np.rint(y / 0.085)
    across = (x / 0.10 + 0.5 * (row % 2.0) + 0.5) % 1.0 - 0.5
    return radius(across * 0.10, y - row * 0.085) - 0.026


def _checks(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u = np.abs((x / 0.13 + 0.25) % 1.0 - 0.5) * 0.13 - 0.0325
    v = np.abs((y / 0.13 + 0.25) % 1.0 - 0.5) * 0.13 - 0.0325
    # Inside where exactly one of the two is.
    return np.maximum(np.minimum(u, v), -np.maximum(u, v))


def _zigzag(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    wave = np.abs((x / 0.11) % 1.0 - 0.5) * 0.10
    return np.abs(((y + wave) / 0.13 + 0.3) % 1.0 - 0.5) * 0.13 - 0.030


PATTERNS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "striped": _stripes,
    "dotted": _dots,
    "checked": _checks,
    "zigzag": _zigzag,
}


def _pattern(
    sheet: Sheet, spot: Spot, identity: Identity, inside: np.ndarray, paint: Paint
) -> None:
    if identity.pattern == "plain" or identity.top == "dungarees":
        return
    drawn = spot.cover(PATTERNS[identity.pattern](spot.x, spot.y))
    sheet.lay(spot, inside * drawn, paint.second)


def _details(
    sheet: Sheet,
    spot: Spot,
    identity: Identity,
    body: Frame,
    paint: Paint,
    inside: np.ndarray,
    half: float,
    pose: Pose,
) -> None:
    """Bib, buttons, hem, belly or lamps."""
    front = spot.column(0.35 * pose.facing * body.belly)
    x = spot.x - front
    if identity.top == "dungarees":
        bib = box(x, spot.y + 0.12 * half, 0.62 * body.chest, 0.45 * half, 0.03)
        trousers = spot.y + 0.22 * half
        shape = np.minimum(bib, trousers + 0.0 * x)
        straps = np.abs(np.abs(x) - 0.5 * body.chest) - 0.016
        straps = np.maximum(straps, -spot.y)
        sheet.lay(spot, inside * spot.cover(np.minimum(shape, straps)), paint.top)
        buttons = radius(np.abs(x) - 0.42 * body.chest, spot.y - 0.24 * half) - 0.02
        sheet.lay(spot, inside * spot.cover(buttons), paint.lit((0.98, 0.88, 0.45)))
    elif identity.top == "coat":
        seam = np.abs(x) - 0.008
        sheet.lay(spot, inside * spot.cover(seam) * 0.8, scaled(paint.top, 0.5))
        for height in (0.35, -0.05, -0.45):
            button = radius(x - 0.035, spot.y - height * half) - 0.018
            sheet.lay(spot, inside * spot.cover(button), paint.lit((0.98, 0.93, 0.80)))
    elif identity.top == "sweater":
        hem = np.abs(spot.y + half - 0.30 * body.belly) - 0.022
        sheet.lay(spot, inside * spot.cover(hem) * 0.55, scaled(paint.top, 0.6))
    if identity.species == "penguin" and identity.top == "shirt":
        belly = oval(x, spot.y + 0.1 * half, 0.72 * body.belly, 0.85 * half)
        sheet.lay(spot, inside * spot.cover(belly), paint.belly)
    if identity.species == "robot":
        plate = box(x, spot.y - 0.05, 0.55 * body.belly, 0.34 * half, 0.02)
        sheet.lay(spot, inside * spot.cover(plate), paint.lit((0.20, 0.24, 0.32)))
        for number, glow in enumerate(((1.0, 0.42, 0.36), (1.0, 0.85, 0.35), (0.45, 0.95, 0.55))):
            lamp = radius(x - (number - 1) * 0.34 * body.belly, spot.y - 0.05) - 0.022
            sheet.lay(spot, inside * spot.cover(lamp), glow)


def _tail(sheet: Sheet, identity: Identity, body: Frame, pose: Pose, paint: Paint) -> None:
    """Behind everything, away from where the puppet looks, wagging a little."""
    if identity.species not in ("fox", "cat", "mouse", "rabbit", "bear", "pig"):
        return
    side = np.where(pose.facing > 0.05, -1.0, 1.0)
    right = pose.turns > 0.05
    if right.any() and not right.all():  # it goes over while the puppet turns
        side = -np.clip(pose.facing * 3.0, -1.0, 1.0)
    wag = 0.03 * pose.wag
    size = body.height
    base = pose.hips + np.stack([side * 0.08 * size, np.full(len(side), 0.02 * size)], axis=-1)
    bends = {
        "fox": ((0.16, -0.02), (0.30, 0.17), 0.075, 0.085, 0.018),
        "cat": ((0.18, -0.04), (0.24, 0.24), 0.024, 0.024, 0.020),
        "mouse": ((0.16, -0.10), (0.34, -0.06), 0.013, 0.012, 0.008),
        "rabbit": ((0.05, -0.02), (0.06, -0.01), 0.055, 0.055, 0.05),
        "bear": ((0.04, -0.02), (0.05, -0.01), 0.045, 0.045, 0.04),
        "pig": ((0.07, 0.03), (0.06, 0.09), 0.016, 0.014, 0.012),
    }
    (mx, my), (ex, ey), r0, r1, r2 = bends[identity.species]
    middle = base + np.stack([side * mx * size, my * size + wag], axis=-1)
    end = base + np.stack([side * ex * size, ey * size + 2.0 * wag], axis=-1)
    spot = around(sheet, np.stack([base, middle, end], axis=1), 0.10 * size)
    if spot is None:
        return
    a, b, c = (_point(spot, place) for place in (base, middle, end))
    shape = np.minimum(
        bone(spot.x, spot.y, a, b, 0.6 * r0 * size, r1 * size),
        bone(spot.x, spot.y, b, c, r1 * size, r2 * size),
    )
    pink = identity.species in ("mouse",)
    colour = paint.lit((0.96, 0.68, 0.68)) if pink else paint.skin
    colour = paint.belly if identity.species == "rabbit" else colour
    sheet.fill(spot, shape, colour)
    if identity.species == "fox":
        tip = radius(spot.x - c[0], spot.y - c[1]) - 0.085 * size
        white = np.maximum(shape + OUTLINE_M, tip)
        sheet.lay(spot, spot.cover(white), paint.belly)


def _sticks(sheet: Sheet, pose: Pose, paint: Paint) -> None:
    for side in (0, 1):
        hand = pose.hands[:, side]
        inward = -(2.0 * side - 1.0)
        tip = hand + np.array([inward * STICK_M * 0.9, -0.05])
        spot = around(sheet, np.stack([hand, tip], axis=1), 0.05)
        if spot is None:
            continue
        stick = bone(spot.x, spot.y, _point(spot, hand), _point(spot, tip), 0.012, 0.012)
        knob = radius(spot.x - spot.column(tip[:, 0]), spot.y - spot.column(tip[:, 1])) - 0.024
        sheet.fill(spot, np.minimum(stick, knob), paint.lit(WOOD), outline=0.008)
