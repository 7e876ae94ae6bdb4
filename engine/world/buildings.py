"""More of what people built: rooftop, classroom and harbour, layer by layer.

Heights are metres above the floor line on which bodies stand, as in ``engine.world.interiors``.
"""

from __future__ import annotations

import numpy as np
import torch

from engine.world.canvas import Canvas, Colour, mixed, scaled
from engine.world.landscapes import LAMP, spaced
from engine.world.light import LIGHT_TABLE, Light, draw_sky
from engine.world.scene import LightName

TOWERS: tuple[Colour, ...] = ((0.46, 0.50, 0.66), (0.56, 0.52, 0.64), (0.42, 0.54, 0.64))
CARGO: tuple[Colour, ...] = (
    (0.86, 0.30, 0.24),
    (0.20, 0.46, 0.72),
    (0.95, 0.66, 0.22),
    (0.30, 0.60, 0.46),
    (0.88, 0.86, 0.80),
)


def _indoors(light: Light, colour: Colour) -> Colour:
    """A colour in a room, where lamps keep some warmth at night."""
    return mixed(light.tint(colour), colour, 0.32 * light.lamps)


def rooftop_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A wide sky over two rows of towers with windows."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.6)
    for share, step, low, high in ((0.55, 0.5, 0.95, 1.35), (0.25, 0.72, 0.75, 1.18)):
        for x in spaced(random, step, 0.12):
            top, half = float(random.uniform(low, high)), float(random.uniform(0.3, 0.42)) * step
            tower = light.hazy(TOWERS[int(random.integers(3))], share)
            canvas.rect(x - half, x + half, -1.0, top, tower, mixed(tower, light.sky[2], 0.25))
            _windows(canvas, light, x, half, top, tower, share)


def _windows(
    canvas: Canvas, light: Light, x: float, half: float, top: float, wall: Colour, haze: float
) -> None:
    """A grid of small panes; every other one is lit when the lamps are."""
    pane = mixed(wall, light.sky[0], 0.35)
    columns = 3
    for row in range(6):
        y = top - 0.08 - 0.095 * row
        for column in range(columns):
            at = x + half * (column - 1) * 0.58
            burns = (row * 5 + column * 3 + int(top * 50)) % 3 != 0
            tone = mixed(pane, LAMP, light.lamps * (1.0 - 0.6 * haze) * burns)
            canvas.rect(at - 0.14 * half, at + 0.14 * half, y - 0.05, y, tone)


def rooftop_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """The roof across the street: a water tower, chimneys and aerials."""
    light = LIGHT_TABLE[name]
    brick = light.tint((0.70, 0.36, 0.30))
    canvas.rect(-9.0, 9.0, -1.0, 0.60, brick, scaled(brick, 0.78))
    canvas.rect(-9.0, 9.0, 0.58, 0.66, scaled(brick, 0.62))
    tower = float(random.uniform(-1.1, 1.1))
    for x in spaced(random, 0.85, 0.2):
        if abs(x - tower) < 0.42:
            continue
        kind = int(random.integers(3))
        if kind == 0:
            canvas.rect(x - 0.09, x + 0.09, 0.6, 0.92, scaled(brick, 0.84))
            canvas.rect(x - 0.11, x + 0.11, 0.88, 0.95, scaled(brick, 0.6))
        elif kind == 1:
            iron = light.tint((0.22, 0.24, 0.30))
            canvas.rect(x - 0.01, x + 0.01, 0.6, 1.22, iron)
            for y, half in ((1.18, 0.13), (1.08, 0.18), (0.98, 0.12)):
                canvas.rect(x - half, x + half, y - 0.01, y + 0.01, iron)
        else:
            box = light.tint((0.66, 0.70, 0.74))
            canvas.rect(x - 0.20, x + 0.20, 0.6, 0.80, box, scaled(box, 0.75))
            canvas.disc(x, 0.70, 0.07, scaled(box, 0.6))
    _water_tower(canvas, light, tower, 0.64)


def _water_tower(canvas: Canvas, light: Light, x: float, y: float) -> None:
    wood, iron = light.tint((0.60, 0.40, 0.26)), light.tint((0.26, 0.24, 0.28))
    for side in (-1.0, 1.0):
        canvas.rect(x + 0.19 * side - 0.02, x + 0.19 * side + 0.02, y, y + 0.36, iron)
    canvas.rect(x - 0.22, x + 0.22, y + 0.16, y + 0.19, iron)
    canvas.rect(x - 0.27, x + 0.27, y + 0.34, y + 0.80, wood, scaled(wood, 0.78))
    for number in range(-2, 3):
        at = x + 0.105 * number
        canvas.rect(at - 0.008, at + 0.008, y + 0.34, y + 0.80, scaled(wood, 0.66))
    for low in (0.44, 0.66):
        canvas.rect(x - 0.275, x + 0.275, y + low, y + low + 0.025, iron)
    canvas.polygon([(x, y + 1.02), (x + 0.31, y + 0.79), (x - 0.31, y + 0.79)], iron)


def rooftop_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Roofing felt inside a low wall, under a string of lamps."""
    light = LIGHT_TABLE[name]
    wall = light.tint((0.80, 0.50, 0.40))
    wire = light.tint((0.16, 0.18, 0.24))
    for x in spaced(random, 1.9, 0.1):
        canvas.rect(x - 0.022, x + 0.022, 0.4, 1.76, wire)
        for number in range(1, 8):
            share = number / 8.0
            y = 1.74 - 0.62 * share * (1.0 - share)
            at = x + 1.9 * share
            canvas.glow(at, y - 0.03, 0.20, 0.20, LAMP, 0.75 * light.lamps)
            canvas.disc(at, y, 0.032, mixed(light.tint((1.0, 0.95, 0.82)), LAMP, light.lamps))
    canvas.rect(-9.0, 9.0, 0.28, 0.50, wall, scaled(wall, 0.82))
    canvas.rect(-9.0, 9.0, 0.48, 0.56, light.tint((0.90, 0.86, 0.80)))
    joint = scaled(wall, 0.76)
    for row, y in enumerate((0.34, 0.41)):
        canvas.rect(-9.0, 9.0, y - 0.006, y + 0.006, joint)
        for number in range(-18, 19):
            x = (number + 0.5 * row) * 0.24
            canvas.rect(x - 0.006, x + 0.006, y, y + 0.07, joint)
    felt, front = light.tint((0.52, 0.54, 0.62)), light.tint((0.38, 0.39, 0.47))
    canvas.ridge(0.29, [], felt, front, fade=0.6)
    seam = scaled(front, 0.86)
    for number in range(-6, 7):
        x, slant = number * 0.95, number * 0.26
        canvas.polygon(
            [(x, 0.29), (x + 0.025, 0.29), (x + slant + 0.03, -0.5), (x + slant, -0.5)], seam
        )
    for x in spaced(random, 2.1, 0.4):
        canvas.ellipse(x, -0.2, 0.34, 0.035, mixed(felt, light.sky[1], 0.45), opacity=0.8)


def classroom_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A plain wall with the blackboard, a clock and a tall window."""
    light = LIGHT_TABLE[name]
    wall = _indoors(light, (0.93, 0.92, 0.76))
    canvas.wash([(0.3, scaled(wall, 0.90)), (1.3, wall), (2.2, scaled(wall, 0.94))])
    side = float(random.choice([-1.0, 1.0]))
    for offset in (0.0, 4.2, -4.2):
        board = offset - 0.30 * side
        _blackboard(canvas, light, board, random)
        _tall_window(canvas, light, board + 1.45 * side)
        _wall_clock(canvas, light, board - 1.35 * side, random)
    for x in spaced(random, 1.7, 0.0):
        canvas.glow(x, 1.72, 1.25, 1.1, LAMP, 0.42 * light.lamps)
        shade = _indoors(light, (0.96, 0.97, 0.98))
        canvas.rect(x - 0.01, x + 0.01, 1.98, 9.0, scaled(shade, 0.5))
        canvas.ellipse(x, 1.93, 0.17, 0.075, mixed(shade, LAMP, 0.7 * light.lamps))


def _blackboard(canvas: Canvas, light: Light, x: float, random: np.random.Generator) -> None:
    slate, frame = _indoors(light, (0.13, 0.32, 0.27)), _indoors(light, (0.66, 0.44, 0.26))
    canvas.rect(x - 0.95, x + 0.95, 0.93, 1.83, frame)
    canvas.rect(x - 0.90, x + 0.90, 0.98, 1.78, scaled(slate, 0.95), scaled(slate, 1.12))
    canvas.rect(x - 0.95, x + 0.95, 0.88, 0.93, scaled(frame, 1.15))
    chalk = mixed(slate, (1.0, 1.0, 0.96), 0.78)
    for row in range(3):
        reach = float(random.uniform(0.28, 0.52))
        y = 1.64 - 0.13 * row
        canvas.rect(x - 0.80, x - 0.80 + reach, y - 0.012, y + 0.012, chalk)
    sun_x, sun_y = x + 0.46, 1.46
    canvas.disc(sun_x, sun_y, 0.15, chalk)
    canvas.disc(sun_x, sun_y, 0.125, slate)
    canvas.polygon(
        [(x + 0.12, 1.36), (x + 0.32, 1.08), (x - 0.08, 1.08)],
        mixed(chalk, (0.98, 0.70, 0.72), 0.6),
    )
    canvas.polygon([(x + 0.12, 1.31), (x + 0.28, 1.10), (x - 0.04, 1.10)], slate)


def _tall_window(canvas: Canvas, light: Light, x: float) -> None:
    frame = _indoors(light, (1.0, 0.99, 0.95))
    canvas.rect(x - 0.38, x + 0.38, 0.82, 1.95, frame)
    canvas.rect(x - 0.32, x + 0.32, 0.88, 1.89, light.sky[0], light.sky[2])
    leaf = light.tint((0.30, 0.60, 0.30))
    canvas.ellipse(x + 0.08, 0.88, 0.24, 0.34, leaf, above=0.88)
    canvas.rect(x - 0.02, x + 0.02, 0.85, 1.92, frame)
    canvas.rect(x - 0.34, x + 0.34, 1.36, 1.40, frame)
    canvas.rect(x - 0.44, x + 0.44, 0.76, 0.82, frame)


def _wall_clock(canvas: Canvas, light: Light, x: float, random: np.random.Generator) -> None:
    face, dark = _indoors(light, (1.0, 0.99, 0.94)), _indoors(light, (0.22, 0.20, 0.24))
    canvas.disc(x, 1.62, 0.17, _indoors(light, (0.80, 0.28, 0.24)))
    canvas.disc(x, 1.62, 0.138, face)
    canvas.rect(x - 0.012, x + 0.012, 1.62, 1.73, dark)
    if random.uniform() < 0.5:
        canvas.rect(x, x + 0.085, 1.608, 1.632, dark)
    else:
        canvas.rect(x - 0.085, x, 1.608, 1.632, dark)
    poster = _indoors(light, (0.40, 0.62, 0.86))
    canvas.rect(x - 0.19, x + 0.19, 0.92, 1.32, poster)
    canvas.disc(x, 1.12, 0.12, _indoors(light, (0.99, 0.86, 0.42)))
    canvas.ellipse(x + 0.02, 1.10, 0.06, 0.09, _indoors(light, (0.36, 0.66, 0.40)))


def classroom_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Low shelves of books along the wall, with a globe on them."""
    light = LIGHT_TABLE[name]
    wood = _indoors(light, (0.84, 0.60, 0.36))
    canvas.rect(-9.0, 9.0, -0.5, 0.62, scaled(wood, 0.72), scaled(wood, 0.6))
    left = -4.2
    while left < 4.2:
        width = float(random.uniform(0.045, 0.085))
        tall = float(random.uniform(0.17, 0.25))
        tone = _indoors(light, CARGO[int(random.integers(5))])
        canvas.rect(left, left + width, 0.30, 0.30 + tall, tone, scaled(tone, 0.8))
        left += width + (0.12 if random.uniform() < 0.10 else 0.006)
    canvas.rect(-9.0, 9.0, 0.60, 0.68, _indoors(light, (0.95, 0.76, 0.50)))
    for number in range(-5, 6):
        canvas.rect(number * 0.9 - 0.03, number * 0.9 + 0.03, 0.26, 0.62, wood)
    x = float(random.uniform(-1.2, 1.2))
    sea = _indoors(light, (0.26, 0.56, 0.86))
    canvas.rect(x - 0.10, x + 0.10, 0.68, 0.71, scaled(wood, 0.6))
    canvas.rect(x - 0.015, x + 0.015, 0.70, 0.78, scaled(wood, 0.6))
    canvas.disc(x, 0.90, 0.15, sea)
    canvas.ellipse(x - 0.04, 0.94, 0.07, 0.06, _indoors(light, (0.42, 0.70, 0.38)))
    canvas.ellipse(x + 0.06, 0.85, 0.05, 0.07, _indoors(light, (0.42, 0.70, 0.38)))


def classroom_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A floor of honey-coloured boards laid across."""
    light = LIGHT_TABLE[name]
    window = canvas.window(-1e3, 1e3, -1e3, 0.34)
    if window is None:
        return
    x, y = canvas.x[window[1]], canvas.y[window[0]]
    depth = 1.0 / (1.0 + 1.1 * (0.34 - y))
    row = torch.floor(depth / 0.075)
    in_row = depth / 0.075 - row
    shift = torch.frac(row * 0.618 + float(random.uniform(0, 1)))
    across = x * depth / 0.85 + shift
    tone = 1.0 + 0.09 * torch.sin(torch.floor(across) * 2.7 + row * 1.9)
    step_x, step_y = canvas.pitch * depth / 0.85, canvas.pitch * 1.1 * depth * depth / 0.075
    edge_x = (across - across.round()).abs() / (step_x + 0.008)
    edge_y = torch.minimum(in_row, 1.0 - in_row) / (step_y + 0.05)
    # Joints finer than a pixel fade away instead of flickering.
    seam = 1.0 - (1.0 - torch.minimum(edge_x, edge_y).clamp(0.0, 1.0)) / (1.0 + 3.0 * step_y)
    colour = canvas.shaded(
        window, _indoors(light, (0.76, 0.55, 0.32)), _indoors(light, (0.95, 0.75, 0.48)), -0.3, 0.34
    )
    coverage = ((0.34 - y) / canvas.pitch + 0.5).clamp(0.0, 1.0)
    canvas.lay(window, coverage, colour * (tone * (0.84 + 0.16 * seam))[None])
    canvas.rect(-9.0, 9.0, 0.32, 0.37, _indoors(light, (0.52, 0.34, 0.22)))


def harbour_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """The bay with a far shore, a lighthouse and cranes."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.9)
    shore = light.hazy((0.36, 0.46, 0.54), 0.42)
    phase = float(random.uniform(0, 6.28))
    canvas.ridge(0.98, [(0.05, 2.0, phase), (0.02, 0.7, phase)], shore)
    for x in spaced(random, 1.5, 0.3):
        _crane(canvas, light.hazy((0.84, 0.40, 0.30), 0.28), x, 0.92)
    house = float(random.uniform(-1.6, 1.6))
    white, red = light.hazy((0.98, 0.97, 0.94), 0.1), light.hazy((0.86, 0.24, 0.22), 0.1)
    for number in range(4):
        half, y = 0.10 - 0.012 * number, 0.92 + 0.16 * number
        canvas.rect(house - half, house + half, y, y + 0.165, red if number % 2 else white)
    canvas.glow(house, 1.62, 0.7, 0.5, LAMP, 0.85 * light.lamps)
    canvas.rect(house - 0.06, house + 0.06, 1.56, 1.68, mixed(white, LAMP, light.lamps))
    canvas.ellipse(house, 1.68, 0.08, 0.06, red, above=1.68)
    sea = mixed(light.tint((0.10, 0.34, 0.52)), light.sky[1], 0.20)
    canvas.ridge(0.93, [], mixed(sea, light.sky[2], 0.30), sea, fade=0.4)


def _crane(canvas: Canvas, paint: Colour, x: float, y: float) -> None:
    for dx in (-0.16, 0.16):
        canvas.rect(x + dx - 0.016, x + dx + 0.016, y, y + 0.62, paint)
    canvas.rect(x - 0.18, x + 0.18, y + 0.28, y + 0.32, paint)
    canvas.rect(x - 0.50, x + 0.62, y + 0.60, y + 0.65, paint)
    canvas.polygon([(x, y + 0.90), (x + 0.58, y + 0.645), (x + 0.54, y + 0.635)], paint)
    canvas.polygon([(x, y + 0.90), (x + 0.025, y + 0.62), (x - 0.025, y + 0.62)], paint)
    canvas.rect(x + 0.40, x + 0.41, y + 0.30, y + 0.60, paint)


def harbour_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A freighter stacked with containers on dark water."""
    light = LIGHT_TABLE[name]
    for offset in (-4.4, 0.0, 4.4):
        _freighter(canvas, light, offset + float(random.uniform(-0.7, 0.7)), random)
    water = mixed(light.tint((0.08, 0.32, 0.46)), light.sky[1], 0.12)
    phase = float(random.uniform(0, 6.28))
    canvas.ridge(0.60, [(0.012, 0.5, phase)], mixed(water, light.sky[2], 0.22), water, fade=0.3)
    glint = mixed(water, light.sky[2], 0.5)
    for x in spaced(random, 0.36, 0.16):
        canvas.ellipse(x, float(random.uniform(0.40, 0.56)), 0.13, 0.011, glint, opacity=0.7)


def _freighter(canvas: Canvas, light: Light, x: float, random: np.random.Generator) -> None:
    hull = light.tint((0.18, 0.22, 0.32))
    for column in range(5):
        for row in range(1 + int(random.integers(1, 3))):
            tone = light.tint(CARGO[int(random.integers(5))])
            left, low = x - 0.78 + 0.27 * column, 0.82 + 0.125 * row
            canvas.rect(left, left + 0.26, low, low + 0.12, tone, scaled(tone, 0.8))
            for number in range(1, 5):
                at = left + 0.052 * number
                canvas.rect(at - 0.004, at + 0.004, low + 0.01, low + 0.11, scaled(tone, 0.78))
    bridge = light.tint((0.96, 0.96, 0.93))
    canvas.rect(x + 0.62, x + 0.90, 0.80, 1.26, bridge, scaled(bridge, 0.84))
    canvas.rect(x + 0.58, x + 0.94, 1.20, 1.28, bridge)
    for number in range(3):
        at = x + 0.68 + 0.08 * number
        pane = mixed(light.tint((0.30, 0.46, 0.60)), LAMP, light.lamps)
        for y in (1.06, 0.92):
            canvas.rect(at - 0.025, at + 0.025, y, y + 0.06, pane)
    canvas.rect(x + 0.70, x + 0.82, 1.28, 1.46, light.tint((0.88, 0.36, 0.24)))
    canvas.polygon([(x - 1.0, 0.86), (x + 1.02, 0.86), (x + 0.94, 0.5), (x - 0.80, 0.5)], hull)
    canvas.rect(x - 0.86, x + 0.98, 0.5, 0.64, light.tint((0.70, 0.22, 0.20)))


def harbour_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A quay of grey stone with bollards and coils of rope."""
    light = LIGHT_TABLE[name]
    iron, rope = light.tint((0.22, 0.24, 0.30)), light.tint((0.86, 0.72, 0.46))
    for x in spaced(random, 1.7, 0.3):
        canvas.rect(x - 0.075, x + 0.075, 0.28, 0.47, iron)
        canvas.ellipse(x, 0.48, 0.12, 0.055, scaled(iron, 1.2))
        canvas.ellipse(x + 0.02, 0.36, 0.10, 0.028, rope)
    edge, slab = light.tint((0.82, 0.83, 0.82)), light.tint((0.62, 0.66, 0.69))
    front = light.tint((0.46, 0.50, 0.55))
    canvas.ridge(0.33, [], edge)
    canvas.ridge(0.285, [], slab, front, fade=0.6)
    joint = scaled(front, 0.84)
    for row, (high, low) in enumerate(
        ((0.285, 0.12), (0.12, -0.09), (-0.09, -0.36), (-0.36, -0.7))
    ):
        canvas.rect(-9.0, 9.0, low - 0.008, low + 0.008, joint)
        for number in range(-10, 11):
            place = (number + 0.5 * (row % 2)) * 0.72
            upper, lower = place * (1.285 - high), place * (1.285 - low)
            corners = [(upper, high), (upper + 0.016, high), (lower + 0.02, low), (lower, low)]
            canvas.polygon(corners, joint)
    for x in spaced(random, 2.3, 0.5):
        for size in (0.17, 0.12, 0.07):
            canvas.ellipse(x, 0.06, size, 0.42 * size, scaled(rope, 0.7 + 1.4 * (0.17 - size)))
