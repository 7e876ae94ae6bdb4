"""The sets that people built: street, stage and kitchen, layer by layer.

Shape letters: h, w rows and columns of a window of the sheet.
"""

from __future__ import annotations

from math import pi

import numpy as np
import torch
from torch import Tensor

from engine.world.canvas import Canvas, Colour, mixed, scaled
from engine.world.landscapes import LAMP, spaced
from engine.world.light import LIGHT_TABLE, Light, draw_sky
from engine.world.scene import LightName

FACADES: tuple[Colour, ...] = (
    (0.86, 0.46, 0.36),
    (0.95, 0.80, 0.56),
    (0.56, 0.68, 0.74),
    (0.80, 0.62, 0.68),
    (0.66, 0.74, 0.58),
)
GLASS_PANE: Colour = (0.74, 0.88, 0.95)


def street_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Sky over the outline of a town."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.7)
    tower = light.hazy((0.50, 0.58, 0.70), 0.45)
    for x in spaced(random, 0.55, 0.1):
        top, half = float(random.uniform(1.35, 1.85)), float(random.uniform(0.2, 0.3))
        canvas.rect(x - half, x + half, -1.0, top, tower, mixed(tower, light.sky[2], 0.3))


def street_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A row of painted houses."""
    light = LIGHT_TABLE[name]
    left, index = -4.0 + float(random.uniform(-0.5, 0.0)), int(random.integers(5))
    while left < 4.0:
        width, top = float(random.uniform(0.95, 1.2)), float(random.uniform(1.38, 1.78))
        _house(canvas, light, left, width, top, FACADES[index % 5], random)
        left, index = left + width, index + int(random.integers(1, 4))


def _house(
    canvas: Canvas,
    light: Light,
    left: float,
    width: float,
    top: float,
    paint: Colour,
    random: np.random.Generator,
) -> None:
    wall = light.tint(paint)
    canvas.rect(left, left + width, -0.5, top, wall, scaled(wall, 0.86))
    canvas.rect(left - 0.02, left + width + 0.02, top - 0.03, top + 0.06, scaled(wall, 0.62))
    lit = random.uniform(size=4) < 0.75
    frame = scaled(mixed(wall, light.tint((1.0, 1.0, 1.0)), 0.55), 1.0)
    for number in range(4):
        x = left + width * (0.28 if number % 2 else 0.72)
        y = top - 0.30 - 0.44 * (number // 2)
        pane = mixed(light.tint(GLASS_PANE), light.sky[1], 0.3)
        pane = mixed(pane, LAMP, light.lamps * float(lit[number]))
        canvas.rect(x - 0.14, x + 0.14, y - 0.17, y + 0.17, frame)
        canvas.rect(x - 0.105, x + 0.105, y - 0.135, y + 0.135, pane)
    canvas.rect(left + 0.1, left + width - 0.1, 0.2, 0.56, scaled(wall, 0.5))
    awning = light.tint(scaled(paint, 0.78))
    canvas.rect(
        left + 0.05, left + width - 0.05, 0.56, 0.70, mixed(awning, (1, 1, 1), 0.12), awning
    )


def street_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """The pavement, its kerb, and street lamps."""
    light = LIGHT_TABLE[name]
    iron = light.tint((0.20, 0.24, 0.28))
    for x in spaced(random, 2.5, 0.4):
        canvas.rect(x - 0.03, x + 0.03, 0.2, 1.72, iron)
        canvas.rect(x - 0.07, x + 0.07, 0.2, 0.48, iron)
        canvas.glow(x, 1.80, 0.55, 0.5, LAMP, 0.75 * light.lamps)
        canvas.disc(x, 1.80, 0.105, mixed(light.tint((1.0, 0.98, 0.92)), LAMP, light.lamps))
        canvas.rect(x - 0.09, x + 0.09, 1.89, 1.93, iron)
    slab, front = light.tint((0.80, 0.79, 0.76)), light.tint((0.68, 0.67, 0.65))
    canvas.ridge(0.33, [], slab, front, fade=0.5)
    joint = scaled(front, 0.88)
    for number in range(-9, 10):
        x, slant = number * 0.62, number * 0.12
        canvas.polygon(
            [(x, 0.33), (x + 0.02, 0.33), (x + slant + 0.025, -0.16), (x + slant, -0.16)], joint
        )
    canvas.ridge(-0.16, [], light.tint((0.90, 0.89, 0.86)))
    canvas.ridge(-0.205, [], light.tint((0.36, 0.37, 0.42)), light.tint((0.28, 0.29, 0.34)))


def stage_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A painted backdrop of sky and hills, with a light upon it."""
    light = LIGHT_TABLE[name]
    draw_sky(canvas, name, random, horizon=0.6)
    phase = float(random.uniform(0, 6.28))
    hill = light.hazy((0.40, 0.62, 0.60), 0.35)
    canvas.ridge(0.72, [(0.14, 2.2, phase)], hill, scaled(hill, 0.8))


def stage_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Red curtains and the boards."""
    light = LIGHT_TABLE[name]
    opening = float(random.uniform(1.32, 1.48))
    for side in (-1.0, 1.0):
        inner, outer = side * opening, side * 6.0
        _curtain(canvas, light, min(inner, outer), max(inner, outer), 0.1, 9.0)
    _curtain(canvas, light, -6.0, 6.0, 1.92, 9.0)
    for number in range(-8, 9):
        x = number * 0.56
        red = _lit(light, (0.78, 0.10, 0.14))
        canvas.ellipse(x, 1.95, 0.28, 0.17, scaled(red, 0.62), foot=red)
        canvas.ellipse(x, 1.79, 0.10, 0.022, _lit(light, (0.96, 0.76, 0.30)))


def _lit(light: Light, colour: Colour) -> Colour:
    """A colour inside the theatre, where lamps keep some warmth at night."""
    return mixed(light.tint(colour), colour, 0.30 * light.lamps)


def _curtain(
    canvas: Canvas, light: Light, left: float, right: float, low: float, high: float
) -> None:
    window = canvas.window(left, right, low, high)
    if window is None:
        return
    x, y = canvas.x[window[1]], canvas.y[window[0]]
    folds = 0.80 + 0.20 * torch.sin(x * (2 * pi / 0.27))
    red = torch.tensor(_lit(light, (0.80, 0.10, 0.15)), device=x.device)[:, None, None]
    across = (torch.minimum(x - left, right - x) / canvas.pitch + 0.5).clamp(0.0, 1.0)
    along = ((y - low) / canvas.pitch + 0.5).clamp(0.0, 1.0)
    canvas.lay(window, across * along, red * folds * torch.ones_like(along))


def stage_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Planks that run to the audience, and footlights."""
    light = LIGHT_TABLE[name]
    window = canvas.window(-1e3, 1e3, -1e3, 0.36)
    if window is None:
        return
    x, y = canvas.x[window[1]], canvas.y[window[0]]
    # Planks widen towards the front, as if seen from a seat.
    spread = 1.0 + 1.1 * (0.36 - y)
    across = x / (0.42 * spread)
    step = canvas.pitch / (0.42 * spread)
    seam = ((across - across.round()).abs() / (step + 0.03)).clamp(0.0, 1.0)
    plank = torch.floor(across)
    tone = 1.0 + 0.07 * torch.sin(plank * 2.4 + float(random.uniform(0, 6.28)))
    colour = canvas.shaded(
        window, _lit(light, (0.70, 0.44, 0.24)), _lit(light, (0.90, 0.62, 0.36)), -0.3, 0.36
    )
    coverage = ((0.36 - y) / canvas.pitch + 0.5).clamp(0.0, 1.0)
    canvas.lay(window, coverage, colour * (tone * (0.80 + 0.20 * seam))[None])
    canvas.rect(-9.0, 9.0, -1.0, -0.265, _lit(light, (0.42, 0.22, 0.14)))
    warm = mixed((1.0, 0.95, 0.78), LAMP, 0.5)
    for x0 in spaced(random, 0.62, 0.0):
        canvas.glow(x0, -0.24, 0.34, 0.22, warm, 0.35 + 0.3 * light.lamps)
        canvas.ellipse(x0, -0.275, 0.085, 0.06, warm, above=-0.275)


def kitchen_far(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A cream wall over tiles, and a window on the sky."""
    light = LIGHT_TABLE[name]
    wall = _lit(light, (0.99, 0.88, 0.66))
    canvas.wash([(0.3, scaled(wall, 0.90)), (1.2, wall), (2.2, scaled(wall, 0.93))])
    _tiles(canvas, light, 1.02)
    side = float(random.choice([-1.0, 1.0]))
    x = side * float(random.uniform(0.5, 0.95))
    _kitchen_window(canvas, light, name, x)
    lamp = -side * float(random.uniform(0.3, 0.7))
    canvas.glow(lamp, 1.62, 1.5, 1.2, LAMP, 0.55 * light.lamps)
    canvas.rect(lamp - 0.012, lamp + 0.012, 1.9, 9.0, _lit(light, (0.3, 0.2, 0.18)))
    shade = _lit(light, (0.20, 0.56, 0.54))
    canvas.ellipse(lamp, 1.74, 0.26, 0.22, shade, foot=scaled(shade, 0.8), above=1.74)
    canvas.ellipse(lamp, 1.73, 0.12, 0.05, mixed(_lit(light, (1.0, 0.97, 0.86)), LAMP, 0.6))


def _tiles(canvas: Canvas, light: Light, top: float) -> None:
    """A wall of large square tiles below a height."""
    window = canvas.window(-1e3, 1e3, -1e3, top)
    if window is None:
        return
    x, y = canvas.x[window[1]] / 0.34, (canvas.y[window[0]] - top) / 0.34
    grout = 0.04 + canvas.pitch
    edge = torch.minimum((x - x.round()).abs(), (y - y.round()).abs())
    face = (edge * 0.34 / grout).clamp(0.0, 1.0)
    colour = torch.tensor(_lit(light, (0.62, 0.84, 0.78)), device=face.device)[:, None, None]
    coverage = ((-y * 0.34) / canvas.pitch + 0.5).clamp(0.0, 1.0)
    canvas.lay(window, coverage, colour * (0.86 + 0.14 * face))
    canvas.rect(-9.0, 9.0, top - 0.02, top + 0.05, _lit(light, (0.96, 0.70, 0.40)))


def _kitchen_window(canvas: Canvas, light: Light, name: LightName, x: float) -> None:
    frame = _lit(light, (1.0, 0.99, 0.95))
    canvas.rect(x - 0.50, x + 0.50, 1.14, 1.98, frame)
    canvas.rect(x - 0.43, x + 0.43, 1.20, 1.92, light.sky[0], light.sky[2])
    if name == "night":
        canvas.disc(x + 0.2, 1.70, 0.10, (0.96, 0.95, 0.84))
    elif name != "overcast":
        canvas.disc(x + 0.2, 1.40 if name == "sunset" else 1.72, 0.11, (1.0, 0.92, 0.56))
    hill = light.tint((0.42, 0.70, 0.36))
    canvas.ellipse(x - 0.08, 1.20, 0.35, 0.16, hill, above=1.20)
    canvas.rect(x - 0.022, x + 0.022, 1.18, 1.94, frame)
    canvas.rect(x - 0.45, x + 0.45, 1.55, 1.59, frame)
    canvas.rect(x - 0.58, x + 0.58, 1.09, 1.15, _lit(light, (0.90, 0.62, 0.36)))


def kitchen_mid(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """Cupboards along the wall with jars on them."""
    light = LIGHT_TABLE[name]
    door = _lit(light, (0.93, 0.55, 0.36))
    canvas.rect(-9.0, 9.0, -0.5, 0.62, door, scaled(door, 0.86))
    for number in range(-7, 8):
        x = number * 0.66
        canvas.rect(x - 0.27, x + 0.27, 0.24, 0.54, scaled(door, 1.10), door)
        canvas.disc(x + 0.19, 0.42, 0.035, _lit(light, (1.0, 0.90, 0.62)))
    canvas.rect(-9.0, 9.0, 0.60, 0.68, _lit(light, (0.99, 0.95, 0.86)))
    for x in spaced(random, 0.85, 0.25):
        _jar(canvas, light, x, 0.68, int(random.integers(3)), float(random.uniform(0.85, 1.15)))


def _jar(canvas: Canvas, light: Light, x: float, y: float, kind: int, size: float) -> None:
    glaze = _lit(light, ((0.30, 0.52, 0.72), (0.84, 0.34, 0.28), (0.98, 0.80, 0.40))[kind])
    if kind == 2:
        canvas.ellipse(
            x, y + 0.13 * size, 0.20 * size, 0.13 * size, glaze, foot=scaled(glaze, 0.75)
        )
        canvas.disc(x, y + 0.27 * size, 0.035 * size, scaled(glaze, 0.7))
        return
    half, tall = 0.11 * size, (0.30 if kind else 0.22) * size
    canvas.rect(x - half, x + half, y, y + tall, glaze, scaled(glaze, 0.78))
    canvas.rect(x - half * 1.1, x + half * 1.1, y + tall, y + tall + 0.05, scaled(glaze, 0.6))


def kitchen_near(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    """A chequered floor."""
    light = LIGHT_TABLE[name]
    window = canvas.window(-1e3, 1e3, -1e3, 0.34)
    if window is None:
        return
    x, y = canvas.x[window[1]], canvas.y[window[0]]
    depth = 1.0 / (1.0 + 1.1 * (0.34 - y))
    across = x * depth / 0.40 + float(random.uniform(0, 1))
    along = depth / 0.16
    colour = _chequers(light, canvas.pitch, across, along, depth)
    coverage = ((0.34 - y) / canvas.pitch + 0.5).clamp(0.0, 1.0)
    canvas.lay(window, coverage, colour)
    canvas.rect(-9.0, 9.0, 0.32, 0.38, _lit(light, (0.66, 0.36, 0.26)))


def _chequers(light: Light, pitch: float, across: Tensor, along: Tensor, depth: Tensor) -> Tensor:
    """(3, h, w) two warm tones, blended over a pixel where the squares meet."""
    wave_x = torch.sin(across * pi) * (0.40 / (pi * pitch)) / depth
    wave_y = torch.sin(along * pi) * (0.16 / (1.1 * pi * pitch)) / depth.square()
    share = (0.5 + 0.5 * wave_x.clamp(-1.0, 1.0) * wave_y.clamp(-1.0, 1.0))[None]
    pale = torch.tensor(_lit(light, (0.98, 0.88, 0.70)), device=share.device)[:, None, None]
    clay = torch.tensor(_lit(light, (0.82, 0.52, 0.36)), device=share.device)[:, None, None]
    return pale.lerp(clay, share)
