"""A sheet around a moving puppet that anti-aliased shapes are laid on, and the shapes.

Shape letters: T pictures, H and W rows and columns of the sheet, h and w those of a window of it.

Coordinates are metres from the point of the floor that the puppet stands on, y up. Shapes are
signed distances, below 0 inside. Every shape touches only the window that holds it in all pictures.
They are reckoned with numpy: torch takes twice as long to call, and windows are small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

import numpy as np
import torch
from torch import Tensor

from engine.world.canvas import Colour, mixed, opaque, scaled

OUTLINE_M = 0.015
Value = float | np.ndarray
Place = tuple[Value, Value]


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A window of the sheet and its places in coordinates of its own.

    Attributes:
        rows, columns: the window.
        x, y: (T, h, w) float32, or with sides of 1 where they do not matter.
        pixel: (T, 1, 1) size of a pixel in metres.
    """

    rows: slice
    columns: slice
    x: np.ndarray
    y: np.ndarray
    pixel: np.ndarray

    def cover(self, distance: np.ndarray) -> np.ndarray:
        """Share of each pixel that lies inside."""
        share = distance / self.pixel
        np.subtract(0.5, share, out=share)
        return clipped(share, 0.0, 1.0, out=share)

    def scaled(self, unit: float) -> Spot:
        """The same window measured in ``unit`` metres."""
        return Spot(
            rows=self.rows,
            columns=self.columns,
            x=self.x / unit,
            y=self.y / unit,
            pixel=self.pixel / unit,
        )

    @staticmethod
    def column(value: np.ndarray) -> np.ndarray:
        """(T,) as (T, 1, 1) float32."""
        return value.astype(np.float32)[:, None, None]


class Sheet:
    """Premultiplied colour and coverage, clear at first.

    Attributes:
        pixels: (4, T, H, W) float32, in the processor's memory.
    """

    def __init__(
        self, right_m: np.ndarray, up_m: np.ndarray, pixel_m: np.ndarray, lean: np.ndarray
    ) -> None:
        """A clear sheet.

        Args:
            right_m: (T, W) places of the columns.
            up_m: (T, H) places of the rows.
            pixel_m: (T,) size of a pixel.
            lean: (T,) radians that the whole puppet is turned, counter-clockwise.
        """
        right, up = right_m.astype(np.float32), up_m.astype(np.float32)
        (frames, width), height = right.shape, up.shape[1]
        self.pixels: Tensor = torch.zeros(4, frames, height, width)
        self._pixel = Spot.column(pixel_m)
        self._pixel_m, self._margin_m = pixel_m, 1.5 * pixel_m
        self._left, self._top = (first[:, 0].astype(np.float64) for first in (right, up))
        self._turns: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
        self._leans = bool(np.abs(lean).max() > 1e-6)
        self._x, self._y = right[:, None, :], up[:, :, None]
        if self._leans:
            cos, sin = self._turned(lean)
            self._x, self._y = self._x * cos + self._y * sin, self._y * cos - self._x * sin

    def _turned(self, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cosine and sine of (T,) radians, each (T, 1, 1)."""
        key = angle.tobytes()
        if key not in self._turns:
            turn = Spot.column(angle)
            self._turns[key] = np.cos(turn), np.sin(turn)
        return self._turns[key]

    def spot(
        self,
        x: Value,
        y: Value,
        reach: float,
        turn: np.ndarray | None = None,
        *,
        high: float | None = None,
    ) -> Spot | None:
        """The window ``reach`` metres around a place, None where that is out of the sheet.

        Args:
            x: the place, the new origin; one for all pictures, or (T,).
            y: its height.
            reach: how far the window goes to both sides.
            turn: (T,) radians that the spot's own axes are turned, counter-clockwise.
            high: how far it goes up and down, if not as far.
        """
        _, _, height, width = self.pixels.shape
        rows, columns = slice(0, height), slice(0, width)
        if not self._leans:
            pad, left, top, pixel = reach + self._margin_m, self._left, self._top, self._pixel_m
            tall = pad if high is None else high + self._margin_m
            columns = slice(
                max(0, floor(((x - pad - left) / pixel).min())),
                min(width, ceil(((x + pad - left) / pixel).max()) + 1),
            )
            rows = slice(
                max(0, floor(((top - y - tall) / pixel).min())),
                min(height, ceil(((top - y + tall) / pixel).max()) + 1),
            )
            if columns.start >= columns.stop or rows.start >= rows.stop:
                return None
        across = self._x[:, rows if self._leans else slice(None), columns]
        along = self._y[:, rows, columns if self._leans else slice(None)]
        across = across - (Spot.column(x) if isinstance(x, np.ndarray) else x)
        along = along - (Spot.column(y) if isinstance(y, np.ndarray) else y)
        if turn is not None:
            cos, sin = self._turned(turn)
            across, along = across * cos + along * sin, along * cos - across * sin
        return Spot(rows=rows, columns=columns, x=across, y=along, pixel=self._pixel)

    def lay(self, spot: Spot, coverage: np.ndarray, colour: Colour) -> None:
        """Lay a colour over a window by its coverage."""
        target = self.pixels[:, :, spot.rows, spot.columns]
        target.lerp_(_paint(colour), torch.from_numpy(coverage))

    def fill(
        self,
        spot: Spot | None,
        distance: np.ndarray,
        colour: Colour,
        *,
        outline: float = OUTLINE_M,
        shade: float = 0.0,
        shown: np.ndarray | None = None,
    ) -> None:
        """Fill a shape with a colour and a darker rim.

        Args:
            spot: the window of ``distance``.
            distance: (T, h, w) signed distance.
            colour: of the inside.
            outline: width of the rim in metres.
            shade: darkness of the side away from the light, over the spot's own height.
            shown: (T, 1, 1) 0 where the shape is not there.
        """
        if spot is None:
            return
        inside = spot.cover(distance)
        inside = inside if shown is None else inside * shown
        if outline <= 0.0:
            self.lay(spot, inside, colour)
            return
        self.lay(spot, inside, rim(colour))
        inner = spot.cover(distance + outline)
        inner = inner if shown is None else inner * shown
        self.lay(spot, inner, colour)
        if shade > 0.0:
            away = clipped((spot.x - spot.y) * 2.2 + 0.15, 0.0, 1.0)
            self.lay(spot, inner * away * shade, scaled(colour, 0.55))


def clipped(
    value: np.ndarray, low: float, high: float, out: np.ndarray | None = None
) -> np.ndarray:
    """``value`` within bounds; numpy's own way there asks more questions than it computes."""
    raised = np.maximum(value, low, out=out)
    return np.minimum(raised, high, out=raised)


@lru_cache(maxsize=4096)
def _paint(colour: Colour) -> Tensor:
    """(4, 1, 1, 1) a colour with full coverage, not to be changed."""
    return opaque(colour, torch.device("cpu"))[..., None]


@lru_cache(maxsize=4096)
def rim(colour: Colour) -> Colour:
    """The darker tone that outlines a colour: warm, never black."""
    return mixed(scaled(colour, 0.42), (0.16, 0.08, 0.12), 0.25)


def radius(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Distance from the origin."""
    square = x * x + y * y
    return np.sqrt(square, out=square)


def oval(x: np.ndarray, y: np.ndarray, rx: Value, ry: Value) -> np.ndarray:
    """An upright ellipse around the origin, its distance to first order."""
    u, v = x / rx, y / ry
    length = radius(u, v)
    slope = radius(u / rx, v / ry)
    np.maximum(slope, 1e-4, out=slope)
    distance = length * (length - 1.0)
    return np.divide(distance, slope, out=distance)


def box(
    x: np.ndarray, y: np.ndarray, half_width: float, half_height: float, rounding: float
) -> np.ndarray:
    """An upright box with rounded corners around the origin."""
    dx, dy = np.abs(x) - (half_width - rounding), np.abs(y) - (half_height - rounding)
    outside = radius(np.maximum(dx, 0.0), np.maximum(dy, 0.0))
    return outside + np.minimum(np.maximum(dx, dy), 0.0) - rounding


def bone(
    x: np.ndarray,
    y: np.ndarray,
    start: Place,
    end: Place,
    start_radius: float,
    end_radius: float,
) -> np.ndarray:
    """A line from one point to another, as thick as given at either end."""
    bx, by = end[0] - start[0], end[1] - start[1]
    px, py = x - start[0], y - start[1]
    length = bx * bx + by * by + 1e-9
    share = (px * bx + py * by) / length
    clipped(share, 0.0, 1.0, out=share)
    away = radius(px - share * bx, py - share * by)
    return away - (start_radius + (end_radius - start_radius) * share)
