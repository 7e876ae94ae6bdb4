"""The sets where nobody lives: forest, desert and moon, layer by layer.

Heights are metres above the floor line on which bodies stand, as in ``engine.world.landscapes``.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from engine.world.canvas import Canvas, Colour, mixed, scaled
from engine.world.landscapes import LAMP, spaced
from engine.world.light import LIGHT_TABLE, Light, draw_sky
from engine.world.scene import LightName

BLACK: Colour = (0.015, 0.018, 0.05)


def forest_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Bright mist between rows of slender trunks."""
    light = LIGHT_TABLE[name]
    mist = mixed(light.tint((0.80, 0.93, 0.66)), light.sky[2], 0.30)
    deep = mixed(light.tint((0.16, 0.46, 0.40)), light.sky[1], 0.12)
    canvas.wash([(0.35, mist), (1.05, mixed(mist, deep, 0.42)), (2.1, deep)])
    x = float(random.uniform(-0.9, 0.9))
    canvas.glow(x, 1.15, 1.3, 1.1, mixed(mist, (1.0, 0.98, 0.80), 0.6), 0.55)
    if name == "night":
        canvas.disc(x, 1.62, 0.15, (0.96, 0.95, 0.84))
    for share, step, thick in ((0.55, 0.34, 0.035), (0.30, 0.55, 0.06)):
        trunk = mixed(light.tint((0.14, 0.34, 0.30)), mist, share)
        for place in spaced(random, step, 0.3 * step):
            canvas.rect(place - thick, place + thick, 0.3, 9.0, trunk)


def forest_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Great trunks under a roof of leaves, with light falling between them."""
    light = LIGHT_TABLE[name]
    slope = light.tint((0.20, 0.44, 0.22))
    phase = float(random.uniform(0, 6.28))
    canvas.ridge(0.56, [(0.07, 2.4, phase)], slope, scaled(slope, 0.6), fade=0.4)
    beam = mixed(light.tint((1.0, 0.98, 0.72)), light.sky[2], 0.25)
    for x in spaced(random, 1.5, 0.4):
        corners = [(x + 0.50, 2.6), (x + 0.74, 2.6), (x + 0.16, 0.42), (x - 0.24, 0.42)]
        canvas.polygon(corners, beam, opacity=0.10 + 0.14 * (1.0 - light.lamps), softness=0.12)
    for x in spaced(random, 1.0, 0.22):
        _great_trunk(canvas, light, x, float(random.uniform(0.10, 0.17)))
    _canopy(canvas, light, random)


def _great_trunk(canvas: Canvas, light: Light, x: float, half: float) -> None:
    bark, lit = light.tint((0.36, 0.24, 0.19)), light.tint((0.56, 0.40, 0.28))
    foot = [(x - half, 0.78), (x + half, 0.78), (x + 1.9 * half, 0.44), (x - 1.9 * half, 0.44)]
    canvas.polygon(foot, bark)
    canvas.rect(x - half, x + half, 0.7, 9.0, bark)
    canvas.rect(x - half, x - 0.45 * half, 0.52, 9.0, lit, opacity=0.8)
    canvas.ellipse(x + 0.3 * half, 1.22, 0.30 * half, 0.055, scaled(bark, 0.6))
    canvas.ellipse(x - 1.2 * half, 0.48, 0.75 * half, 0.05, light.tint((0.48, 0.68, 0.26)))


def _canopy(canvas: Canvas, light: Light, random: np.random.Generator) -> None:
    dark, leaf = light.tint((0.07, 0.27, 0.16)), light.tint((0.18, 0.46, 0.18))
    canvas.rect(-9.0, 9.0, 2.0, 9.0, dark)
    for x in spaced(random, 0.46, 0.12):
        size = float(random.uniform(0.20, 0.32))
        canvas.disc(x, 2.02, size, dark)
    for x in spaced(random, 0.62, 0.2):
        canvas.disc(x, 2.06, float(random.uniform(0.14, 0.22)), leaf)
    for x in spaced(random, 0.9, 0.3):
        canvas.disc(x, 1.98, 0.085, light.tint((0.42, 0.68, 0.26)))


def forest_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Moss with ferns, fallen leaves and toadstools."""
    light = LIGHT_TABLE[name]
    fern = light.tint((0.16, 0.50, 0.24))
    for x in spaced(random, 0.85, 0.25):
        _fern(canvas, fern, x, 0.30, float(random.uniform(0.75, 1.1)))
    moss, soil = light.tint((0.40, 0.58, 0.24)), light.tint((0.24, 0.28, 0.15))
    canvas.ridge(0.335, [(0.03, 2.9, 0.6), (0.012, 0.8, 1.0)], moss, soil, fade=0.6)
    for x in spaced(random, 0.42, 0.2):
        y = float(random.uniform(-0.28, 0.22))
        tone = ((0.72, 0.42, 0.16), (0.62, 0.52, 0.18), (0.50, 0.30, 0.16))[int(random.integers(3))]
        canvas.ellipse(x, y, 0.055, 0.022, light.tint(tone))
    for x in spaced(random, 1.5, 0.5):
        _toadstool(canvas, light, x, float(random.uniform(0.14, 0.2)))


def _fern(canvas: Canvas, colour: Colour, x: float, y: float, size: float) -> None:
    for number in range(-3, 4):
        angle = 0.5 * pi - 0.36 * number
        tip_x, tip_y = x + 0.40 * size * cos(angle), y + 0.36 * size * sin(angle)
        wide_x, wide_y = 0.035 * sin(angle), -0.035 * cos(angle)
        tone = scaled(colour, 1.0 + 0.10 * (number % 2))
        canvas.polygon([(tip_x, tip_y), (x + wide_x, y + wide_y), (x - wide_x, y - wide_y)], tone)


def _toadstool(canvas: Canvas, light: Light, x: float, y: float) -> None:
    cap = light.tint((0.88, 0.18, 0.16))
    canvas.rect(x - 0.025, x + 0.025, y, y + 0.10, light.tint((0.98, 0.93, 0.82)))
    canvas.ellipse(x, y + 0.08, 0.095, 0.085, cap, foot=scaled(cap, 0.75), above=y + 0.08)
    for dx, dy in ((-0.045, 0.105), (0.02, 0.135), (0.05, 0.10)):
        canvas.disc(x + dx, y + dy, 0.014, light.tint((1.0, 0.97, 0.92)))


def desert_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Hot sky over table mountains."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.8)
    canvas.glow(0.0, 0.72, 6.0, 0.62, light.tint((1.0, 0.84, 0.58)), 0.55)
    for x in spaced(random, 1.55, 0.35):
        half, top = float(random.uniform(0.34, 0.62)), float(random.uniform(1.18, 1.55))
        rock = light.hazy((0.80, 0.38, 0.24), 0.26)
        lip = 0.86 * half
        corners = [(x - lip, top), (x + lip, top), (x + 1.35 * half, 0.5), (x - 1.35 * half, 0.5)]
        canvas.polygon(corners, rock, mixed(rock, light.sky[2], 0.25))
        for share in (0.25, 0.52):
            band_y = top - share * (top - 0.7)
            canvas.rect(x - lip, x + lip, band_y - 0.035, band_y, scaled(rock, 0.84))
        canvas.polygon(
            [(x + 0.2 * lip, top), (x + lip, top), (x + 1.35 * half, 0.5), (x + 0.45 * half, 0.5)],
            scaled(rock, 0.82),
            opacity=0.75,
        )


def desert_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Dunes with a lit and a shaded side, and cactuses."""
    light = LIGHT_TABLE[name]
    phase = float(random.uniform(0, 6.28))
    back, front = light.hazy((0.95, 0.62, 0.34), 0.14), light.tint((0.90, 0.52, 0.26))
    canvas.ridge(0.78, [(0.10, 3.6, phase), (0.04, 1.5, phase)], back, scaled(back, 0.86), fade=0.3)
    canvas.ridge(0.60, [(0.08, 2.8, phase + 2.0)], front, scaled(front, 0.78), fade=0.3)
    for x in spaced(random, 1.6, 0.45):
        _cactus(canvas, light, x, 0.5, float(random.uniform(0.8, 1.15)), random)


def _cactus(
    canvas: Canvas, light: Light, x: float, y: float, size: float, random: np.random.Generator
) -> None:
    green = light.tint((0.22, 0.48, 0.30))
    lit = light.tint((0.46, 0.66, 0.36))
    first = float(random.choice([-1.0, 1.0]))

    def column(at: float, low: float, high: float, half: float) -> None:
        canvas.rect(at - half, at + half, low, high, green)
        canvas.disc(at, high, half, green)
        canvas.rect(at - 0.55 * half, at - 0.2 * half, low, high, lit, opacity=0.8)

    column(x, y - 0.1, y + 0.80 * size, 0.085 * size)
    for side, low, high in ((first, 0.34, 0.66), (-first, 0.24, 0.50)):
        elbow = x + 0.25 * side * size
        canvas.rect(
            min(x, elbow), max(x, elbow), y + (low - 0.05) * size, y + (low + 0.05) * size, green
        )
        canvas.disc(elbow, y + low * size, 0.055 * size, green)
        column(elbow, y + low * size, y + high * size, 0.055 * size)
    canvas.disc(x, y + 0.89 * size, 0.035 * size, light.tint((0.98, 0.52, 0.62)))


def desert_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Red sand in ripples, with stones."""
    light = LIGHT_TABLE[name]
    phase = float(random.uniform(0, 6.28))
    sand, front = light.tint((0.94, 0.60, 0.32)), light.tint((0.76, 0.38, 0.20))
    for x in spaced(random, 1.3, 0.4):
        size = float(random.uniform(0.07, 0.14))
        stone = light.tint((0.62, 0.36, 0.28))
        canvas.ellipse(x, 0.33, 1.5 * size, size, stone, foot=scaled(stone, 0.7))
        canvas.ellipse(
            x - 0.4 * size, 0.33 + 0.4 * size, 0.6 * size, 0.3 * size, scaled(stone, 1.25)
        )
    canvas.ridge(0.33, [(0.035, 3.1, phase)], sand, front, fade=0.66)
    ripple = scaled(mixed(sand, front, 0.5), 0.86)
    for number in range(6):
        y = 0.24 - 0.10 * number
        for x in spaced(random, 1.1, 0.35):
            canvas.ellipse(x, y, 0.30 + 0.03 * number, 0.011 + 0.002 * number, ripple, opacity=0.7)


def moon_sky(name: LightName) -> tuple[Colour, Colour, Colour]:
    """The airless sky at the top, half-way and at the horizon: black, a little of each light."""
    light = LIGHT_TABLE[name]
    haze = {"day": 0.05, "sunset": 0.30, "night": 0.12, "overcast": 0.42}[name]
    top, middle, foot = (
        mixed(BLACK, colour, haze * share)
        for colour, share in zip(light.sky, (0.35, 0.6, 1.0), strict=True)
    )
    return top, middle, foot


def moon_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Black sky full of stars, with the earth in it."""
    top, middle, foot = moon_sky(name)
    canvas.wash([(0.7, foot), (1.3, middle), (2.1, top)])
    for _ in range(46):
        place = random.uniform([-3.8, 0.75], [3.8, 2.4])
        size = float(random.uniform(0.010, 0.024))
        canvas.disc(float(place[0]), float(place[1]), size, (0.92, 0.95, 1.0), opacity=0.9)
    x, y = float(random.choice([-1.0, 1.0]) * random.uniform(0.5, 1.2)), 1.56
    canvas.glow(x, y, 0.75, 0.75, (0.35, 0.62, 1.0), 0.35)
    canvas.disc(x, y, 0.30, (0.16, 0.44, 0.86))
    for dx, dy, rx, ry in ((-0.10, 0.10, 0.12, 0.07), (0.09, -0.04, 0.10, 0.12)):
        canvas.ellipse(x + dx, y + dy, rx, ry, (0.34, 0.68, 0.36))
    for dx, dy, rx in ((0.02, 0.17, 0.16), (-0.06, -0.10, 0.18), (0.10, 0.03, 0.11)):
        canvas.ellipse(x + dx, y + dy, rx, 0.026, (0.97, 0.98, 1.0), opacity=0.9)
    if name == "sunset":
        canvas.glow(-0.6 * x, 0.86, 1.9, 0.55, (1.0, 0.66, 0.36), 0.8)
        canvas.disc(-0.6 * x, 0.92, 0.13, (1.0, 0.93, 0.72))


def _moon_light(name: LightName) -> Light:
    return LIGHT_TABLE[name]


def moon_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Rims of craters, and the lander that brought us here."""
    light = _moon_light(name)
    phase = float(random.uniform(0, 6.28))
    far, near = light.tint((0.62, 0.63, 0.68)), light.tint((0.50, 0.51, 0.57))
    canvas.ridge(
        0.80, [(0.10, 2.3, phase), (0.05, 0.9, phase)], scaled(far, 0.72), scaled(far, 0.9)
    )
    canvas.ridge(0.60, [(0.06, 3.0, phase + 1.0), (0.03, 1.1, phase)], near, scaled(near, 1.15))
    _lander(canvas, light, float(random.uniform(-1.3, 1.3)), 0.52)


def _lander(canvas: Canvas, light: Light, x: float, y: float) -> None:
    leg, foil = light.tint((0.70, 0.72, 0.78)), light.tint((0.96, 0.72, 0.26))
    for side in (-1.0, 1.0):
        hip, foot = x + 0.16 * side, x + 0.42 * side
        corners = [(hip, y + 0.30), (hip + 0.04 * side, y + 0.30), (foot + 0.03 * side, y - 0.02)]
        corners.append((foot - 0.01 * side, y - 0.02))
        canvas.polygon(corners if side > 0 else corners[::-1], leg)
        canvas.ellipse(foot, y - 0.02, 0.09, 0.025, leg)
    canvas.rect(x - 0.30, x + 0.30, y + 0.20, y + 0.42, foil, scaled(foil, 0.66))
    for number in range(-2, 3):
        canvas.rect(
            x + 0.12 * number - 0.01, x + 0.12 * number + 0.01, y + 0.2, y + 0.42, scaled(foil, 0.6)
        )
    cabin = light.tint((0.86, 0.88, 0.92))
    canvas.ellipse(x, y + 0.56, 0.25, 0.20, cabin, foot=scaled(cabin, 0.66))
    pane = mixed(light.tint((0.16, 0.22, 0.36)), LAMP, 0.85 * light.lamps)
    canvas.glow(x - 0.06, y + 0.58, 0.32, 0.28, LAMP, 0.5 * light.lamps)
    canvas.disc(x - 0.06, y + 0.58, 0.085, pane)
    canvas.rect(x + 0.12, x + 0.135, y + 0.7, y + 1.0, leg)
    canvas.ellipse(x + 0.13, y + 1.0, 0.09, 0.07, cabin, above=y + 1.0)


def moon_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Grey dust with craters, and a flag."""
    light = _moon_light(name)
    dust, front = light.tint((0.80, 0.80, 0.84)), light.tint((0.52, 0.52, 0.58))
    x = float(random.choice([-1.0, 1.0]) * random.uniform(1.05, 1.5))
    canvas.rect(x - 0.014, x + 0.014, 0.25, 1.15, light.tint((0.92, 0.93, 0.96)))
    flag = ((0.92, 0.30, 0.28), (0.24, 0.54, 0.92), (0.98, 0.74, 0.22))[int(random.integers(3))]
    canvas.rect(x, x + 0.44, 0.86, 1.13, light.tint(flag))
    canvas.disc(x + 0.20, 0.995, 0.07, light.tint((1.0, 1.0, 1.0)))
    canvas.ridge(0.34, [(0.03, 2.6, 0.4), (0.015, 0.9, 2.0)], dust, front, fade=0.66)
    dark, lit = scaled(front, 0.74), scaled(dust, 1.12)
    for place in spaced(random, 0.72, 0.3):
        y, size = float(random.uniform(-0.26, 0.24)), float(random.uniform(0.08, 0.22))
        canvas.ellipse(place, y - 0.012, size * 1.08, 0.27 * size, lit)
        canvas.ellipse(place, y, size, 0.23 * size, dark, foot=mixed(dark, dust, 0.5))
    for place in spaced(random, 1.0, 0.4):
        canvas.ellipse(place, float(random.uniform(-0.3, 0.2)), 0.04, 0.022, dark)
