"""The sets out in the open: park, beach and snowfield, layer by layer.

Heights are metres above the floor line on which bodies stand; a layer spans some four metres to
either side, whatever part of it the camera sees. Every layer draws its decoration from its own
generator in a fixed order, so that equal seeds give equal sets at any size.
"""

from __future__ import annotations

import numpy as np

from engine.world.canvas import Canvas, Colour, mixed, scaled
from engine.world.light import LIGHT_TABLE, Light, draw_sky
from engine.world.scene import LightName

REACH_M = 4.0
LAMP: Colour = (1.0, 0.83, 0.45)


def spaced(random: np.random.Generator, step: float, jitter: float) -> list[float]:
    """Places across a layer, ``step`` metres apart and moved by up to ``jitter``."""
    count = int(2 * REACH_M / step)
    shift = random.uniform(-0.5, 0.5) * step
    moves = random.uniform(-jitter, jitter, size=count)
    return [float((i + 0.5) * step - REACH_M + shift + moves[i]) for i in range(count)]


def park_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Sky and hills blue with distance."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.8)
    phase = float(random.uniform(0, 6.28))
    hill = light.hazy((0.36, 0.66, 0.56), 0.42)
    canvas.ridge(0.98, [(0.12, 2.6, phase), (0.05, 1.3, 2 * phase)], hill, scaled(hill, 0.94))


def park_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A rolling hill with round trees."""
    light = LIGHT_TABLE[name]
    phase = float(random.uniform(0, 6.28))
    canvas.ridge(
        0.66,
        [(0.10, 3.1, phase)],
        light.hazy((0.46, 0.74, 0.34), 0.12),
        light.tint((0.30, 0.60, 0.28)),
        fade=0.5,
    )
    for x in spaced(random, 1.15, 0.22):
        _round_tree(canvas, light, x, 0.56, float(random.uniform(0.85, 1.2)), random)


def _round_tree(
    canvas: Canvas, light: Light, x: float, y: float, size: float, random: np.random.Generator
) -> None:
    leaf = mixed((0.16, 0.50, 0.24), (0.34, 0.58, 0.18), float(random.uniform(0, 1)))
    dark, lit = light.tint(scaled(leaf, 0.88)), light.tint(mixed(leaf, (0.86, 0.92, 0.42), 0.30))
    canvas.rect(
        x - 0.045 * size, x + 0.045 * size, y - 0.15, y + 0.5 * size, light.tint((0.45, 0.29, 0.18))
    )
    top = y + 0.72 * size
    for dx, dy, radius in ((-0.17, -0.10, 0.22), (0.18, -0.08, 0.21), (0.0, 0.08, 0.27)):
        canvas.disc(x + dx * size, top + dy * size, radius * size, dark)
    canvas.disc(x - 0.07 * size, top + 0.10 * size, 0.18 * size, lit, opacity=0.85)
    canvas.disc(x - 0.20 * size, top - 0.06 * size, 0.11 * size, lit, opacity=0.7)


def park_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """The lawn, with bushes behind it and flowers in it."""
    light = LIGHT_TABLE[name]
    for x in spaced(random, 2.0, 0.5):
        bush = light.tint((0.20, 0.50, 0.24))
        for dx, radius in ((-0.2, 0.16), (0.0, 0.22), (0.21, 0.15)):
            canvas.disc(x + dx, 0.34, radius, bush)
        canvas.disc(x - 0.05, 0.42, 0.10, light.tint((0.38, 0.66, 0.30)), opacity=0.8)
    lawn, front = light.tint((0.58, 0.84, 0.32)), light.tint((0.30, 0.62, 0.22))
    canvas.ridge(0.33, [(0.03, 3.7, 1.0)], lawn, front, fade=0.66)
    for x in spaced(random, 0.62, 0.25):
        y = float(random.uniform(-0.26, 0.22))
        petal = [(1.0, 0.98, 0.92), (1.0, 0.72, 0.80), (1.0, 0.90, 0.40)][int(random.integers(3))]
        canvas.disc(x, y, 0.038, light.tint(petal))


def beach_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Sky, and the sea to the horizon."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=1.02)
    sea = mixed(light.tint((0.10, 0.48, 0.76)), light.sky[1], 0.22)
    near = mixed(light.tint((0.22, 0.76, 0.80)), light.sky[2], 0.15)
    canvas.ridge(1.02, [], sea, near, fade=0.62)
    glint = mixed(near, light.sky[2], 0.6)
    for x in spaced(random, 0.55, 0.3):
        y = float(random.uniform(0.62, 0.97))
        canvas.ellipse(x, y, 0.24, 0.016, glint, opacity=0.6)


def beach_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A sailing boat, and the surf."""
    light = LIGHT_TABLE[name]
    x, facing = float(random.uniform(-1.5, 1.5)), float(random.choice([-1.0, 1.0]))
    hull, sail = light.tint((0.78, 0.25, 0.20)), light.tint((1.0, 0.98, 0.93))
    canvas.ellipse(x, 0.88, 0.24, 0.10, sail, above=2.0)
    canvas.polygon([(x - 0.27, 0.91), (x + 0.27, 0.91), (x + 0.18, 0.80), (x - 0.18, 0.80)], hull)
    canvas.rect(x - 0.012, x + 0.012, 0.9, 1.52, light.tint((0.5, 0.36, 0.24)))
    for side, reach, top in ((facing, 0.27, 1.50), (-facing, 0.19, 1.36)):
        corners = [(x + 0.03 * side, 0.95), (x + 0.03 * side, top), (x + reach * side, 0.95)]
        canvas.polygon(corners if side > 0 else corners[::-1], sail)
    foam = mixed(light.tint((1.0, 1.0, 1.0)), light.sky[2], 0.2)
    phase = float(random.uniform(0, 6.28))
    canvas.ridge(0.545, [(0.025, 1.3, phase)], foam)
    canvas.ridge(0.495, [(0.025, 1.2, phase + 0.5)], light.tint((0.36, 0.80, 0.80)))


def beach_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """The sand and a sunshade."""
    light = LIGHT_TABLE[name]
    phase = float(random.uniform(0, 6.28))
    waves = [(0.04, 3.4, phase)]
    canvas.ridge(0.43, waves, light.tint((1.0, 1.0, 0.98)))
    canvas.ridge(0.395, waves, light.tint((0.84, 0.70, 0.46)))
    canvas.ridge(
        0.31, waves, light.tint((0.99, 0.90, 0.66)), light.tint((0.92, 0.76, 0.46)), fade=0.6
    )
    side = float(random.choice([-1.0, 1.0]))
    x = side * float(random.uniform(1.15, 1.45))
    stripe = [(0.92, 0.24, 0.28), (0.16, 0.50, 0.78), (0.98, 0.66, 0.16)][int(random.integers(3))]
    canvas.ellipse(x, 0.12, 0.44, 0.06, light.tint((0.66, 0.52, 0.32)), opacity=0.6)
    canvas.rect(x - 0.024, x + 0.024, 0.12, 1.30, light.tint((0.94, 0.90, 0.82)))
    for width, paint in ((0.66, stripe), (0.42, (1.0, 0.97, 0.90)), (0.16, stripe)):
        tone = light.tint(paint)
        canvas.ellipse(x, 1.02, width, 0.44, tone, foot=scaled(tone, 0.72), above=1.02)
    canvas.disc(x, 1.47, 0.035, light.tint((1.0, 0.97, 0.90)))
    for star in spaced(random, 1.7, 0.5):
        canvas.ellipse(star, -0.22, 0.09, 0.045, light.tint((1.0, 0.80, 0.68)))


def snowfield_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Sky and snowy peaks."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.8)
    rock, snow = light.hazy((0.50, 0.60, 0.76), 0.34), light.hazy((0.98, 0.99, 1.0), 0.2)
    for x in spaced(random, 1.25, 0.2):
        top, half = float(random.uniform(1.32, 1.68)), float(random.uniform(0.8, 1.05))
        canvas.polygon([(x, top), (x + half, 0.5), (x - half, 0.5)], rock, mixed(rock, snow, 0.45))
        cap = 0.30
        spread = half * cap / (top - 0.5)
        canvas.polygon([(x, top), (x + spread, top - cap), (x - spread, top - cap)], snow)
        for side in (-0.62, 0.0, 0.62):
            tooth = x + side * spread
            half = 0.38 * spread
            canvas.polygon(
                [(tooth - half, top - cap), (tooth + half, top - cap), (tooth, top - 1.5 * cap)],
                snow,
            )


def snowfield_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """White hills with dark firs and a cabin."""
    light = LIGHT_TABLE[name]
    phase = float(random.uniform(0, 6.28))
    canvas.ridge(
        0.68,
        [(0.11, 3.3, phase)],
        light.tint((0.93, 0.96, 1.0)),
        light.tint((0.72, 0.82, 0.94)),
        fade=0.5,
    )
    cabin = float(random.uniform(-1.5, 1.5))
    for x in spaced(random, 0.72, 0.18):
        size = float(random.uniform(0.75, 1.15))
        if abs(x - cabin) > 0.5:
            _fir(canvas, light, x, 0.52, size)
    _cabin(canvas, light, cabin, 0.52)


def _fir(canvas: Canvas, light: Light, x: float, y: float, size: float) -> None:
    needle, snow = light.tint((0.10, 0.32, 0.30)), light.tint((0.95, 0.98, 1.0))
    canvas.rect(x - 0.04, x + 0.04, y - 0.1, y + 0.15, light.tint((0.36, 0.25, 0.20)))
    for low, half, tall in ((0.10, 0.30, 0.42), (0.34, 0.24, 0.38), (0.56, 0.17, 0.36)):
        foot, top = y + low * size, y + (low + tall) * size
        canvas.polygon([(x, top), (x + half * size, foot), (x - half * size, foot)], needle)
    peak, drop = y + 0.92 * size, 0.15 * size
    canvas.polygon(
        [(x, peak), (x + 0.07 * size, peak - drop), (x - 0.07 * size, peak - drop)], snow
    )
    canvas.ellipse(x - 0.09 * size, y + 0.36 * size, 0.10 * size, 0.03 * size, snow)
    canvas.ellipse(x + 0.10 * size, y + 0.13 * size, 0.13 * size, 0.035 * size, snow)


def _cabin(canvas: Canvas, light: Light, x: float, y: float) -> None:
    wall, roof = light.tint((0.58, 0.34, 0.22)), light.tint((0.97, 0.99, 1.0))
    pane = mixed(light.tint((0.98, 0.86, 0.60)), LAMP, light.lamps)
    canvas.rect(x + 0.12, x + 0.22, y + 0.3, y + 0.66, light.tint((0.45, 0.32, 0.30)))
    canvas.rect(x - 0.30, x + 0.30, y - 0.1, y + 0.34, wall, scaled(wall, 0.85))
    canvas.polygon([(x, y + 0.68), (x + 0.42, y + 0.30), (x - 0.42, y + 0.30)], roof)
    canvas.glow(x - 0.02, y + 0.16, 0.45, 0.35, LAMP, 0.45 * light.lamps)
    canvas.rect(x - 0.12, x + 0.08, y + 0.06, y + 0.24, pane)


def snowfield_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Deep snow with soft blue hollows."""
    light = LIGHT_TABLE[name]
    phase = float(random.uniform(0, 6.28))
    snow, hollow = light.tint((0.99, 1.0, 1.0)), light.tint((0.74, 0.84, 0.96))
    canvas.ridge(0.42, [(0.05, 2.7, phase)], light.tint((0.84, 0.91, 0.99)))
    canvas.ridge(0.32, [(0.05, 3.9, phase + 1.4)], snow, hollow, fade=0.7)
    for x in spaced(random, 1.1, 0.35):
        canvas.ellipse(x, float(random.uniform(-0.28, 0.14)), 0.34, 0.035, hollow, opacity=0.55)
