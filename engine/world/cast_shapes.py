"""A sheet around a moving puppet that anti-aliased shapes are laid on, and the shapes.

Shape letters: T pictures, H and W rows and columns of the sheet, h and w those of a window of it.

Coordinates are metres from the point of the floor that the puppet stands on, y up. Shapes are
signed distances, below 0 inside. Every shape touches only the window that holds it in all pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from engine.world.canvas import Colour, mixed, opaque, scaled

OUTLINE_M = 0.015
Value = float | np.ndarray


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A window of the sheet and its places in coordinates of its own.

    Attributes:
        rows, columns: the window.
        x, y: (T, h, w), or with sides of 1 where they do not matter.
        pixel: (T, 1, 1) size of a pixel in metres.
    """

    rows: slice
    columns: slice
    x: Tensor
    y: Tensor
    pixel: Tensor

    def cover(self, distance: Tensor) -> Tensor:
        """Share of each pixel that lies inside."""
        return torch.rsub(distance / self.pixel, 0.5).clamp_(0.0, 1.0)

    def scaled(self, unit: float) -> Spot:
        """The same window measured in ``unit`` metres."""
        return replace(self, x=self.x / unit, y=self.y / unit, pixel=self.pixel / unit)

    def column(self, value: Value) -> Tensor | float:
        """A number, or (T,) as (T, 1, 1)."""
        if isinstance(value, float | int):
            return float(value)
        return torch.from_numpy(value.astype(np.float32)).to(self.x.device)[:, None, None]


class Sheet:
    """Premultiplied colour and coverage (4, T, H, W), clear at first."""

    def __init__(
        self,
        right_m: np.ndarray,
        up_m: np.ndarray,
        pixel_m: np.ndarray,
        lean: np.ndarray,
        device: torch.device,
    ) -> None:
        """A clear sheet.

        Args:
            right_m: (T, W) places of the columns.
            up_m: (T, H) places of the rows.
            pixel_m: (T,) size of a pixel.
            lean: (T,) radians that the whole puppet is turned, counter-clockwise.
            device: where it is.
        """
        right, up = right_m.astype(np.float32), up_m.astype(np.float32)
        (frames, width), height = right.shape, up.shape[1]
        self.device = device
        self.pixels = torch.zeros(4, frames, height, width, device=device)
        self.pixel = torch.from_numpy(pixel_m.astype(np.float32)).to(self.device)[:, None, None]
        self._pixel_m = pixel_m
        self._left, self._top = (first[:, 0].astype(np.float64) for first in (right, up))
        self._leans = bool(np.abs(lean).max() > 1e-6)
        self.x = torch.from_numpy(right).to(device)[:, None, :]
        self.y = torch.from_numpy(up).to(device)[:, :, None]
        if self._leans:
            turn = torch.from_numpy(lean.astype(np.float32)).to(self.device)[:, None, None]
            cos, sin = turn.cos(), turn.sin()
            self.x, self.y = self.x * cos + self.y * sin, self.y * cos - self.x * sin

    def spot(self, x: Value, y: Value, reach: Value, turn: Value | None = None) -> Spot | None:
        """The window ``reach`` metres around a place, None where that is out of the sheet.

        Args:
            x: the place, the new origin.
            y: its height.
            reach: how far the window goes to all sides.
            turn: radians that the spot's own axes are turned, counter-clockwise.
        """
        _, _, height, width = self.pixels.shape
        rows, columns = slice(0, height), slice(0, width)
        if not self._leans:
            pad = np.asarray(reach) + 1.5 * self._pixel_m
            first = np.floor((x - pad - self._left) / self._pixel_m).min()
            last = np.ceil((x + pad - self._left) / self._pixel_m).max() + 1
            upper = np.floor((self._top - y - pad) / self._pixel_m).min()
            lower = np.ceil((self._top - y + pad) / self._pixel_m).max() + 1
            columns = slice(max(0, int(first)), min(width, int(last)))
            rows = slice(max(0, int(upper)), min(height, int(lower)))
            if columns.start >= columns.stop or rows.start >= rows.stop:
                return None
        whole_x = self.x[:, rows if self._leans else slice(None), columns]
        whole_y = self.y[:, rows, columns if self._leans else slice(None)]
        near = Spot(rows=rows, columns=columns, x=whole_x, y=whole_y, pixel=self.pixel)
        across, along = whole_x - near.column(x), whole_y - near.column(y)
        if turn is not None:
            angle = near.column(turn)
            angle = angle if isinstance(angle, Tensor) else torch.tensor(angle, device=self.device)
            cos, sin = angle.cos(), angle.sin()
            across, along = across * cos + along * sin, along * cos - across * sin
        return Spot(rows=rows, columns=columns, x=across, y=along, pixel=self.pixel)

    def lay(self, spot: Spot, coverage: Tensor, colour: Colour | Tensor) -> None:
        """Lay a colour, a single one or (3, T, h, w), over a window by its coverage."""
        target = self.pixels[:, :, spot.rows, spot.columns]
        if isinstance(colour, Tensor):
            paint = torch.cat([colour, torch.ones_like(colour[:1])])
        else:
            paint = opaque(colour, self.device)[..., None]
        target.lerp_(paint, coverage.expand(target.shape[1:]))

    def fill(
        self,
        spot: Spot | None,
        distance: Tensor,
        colour: Colour,
        *,
        outline: float = OUTLINE_M,
        shade: float = 0.0,
        shown: Tensor | None = None,
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
            away = ((spot.x - spot.y) * 2.2 + 0.15).clamp(0.0, 1.0)
            self.lay(spot, inner * away * shade, scaled(colour, 0.55))


def rim(colour: Colour) -> Colour:
    """The darker tone that outlines a colour: warm, never black."""
    return mixed(scaled(colour, 0.42), (0.16, 0.08, 0.12), 0.25)


def radius(x: Tensor, y: Tensor) -> Tensor:
    """Distance from the origin."""
    return (x * x + y * y).sqrt()


def oval(x: Tensor, y: Tensor, rx: float | Tensor, ry: float | Tensor) -> Tensor:
    """An upright ellipse around the origin, its distance to first order."""
    u, v = x / rx, y / ry
    length = radius(u, v)
    slope = radius(u / rx, v / ry).clamp(min=1e-4)
    return length * (length - 1.0) / slope


def box(x: Tensor, y: Tensor, half_width: float, half_height: float, rounding: float) -> Tensor:
    """An upright box with rounded corners around the origin."""
    dx, dy = x.abs() - (half_width - rounding), y.abs() - (half_height - rounding)
    outside = radius(dx.clamp(min=0.0), dy.clamp(min=0.0))
    return outside + torch.maximum(dx, dy).clamp(max=0.0) - rounding


def bone(
    x: Tensor,
    y: Tensor,
    start: tuple[Tensor | float, Tensor | float],
    end: tuple[Tensor | float, Tensor | float],
    start_radius: float,
    end_radius: float,
) -> Tensor:
    """A line from one point to another, as thick as given at either end."""
    bx, by = end[0] - start[0], end[1] - start[1]
    px, py = x - start[0], y - start[1]
    length = bx * bx + by * by + 1e-9
    share = ((px * bx + py * by) / length).clamp(0.0, 1.0)
    away = radius(px - share * bx, py - share * by)
    return away - (start_radius + (end_radius - start_radius) * share)
