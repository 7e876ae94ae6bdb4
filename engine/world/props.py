"""The props' shapes and what they are made of.

Shape letters: T pictures, S side of the square of pixels around a body.

A body's own coordinates have its centre at 0 and its larger half extent at 1, y up. A form is a
signed distance (below 0 inside) with two-tone markings that turn with the body; the shading of its
material stays where the light is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

import torch
from torch import Tensor

from engine.world.canvas import Colour, mixed, scaled
from engine.world.light import Light
from engine.world.scene import Body, ColourName, MaterialName, PropName

COLOUR_TABLE: dict[ColourName, Colour] = {
    "red": (0.88, 0.12, 0.14),
    "orange": (0.98, 0.50, 0.07),
    "yellow": (0.99, 0.85, 0.14),
    "green": (0.16, 0.66, 0.26),
    "blue": (0.12, 0.38, 0.92),
    "purple": (0.50, 0.20, 0.76),
    "pink": (0.99, 0.50, 0.74),
    "white": (0.96, 0.96, 0.95),
}
CREAM: Colour = (1.0, 0.96, 0.86)
SLATE: Colour = (0.36, 0.42, 0.52)
TIMBER: Colour = (0.62, 0.42, 0.24)
GREY: Colour = (0.60, 0.61, 0.63)
LEAF: Colour = (0.20, 0.42, 0.16)
OUTLINE = 0.085


@dataclass(frozen=True, kw_only=True)
class Form:
    """A prop's drawing.

    Attributes:
        distance: (T, S, S) signed distance to the outline.
        accent: (T, S, S) share of the light second tone.
        line: (T, S, S) share of the dark tone.
    """

    distance: Tensor
    accent: Tensor
    line: Tensor


def cover(distance: Tensor, pixel: Tensor) -> Tensor:
    """Share of a pixel that lies inside, for a signed distance and the pixel's size."""
    return (0.5 - distance / pixel).clamp(0.0, 1.0)


def _radius(x: Tensor, y: Tensor) -> Tensor:
    return (x * x + y * y).sqrt()


def _box(x: Tensor, y: Tensor, half_width: float, half_height: float, rounding: float) -> Tensor:
    dx, dy = x.abs() - (half_width - rounding), y.abs() - (half_height - rounding)
    outside = _radius(dx.clamp(min=0.0), dy.clamp(min=0.0))
    return outside + torch.maximum(dx, dy).clamp(max=0.0) - rounding


def _oval(x: Tensor, y: Tensor, rx: float, ry: float) -> Tensor:
    return (_radius(x / rx, y / ry) - 1.0) * min(rx, ry)


def _ball(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    distance = _radius(x, y) - 1.0
    stripe = cover(y.abs() - 0.24, pixel)
    dot = cover(_radius(x, y - 0.62) - 0.17, pixel)
    edge = cover((y.abs() - 0.27).abs() - 0.04, pixel)
    return Form(distance=distance, accent=torch.maximum(stripe, dot), line=0.6 * edge)


def _crate(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    distance = _box(x, y, 0.86, 0.86, 0.14)
    inner = _box(x, y, 0.56, 0.56, 0.02)
    brace = torch.maximum((x - y).abs() * 0.7071 - 0.15, inner)
    accent = torch.maximum(cover(-inner, pixel), cover(brace, pixel))
    seams = torch.minimum((inner.abs() - 0.035), torch.maximum(brace.abs() - 0.035, inner))
    return Form(distance=distance, accent=0.75 * accent, line=0.8 * cover(seams, pixel))


def _bottle(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    flask = _radius(x, y + 0.26) - 0.74
    neck = _box(x, y - 0.55, 0.24, 0.45, 0.05)
    lip = _box(x, y - 0.72, 0.34, 0.10, 0.08)
    cork = _box(x, y - 0.90, 0.20, 0.12, 0.05)
    distance = torch.minimum(torch.minimum(flask, neck), torch.minimum(lip, cork))
    label = torch.maximum(_box(x, y + 0.26, 0.44, 0.26, 0.06), flask)
    accent = torch.maximum(cover(label, pixel), cover(lip, pixel))
    return Form(distance=distance, accent=accent, line=cover(cork, pixel))


def _drum(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    distance = _box(x, y, 0.95, 0.74, 0.13)
    rims = cover(0.50 - y.abs(), pixel)
    zigzag = ((x / 0.62 + 0.5) % 1.0 - 0.5).abs() * 4.0 - 1.0
    lacing = (y - 0.46 * zigzag).abs() * 0.32 - 0.05
    seams = (y.abs() - 0.50).abs() - 0.04
    skin = cover(0.62 - y, pixel)
    line = torch.maximum(0.75 * cover(seams, pixel), 0.45 * skin)
    return Form(distance=distance, accent=torch.maximum(rims, cover(lacing, pixel)), line=line)


def _bell(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    depth = ((0.40 - y) / 1.1).clamp(0.0, 1.0)
    skirt = torch.maximum(x.abs() - (0.45 + 0.36 * depth * depth), (y + 0.12).abs() - 0.54) * 0.88
    dome = _radius(x, y - 0.36) - 0.45
    lip = _box(x, y + 0.66, 0.92, 0.13, 0.12)
    clapper = _radius(x, y + 0.80) - 0.20
    ring = (_radius(x, y - 0.84) - 0.15).abs() - 0.075
    distance = torch.minimum(torch.minimum(skirt, dome), torch.minimum(lip, ring))
    distance = torch.minimum(distance, clapper)
    band = (y - 0.12).abs() - 0.11
    accent = torch.maximum(cover(band, pixel), cover(lip, pixel))
    tongue = torch.maximum(clapper, y + 0.79)
    return Form(distance=distance, accent=accent, line=cover(tongue, pixel))


def _wheel(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    radius = _radius(x, y)
    nearest = torch.round(torch.atan2(y, x) / (0.4 * pi))
    turn = nearest * (0.4 * pi)
    along, across = x * turn.cos() + y * turn.sin(), y * turn.cos() - x * turn.sin()
    spoke = torch.maximum(across.abs() - 0.10, torch.maximum(-along, radius - 0.8))
    tyre, hub = (radius - 0.83).abs() - 0.17, radius - 0.28
    distance = torch.minimum(torch.minimum(tyre, spoke), hub)
    marked = torch.maximum(spoke, nearest.abs() - 0.5)
    accent = torch.maximum(cover(hub + 0.06, pixel), cover(marked, pixel))
    return Form(distance=distance, accent=accent, line=cover((radius - 0.66).abs() - 0.03, pixel))


def _star(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    # Fold the plane onto half of one point, then measure to that point's straight edge.
    angle = torch.atan2(x, y)
    nearest = torch.round(angle / (0.4 * pi))
    folded, radius = (angle - nearest * (0.4 * pi)).abs(), _radius(x, y)
    px, py = radius * folded.sin(), radius * folded.cos()
    valley = (0.56 * sin(0.2 * pi), 0.56 * cos(0.2 * pi))
    ex, ey = valley[0], valley[1] - 0.90
    share = ((px * ex + (py - 0.90) * ey) / (ex * ex + ey * ey)).clamp(0.0, 1.0)
    away = _radius(px - share * ex, py - 0.90 - share * ey)
    side = px * -ey + (py - 0.90) * ex
    distance = away * torch.sign(side) - 0.10
    tip = torch.maximum(nearest.abs() - 0.5, 0.60 - radius)
    accent = torch.maximum(cover(radius - 0.26, pixel), cover(tip, pixel))
    return Form(
        distance=distance, accent=accent, line=0.7 * cover((radius - 0.28).abs() - 0.03, pixel)
    )


def _pumpkin(x: Tensor, y: Tensor, pixel: Tensor) -> Form:
    low = y + 0.14
    middle = _oval(x, low, 0.42, 0.84)
    sides = _oval(x.abs() - 0.42, low, 0.57, 0.78)
    stem = _box(x - 0.22 * (y - 0.6), y - 0.80, 0.13, 0.22, 0.05)
    flesh = torch.minimum(middle, sides)
    ribs = middle.abs() - 0.04
    seam = torch.maximum(_oval(x.abs() - 0.36, low, 0.40, 0.80).abs() - 0.03, -middle)
    line = 0.75 * torch.maximum(cover(ribs, pixel), 0.75 * cover(seam, pixel))
    top = cover(stem, pixel)
    return Form(
        distance=torch.minimum(flesh, stem),
        accent=0.28 * cover(middle, pixel) * (1.0 - top),
        line=torch.maximum(line, top),
    )


FORMS: dict[PropName, Callable[[Tensor, Tensor, Tensor], Form]] = {
    "ball": _ball,
    "crate": _crate,
    "bottle": _bottle,
    "drum": _drum,
    "bell": _bell,
    "wheel": _wheel,
    "star": _star,
    "pumpkin": _pumpkin,
}


@dataclass(frozen=True, kw_only=True)
class _Surface:
    """Where a material is shaded: turning (x, y), still (u, v), and the distance to the rim."""

    x: Tensor
    y: Tensor
    u: Tensor
    v: Tensor
    rim: Tensor

    def spot(self, size: float) -> Tensor:
        """A highlight towards the light at the upper left, 1 in its middle."""
        du, dv = self.u + 0.36, self.v - 0.42
        return torch.exp(-(du * du + dv * dv) / (size * size))

    def slope(self) -> Tensor:
        """How far the surface faces the light, -1..1."""
        return (0.62 * self.v - 0.48 * self.u).clamp(-1.0, 1.0)


# Each gives the brightness that multiplies the colour, the light added to it, and the opacity.
_Shading = tuple[Tensor, Tensor, Tensor | float]


def _rubber(on: _Surface) -> _Shading:
    return 0.92 + 0.20 * on.slope(), 0.16 * on.spot(0.45), 1.0


def _wood(on: _Surface) -> _Shading:
    grain = torch.sin(9.0 * on.y + 1.2 * torch.sin(2.6 * on.x + 0.8))
    return 0.90 + 0.12 * on.slope() + 0.17 * grain, 0.05 * on.spot(0.5), 1.0


def _metal(on: _Surface) -> _Shading:
    # A sky above, a dark skyline across the middle, and the floor's light from below.
    height = on.v - 0.25 * on.u
    sky = torch.sigmoid((height - 0.05) * 9.0)
    bounce = (-height - 0.25).clamp(0.0, 0.8)
    return 0.60 + 0.48 * sky + 0.55 * bounce, 0.65 * on.spot(0.24) + 0.12 * sky, 1.0


def _glass(on: _Surface) -> _Shading:
    rim = torch.exp(-((on.rim / 0.20) ** 2))
    glint = (on.spot(0.17) * 1.2).clamp(max=1.0)
    inner = torch.exp(-(((on.u - 0.34) ** 2 + (on.v + 0.42) ** 2) / 0.12))
    light = 0.85 * glint + 0.30 * inner
    return 1.02 + 0.10 * rim, light, (0.52 + 0.48 * rim + light).clamp(max=1.0)


def _stone(on: _Surface) -> _Shading:
    coarse = torch.sin(5.3 * on.x + 2.0 * torch.sin(3.1 * on.y)) * torch.sin(6.1 * on.y + 1.7)
    pits = torch.sin(9.7 * on.x - 4.3 * on.y + 0.6) * torch.sin(7.9 * on.y + 5.1 * on.x)
    speckle = (1.4 * coarse).clamp(-1.0, 1.0) * 0.16 + pits * 0.14
    return 0.86 + 0.22 * on.slope() + speckle, 0.0 * on.u, 1.0


_SHADINGS: dict[MaterialName, Callable[[_Surface], _Shading]] = {
    "rubber": _rubber,
    "wood": _wood,
    "metal": _metal,
    "glass": _glass,
    "stone": _stone,
}


def _tones(body: Body) -> tuple[Colour, Colour, Colour]:
    """The base, the light second tone and the dark tone of a body's paint."""
    base = COLOUR_TABLE[body.colour]
    accent = SLATE if body.colour == "white" else mixed(base, CREAM, 0.72)
    dark = scaled(base, 0.42)
    if body.prop == "pumpkin":
        dark = mixed(dark, LEAF, 0.45)
    if body.material == "wood":
        return mixed(base, TIMBER, 0.24), mixed(accent, TIMBER, 0.20), dark
    if body.material == "metal":
        return mixed(base, GREY, 0.16), mixed(accent, GREY, 0.16), dark
    if body.material == "stone":
        return mixed(base, GREY, 0.30), mixed(accent, GREY, 0.40), mixed(dark, GREY, 0.2)
    return base, accent, dark


def draw_body(
    body: Body, light: Light, u: Tensor, v: Tensor, angle: Tensor, pixel: Tensor
) -> Tensor:
    """One body at several places.

    Args:
        body: what it looks like.
        light: what grades it.
        u: (T, S, S) places to the right of its centre, in its half extents.
        v: (T, S, S) the same upwards.
        angle: (T, 1, 1) radians it has turned, counter-clockwise.
        pixel: (T, 1, 1) size of a pixel in its half extents.

    Returns:
        (T, S, S, 5): colour as shown, opacity, and the share of the pixel it fills (which a
        see-through material does not lessen).
    """
    turn_x, turn_y = angle.cos(), angle.sin()
    x, y = u * turn_x + v * turn_y, v * turn_x - u * turn_y
    form = FORMS[body.prop](x, y, pixel)
    base, accent, dark = (
        torch.tensor(light.tint_body(tone), device=u.device) for tone in _tones(body)
    )
    colour = torch.lerp(base, accent, form.accent[..., None])
    colour = torch.lerp(colour, dark, form.line[..., None])
    rim = form.distance.clamp(max=0.0)
    gain, shine, opacity = _SHADINGS[body.material](_Surface(x=x, y=y, u=u, v=v, rim=rim))
    white = torch.tensor(light.tint_body((1.0, 1.0, 1.0)), device=u.device)
    colour = colour * gain[..., None] + white * shine[..., None]
    edge = cover(-form.distance - OUTLINE, pixel)
    colour = torch.lerp(colour, 0.50 * base, 0.85 * edge[..., None])
    filled = cover(form.distance, pixel)
    seen = filled * torch.maximum(torch.as_tensor(opacity, device=u.device), 0.8 * edge)
    return torch.cat([colour.clamp(0.0, 1.0), seen[..., None], filled[..., None]], dim=-1)
