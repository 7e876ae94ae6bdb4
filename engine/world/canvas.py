"""A sheet in metres that flat, anti-aliased shapes are laid on, back to front.

Shape letters: H, W rows and columns of the sheet; h, w those of a window of it.

Colours are (red, green, blue) in 0..1, mixed as they are shown. Every shape touches only the window
that holds it, so that a small shape on a large sheet costs little. Its coverage is reckoned with
numpy whatever the device: a set has some hundred small shapes, and on those torch's operations take
several times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor, hypot

import numpy as np
import torch
from torch import Tensor

Colour = tuple[float, float, float]
Point = tuple[float, float]
Window = tuple[slice, slice]


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """``first`` with ``share`` (0..1) of ``second``."""
    (a, b, c), (x, y, z) = first, second
    return a + (x - a) * share, b + (y - b) * share, c + (z - c) * share


def scaled(colour: Colour, gain: float) -> Colour:
    """``colour`` made brighter or darker by ``gain``, within 0..1."""
    red, green, blue = colour
    return min(1.0, red * gain), min(1.0, green * gain), min(1.0, blue * gain)


@lru_cache(maxsize=4096)
def opaque(colour: Colour, device: torch.device) -> Tensor:
    """(4, 1, 1) a colour with full coverage; the same tensor every time, so not to be changed."""
    return torch.tensor([*colour, 1.0], device=device)[:, None, None]


class Canvas:
    """One sheet of premultiplied colour and coverage, clear at first.

    Attributes:
        pixels: (4, H, W) red, green, blue and coverage.
        x: (W,) metres of the columns' centres, rising.
        y: (H, 1) metres of the rows' centres, falling.
        pitch: metres per pixel.
    """

    def __init__(
        self,
        *,
        left: float,
        top: float,
        pitch: float,
        width: int,
        height: int,
        device: torch.device | str = "cpu",
    ) -> None:
        self.left, self.top, self.pitch = float(left), float(top), float(pitch)
        self.pixels = torch.zeros(4, height, width, device=device)
        x = left + pitch * (torch.arange(width) + 0.5)
        y = (top - pitch * (torch.arange(height) + 0.5))[:, None]
        self.x, self.y = x.to(device), y.to(device)
        self._x, self._y = x.numpy(), y.numpy()
        self._size = height, width
        self._away = self.pixels.device.type != "cpu"

    def window(self, x0: float, x1: float, y0: float, y1: float) -> Window | None:
        """Rows and columns that hold a box in metres and a pixel around it; None outside."""
        height, width = self._size
        left, top, pitch = self.left, self.top, self.pitch
        first = max(0, floor((x0 - left) / pitch) - 1)
        last = min(width, ceil((x1 - left) / pitch) + 1)
        if first >= last:
            return None
        upper = max(0, floor((top - y1) / pitch) - 1)
        lower = min(height, ceil((top - y0) / pitch) + 1)
        if upper >= lower:
            return None
        return slice(upper, lower), slice(first, last)

    def lay(self, window: Window, coverage: Tensor, colour: Colour | Tensor) -> None:
        """Lay ``colour``, a single one or (3, h, w), over a window by its (h, w) coverage."""
        rows, columns = window
        target = self.pixels[:, rows, columns]
        if isinstance(colour, Tensor):
            paint = torch.cat([colour, torch.ones_like(colour[:1])])
        else:
            paint = opaque(colour, target.device)
        target.lerp_(paint, coverage)

    def _lay(
        self, window: Window, coverage: np.ndarray, colour: Colour | Tensor, opacity: float
    ) -> None:
        """Lay a colour over a window by its coverage, which is in 0..1."""
        if opacity != 1.0:
            coverage = coverage * float(opacity)
        inside = torch.from_numpy(coverage)
        self.lay(window, inside.to(self.pixels.device) if self._away else inside, colour)

    def shaded(self, window: Window, top: Colour, foot: Colour, y0: float, y1: float) -> Tensor:
        """(3, h, 1) gradient from ``foot`` at height ``y0`` to ``top`` at ``y1``."""
        share = (self._y[window[0]] - float(y0)) / float(y1 - y0)
        share = np.minimum(np.maximum(share, 0.0), 1.0)[None]
        upper, lower = (np.array(one, dtype=np.float32)[:, None, None] for one in (top, foot))
        return torch.from_numpy(lower + (upper - lower) * share).to(self.pixels.device)

    def everything(self) -> Window:
        """The window of the whole sheet."""
        return slice(0, self.pixels.shape[1]), slice(0, self.pixels.shape[2])

    def wash(self, stops: Sequence[tuple[float, Colour]]) -> None:
        """Cover the sheet with a vertical gradient through (height, colour), heights rising."""
        colour = self.shaded(self.everything(), stops[1][1], stops[0][1], stops[0][0], stops[1][0])
        for (low, _), (high, paint) in pairwise(stops[1:]):
            share = ((self.y - low) / (high - low)).clamp(0.0, 1.0)[None]
            colour = colour.lerp(torch.tensor(paint, device=share.device)[:, None, None], share)
        self.pixels[:3] = colour
        self.pixels[3] = 1.0

    def ridge(
        self,
        base: float,
        waves: Sequence[tuple[float, float, float]],
        colour: Colour,
        foot: Colour | None = None,
        *,
        fade: float = 0.8,
    ) -> None:
        """Fill all below a wavy line.

        Args:
            base: mean height of the line in metres.
            waves: (amplitude, wavelength, phase) of the sines added to it.
            colour: at the line.
            foot: at ``fade`` metres below the line's mean; by default the same.
            fade: metres over which the colour turns into ``foot``.
        """
        line = torch.full_like(self.x, base)
        for amplitude, wavelength, phase in waves:
            line = line + amplitude * torch.sin(self.x * (6.2832 / wavelength) + phase)
        reach = sum(abs(amplitude) for amplitude, _, _ in waves)
        window = self.window(-1e3, 1e3, -1e3, base + reach)
        if window is None:
            return
        coverage = ((line - self.y[window[0]]) / self.pitch + 0.5).clamp(0.0, 1.0)
        paint: Colour | Tensor = colour
        if foot is not None:
            paint = self.shaded(window, colour, foot, base - fade, base)
        self.lay(window, coverage, paint)

    def rect(
        self,
        x0: float,
        x1: float,
        y0: float,
        y1: float,
        colour: Colour,
        foot: Colour | None = None,
        *,
        opacity: float = 1.0,
    ) -> None:
        """Fill an upright rectangle, by a gradient down to ``foot`` if that is given."""
        window = self.window(x0, x1, y0, y1)
        if window is None:
            return
        across = self._between(self._x[window[1]], float(x0), float(x1))
        along = self._between(self._y[window[0]], float(y0), float(y1))
        paint = colour if foot is None else self.shaded(window, colour, foot, y0, y1)
        self._lay(window, across * along, paint, opacity)

    def _between(self, places: np.ndarray, low: float, high: float) -> np.ndarray:
        """Share of each pixel that lies between two edges."""
        return _share(np.minimum(places - low, high - places) / self.pitch + 0.5)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        *,
        opacity: float = 1.0,
        above: float | None = None,
        foot: Colour | None = None,
    ) -> None:
        """Fill an ellipse, or its part above a height."""
        window = self.window(x - rx, x + rx, y - ry if above is None else above, y + ry)
        if window is None:
            return
        dx, dy = self._from(window, x, y, rx, ry)
        distance = (np.sqrt(dx * dx + dy * dy) - 1.0) * float(min(rx, ry))
        if above is not None:
            distance = np.maximum(distance, float(above) - self._y[window[0]])
        paint = colour if foot is None else self.shaded(window, colour, foot, y - ry, y + ry)
        self._lay(window, _share(0.5 - distance / self.pitch), paint, opacity)

    def _from(
        self, window: Window, x: float, y: float, rx: float, ry: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """(w,) and (h, 1) of a window, counted from a place in radii."""
        across = (self._x[window[1]] - float(x)) / float(rx)
        return across, (self._y[window[0]] - float(y)) / float(ry)

    def disc(
        self, x: float, y: float, radius: float, colour: Colour, *, opacity: float = 1.0
    ) -> None:
        """Fill a circle."""
        self.ellipse(x, y, radius, radius, colour, opacity=opacity)

    def glow(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, opacity: float
    ) -> None:
        """Lay a light that fades from its middle to nothing at its rim."""
        window = self.window(x - rx, x + rx, y - ry, y + ry)
        if window is None or opacity <= 0.0:
            return
        dx, dy = self._from(window, x, y, rx, ry)
        rest = np.maximum(1.0 - dx * dx - dy * dy, 0.0)
        self._lay(window, rest * rest, colour, opacity)

    def polygon(
        self,
        points: Sequence[Point],
        colour: Colour,
        foot: Colour | None = None,
        *,
        opacity: float = 1.0,
        softness: float = 0.0,
    ) -> None:
        """Fill a convex polygon whose corners run clockwise as seen; ``softness`` in metres."""
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        window = self.window(min(xs), max(xs), min(ys), max(ys))
        if window is None:
            return
        x, y = self._x[window[1]], self._y[window[0]]
        inside = np.full((len(y), len(x)), np.inf, dtype=np.float32)
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
            length = max(hypot(bx - ax, by - ay), 1e-9)
            right, up = float((by - ay) / length), float((bx - ax) / length)
            side = (x - float(ax)) * right - (y - float(ay)) * up
            inside = np.minimum(inside, side)
        paint = colour if foot is None else self.shaded(window, colour, foot, min(ys), max(ys))
        coverage = _share(inside / float(self.pitch + softness) + 0.5)
        self._lay(window, coverage, paint, opacity)


def _share(coverage: np.ndarray) -> np.ndarray:
    """``coverage`` within 0..1, in its own memory."""
    np.maximum(coverage, 0.0, out=coverage)
    return np.minimum(coverage, 1.0, out=coverage)
