"""What is drawn on clips beside pictures and sound: dissolves, gain lines, markers and badges."""

from __future__ import annotations

from PySide6.QtCore import QLine, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon

from studio.document.curves import SILENCE_DB
from studio.document.dissolves import dissolve_span
from studio.document.film import Clip
from studio.document.looks import FITTED, UNGRADED
from studio.ui import theme
from studio.ui.level_words import pan_words
from studio.ui.timeline_geometry import NAME_PX, Geometry, Lane
from studio.ui.timeline_keys import paint_keys
from studio.wording import tr

GAIN_FROM_PX = 40
_TOP_DB, _LOW_DB = 12.0, -48.0
_DISSOLVE_FROM_PX = 5
_POINT_PX = 5
# Of a gain as it is in the source, and of one that is worked on.
_LEVEL_TINTS = {False: theme.colour(theme.ACCENT, 80), True: theme.colour(theme.ACCENT, 190)}


def gain_area(rect: QRect) -> QRect:
    """Where the gain line of a clip runs that is drawn at ``rect``."""
    return rect.adjusted(0, NAME_PX + 3, 0, -4)


def gain_y(area: QRect, gain_db: float) -> int:
    """The row at which a gain is drawn; louder is higher."""
    share = (_TOP_DB - max(_LOW_DB, min(_TOP_DB, gain_db))) / (_TOP_DB - _LOW_DB)
    return area.top() + round(share * area.height())


def gain_at(area: QRect, y: int) -> float:
    """The decibels that a row stands for; the lowest is silence."""
    share = (y - area.top()) / max(1, area.height())
    gain_db = _TOP_DB - share * (_TOP_DB - _LOW_DB)
    return SILENCE_DB if gain_db <= _LOW_DB else min(_TOP_DB, gain_db)


def gain_points(geometry: Geometry, rect: QRect, clip: Clip) -> list[QPoint]:
    """Where the points of a clip's envelope are drawn; only those within the clip."""
    area = gain_area(rect)
    return [
        QPoint(geometry.x(clip.start + point.frame), gain_y(area, clip.gain_db + point.gain_db))
        for point in clip.gain_points
        if 0 <= point.frame <= clip.length
    ]


def dissolve_rect(geometry: Geometry, lane: Lane, incoming: Clip) -> QRect | None:
    """Where a clip's dissolve is drawn, if it has one."""
    span = dissolve_span(incoming)
    if span is None:
        return None
    left, right = geometry.x(span[0]), geometry.x(span[1])
    top = geometry.y(lane) + (NAME_PX if lane.height > 2 * NAME_PX else 0)
    bottom = geometry.y(lane) + lane.height
    return QRect(left, top, max(1, right - left), bottom - top)


def paint_dissolve(painter: QPainter, geometry: Geometry, lane: Lane, incoming: Clip) -> None:
    """Draw a clip's dissolve: the earlier one going, and it coming."""
    area, dissolve = dissolve_rect(geometry, lane, incoming), incoming.dissolve
    if area is None or dissolve is None or area.width() < _DISSOLVE_FROM_PX:
        return
    tint = theme.TEXT if incoming.enabled else theme.TEXT_DIM
    painter.fillRect(area, theme.colour(theme.WELL, 150))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bottom_left, bottom_right = area.bottomLeft(), area.bottomRight()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(tint, 38))
    if dissolve.kind == "cross":
        painter.drawPolygon(QPolygon([bottom_left, area.topRight(), bottom_right]))
        lines = [
            QLine(bottom_left, area.topRight()),
            QLine(area.topLeft(), bottom_right),
        ]
    else:
        cut = QPoint(geometry.x(incoming.start), area.bottom())
        painter.drawPolygon(QPolygon([area.topLeft(), cut, bottom_left]))
        painter.drawPolygon(QPolygon([area.topRight(), cut, bottom_right]))
        lines = [QLine(area.topLeft(), cut), QLine(cut, area.topRight())]
    painter.setPen(theme.colour(tint, 170))
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.colour(tint, 110))
    painter.drawRect(area.adjusted(0, 0, -1, -1))


class LevelLines:
    """The gains of clips without an envelope, as lines: those of a track are drawn in one go."""

    def __init__(self) -> None:
        self._lines: dict[bool, list[QLine]] = {False: [], True: []}

    def add(self, rect: QRect, gain_db: float) -> None:
        """The gain of a clip that is drawn at ``rect``."""
        row = gain_y(gain_area(rect), gain_db)
        self._lines[bool(gain_db)].append(QLine(rect.left(), row, rect.right(), row))

    def paint(self, painter: QPainter) -> None:
        """Draw what was added since the last time."""
        for worked, lines in self._lines.items():
            if lines:
                painter.setPen(_LEVEL_TINTS[worked])
                painter.drawLines(lines)
                lines.clear()


def paint_envelope(painter: QPainter, geometry: Geometry, clip: Clip, rect: QRect) -> None:
    """Draw a clip's gain as a line through the points of its envelope."""
    area = gain_area(rect)
    points = gain_points(geometry, rect, clip)
    tint = _LEVEL_TINTS[bool(points or clip.gain_db)]
    path = [
        QPoint(geometry.x(clip.start + one.frame), gain_y(area, clip.gain_db + one.gain_db))
        for one in clip.gain_points
    ]
    path = [QPoint(rect.left(), path[0].y()), *path, QPoint(rect.right(), path[-1].y())]
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tint, 1.2))
    painter.drawPolyline(QPolygon(path))
    painter.setPen(QColor(theme.WELL))
    painter.setBrush(QColor(theme.ACCENT))
    half = _POINT_PX // 2
    for point in points:
        painter.drawRect(point.x() - half, point.y() - half, _POINT_PX, _POINT_PX)
    painter.restore()


def paint_clip_marks(painter: QPainter, geometry: Geometry, clip: Clip, rect: QRect) -> None:
    """Draw the markers and keys of a clip, and the line that joins a group."""
    if clip.group_id is not None:
        pen = QPen(theme.colour(theme.TEXT, 150), 1, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawRect(rect.adjusted(1, 1, -3, -2))
    if not (clip.markers or clip.curves):
        return
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.WELL))
    for marker in clip.markers:
        if 0 <= marker.frame < clip.length:
            x, top = geometry.x(clip.start + marker.frame), rect.top() + NAME_PX + 1
            painter.setBrush(theme.marker_colour(marker.colour))
            painter.drawPolygon(
                QPolygon([QPoint(x - 4, top), QPoint(x + 4, top), QPoint(x, top + 9)])
            )
    paint_keys(painter, geometry, clip, rect)
    painter.restore()


def badges(clip: Clip) -> str:
    """What is changed about a clip, in a few letters: its speed, and whether it is worked on."""
    words: list[str] = []
    speed, pose, grade = clip.speed, clip.pose, clip.grade
    # Identity and whole numbers first: this is asked of every clip in sight at every paint.
    if not speed.numerator:
        words.append(tr("held"))
    elif clip.backwards or speed.denominator != 1 or speed.numerator != 1:
        words.append(f"{'◂' if clip.backwards else ''}{round(100 * speed)}%")
    posed = pose is not FITTED and pose != FITTED
    if clip.curves or posed or (grade is not UNGRADED and grade != UNGRADED):
        words.append("fx")
    if clip.gain_db:
        words.append(f"{clip.gain_db:+.1f} dB")
    if clip.pan:
        words.append(pan_words(clip.pan))
    return "  ".join(words)
