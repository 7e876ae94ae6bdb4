"""Whole tracks as rows of pixels, laid down on the canvas without a painter.

A row holds one colour a pixel column. All rows are computed together by numpy and stretched to the
heights of their lanes, so that clips of a pixel or less merge into blocks.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from studio.ui import theme
from studio.ui.timeline_geometry import HEADER_PX, NAME_PX, TOP_PX, Geometry, Lane
from studio.ui.timeline_lanes import LANE_FILL, Colours, Ints, Sight, Sights, argb

DRESSED_FROM_PX = 26
_EDGE_FROM_PX = 6
# The rows of a lane: its body, its name strip, the outermost rows with their rounded corners, and
# the body where a line of the hatch goes that tells clips with nothing to show.
_BODY, _NAME, _CAP, _FOOT, _LINES = _ROWS = range(5)
_HATCH_PX = 8


class Canvas:
    """A picture whose pixels are an array as well, kept from paint to paint.

    Attributes:
        pixels: (H, W) of the device, as ``image`` holds them.
    """

    def __init__(self, size: QSize, ratio: float) -> None:
        self.size, self.ratio = size, ratio
        device = size * ratio
        self.image = QImage(device, QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        bits = np.frombuffer(self.image.bits(), np.uint32)
        self.pixels: NDArray[np.uint32] = bits.reshape(
            device.height(), self.image.bytesPerLine() // 4
        )[:, : device.width()]


def lay_lanes(
    canvas: Canvas, geometry: Geometry, sights: Sights, chosen: dict[int, list[int]]
) -> None:
    """Lay the lanes in sight on ``canvas``.

    Args:
        canvas: to be written on, right of the headers and below the ruler.
        geometry: where everything lies.
        sights: the clips.
        chosen: positions within the sight of the selected clips, by the number of their track.
    """
    lanes, width = geometry.lanes_in_sight(), geometry.width - HEADER_PX
    if width <= 0:
        return
    rows = _rows(lanes, sights, width, chosen)
    ratio, first = canvas.ratio, round(HEADER_PX * canvas.ratio)
    area = canvas.pixels[:, first:]
    if ratio != 1:
        columns = (np.arange(area.shape[1]) / ratio).astype(np.int64)
        rows = rows[:, :, np.minimum(columns, width - 1)]
    top = done = round(TOP_PX * ratio)
    for lane, own in zip(lanes, rows, strict=True):
        y = geometry.y(lane)
        names = y + NAME_PX if lane.height > 2 * NAME_PX else y
        begin, split, end = (round(at * ratio) for at in (y, names, y + lane.height))
        area[done : max(top, begin)] = _WELL
        area[max(top, begin) : max(top, split)] = own[_NAME]
        area[max(top, split) : end] = own[_BODY]
        if lane.kind == "video" and (own[_LINES] != own[_BODY]).any():
            _hatch(area, own[_LINES], max(top, split), end, ratio)
        if begin >= top:
            area[begin : begin + 1] = own[_CAP]
        if end > top:
            area[end - 1 : end] = own[_FOOT]
        done = max(top, end)
    area[done:] = _WELL


def lay_lines(canvas: Canvas, columns: Ints, rows: tuple[int, int], colour: int) -> None:
    """Lay lines a pixel wide on ``canvas`` from one row up to another, where clips would begin.

    ``columns`` are counted right of the headers; those outside of the view are passed over.
    """
    seen = columns[(columns >= 0) & (columns < canvas.size.width() - HEADER_PX)] + HEADER_PX
    edges = np.ceil(np.stack([seen, seen + 1]) * canvas.ratio).astype(np.int64)
    top, bottom = (round(row * canvas.ratio) for row in rows)
    canvas.pixels[top:bottom, _columns(edges[0], edges[1] - edges[0])] = colour


def spread(pixels: Colours, left: Ints, right: Ints, colours: Colours) -> None:
    """Give the pixels from ``left`` up to ``right`` the colour of each."""
    widths = right - left
    pixels[_columns(left, widths)] = np.repeat(colours, widths)


def round_off(canvas: Canvas, geometry: Geometry, lanes: list[Lane], sights: Sights) -> None:
    """Give the last row of ``lanes`` its rounded corners again, which pictures have covered."""
    ratio, width = canvas.ratio, geometry.width - HEADER_PX
    # By the number of a track: its last row and its ground; no row where it stays as it is.
    rows = np.full(len(sights.whole.lanes), -1, np.int64)
    grounds = np.zeros(len(rows), np.uint32)
    for lane in lanes:
        row = round((geometry.y(lane) + lane.height) * ratio) - 1
        if round(TOP_PX * ratio) <= row < len(canvas.pixels):
            rows[lane.number], grounds[lane.number] = row, _GROUNDS[lane.kind]
    wide = (sights.whole_right - sights.whole_left >= DRESSED_FROM_PX) & (rows[sights.track] >= 0)
    both = np.concatenate([sights.whole_left[wide], sights.whole_right[wide] - 2])
    inside = (both >= 0) & (both < width)
    track = np.tile(sights.track[wide], 2)[inside]
    begin = np.ceil(both[inside] * ratio).astype(np.int64)
    end = np.ceil((both[inside] + 1) * ratio).astype(np.int64)
    pixels = canvas.pixels[:, round(HEADER_PX * ratio) :]
    for step in range(math.ceil(ratio)):
        pixels[rows[track], np.minimum(begin + step, end - 1)] = grounds[track]


def image(pixels: Colours) -> QImage:
    """Rows of pixels (H, W) as an image; it keeps its own copy."""
    height, width = pixels.shape
    form = QImage.Format.Format_RGB32
    return QImage(pixels.tobytes(), width, height, 4 * width, form).copy()


def _rows(
    lanes: tuple[Lane, ...], sights: Sights, width: int, chosen: dict[int, list[int]]
) -> NDArray[np.uint32]:
    """The rows of every lane, (L, R, width)."""
    rows = np.empty((len(lanes), len(_ROWS), width), np.uint32)
    grounds = np.array([_GROUNDS[lane.kind] for lane in lanes], np.uint32)
    rows[:] = grounds[:, None, None]
    places = np.full(len(sights.whole.lanes) + 1, -1, np.int64)
    places[[lane.number for lane in lanes]] = np.arange(len(lanes))
    line = places[sights.track]
    if len(lanes) < len(sights.whole.lanes):
        seen = np.flatnonzero(line >= 0)
        line, at = line[seen], sights.at[seen]
        left, right = sights.left[seen], sights.right[seen]
        ends = sights.whole_left[seen], sights.whole_right[seen]
    else:
        at, left, right = sights.at, sights.left, sights.right
        ends = sights.whole_left, sights.whole_right
    body, top = sights.whole.body[at], sights.whole.top[at]
    flat, origin = rows.reshape(-1), line * (len(_ROWS) * width)
    widths = right - left
    columns = _columns(left + origin, widths)
    flat[columns] = np.repeat(body, widths)
    flat[columns + width] = np.repeat(top, widths)
    wide = ends[1] - ends[0] >= DRESSED_FROM_PX
    lined = np.where(wide, sights.whole.hatched[at], body)
    flat[columns + _LINES * width] = np.repeat(lined, widths)
    for number, positions in chosen.items():
        if places[number] >= 0:
            _accent(rows[places[number]], sights.of(number), positions)
    edged = widths >= _EDGE_FROM_PX
    edges = right[edged] - 1 + origin[edged]
    flat[edges] = flat[edges + width] = flat[edges + _LINES * width] = _EDGE
    low = np.array([lane.height <= 2 * NAME_PX for lane in lanes])
    rows[:, _CAP] = np.where(low[:, None], rows[:, _BODY], rows[:, _NAME])
    rows[:, _FOOT] = rows[:, _BODY]
    for corner in (ends[0][wide], ends[1][wide] - 2):
        inside = (corner >= 0) & (corner < width)
        at_corner = corner[inside] + origin[wide][inside]
        ground = grounds[line[wide][inside]]
        flat[at_corner + _CAP * width] = ground
        flat[at_corner + _FOOT * width] = ground
    return rows


def _hatch(area: NDArray[np.uint32], lines: Colours, begin: int, end: int, ratio: float) -> None:
    """Draw slanted lines from row ``begin`` up to ``end``."""
    period, thick = round(_HATCH_PX * ratio), max(1, round(ratio))
    for row in range(begin, min(end, begin + period)):
        for part in range(thick):
            first = (part - row) % period
            area[row:end:period, first::period] = lines[first::period]


def _accent(rows: NDArray[np.uint32], sight: Sight, positions: list[int]) -> None:
    """Draw the selected ones that are too narrow to be outlined in the accent."""
    at = np.array(positions, np.int64)
    slim = at[(sight.right - sight.left)[at] < DRESSED_FROM_PX]
    for row in (rows[_BODY], rows[_NAME]):
        spread(row, sight.left[slim], sight.right[slim], np.full(len(slim), _ACCENT, np.uint32))


def _columns(left: Ints, widths: Ints) -> Ints:
    """Every column from each of ``left`` on, as many as it is wide."""
    before = np.cumsum(widths) - widths
    return np.arange(int(widths.sum())) + np.repeat(left - before, widths)


_GROUNDS = {kind: argb(QColor(fill)) for kind, fill in LANE_FILL.items()}
_WELL = argb(QColor(theme.WELL))
_ACCENT = argb(theme.mixed(theme.ACCENT, theme.VIDEO_CLIP, 0.35))
_EDGE = argb(QColor(theme.CLIP_EDGE))
