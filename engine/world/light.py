"""The light of a scene: how it grades colours, the sky it paints, and the shadows it casts.

Shape letters: none; colours are (red, green, blue) in 0..1 as shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.world.canvas import Canvas, Colour, mixed, scaled
from engine.world.scene import LightName


@dataclass(frozen=True, kw_only=True)
class Light:
    """One light.

    Attributes:
        sky: colours at the top of the view, half-way, and at the horizon.
        gain: what the sets' colours are multiplied by.
        saturation: how much colour is left in them, 0..1.
        body_gain, body_saturation: the same for bodies, milder so that their colours can be told.
        cloud: a cloud's lit side.
        lamps: how far lamps and windows are lit, 0..1.
        shadow: darkness of the shadow under a body on the floor, 0..1.
    """

    sky: tuple[Colour, Colour, Colour]
    gain: Colour
    saturation: float
    body_gain: Colour
    body_saturation: float
    cloud: Colour
    lamps: float
    shadow: float

    def tint(self, colour: Colour) -> Colour:
        """A set's colour in this light."""
        return _graded(colour, self.gain, self.saturation)

    def tint_body(self, colour: Colour) -> Colour:
        """A body's colour in this light."""
        return _graded(colour, self.body_gain, self.body_saturation)

    def hazy(self, colour: Colour, share: float) -> Colour:
        """A distant colour in this light: ``share`` of it is air."""
        return mixed(self.tint(colour), self.sky[2], share)


def _graded(colour: Colour, gain: Colour, saturation: float) -> Colour:
    grey = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    red, green, blue = mixed((grey, grey, grey), colour, saturation)
    return min(1.0, red * gain[0]), min(1.0, green * gain[1]), min(1.0, blue * gain[2])


LIGHT_TABLE: dict[LightName, Light] = {
    "day": Light(
        sky=((0.30, 0.62, 0.93), (0.52, 0.78, 0.97), (0.84, 0.94, 0.99)),
        gain=(1.0, 1.0, 1.0),
        saturation=1.0,
        body_gain=(1.0, 1.0, 1.0),
        body_saturation=1.0,
        cloud=(1.0, 1.0, 1.0),
        lamps=0.0,
        shadow=0.42,
    ),
    "sunset": Light(
        sky=((0.42, 0.24, 0.50), (0.93, 0.42, 0.34), (1.0, 0.76, 0.38)),
        gain=(1.03, 0.71, 0.58),
        saturation=0.80,
        body_gain=(1.02, 0.90, 0.82),
        body_saturation=1.0,
        cloud=(1.0, 0.62, 0.46),
        lamps=0.55,
        shadow=0.46,
    ),
    "night": Light(
        sky=((0.03, 0.05, 0.17), (0.07, 0.12, 0.30), (0.15, 0.23, 0.46)),
        gain=(0.27, 0.36, 0.62),
        saturation=0.70,
        body_gain=(0.88, 0.90, 1.0),
        body_saturation=0.95,
        cloud=(0.19, 0.26, 0.47),
        lamps=1.0,
        shadow=0.50,
    ),
    "overcast": Light(
        sky=((0.50, 0.54, 0.58), (0.62, 0.66, 0.69), (0.77, 0.79, 0.80)),
        gain=(0.80, 0.82, 0.84),
        saturation=0.50,
        body_gain=(0.92, 0.93, 0.94),
        body_saturation=0.88,
        cloud=(0.72, 0.75, 0.77),
        lamps=0.15,
        shadow=0.24,
    ),
}

SUN: Colour = (1.0, 0.95, 0.62)
EVENING_SUN: Colour = (1.0, 0.88, 0.55)
MOON: Colour = (0.96, 0.95, 0.84)
STAR: Colour = (0.85, 0.90, 1.0)


def draw_sky(
    canvas: Canvas, name: LightName, random: np.random.Generator, *, horizon: float = 0.7
) -> None:
    """Paint the whole sheet as sky, with what hangs in it.

    Args:
        canvas: the sheet.
        name: the light.
        random: places the sun or moon, stars and clouds; drawn from alike whatever the sheet shows.
        horizon: height of the sky's foot in metres.
    """
    light = LIGHT_TABLE[name]
    top, middle, foot = light.sky
    canvas.wash([(horizon, foot), (0.5 * (horizon + 2.1), middle), (2.1, top)])
    x = float(random.choice([-1.0, 1.0]) * random.uniform(0.45, 1.35))
    if name == "day":
        canvas.glow(x, 1.78, 0.6, 0.6, SUN, 0.7)
        canvas.disc(x, 1.78, 0.17, SUN)
    elif name == "sunset":
        low = horizon + 0.30
        canvas.glow(x, low, 1.7, 1.0, EVENING_SUN, 0.75)
        canvas.disc(x, low, 0.27, EVENING_SUN)
    elif name == "night":
        _draw_night(canvas, x, random)
    _draw_clouds(canvas, name, random)


def _draw_night(canvas: Canvas, x: float, random: np.random.Generator) -> None:
    for _ in range(26):
        place = random.uniform([-3.6, 1.0], [3.6, 2.15])
        size = float(random.uniform(0.014, 0.026))
        canvas.disc(float(place[0]), float(place[1]), size, STAR)
    canvas.glow(x, 1.76, 0.55, 0.55, MOON, 0.45)
    canvas.disc(x, 1.76, 0.19, MOON)
    canvas.disc(x - 0.06, 1.80, 0.045, scaled(MOON, 0.88))
    canvas.disc(x + 0.07, 1.71, 0.03, scaled(MOON, 0.88))


def _draw_clouds(canvas: Canvas, name: LightName, random: np.random.Generator) -> None:
    light = LIGHT_TABLE[name]
    heavy = name == "overcast"
    shift = float(random.uniform(-0.5, 0.5))
    for index in range(-3, 4):
        x = index * (0.95 if heavy else 1.35) + shift + float(random.uniform(-0.25, 0.25))
        y = float(random.uniform(1.62, 2.0))
        size = float(random.uniform(0.8, 1.15)) * (1.5 if heavy else 1.0)
        share = 1.0 if heavy else 0.85
        _draw_cloud(canvas, x, y, size, light.cloud, share)


def _draw_cloud(
    canvas: Canvas, x: float, y: float, size: float, colour: Colour, opacity: float
) -> None:
    shade = scaled(colour, 0.93)
    flat = y - 0.06 * size
    for dx, radius in ((-0.24, 0.11), (0.02, 0.17), (0.27, 0.12)):
        canvas.ellipse(
            x + dx * size,
            flat,
            radius * 1.35 * size,
            radius * size,
            colour,
            foot=shade,
            above=flat,
            opacity=opacity,
        )
