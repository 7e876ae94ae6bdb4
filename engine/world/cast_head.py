"""The head of a puppet: its skull and ears, and coordinates to draw a face in.

Shape letters: T pictures.

A head's own coordinates have its middle at 0 and the height of its half at 1, y up, and turn with
it. A head that looks aside moves its face across, the far side narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.world.actions_pose import Pose
from engine.world.canvas import Colour, scaled
from engine.world.cast import Identity
from engine.world.cast_body import Paint
from engine.world.cast_frame import Frame
from engine.world.cast_shapes import OUTLINE_M, Sheet, Spot, bone, box, oval

# From the middle of a square to its corners, and a little, where half a side is 1.
CORNER = 1.45
PINK: Colour = (0.98, 0.66, 0.66)
INK: Colour = (0.13, 0.10, 0.13)
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Head:
    """A head to draw on: where it is and how it looks aside.

    Attributes:
        unit: metres of 1 in its coordinates.
        wide: half width in its coordinates.
        aside: (T,) -1 left to 1 right.
    """

    sheet: Sheet
    identity: Identity
    pose: Pose
    paint: Paint
    unit: float
    wide: float
    aside: np.ndarray

    @property
    def line(self) -> float:
        """Width of an outline in its coordinates."""
        return OUTLINE_M / self.unit

    @cached_property
    def _tilted(self) -> tuple[np.ndarray, np.ndarray]:
        """(T,) cosine and sine of the head's tilt."""
        return np.cos(self.pose.tilt), np.sin(self.pose.tilt)

    def spot(self, x: float | np.ndarray, y: float, reach: float, turn: float = 0.0) -> Spot | None:
        """A window in the head's coordinates, its origin at (x, y), for what is within ``reach``.

        A square reaches ``CORNER`` times as far.
        """
        cos, sin = self._tilted
        across, along = x * self.unit, y * self.unit
        right = self.pose.head[:, 0] + (across * cos - along * sin)
        up = self.pose.head[:, 1] + (across * sin + along * cos)
        angle = self.pose.tilt + turn
        spot = self.sheet.spot(right, up, reach * self.unit, angle)
        return None if spot is None else spot.scaled(self.unit)

    def fill(
        self,
        spot: Spot | None,
        distance: np.ndarray,
        colour: Colour,
        *,
        line: float = 1.0,
        shade: float = 0.0,
    ) -> None:
        """Fill a shape that is measured in the head's coordinates."""
        self.sheet.fill(spot, distance, colour, outline=line * self.line, shade=shade)

    def face_x(self, x: float, depth: float = 0.30) -> np.ndarray:
        """(T,) where a place of the face is when the head looks aside."""
        return x * (1.0 - 0.22 * np.abs(self.aside)) + depth * self.wide * self.aside

    def disc(
        self, x: float | np.ndarray, y: float, size: float, colour: Colour, **how: float
    ) -> None:
        """Fill a circle."""
        self.oval(x, y, size, size, colour, **how)

    def oval(
        self,
        x: float | np.ndarray,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        *,
        line: float = 1.0,
        turn: float = 0.0,
    ) -> None:
        """Fill an ellipse."""
        spot = self.spot(x, y, max(rx, ry), turn)
        if spot is not None:
            self.fill(spot, oval(spot.x, spot.y, rx, ry), colour, line=line)

    def spike(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        radii: tuple[float, float],
        colour: Colour,
        *,
        shift: float = 0.0,
        line: float = 1.0,
    ) -> None:
        """Fill a tapering line; ``shift`` moves it aside with the face."""
        reach = 0.5 * float(np.hypot(end[0] - start[0], end[1] - start[1])) + max(radii)
        x, y = 0.5 * (start[0] + end[0]), 0.5 * (start[1] + end[1])
        spot = self.spot(x + shift * self.aside, y, reach)
        if spot is not None:
            shape = bone(
                spot.x, spot.y, (start[0] - x, start[1] - y), (end[0] - x, end[1] - y), *radii
            )
            self.fill(spot, shape, colour, line=line)


def make_head(sheet: Sheet, identity: Identity, body: Frame, pose: Pose, paint: Paint) -> Head:
    """The head of a posed puppet."""
    return Head(
        sheet=sheet,
        identity=identity,
        pose=pose,
        paint=paint,
        unit=body.head_ry,
        wide=body.head_rx / body.head_ry,
        aside=pose.facing,
    )


def draw_ears(head: Head) -> None:  # noqa: C901 - one case for each species
    """What is seen of a head from behind its skull."""
    skin, inner = head.paint.skin, head.paint.lit(PINK)
    wide = head.wide
    for side in (-1.0, 1.0):
        match head.identity.species:
            case "fox" | "cat":
                tip = 1.34 if head.identity.species == "fox" else 1.18
                root, end = (side * 0.60 * wide, 0.48), (side * 0.74 * wide, tip)
                head.spike(root, end, (0.40, 0.05), skin, shift=-0.12)
                dark = scaled(skin, 0.45) if head.identity.species == "fox" else inner
                root, end = (side * 0.62 * wide, 0.60), (side * 0.73 * wide, tip - 0.14)
                head.spike(root, end, (0.20, 0.03), dark, shift=-0.12, line=0.0)
            case "bear":
                head.disc(side * 0.74 * wide - 0.12 * head.aside, 0.74, 0.36, skin)
                head.disc(
                    side * 0.74 * wide - 0.12 * head.aside, 0.74, 0.19, head.paint.belly, line=0
                )
            case "mouse":
                head.disc(side * 0.92 * wide - 0.15 * head.aside, 0.76, 0.56, skin)
                head.disc(side * 0.92 * wide - 0.15 * head.aside, 0.76, 0.36, inner, line=0)
            case "rabbit":
                end = (side * 0.56, 1.98)
                head.spike((side * 0.36, 0.7), end, (0.20, 0.19), skin, shift=-0.15)
                inside = (side * 0.54, 1.90)
                head.spike((side * 0.38, 0.8), inside, (0.09, 0.09), inner, shift=-0.15, line=0)
            case "pig":
                root, end = (side * 0.60 * wide, 0.66), (side * 0.98 * wide, 0.98)
                head.spike(root, end, (0.30, 0.07), scaled(skin, 0.93), shift=-0.1)
            case "frog":
                head.disc(head.face_x(side * 0.62, 0.16), 0.72, 0.42, skin)
            case "person":
                head.disc(side * 0.98 * wide - 0.10 * head.aside, -0.10, 0.19, skin)
            case "robot":
                bolt = head.paint.lit((0.50, 0.53, 0.58))
                head.oval(side * 1.02 * wide, 0.0, 0.14, 0.28, bolt)
            case "penguin":
                pass
    if head.identity.species == "robot" and head.identity.hat == "none":
        head.spike((0.0, 0.8), (0.0, 1.32), (0.06, 0.05), head.paint.lit((0.5, 0.53, 0.58)))
        head.disc(0.0, 1.36, 0.15, head.paint.lit((0.95, 0.35, 0.32)))


def draw_skull(head: Head) -> None:  # noqa: C901 - one case for each species
    """The head itself, with the markings of its species."""
    spot = head.spot(0.0, 0.0, 1.25 * head.wide)
    if spot is None:
        return
    match head.identity.species:
        case "robot":
            skull = box(spot.x, spot.y, head.wide, 0.94, 0.26)
        case "frog":
            skull = oval(spot.x, spot.y + 0.08, head.wide, 0.90)
        case "fox" | "cat":
            cheeks = oval(spot.x, spot.y + 0.30, 1.03 * head.wide, 0.64)
            skull = np.minimum(oval(spot.x, spot.y, 0.94 * head.wide, 1.0), cheeks)
        case _:
            skull = oval(spot.x, spot.y, head.wide, 1.0)
    head.fill(spot, skull, head.paint.skin, shade=0.22)
    inside = spot.cover(skull + head.line)
    shift = spot.column(head.face_x(0.0, 0.34))
    x = spot.x - shift
    shapes: list[tuple[np.ndarray, Colour]] = []
    match head.identity.species:
        case "fox":
            mask = oval(np.abs(x) - 0.62, spot.y + 0.50, 0.62, 0.46)
            shapes.append((np.minimum(mask, oval(x, spot.y + 0.58, 0.52, 0.50)), head.paint.belly))
        case "penguin":
            mask = np.minimum(
                oval(np.abs(x) - 0.38, spot.y - 0.08, 0.50, 0.58),
                oval(x, spot.y + 0.42, 0.72, 0.48),
            )
            shapes.append((mask, head.paint.belly))
        case "cat":
            stripe = np.maximum(np.abs(np.abs(x) - 0.20) - 0.06, 0.62 - spot.y)
            shapes.append((stripe, scaled(head.paint.skin, 0.62)))
        case "frog":
            shapes.append((oval(x, spot.y + 0.72, 0.95, 0.42), head.paint.belly))
        case "robot":
            panel = box(x, spot.y - 0.04, 0.80, 0.58, 0.22)
            shapes.append((panel, head.paint.lit((0.13, 0.16, 0.23))))
        case _:
            pass
    for shape, colour in shapes:
        head.sheet.lay(spot, inside * spot.cover(shape), colour)
