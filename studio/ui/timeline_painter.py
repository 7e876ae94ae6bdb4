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
from studio.ui.timeline_labels import Words
from studio.ui.timeline_lanes import (
    LANE_FILL,
    LaneArrays,
    LaneStore,
    Sight,
    corners,
    image,
    mixed_in_sight,
    positions_in_sight,
    row,
)
from studio.ui.timeline_marks import (
    GAIN_FROM_PX,
    badges,
    paint_clip_marks,
    paint_dissolve,
    paint_gain,
)
from studio.ui.timeline_sources import SourceLook, SourceLooks
from studio.ui.timeline_strips import Strips

DRESSED_FROM_PX = 26
NAMED_FROM_PX = 40
NAME_ROOM_PX = 30
_PROSE_PX = 320
_DRAFT_HATCH = QBrush(theme.colour(theme.TEXT_FAINT, 36), Qt.BrushStyle.BDiagPattern)
_LOST_HATCH = QBrush(theme.colour(theme.BAD, 36), Qt.BrushStyle.BDiagPattern)
_STATE_TINTS = {state: QColor(tint) for state, tint in theme.STATE_COLOURS.items()}
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
        self._words = Words()

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
        sight = self._lanes.sight(track, scene.looks, geometry)
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
        for at in mixed_in_sight(arrays, sight):
            paint_dissolve(painter, geometry, lane, track.clips[at])
        corner = corners(sight, ground, width, DRESSED_FROM_PX)
        painter.drawImage(HEADER_PX, top, corner)
        painter.drawImage(HEADER_PX, top + lane.height - 1, corner)
        self._outline(painter, scene, lane, track, sight, chosen)
        self._veil(painter, QRect(HEADER_PX, top, width, lane.height), track)

    def _dress(
        self, painter: QPainter, scene: Scene, lane: Lane, arrays: LaneArrays, sight: Sight
    ) -> None:
        """Draw pictures, sound, names and fades on the clips that are wide enough."""
        wide = np.flatnonzero(sight.right - sight.left >= DRESSED_FROM_PX)
        top, ratio = scene.geometry.y(lane), painter.device().devicePixelRatio()
        lefts, rights = sight.whole_left[wide].tolist(), sight.whole_right[wide].tolist()
        for at, left, right in zip(wide.tolist(), lefts, rights, strict=True):
            clip = arrays.clips[sight.first + at]
            rect = QRect(HEADER_PX + left, top, right - left, lane.height)
            self._paint_clip(painter, scene, lane, clip, rect, ratio)

    def _paint_clip(
        self,
        painter: QPainter,
        scene: Scene,
        lane: Lane,
        clip: Clip,
        rect: QRect,
        ratio: float,
    ) -> None:
        look = scene.looks.look(clip)
        named = lane.height > 2 * NAME_PX
        inner = rect.adjusted(0, NAME_PX if named else 0, -1, 0)
        if clip.enabled and look.content is not None:
            if lane.kind == "video":
                self._strips.paint_pictures(painter, scene.geometry, clip, look, inner)
            else:
                self._strips.paint_sound(painter, scene.geometry, clip, look, inner)
        elif look.content is None and lane.kind == "video" and not look.drawn:
            self._paint_draft(painter, look, inner, ratio)
        if clip.fade_in or clip.fade_out:
            _paint_fades(painter, scene.geometry, clip, inner)
        if lane.kind == "audio" and lane.height >= GAIN_FROM_PX and clip.enabled:
            paint_gain(painter, scene.geometry, clip, rect)
        if clip.markers or clip.curves or clip.group_id is not None:
            paint_clip_marks(painter, scene.geometry, clip, rect)
        if rect.width() >= NAMED_FROM_PX:
            seen = QRect(rect)
            # The words stay in the view while the end of the clip is outside of it.
            seen.setRight(min(rect.right(), scene.geometry.width - 1))
            self._paint_name(painter, lane, clip, look, seen, ratio)

    def _paint_draft(self, painter: QPainter, look: SourceLook, inner: QRect, ratio: float) -> None:
        """A shot that has nothing to show yet: hatched, with the words it will be made of."""
        painter.fillRect(inner, _LOST_HATCH if look.missing else _DRAFT_HATCH)
        left = max(inner.left() + 6, HEADER_PX + 6)
        width = min(inner.right() - 6 - left, _PROSE_PX)
        if width > 64 and inner.height() >= 24 and look.note:
            prose = self._words.paragraph(look.note, width, inner.height() - 7, ratio)
            painter.drawPixmap(left, inner.top() + 4, prose)

    def _paint_name(
        self,
        painter: QPainter,
        lane: Lane,
        clip: Clip,
        look: SourceLook,
        rect: QRect,
        ratio: float,
    ) -> None:
        left = max(rect.left() + 5, HEADER_PX + 5)
        right, top = rect.right() - 5, rect.top()
        if look.state is not None and lane.kind == "video":
            if right - left > 110:
                words = self._words.tiny(_STATE_WORDS[look.state], ratio)
                right -= words.width + 5
                painter.drawPixmap(right + 5, top, words.pixmap)
            painter.fillRect(right - 5, top + 6, 5, 5, _STATE_TINTS[look.state])
            right -= 11
        if clip.link_id is not None and right - left > 84:
            icons.draw(painter, "link", QRect(left - 1, top + 3, 11, 11), theme.TEXT_DIM)
            left += 13
        told = badges(clip) if right - left > 90 else ""
        if told:
            words = self._words.tiny(told, ratio)
            right -= words.width + 5
            painter.drawPixmap(right + 5, top, words.pixmap)
        if right - left >= NAME_ROOM_PX:
            tint = theme.TEXT if clip.enabled else theme.TEXT_DIM
            name = clip.label or look.name
            self._words.paint_name(painter, QPoint(left, top), name, right - left, tint, ratio)

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
