"""The painter of the timeline's lanes and clips, from merged blocks to filmstrips and waveforms.

Every lane is first laid down as one row of pixels (``timeline_lanes``). Clips wide enough to be
read are then dressed one by one, and what is fresh to be drawn in one paint is limited: tiles that
found no time are drawn in the next.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLine, QPoint, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPolygon

from studio.document.film import Clip, Timeline, Track
from studio.ui import icons, theme
from studio.ui.timeline_geometry import HEADER_PX, NAME_PX, TOP_PX, Geometry, Lane
from studio.ui.timeline_lanes import (
    LANE_FILL,
    LaneArrays,
    LaneStore,
    Sight,
    image,
    in_sight,
    positions_in_sight,
    row,
)
from studio.ui.timeline_sources import SourceLook, SourceLooks
from studio.ui.timeline_strips import Strips

DRESSED_FROM_PX = 26
NAMED_FROM_PX = 34
_STATE_WORDS = {
    "draft": "draft",
    "queued": "queued",
    "running": "rendering",
    "preview": "preview",
    "full": "full",
    "stale": "stale",
    "failed": "failed",
    "locked": "locked",
}


@dataclass
class Scene:
    """Everything that one paint of the lanes needs."""

    geometry: Geometry
    timeline: Timeline
    looks: SourceLooks
    selection: AbstractSet[str] = frozenset()
    dragged: AbstractSet[str] = field(default_factory=frozenset)


class TimelinePainter:
    """Draws lanes and clips; keeps nothing but caches."""

    def __init__(self, lanes: LaneStore, strips: Strips) -> None:
        self._lanes = lanes
        self._strips = strips
        self._elided: dict[tuple[str, int], str] = {}
        self._name_font = theme.font(theme.FONT_SMALL_PX, weight=500)
        self._tiny_font = theme.font(theme.FONT_TINY_PX)

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Draw every lane in sight."""
        geometry = scene.geometry
        painter.save()
        painter.setClipRect(HEADER_PX, TOP_PX, geometry.width - HEADER_PX, geometry.height - TOP_PX)
        painter.fillRect(0, TOP_PX, geometry.width, geometry.height, QColor(theme.WELL))
        for lane in geometry.lanes_in_sight():
            self._paint_lane(painter, scene, lane)
        self._paint_range(painter, scene)
        painter.restore()

    def _paint_lane(self, painter: QPainter, scene: Scene, lane: Lane) -> None:
        geometry, track = scene.geometry, scene.timeline.tracks[lane.number]
        arrays = self._lanes.arrays(track, scene.looks)
        sight = in_sight(arrays, geometry)
        chosen = positions_in_sight(track, sight, scene.selection)
        top, width = geometry.y(lane), geometry.width - HEADER_PX
        if width <= 0:
            return
        ground = LANE_FILL[lane.kind]
        accents = np.array(chosen, np.int64)
        slim = accents[(sight.right - sight.left)[accents] < DRESSED_FROM_PX]
        body = image(row(sight, arrays.body, ground, width, slim))
        painter.drawImage(QRect(HEADER_PX, top, width, lane.height), body)
        if lane.height > 2 * NAME_PX:
            strip = image(row(sight, arrays.top, ground, width, slim))
            painter.drawImage(QRect(HEADER_PX, top, width, NAME_PX), strip)
        self._dress(painter, scene, lane, arrays, sight)
        self._outline(painter, scene, lane, track, sight, chosen)
        self._veil(painter, QRect(HEADER_PX, top, width, lane.height), track)

    def _dress(
        self, painter: QPainter, scene: Scene, lane: Lane, arrays: LaneArrays, sight: Sight
    ) -> None:
        """Draw pictures, sound, names and fades on the clips that are wide enough."""
        wide = np.flatnonzero(sight.right - sight.left >= DRESSED_FROM_PX)
        for at in wide.tolist():
            clip = arrays.clips[sight.first + at]
            rect = scene.geometry.clip_rect(lane, clip)
            self._paint_clip(painter, scene, lane, clip, rect)

    def _paint_clip(
        self, painter: QPainter, scene: Scene, lane: Lane, clip: Clip, rect: QRect
    ) -> None:
        look = scene.looks.look(clip)
        named = lane.height > 2 * NAME_PX
        inner = rect.adjusted(0, NAME_PX if named else 0, -1, 0)
        if clip.enabled and look.content is not None:
            if lane.kind == "video":
                self._strips.paint_pictures(painter, scene.geometry, clip, look, inner)
            else:
                self._strips.paint_sound(painter, scene.geometry, clip, look, inner)
        elif look.content is None and lane.kind == "video":
            self._paint_draft(painter, look, inner)
        if clip.fade_in or clip.fade_out:
            _paint_fades(painter, scene.geometry, clip, inner)
        if rect.width() >= NAMED_FROM_PX:
            self._paint_name(painter, lane, clip, look, rect)
        _round_corners(painter, rect, LANE_FILL[lane.kind])

    def _paint_draft(self, painter: QPainter, look: SourceLook, inner: QRect) -> None:
        """A shot that has nothing to show yet: hatched, with the words it will be made of."""
        tint = theme.BAD if look.missing else theme.TEXT_FAINT
        painter.fillRect(inner, QBrush(theme.colour(tint, 36), Qt.BrushStyle.BDiagPattern))
        seen = inner.intersected(painter.clipBoundingRect().toRect())
        if seen.width() > 70 and inner.height() >= 24 and look.note:
            painter.setFont(self._tiny_font)
            painter.setPen(QColor(theme.TEXT_DIM))
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
            painter.drawText(inner.adjusted(6, 4, -6, -3), flags, look.note)

    def _paint_name(
        self, painter: QPainter, lane: Lane, clip: Clip, look: SourceLook, rect: QRect
    ) -> None:
        left = max(rect.left() + 5, HEADER_PX + 5)
        right = rect.right() - 5
        if look.state is not None and lane.kind == "video":
            right = self._paint_state(painter, look, left, right, rect.top())
        if clip.link_id is not None and right - left > 60:
            icons.draw(painter, "link", QRect(left - 1, rect.top() + 3, 11, 11), theme.TEXT_DIM)
            left += 13
        if clip.gain_db and right - left > 90:
            right = self._paint_note(painter, f"{clip.gain_db:+.1f} dB", right, rect.top())
        if right - left < 26:
            return
        painter.setFont(self._name_font)
        painter.setPen(QColor(theme.TEXT if clip.enabled else theme.TEXT_DIM))
        text = self._elide(painter, clip.label or look.name, right - left)
        painter.drawText(left, rect.top() + 12, text)

    def _paint_state(
        self, painter: QPainter, look: SourceLook, left: int, right: int, top: int
    ) -> int:
        """Draw a shot's state at the right of the name strip; returns where the name must end."""
        if look.state is None:
            return right
        tint = theme.STATE_COLOURS[look.state]
        if right - left > 110:
            right = self._paint_note(painter, _STATE_WORDS[look.state], right, top)
        painter.fillRect(right - 5, top + 6, 5, 5, QColor(tint))
        return right - 11

    def _paint_note(self, painter: QPainter, text: str, right: int, top: int) -> int:
        painter.setFont(self._tiny_font)
        painter.setPen(QColor(theme.TEXT_SOFT))
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(right - width, top + 12, text)
        return right - width - 5

    def _elide(self, painter: QPainter, text: str, width: int) -> str:
        key = (text, width >> 2)
        known = self._elided.get(key)
        if known is None:
            if len(self._elided) > 4000:
                self._elided.clear()
            metrics = painter.fontMetrics()
            known = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width & ~3)
            self._elided[key] = known
        return known

    def _outline(
        self,
        painter: QPainter,
        scene: Scene,
        lane: Lane,
        track: Track,
        sight: Sight,
        chosen: list[int],
    ) -> None:
        """Draw the selection around the clips wide enough to have an inside."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for at in chosen:
            if sight.right[at] - sight.left[at] < DRESSED_FROM_PX:
                continue
            clip = track.clips[sight.first + at]
            rect = scene.geometry.clip_rect(lane, clip).adjusted(0, 0, -1, 0)
            painter.fillRect(rect, theme.colour(theme.ACCENT, 18))
            painter.setPen(QColor(theme.ACCENT))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    @staticmethod
    def _veil(painter: QPainter, area: QRect, track: Track) -> None:
        """Dim a track that is not seen or heard, and hatch one that is locked."""
        if track.muted:
            painter.fillRect(area, theme.colour(theme.WELL, 140))
        if track.locked:
            painter.fillRect(area, theme.colour(theme.WELL, 60))
            hatch = QBrush(theme.colour(theme.TEXT, 22), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(area, hatch)

    @staticmethod
    def _paint_range(painter: QPainter, scene: Scene) -> None:
        """Darken what lies outside the marked part."""
        timeline, geometry = scene.timeline, scene.geometry
        veil = theme.colour(theme.WELL, 110)
        if timeline.in_frame is not None:
            width = geometry.x(timeline.in_frame) - HEADER_PX
            painter.fillRect(HEADER_PX, TOP_PX, width, geometry.height, veil)
        if timeline.out_frame is not None:
            left = geometry.x(timeline.out_frame)
            painter.fillRect(left, TOP_PX, geometry.width - left, geometry.height, veil)


def _paint_fades(painter: QPainter, geometry: Geometry, clip: Clip, inner: QRect) -> None:
    """Draw fades as the dark wedges that they take out of picture and sound."""
    bottom, top = inner.bottom() + 1, inner.top()
    wedges: list[tuple[QPolygon, QLine]] = []
    if clip.fade_in:
        edge = geometry.x(clip.start + clip.fade_in)
        points = [QPoint(inner.left(), top), QPoint(edge, top), QPoint(inner.left(), bottom)]
        wedges.append((QPolygon(points), QLine(points[1], points[2])))
    if clip.fade_out:
        edge = geometry.x(clip.end - clip.fade_out)
        right = inner.right() + 1
        points = [QPoint(right, top), QPoint(edge, top), QPoint(right, bottom)]
        wedges.append((QPolygon(points), QLine(points[1], points[2])))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for wedge, line in wedges:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.WELL, 165))
        painter.drawPolygon(wedge)
        painter.setPen(theme.colour(theme.TEXT, 150))
        painter.drawLine(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _round_corners(painter: QPainter, rect: QRect, ground: str) -> None:
    """Take the outermost pixel off each corner, which reads as rounded and costs nothing."""
    painter.setPen(QColor(ground))
    right = rect.right() - 1
    painter.drawPoints(
        QPolygon(
            [
                QPoint(rect.left(), rect.top()),
                QPoint(right, rect.top()),
                QPoint(rect.left(), rect.bottom()),
                QPoint(right, rect.bottom()),
            ]
        )
    )
