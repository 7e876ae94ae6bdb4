"""The strip of subtitles along the lower edge of the timeline."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from studio.document.film import Subtitle, Timeline
from studio.ui import theme
from studio.ui.timeline_geometry import HEADER_PX, SUBTITLES_PX, Geometry
from studio.wording import tr

_NAMED_FROM_PX = 24


def strip_top(geometry: Geometry) -> int:
    """The row at which the strip begins."""
    return geometry.height - SUBTITLES_PX


def subtitle_at(geometry: Geometry, timeline: Timeline, x: int, y: int) -> Subtitle | None:
    """The line under a point, if the point is in the strip and on one."""
    if not timeline.subtitles or y < strip_top(geometry) or x < HEADER_PX:
        return None
    frame = geometry.frame(x)
    at = bisect_right(timeline.subtitles, frame, key=lambda line: line.start) - 1
    if at < 0 or frame >= timeline.subtitles[at].end:
        return None
    return timeline.subtitles[at]


def paint_subtitles(painter: QPainter, geometry: Geometry, timeline: Timeline) -> None:
    """Draw the lines that are in sight, each with its words."""
    lines = timeline.subtitles
    if not lines:
        return
    top, height = strip_top(geometry), SUBTITLES_PX
    painter.fillRect(0, top, geometry.width, height, QColor(theme.PANEL))
    painter.fillRect(0, top, geometry.width, 1, QColor(theme.WELL))
    painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500))
    painter.setPen(QColor(theme.TEXT_DIM))
    head = QRect(theme.WIDE, top, HEADER_PX - theme.WIDE, height)
    painter.drawText(head, theme.ALIGN_LEFT, tr("Subtitles"))
    painter.save()
    painter.setClipRect(HEADER_PX, top, geometry.width - HEADER_PX, height)
    painter.setFont(theme.font(theme.FONT_TINY_PX))
    first = max(0, bisect_right(lines, geometry.first_frame, key=lambda line: line.start) - 1)
    for line in lines[first:]:
        if line.start >= geometry.end_frame:
            break
        left, right = geometry.x(line.start), geometry.x(line.end)
        area = QRect(left, top + 3, max(2, right - left - 1), height - 5)
        painter.fillRect(area, theme.colour(theme.TEXT, 40))
        painter.fillRect(left, area.top(), 2, area.height(), QColor(theme.TEXT_SOFT))
        if area.width() >= _NAMED_FROM_PX:
            words = area.adjusted(6, 0, -3, 0)
            text = " ".join(line.text.split())
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, words.width()
            )
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(words, theme.ALIGN_LEFT, shown)
    painter.restore()
