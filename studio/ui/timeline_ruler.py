"""The ruler: timecode, markers, the marked part, and the stripe that shows each shot's state."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPolygon

from studio.document.film import Marker, Timeline
from studio.document.timebase import nominal, to_timecode
from studio.ui import theme
from studio.ui.timeline_geometry import (
    HEADER_PX,
    PLAYHEAD_TOP_PX,
    RULER_PX,
    STRIPE_PX,
    TOP_PX,
    Geometry,
)
from studio.ui.timeline_lanes import Colours, Sights, argb
from studio.ui.timeline_rows import Canvas, image, lay_lines, spread

_LABEL_PX = 104
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 36000, 86400)


def tick_steps(zoom: float, rate: Fraction) -> tuple[int, int]:
    """Frames between labels, and between ticks, so that labels stand well apart."""
    base = nominal(rate)
    frames = [1, 2, 5, 10, base // 2, *(base * s for s in _SECONDS)]
    major = next((step for step in frames if step and step * zoom >= _LABEL_PX), frames[-1])
    for parts in (10, 5, 4, 3, 2):
        if major % parts == 0 and major // parts * zoom >= 7:
            return major, major // parts
    return major, major


def paint_ruler(
    painter: QPainter, canvas: Canvas, geometry: Geometry, timeline: Timeline, rate: Fraction
) -> None:
    """Draw the ruler with its timecode, the marked part and the markers.

    ``painter`` paints on ``canvas``, where ticks are laid down as lanes are.
    """
    painter.fillRect(0, 0, geometry.width, TOP_PX, QColor(theme.PANEL))
    painter.fillRect(HEADER_PX, RULER_PX, geometry.width, STRIPE_PX + 1, QColor(theme.WELL))
    painter.fillRect(0, TOP_PX - 1, geometry.width, 1, QColor(theme.WELL))
    painter.save()
    painter.setClipRect(HEADER_PX, 0, geometry.width - HEADER_PX, TOP_PX)
    _paint_range(painter, geometry, timeline)
    _paint_ticks(painter, canvas, geometry, rate)
    for marker in timeline.markers:
        _paint_marker(painter, geometry, marker)
    painter.restore()


def paint_stripe(painter: QPainter, geometry: Geometry, sights: Sights) -> None:
    """Draw the state of the topmost shot over every frame, by colour and by shape."""
    width = geometry.width - HEADER_PX
    if width <= 0:
        return
    pixels: Colours = np.full(width, _WELL, np.uint32)
    colours = sights.whole.stripe[sights.at]
    # From the lowest track to the topmost, so that what is seen in the cut is written last.
    told = np.flatnonzero((colours != 0) & sights.whole.pictures[sights.track])
    left = sights.left[told]
    right = np.maximum(sights.right[told] - 1, left + 1)
    spread(pixels, left, right, colours[told])
    shaped = np.where(_LIT[:, np.searchsorted(_STATES, pixels)], pixels, _WELL)
    painter.drawImage(QRect(HEADER_PX, RULER_PX + 1, width, STRIPE_PX - 1), image(shaped))


def _paint_ticks(painter: QPainter, canvas: Canvas, geometry: Geometry, rate: Fraction) -> None:
    major, minor = tick_steps(geometry.zoom, rate)
    first = geometry.first_frame // major * major
    end = geometry.end_frame + major
    painter.setFont(theme.font(theme.FONT_TINY_PX, tabular=True))
    painter.setPen(QColor(theme.TEXT_DIM))
    metrics, edge = painter.fontMetrics(), geometry.width
    for frame in range(first, end, major):
        x, label = geometry.x(frame), to_timecode(frame, rate)
        # Most are far from the edge, and to measure one takes as long as to draw it.
        if x + _LABEL_PX <= edge or x + 5 + metrics.horizontalAdvance(label) <= edge:
            painter.drawText(x + 5, PLAYHEAD_TOP_PX, label)
    for step, top, tint in ((minor, RULER_PX - 4, _TICK), (major, RULER_PX - 11, _LINE)):
        columns = np.rint(np.arange(first, end, step) * geometry.zoom).astype(np.int64)
        lay_lines(canvas, columns - geometry.scroll_x, (top, RULER_PX), tint)


def _paint_range(painter: QPainter, geometry: Geometry, timeline: Timeline) -> None:
    if timeline.in_frame is None and timeline.out_frame is None:
        return
    left = geometry.x(timeline.in_frame or 0)
    right = geometry.width if timeline.out_frame is None else geometry.x(timeline.out_frame)
    painter.fillRect(left, 0, right - left, RULER_PX, theme.colour(theme.ACCENT, 30))
    painter.fillRect(left, 0, right - left, 2, theme.colour(theme.ACCENT, 190))
    for x, there in ((left, timeline.in_frame), (right - 2, timeline.out_frame)):
        if there is not None:
            painter.fillRect(x, 0, 2, RULER_PX, QColor(theme.ACCENT))


def _paint_marker(painter: QPainter, geometry: Geometry, marker: Marker) -> None:
    x = geometry.x(marker.frame)
    if not HEADER_PX - 10 <= x <= geometry.width + 10:
        return
    top = RULER_PX - 10
    shape = QPolygon(
        [
            QPoint(x - 4, top),
            QPoint(x + 4, top),
            QPoint(x + 4, top + 5),
            QPoint(x, top + 10),
            QPoint(x - 4, top + 5),
        ]
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.WELL))
    painter.setBrush(theme.marker_colour(marker.colour).lighter(135))
    painter.drawPolygon(shape)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)


_WELL = argb(QColor(theme.WELL))
_TICK, _LINE = argb(QColor(theme.LINE_STRONG)), argb(QColor(theme.TEXT_FAINT))
_BY_COLOUR = sorted(
    {
        _WELL: "",
        **{
            argb(QColor(theme.STATE_COLOURS[at])): shape for at, shape in theme.STATE_SHAPES.items()
        },
    }.items()
)
_STATES: Colours = np.array([colour for colour, _shape in _BY_COLOUR], np.uint32)
_LIT = np.array([[row == "#" for row in shape.ljust(STRIPE_PX - 1)] for _, shape in _BY_COLOUR]).T
