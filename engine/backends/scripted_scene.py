"""The scripted world: a shaded disc that bounces through a room, and the tones of its landings.

Everything is a closed formula of the time, so that any part of it - also before the beginning and
after the end - can be painted and heard. Shape letters: H height, W width, S samples.
"""

from __future__ import annotations

import colorsys
import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Floats = NDArray[np.floating]

COLOURS: dict[str, Colour] = {
    "red": (0.85, 0.18, 0.16),
    "orange": (0.93, 0.52, 0.13),
    "yellow": (0.95, 0.82, 0.22),
    "green": (0.22, 0.66, 0.30),
    "teal": (0.14, 0.62, 0.62),
    "blue": (0.17, 0.38, 0.84),
    "violet": (0.52, 0.30, 0.80),
    "purple": (0.52, 0.30, 0.80),
    "pink": (0.94, 0.50, 0.68),
    "white": (0.95, 0.95, 0.93),
    "black": (0.07, 0.07, 0.08),
    "grey": (0.50, 0.50, 0.52),
    "brown": (0.46, 0.30, 0.18),
}
NIGHT_WORDS = frozenset({"night", "nighttime", "midnight", "dark", "moonlight"})
TAIL_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A landing: when, where across the picture (0 left, 1 right), and how hard (0 to 1)."""

    time_s: float
    place: float
    force: float


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the disc is and how it moves, in parts of the picture's width or height.

    Attributes:
        period_s: between two landings on the floor.
        speed: of the disc to the right, in widths a second.
        pitch_hz: of its landings.
    """

    radius: float
    start: float
    speed: float
    period_s: float
    phase_s: float
    bounce: float
    floor: float
    pitch_hz: float

    def place(self, time_s: float) -> float:
        """Centre of the disc across the picture; it turns round at both walls."""
        low, high = 0.12, 0.88
        span = high - low
        turned = (self.start + self.speed * time_s) % (2 * span)
        return low + (turned if turned <= span else 2 * span - turned)

    def rise(self, time_s: float) -> float:
        """How far the disc is above the floor, in heights."""
        part = ((time_s + self.phase_s) / self.period_s) % 1.0
        return 4 * self.bounce * part * (1 - part)

    def contacts(self, start_s: float, end_s: float) -> Iterator[Contact]:
        """The landings from ``start_s`` until ``end_s``, on the floor and at the walls."""
        first = math.ceil((start_s + self.phase_s) / self.period_s)
        last = math.ceil((end_s + self.phase_s) / self.period_s)
        for number in range(first, last):
            time_s = number * self.period_s - self.phase_s
            yield Contact(time_s=time_s, place=self.place(time_s), force=1.0)
        turn_s = 0.76 / abs(self.speed)
        offset_s = self.start / self.speed
        first = math.ceil((start_s + offset_s) / turn_s)
        last = math.ceil((end_s + offset_s) / turn_s)
        for number in range(first, last):
            time_s = number * turn_s - offset_s
            yield Contact(time_s=time_s, place=self.place(time_s), force=0.5)


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The four colours of a scene, 0 to 1."""

    sky: Colour
    horizon: Colour
    ground: Colour
    disc: Colour


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One shot of the scripted world.

    Attributes:
        start_s: the scene's time at the first picture.
        backdrop: (h, w, 3) picture, 0 to 1, that stands behind the disc.
        face: (h, w, 3) picture, 0 to 1, that the disc shows.
    """

    layout: Layout
    palette: Palette
    start_s: float = 0.0
    backdrop: Floats | None = None
    face: Floats | None = None


def words_of(text: str) -> frozenset[str]:
    """The words of ``text``, in lower case."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def draws(*parts: object) -> np.random.Generator:
    """Random numbers that depend on ``parts`` alone, on every machine alike."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return np.random.Generator(np.random.Philox(int.from_bytes(digest[:16], "little")))


def draw_layout(*parts: object) -> Layout:
    """The layout that ``parts`` (words, seed, shot) stand for."""
    random = draws("layout", *parts)
    return Layout(
        radius=float(random.uniform(0.11, 0.17)),
        start=float(random.uniform(0.0, 0.76)),
        speed=float(random.uniform(0.25, 0.6)),
        period_s=float(random.uniform(0.55, 0.95)),
        phase_s=float(random.uniform(0.0, 0.4)),
        bounce=float(random.uniform(0.28, 0.5)),
        floor=float(random.uniform(0.78, 0.88)),
        pitch_hz=float(220 * 2 ** (random.integers(0, 25) / 12)),
    )


def draw_palette(text: str, *parts: object) -> Palette:
    """Colours that ``text`` names, and for the rest those that it and ``parts`` stand for."""
    random = draws("palette", text, *parts)
    words = words_of(text)
    named = [COLOURS[word] for word in sorted(words & COLOURS.keys(), key=text.casefold().find)]
    hue = float(random.uniform())
    night = bool(words & NIGHT_WORDS)
    level = 0.3 if night else 1.0
    return Palette(
        sky=_colour(hue, 0.45, 0.62 * level),
        horizon=_colour(hue + 0.08, 0.35, 0.92 * level),
        ground=_colour(hue + 0.45, 0.3, 0.42 * level),
        disc=named[0] if named else _colour(hue + 0.5, 0.75, 0.9),
    )


def average_palette(picture: Floats, palette: Palette, weight: float) -> Palette:
    """``palette`` with its room drawn towards the mean colours of ``picture`` (H, W, 3)."""
    part = min(1.0, weight)
    third = max(1, picture.shape[0] // 3)
    bands = (picture[:third], picture[third : 2 * third], picture[2 * third :])
    old = (palette.sky, palette.horizon, palette.ground)
    sky, horizon, ground = (
        _mix(colour, _mean(band), part) for colour, band in zip(old, bands, strict=True)
    )
    return Palette(sky=sky, horizon=horizon, ground=ground, disc=palette.disc)


def paint(scene: Scene, time_s: float, width: int, height: int, *, edge_px: float) -> Floats:
    """The picture (H, W, 3), 0 to 1, at ``time_s`` of the shot; edges are ``edge_px`` wide."""
    layout, now_s = scene.layout, scene.start_s + time_s
    rows = (np.arange(height, dtype=np.float32) + 0.5)[:, None]
    columns = (np.arange(width, dtype=np.float32) + 0.5)[None, :]
    picture = _room(scene, width, height, edge_px)
    radius = layout.radius * min(width, height)
    x = layout.place(now_s) * width
    floor_y = layout.floor * height
    rise = layout.rise(now_s)
    y = floor_y - radius - rise * (height - radius)
    flat = np.hypot((columns - x) / (1 + rise), (rows - floor_y) * 3.5)
    shadow = 0.5 * _inside(radius - flat, edge_px + radius * rise) / (1 + 2 * rise)
    picture *= (1 - shadow)[..., None]
    distance = np.hypot(columns - x, rows - y)
    light = np.hypot(columns - (x - 0.4 * radius), rows - (y - 0.45 * radius)) / radius
    shade = np.clip(1.25 - 0.45 * light, 0.25, 1.25)[..., None]
    body = _body(scene, (rows - y) / radius, (columns - x) / radius) * shade
    cover = _inside(radius - distance, edge_px)[..., None]
    return np.clip(picture * (1 - cover) + body * cover, 0.0, 1.0).astype(np.float32)


def sound(scene: Scene, samples: int, rate_hz: int) -> Floats:
    """The stereo sound (2, S), -1 to 1: a quiet room, and a tone for every landing."""
    layout = scene.layout
    times = scene.start_s + np.arange(samples, dtype=np.float64) / rate_hz
    room = 0.012 * np.sin(2 * np.pi * 0.25 * layout.pitch_hz * times)
    mixed = np.stack([room, room])
    end_s = scene.start_s + samples / rate_hz
    for contact in layout.contacts(scene.start_s - TAIL_S, end_s):
        age_s = times - contact.time_s
        begin = int(np.searchsorted(age_s, 0.0))
        stop = int(np.searchsorted(age_s, TAIL_S))
        tone = _tone(age_s[begin:stop], layout.pitch_hz * (1.0 if contact.force == 1 else 1.5))
        angle = contact.place * np.pi / 2
        mixed[0, begin:stop] += contact.force * np.cos(angle) * tone
        mixed[1, begin:stop] += contact.force * np.sin(angle) * tone
    return np.clip(mixed, -0.95, 0.95).astype(np.float32)


def scaled(picture: Floats, width: int, height: int) -> Floats:
    """``picture`` (h, w, 3) at the given size by the nearest points, cropped to the shape."""
    old_height, old_width = picture.shape[:2]
    scale = min(old_width / width, old_height / height)
    rows = (old_height - height * scale) / 2 + (np.arange(height) + 0.5) * scale
    columns = (old_width - width * scale) / 2 + (np.arange(width) + 0.5) * scale
    rows = np.clip(rows.astype(int), 0, old_height - 1)
    columns = np.clip(columns.astype(int), 0, old_width - 1)
    return picture[rows[:, None], columns[None, :]]


def _room(scene: Scene, width: int, height: int, edge_px: float) -> Floats:
    if scene.backdrop is not None:
        return scaled(scene.backdrop, width, height).astype(np.float32).copy()
    palette = scene.palette
    line = (scene.layout.floor - 0.06) * height
    rows = np.arange(height, dtype=np.float32) + 0.5
    part = np.clip(rows / line, 0, 1)[:, None]
    wall = np.asarray(palette.sky) * (1 - part) + np.asarray(palette.horizon) * part
    below = _inside(rows - line, edge_px)[:, None]
    column = wall * (1 - below) + np.asarray(palette.ground) * below
    return np.repeat(column[:, None], width, axis=1).astype(np.float32)


def _body(scene: Scene, rows: Floats, columns: Floats) -> Floats:
    """Colour of the disc at places in units of its radius."""
    if scene.face is None:
        return np.asarray(scene.palette.disc, dtype=np.float32)[None, None]
    side = 64
    face = scaled(scene.face, side, side)
    row = np.clip((rows + 1) / 2 * side, 0, side - 1).astype(int)
    column = np.clip((columns + 1) / 2 * side, 0, side - 1).astype(int)
    return face[row, column]


def _inside(depth: Floats, edge_px: float) -> Floats:
    """0 outside, 1 inside, rising over ``edge_px``."""
    return np.clip(depth / edge_px + 0.5, 0.0, 1.0).astype(np.float32)


def _tone(age_s: NDArray[np.float64], pitch_hz: float) -> NDArray[np.float64]:
    strike = np.exp(-age_s / 0.004) * np.sin(2 * np.pi * 1_900 * age_s)
    ring = np.exp(-age_s / 0.16) * np.sin(2 * np.pi * pitch_hz * age_s)
    over = np.exp(-age_s / 0.07) * np.sin(2 * np.pi * 2.76 * pitch_hz * age_s)
    return 0.3 * ring + 0.12 * over + 0.25 * strike


def _colour(hue: float, saturation: float, value: float) -> Colour:
    return colorsys.hsv_to_rgb(hue % 1.0, saturation, value)


def _mean(picture: Floats) -> Colour:
    red, green, blue = (float(value) for value in picture.mean(axis=(0, 1)))
    return red, green, blue


def _mix(old: Colour, new: Colour, part: float) -> Colour:
    red, green, blue = (a * (1 - part) + b * part for a, b in zip(old, new, strict=True))
    return red, green, blue
