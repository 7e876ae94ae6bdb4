"""What lies over the painted timeline and changes with the pointer: hover, hints, playhead."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon, QRegion

from studio.document.film import Clip, Timeline
from studio.document.shift import Edge
from studio.document.timeline_access import find_clip
from studio.ui import theme
from studio.ui.timeline_geometry import (
    HEADER_PX,
    PLAYHEAD_TOP_PX,
    RULER_PX,
    TOP_PX,
    ClipHit,
    ClipPart,
    Geometry,
    HeaderHit,
    Hit,
    Lane,
    SubtitleHit,
)
from studio.ui.timeline_keys import paint_held_key

PLAYHEAD_REACH_PX = 8
_BRACKET_PX = 4
_BRACKET_LONG_PX = 10


@dataclass(frozen=True)
class DropPreview:
    """Where something that is dragged over the timeline would lie.

    Attributes:
        spans: lanes with the first frame and the length of what comes there.
        inserts: what follows moves later.
    """

    spans: tuple[tuple[Lane, int, int], ...]
    inserts: bool
    frame: int


@dataclass(kw_only=True)
class Overlay:
    """What is to be drawn over the canvas just now.

    Attributes:
        hover: what is under the pointer, where that looks otherwise for it.
    """

    playhead: int = 0
    pointer: QPoint = field(default_factory=QPoint)
    hover: ClipHit | None = None
    razor: int | None = None
    snap: int | None = None
    hint: str = ""
    refused: bool = False
    lattice: tuple[int, ...] = ()
    lattice_lane: Lane | None = None
    marquee: QRect | None = None
    drop: DropPreview | None = None


def paint_overlay(
    painter: QPainter,
    geometry: Geometry,
    timeline: Timeline,
    overlay: Overlay,
    edge: tuple[str, Edge] | None = None,
) -> None:
    """Draw everything in ``overlay``; the playhead over all but the hint.

    ``edge`` is the end of a clip that is in hand.
    """
    painter.save()
    painter.setClipRect(HEADER_PX, 0, geometry.width - HEADER_PX, geometry.height)
    _paint_hover(painter, geometry, overlay.hover)
    _paint_edge(painter, geometry, timeline, edge)
    _paint_lattice(painter, geometry, overlay)
    _paint_drop(painter, geometry, overlay.drop)
    if overlay.marquee is not None:
        painter.fillRect(overlay.marquee, theme.colour(theme.ACCENT, 26))
        painter.setPen(theme.colour(theme.ACCENT, 190))
        painter.drawRect(overlay.marquee)
    if overlay.razor is not None:
        _paint_line(painter, geometry, overlay.razor, theme.BAD)
    if overlay.snap is not None:
        _paint_line(painter, geometry, overlay.snap, theme.TEXT)
    _paint_playhead(painter, geometry, overlay.playhead)
    _paint_markers(painter, geometry, timeline)
    painter.restore()
    if overlay.hint:
        _paint_hint(painter, geometry, overlay)


def playhead_area(geometry: Geometry, frame: int) -> QRect:
    """What must be drawn again where the playhead stood or stands."""
    x = geometry.x(frame)
    return QRect(x - PLAYHEAD_REACH_PX, 0, 2 * PLAYHEAD_REACH_PX + 1, geometry.height)


def hover_area(geometry: Geometry, overlay: Overlay) -> QRegion:
    """What must be drawn again where a clip or the razor's line was under the pointer, or is."""
    found = QRegion()
    if overlay.hover is not None:
        found += geometry.clip_rect(overlay.hover.lane, overlay.hover.clip)
    if overlay.razor is not None:
        found += QRect(geometry.x(overlay.razor), TOP_PX, 1, geometry.height)
    return found


def _paint_playhead(painter: QPainter, geometry: Geometry, frame: int) -> None:
    x = geometry.x(frame)
    if not HEADER_PX - 8 <= x <= geometry.width + 8:
        return
    painter.fillRect(x, RULER_PX - 8, 1, geometry.height, QColor(theme.ACCENT))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.ACCENT))
    top = PLAYHEAD_TOP_PX
    painter.drawPolygon(
        QPolygon(
            [
                QPoint(x - 5, top),
                QPoint(x + 6, top),
                QPoint(x + 6, top + 8),
                QPoint(x + 1, top + 14),
                QPoint(x, top + 14),
                QPoint(x - 5, top + 8),
            ]
        )
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_markers(painter: QPainter, geometry: Geometry, timeline: Timeline) -> None:
    """Draw the markers' lines over the lanes."""
    for marker in timeline.markers:
        x = geometry.x(marker.frame)
        if HEADER_PX <= x < geometry.width:
            tint = QColor(theme.marker_colour(marker.colour))
            tint.setAlpha(120)
            painter.fillRect(x, TOP_PX, 1, geometry.height, tint)


def _paint_hover(painter: QPainter, geometry: Geometry, hover: ClipHit | None) -> None:
    if hover is None:
        return
    rect = geometry.clip_rect(hover.lane, hover.clip).adjusted(0, 0, -1, 0)
    painter.save()
    painter.setClipRect(
        HEADER_PX, TOP_PX, geometry.width, geometry.height, Qt.ClipOperation.IntersectClip
    )
    painter.setPen(theme.colour(theme.TEXT, 70))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))
    if hover.part in {"head", "tail"}:
        left = rect.left() if hover.part == "head" else rect.right() - 2
        painter.fillRect(left, rect.top(), 3, rect.height(), QColor(theme.ACCENT))
    if hover.key is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_held_key(painter, geometry, hover.clip, rect, hover.key)
    elif rect.width() >= 48 and rect.height() >= 32:
        _paint_fade_handles(painter, geometry, rect, hover.clip, hover.part)
    painter.restore()


def _paint_edge(
    painter: QPainter, geometry: Geometry, timeline: Timeline, edge: tuple[str, Edge] | None
) -> None:
    """Draw a bracket around the end in hand, which typed frames move."""
    place = None if edge is None else find_clip(timeline, edge[0])
    if edge is None or place is None:
        return
    rect = geometry.clip_rect(geometry.lane_of(place.track), place.clip)
    x = rect.left() if edge[1] == "head" else rect.right() + 1 - _BRACKET_PX
    long = min(_BRACKET_LONG_PX, rect.width())
    reach = rect.left() if edge[1] == "head" else rect.right() + 1 - long
    painter.save()
    painter.setClipRect(
        HEADER_PX, TOP_PX, geometry.width, geometry.height, Qt.ClipOperation.IntersectClip
    )
    for side in (
        QRect(x, rect.top(), _BRACKET_PX, rect.height()),
        QRect(reach, rect.top(), long, _BRACKET_PX),
        QRect(reach, rect.bottom() + 1 - _BRACKET_PX, long, _BRACKET_PX),
    ):
        painter.fillRect(side, QColor(theme.TEXT))
    painter.restore()


def _paint_fade_handles(
    painter: QPainter, geometry: Geometry, rect: QRect, clip: Clip, held: ClipPart
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    parts: tuple[ClipPart, ...] = ("fade_in", "fade_out")
    for part in parts:
        dot = geometry.fade_handle(rect, clip, part)
        painter.setPen(QColor(theme.WELL))
        painter.setBrush(QColor(theme.ACCENT if held == part else theme.TEXT))
        painter.drawEllipse(dot.adjusted(2, 2, -3, -3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _paint_lattice(painter: QPainter, geometry: Geometry, overlay: Overlay) -> None:
    """Draw ticks where a generated shot would end without handles."""
    lane = overlay.lattice_lane
    if lane is None:
        return
    bottom = geometry.y(lane) + lane.height
    for frame in overlay.lattice:
        painter.fillRect(geometry.x(frame) - 1, bottom - 8, 2, 8, QColor(theme.ACCENT))


def _paint_drop(painter: QPainter, geometry: Geometry, drop: DropPreview | None) -> None:
    if drop is None:
        return
    for lane, start, length in drop.spans:
        left = geometry.x(start)
        area = QRect(left, geometry.y(lane), geometry.x(start + length) - left, lane.height)
        painter.fillRect(area, theme.colour(theme.ACCENT, 60))
        painter.setPen(QPen(QColor(theme.ACCENT), 1, Qt.PenStyle.DashLine))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
    _paint_line(painter, geometry, drop.frame, theme.ACCENT)
    if drop.inserts:
        x, middle = geometry.x(drop.frame), TOP_PX + 10
        arrow = [QPoint(x, middle - 6), QPoint(x + 9, middle), QPoint(x, middle + 6)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawPolygon(QPolygon(arrow))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _paint_line(painter: QPainter, geometry: Geometry, frame: int, tint: str) -> None:
    painter.fillRect(geometry.x(frame), TOP_PX, 1, geometry.height, QColor(tint))


def _paint_hint(painter: QPainter, geometry: Geometry, overlay: Overlay) -> None:
    """Say what the hand is doing, beside the pointer and inside the view."""
    painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500, tabular=True))
    words = painter.fontMetrics().size(0, overlay.hint)
    box = QRect(0, 0, words.width() + 16, words.height() + 8)
    box.moveTopLeft(overlay.pointer + QPoint(14, 16))
    box.moveRight(min(box.right(), geometry.width - 6))
    box.moveBottom(min(box.bottom(), geometry.height - 6))
    box.moveLeft(max(box.left(), 6))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.BAD if overlay.refused else theme.LINE_STRONG))
    painter.setBrush(theme.colour(theme.RAISED, 244))
    painter.drawRoundedRect(box, 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, overlay.hint)


_PART_CURSORS: dict[ClipPart, Qt.CursorShape] = {
    "gain": Qt.CursorShape.SizeVerCursor,
    "fade_in": Qt.CursorShape.PointingHandCursor,
    "fade_out": Qt.CursorShape.PointingHandCursor,
}


def cursor_for(hit: Hit, tool: str) -> Qt.CursorShape:  # noqa: PLR0911 (a case a line)
    """The pointer's shape over a part of the timeline."""
    if isinstance(hit, HeaderHit) and hit.part == "height":
        return Qt.CursorShape.SplitVCursor
    if isinstance(hit, SubtitleHit) and hit.part != "body":
        return Qt.CursorShape.SizeHorCursor
    if not isinstance(hit, ClipHit):
        return Qt.CursorShape.ArrowCursor
    if tool == "razor":
        return Qt.CursorShape.CrossCursor
    if hit.part in _PART_CURSORS:
        return _PART_CURSORS[hit.part]
    if hit.part != "body" or tool in {"slip", "slide"}:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.ArrowCursor
