"""What a puppet wears on its head and neck: hair, hats and accessories."""

from __future__ import annotations

from math import cos, sin

import numpy as np

from engine.world.actions_pose import Pose
from engine.world.canvas import mixed, scaled
from engine.world.cast_frame import Frame
from engine.world.cast_head import CORNER, INK, WHITE, Head
from engine.world.cast_shapes import Sheet, bone, box, oval, radius

STRAW = (0.93, 0.79, 0.46)
GOLD = (0.99, 0.82, 0.28)


def draw_back_hair(head: Head) -> None:
    """The hair behind a head."""
    colour = head.paint.dye(head.identity.hair_colour)
    shade = scaled(colour, 0.82)
    match head.identity.hair:
        case "bob":
            spot = head.spot(-0.10 * head.aside, -0.12, CORNER * 1.3)
            if spot is not None:
                shape = box(spot.x, spot.y + 0.02, 1.20 * head.wide, 0.98, 0.62)
                head.fill(spot, shape, shade)
        case "long":
            head.spike((0.0, 0.15), (0.0, -1.25), (1.16, 0.86), shade, shift=-0.16)
        case "ponytail":
            right = head.pose.turns > 0.0
            turning = right.any() and not right.all()
            side = np.where(head.aside > 0.0, -1.0, 1.0)
            side = -np.clip(head.aside * 4.0, -1.0, 1.0) if turning else side
            for along, down, size in ((0.98, 0.52, 0.34), (1.28, 0.18, 0.34), (1.38, -0.24, 0.26)):
                head.disc(side * along, down, size, shade)
        case "bun":
            head.disc(-0.10 * head.aside, 1.14, 0.40, colour)
        case "curly":
            for x, y in ((-1.02, -0.1), (1.02, -0.1), (-1.0, 0.38), (1.0, 0.38)):
                head.disc(x * head.wide - 0.1 * head.aside, y, 0.40, shade)
        case _:
            pass


def draw_front_hair(head: Head) -> None:
    """The hair over a forehead."""
    hair = head.identity.hair
    if hair == "none":
        return
    colour = head.paint.dye(head.identity.hair_colour)
    spot = head.spot(0.0, 0.0, CORNER * 1.15 * head.wide)
    if spot is None:
        return
    aside = spot.column(head.aside)
    skull = oval(spot.x, spot.y - 0.03, 1.05 * head.wide, 1.05)
    if hair == "curly":
        for x in (-0.72, -0.26, 0.22, 0.70):
            head.disc(x * head.wide, 0.86 - 0.30 * abs(x), 0.36, colour)
        fringe = 0.50 - spot.y + 0.0 * spot.x
        head.fill(spot, np.maximum(skull, fringe), colour, line=0)
        return
    if hair == "spiky":
        for x, y in ((-0.95, 1.02), (-0.50, 1.36), (0.02, 1.48), (0.52, 1.36), (0.96, 1.02)):
            head.spike((0.62 * x, 0.62), (x, y), (0.30, 0.04), colour)
    # A parting: the hairline is higher on the side that the head looks to.
    part = spot.x / head.wide - 0.25 - 0.35 * aside
    line = 0.40 + 0.28 * np.exp(-((part / 0.32) ** 2)) - 0.42 * np.maximum(np.abs(part) - 0.55, 0.0)
    head.fill(spot, np.maximum(skull, (line - spot.y) * 0.8), colour, shade=0.2)


def draw_hat(head: Head) -> None:
    """The hat, over hair and before ears."""
    identity, paint = head.identity, head.paint
    colour = paint.dye(identity.hat_colour)
    dark = scaled(colour, 0.70)
    wide = head.wide
    spot = head.spot(0.0, 0.62, 1.5 * wide)
    if spot is None or identity.hat == "none":
        return
    x, y = spot.x, spot.y + 0.62
    match identity.hat:
        case "beanie":
            dome = np.maximum(oval(x, y - 0.12, 1.04 * wide, 1.02), 0.46 - y)
            head.disc(0.0, 1.22, 0.24, mixed(colour, WHITE, 0.75))
            head.fill(spot, dome, colour, shade=0.25)
            head.fill(spot, box(x, y - 0.50, 0.99 * wide, 0.15, 0.13), mixed(colour, WHITE, 0.45))
        case "top hat":
            head.fill(spot, box(x, y - 1.14, 0.62 * wide, 0.54, 0.06), colour, shade=0.25)
            band = box(x, y - 0.76, 0.61 * wide, 0.10, 0.01)
            head.fill(spot, band, mixed(colour, WHITE, 0.65), line=0)
            head.fill(spot, box(x, y - 0.62, 1.05 * wide, 0.09, 0.09), colour)
        case "cap":
            dome = np.maximum(oval(x, y - 0.10, 1.04 * wide, 0.98), 0.46 - y)
            head.fill(spot, dome, colour, shade=0.25)
            visor = oval(x - spot.column(0.62 * head.aside), y - 0.46, 0.80 * wide, 0.15)
            head.fill(spot, visor, dark)
            head.disc(0.0, 1.06, 0.08, dark, line=0)
        case "party hat":
            cone = bone(x, y, (0.0, 0.98), (0.10, 1.86), 0.46, 0.02)
            head.fill(spot, np.maximum(cone, 0.72 - y), colour)
            dots = radius((x / 0.34 + 0.5) % 1.0 - 0.5, (y / 0.34) % 1.0 - 0.5) * 0.34 - 0.08
            inside = spot.cover(np.maximum(np.maximum(cone, 0.72 - y) + head.line, dots))
            head.sheet.lay(spot, inside, mixed(colour, WHITE, 0.85))
            head.disc(0.10, 1.88, 0.14, paint.lit(GOLD))
        case "beret":
            head.oval(0.22 * wide, 0.84, 1.02 * wide, 0.36, colour, turn=-0.16)
            head.disc(0.30 * wide, 1.22, 0.07, dark, line=0)
        case "crown":
            gold = mixed(paint.lit(GOLD), colour, 0.12)
            teeth = np.abs((x / (0.30 * wide) + 0.5) % 1.0 - 0.5) * 2.0
            hull = np.maximum(
                np.abs(x) - 0.62 * wide, np.maximum(0.70 - y, y - 1.00 - 0.32 * (1.0 - teeth))
            )
            head.fill(spot, hull * 0.8, gold, shade=0.2)
            for place in (-0.3, 0.0, 0.3):
                head.disc(place * wide * 1.02, 0.86, 0.09, colour, line=0.4)
        case "straw hat":
            straw = paint.lit(STRAW)
            head.fill(
                spot,
                np.maximum(oval(x, y - 0.60, 0.72 * wide, 0.62), 0.62 - y),
                straw,
                shade=0.2,
            )
            band = np.maximum(
                box(x, y - 0.74, 0.73 * wide, 0.11, 0.01), oval(x, y - 0.60, 0.72 * wide, 0.62)
            )
            head.fill(spot, band, colour, line=0)
            head.fill(spot, oval(x, y - 0.60, 1.36 * wide, 0.17), straw)


def draw_accessory_on_head(head: Head) -> None:
    """Glasses, headphones or a flower."""
    identity = head.identity
    colour = head.paint.dye(identity.accessory_colour)
    match identity.accessory:
        case "glasses" | "sunglasses":
            _glasses(head)
        case "headphones":
            spot = head.spot(0.0, 0.1, CORNER * 1.3 * head.wide)
            if spot is not None:
                arc = np.abs(oval(spot.x, spot.y, 1.10 * head.wide, 1.10)) - 0.075
                head.fill(spot, np.maximum(arc, -spot.y), scaled(colour, 0.6))
            for side in (-1.0, 1.0):
                head.oval(side * 1.04 * head.wide - 0.1 * head.aside, -0.02, 0.20, 0.34, colour)
        case "flower":
            petal = mixed(colour, WHITE, 0.15)
            for turn in range(5):
                angle = 2.0 * np.pi * turn / 5.0
                x = -0.70 * head.wide + 0.17 * float(np.cos(angle))
                head.disc(x, 0.62 + 0.17 * float(np.sin(angle)), 0.155, petal, line=0.6)
            head.disc(-0.70 * head.wide, 0.62, 0.12, head.paint.lit(GOLD), line=0)
        case _:
            pass


def _glasses(head: Head) -> None:
    identity = head.identity
    colour = scaled(head.paint.dye(identity.accessory_colour), 0.75)
    dark = identity.accessory == "sunglasses"
    frog = identity.species == "frog"
    x_eye, y = (0.62, 0.74) if frog else (0.42, 0.10)
    depth = 0.20 if frog else 0.32
    for side in (-1.0, 1.0):
        spot = head.spot(head.face_x(side * x_eye, depth), y, CORNER * 0.42)
        if spot is None:
            continue
        lens = box(spot.x, spot.y, 0.33, 0.28, 0.14) if dark else radius(spot.x, spot.y) - 0.35
        if dark:
            head.fill(spot, lens, mixed(INK, colour, 0.25))
            glint = bone(spot.x, spot.y, (-0.14, 0.02), (-0.04, 0.14), 0.035, 0.035)
            head.sheet.lay(spot, spot.cover(glint) * 0.8, WHITE)
        else:
            head.sheet.lay(spot, spot.cover(lens) * 0.16, WHITE)
            head.sheet.lay(spot, spot.cover(np.abs(lens) - 0.048), colour)
    spot = head.spot(head.face_x(0.0, depth), y + 0.04, CORNER * 0.2)
    if spot is not None:
        half = 0.28 if frog else 0.08
        head.sheet.lay(spot, spot.cover(box(spot.x, spot.y, half, 0.042, 0.02)), colour)


def draw_at_neck(sheet: Sheet, head: Head, body: Frame, pose: Pose) -> None:
    """A scarf, a bow tie or a necklace, over the torso and below the chin."""
    colour = head.paint.dye(head.identity.accessory_colour)
    neck = pose.neck - np.array([0.0, 0.028 * body.height])
    spot = sheet.spot(neck[:, 0], neck[:, 1], 0.26 * body.height, -pose.bend)
    if spot is None:
        return
    front = spot.column(0.35 * pose.facing * body.chest)
    x, y = spot.x - front, spot.y
    size = body.height
    match head.identity.accessory:
        case "scarf":
            end = bone(
                x,
                y,
                (0.055 * size, -0.01 * size),
                (0.075 * size, -0.15 * size),
                0.03 * size,
                0.034 * size,
            )
            sheet.fill(spot, end, scaled(colour, 0.9))
            wrap = box(spot.x, y, 0.135 * size, 0.042 * size, 0.040 * size)
            sheet.fill(spot, wrap, colour)
            stripes = np.abs((spot.x / 0.085) % 1.0 - 0.5) * 0.085 - 0.014
            light = spot.cover(np.maximum(wrap + 0.014, stripes))
            sheet.lay(spot, light, mixed(colour, WHITE, 0.6))
        case "bow tie":
            wing = np.maximum(np.abs(x) - 0.085 * size, np.abs(y) - 0.012 * size - 0.48 * np.abs(x))
            sheet.fill(spot, wing, colour)
            sheet.fill(spot, radius(x, y) - 0.022 * size, scaled(colour, 0.75), outline=0.008)
        case "necklace":
            for turn in np.linspace(-1.1, 1.1, 7).tolist():
                bead_x, bead_y = 0.10 * size * sin(turn), -0.075 * size * cos(turn) + 0.01
                bead = radius(x - float(bead_x), y - float(bead_y)) - 0.019 * size
                sheet.fill(spot, bead, colour, outline=0.006)
        case _:
            pass
