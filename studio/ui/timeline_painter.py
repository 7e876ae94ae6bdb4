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
NAMED_FROM_PX = 52
NAME_ROOM_PX = 30
_PROSE_PX = 320
_PROSE_FROM_PX = 77
_BEYOND_PX = 1 << 20
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
        if not len(wide):
            return
        geometry, device = scene.geometry, painter.device()
        top, ratio = geometry.y(lane), 1.0 if device is None else device.devicePixelRatio()
        lefts = np.maximum(sight.whole_left[wide], -_BEYOND_PX).tolist()
        rights = np.minimum(sight.whole_right[wide], geometry.width + _BEYOND_PX).tolist()
        dressed: list[tuple[Clip, SourceLook, QRect]] = []
        for at, left, right in zip(wide.tolist(), lefts, rights, strict=True):
            clip = arrays.clips[sight.first + at]
            rect = QRect(HEADER_PX + left, top, right - left, lane.height)
            dressed.append((clip, scene.looks.look(clip), rect))
        if lane.kind == "video":
            _hatch(painter, lane, dressed)
        lined = lane.kind == "audio" and lane.height >= GAIN_FROM_PX
        for clip, look, rect in dressed:
            # Most clips of a large cut have nothing but a name: hundreds of them are in sight.
            worked = clip.fade_in or clip.fade_out or clip.markers or clip.curves or clip.group_id
            if look.content is not None or lined or worked:
                self._paint_clip(painter, scene, lane, clip, look, rect, ratio)
            width = rect.width()
            if width >= _PROSE_FROM_PX and lane.kind == "video":
                self._paint_draft(painter, lane, look, rect, ratio)
            if width >= NAMED_FROM_PX:
                # The words stay in the view while the end of the clip is outside of it.
                right = min(rect.right(), geometry.width - 1)
                self._paint_name(painter, lane, clip, look, (rect.left(), right, top), ratio)

    def _paint_clip(
        self,
        painter: QPainter,
        scene: Scene,
        lane: Lane,
        clip: Clip,
        look: SourceLook,
        rect: QRect,
        ratio: float,
    ) -> None:
        named = lane.height > 2 * NAME_PX
        inner = rect.adjusted(0, NAME_PX if named else 0, -1, 0)
        if clip.enabled and look.content is not None:
            if lane.kind == "video":
                self._strips.paint_pictures(painter, scene.geometry, clip, look, inner)
            else:
                self._strips.paint_sound(painter, scene.geometry, clip, look, inner)
        if clip.fade_in or clip.fade_out:
            _paint_fades(painter, scene.geometry, clip, inner)
        if lane.kind == "audio" and lane.height >= GAIN_FROM_PX and clip.enabled:
            paint_gain(painter, scene.geometry, clip, rect)
        if clip.markers or clip.curves or clip.group_id is not None:
            paint_clip_marks(painter, scene.geometry, clip, rect)

    def _paint_draft(
        self, painter: QPainter, lane: Lane, look: SourceLook, rect: QRect, ratio: float
    ) -> None:
        """The words that a shot with nothing to show yet will be made of."""
        if look.content is not None or look.drawn or not look.note:
            return
        named = lane.height > 2 * NAME_PX
        height = lane.height - (NAME_PX if named else 0)
        left = max(rect.left() + 6, HEADER_PX + 6)
        width = min(rect.right() - 7 - left, _PROSE_PX)
        if width > 64 and height >= 24:
            prose = self._words.paragraph(look.note, width, height - 7, ratio)
            painter.drawPixmap(left, rect.top() + lane.height - height + 4, prose)

    def _paint_name(
        self,
        painter: QPainter,
        lane: Lane,
        clip: Clip,
        look: SourceLook,
        place: tuple[int, int, int],
        ratio: float,
    ) -> None:
        left, right, top = max(place[0] + 5, HEADER_PX + 5), place[1] - 5, place[2]
        if look.state is not None and lane.kind == "video":
            if right - left > 110:
                words = self._words.tiny(_STATE_WORDS[look.state], ratio)
                right -= words.width + 5
                painter.drawPixmap(right + 5, top, words.pixmap)
            painter.fillRect(right - 5, top + 6, 5, 5, _STATE_TINTS[look.state])
            right -= 11
        if clip.link_id is not None and right - left > 110:
            icons.draw(painter, "link", QRect(left - 1, top + 3, 11, 11), theme.TEXT_DIM)
            left += 13
        if look.flags and right - left > 60:
            icons.draw(painter, "warning", QRect(left - 1, top + 3, 11, 11), theme.CAUTION)
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


def _hatch(painter: QPainter, lane: Lane, dressed: list[tuple[Clip, SourceLook, QRect]]) -> None:
    """Hatch the clips that have nothing to show, all of a kind in one go."""
    down = NAME_PX if lane.height > 2 * NAME_PX else 0
    for missing, hatch in ((True, _LOST_HATCH), (False, _DRAFT_HATCH)):
        areas = [
            rect.adjusted(0, down, -1, 0)
            for _, look, rect in dressed
            if look.content is None and not look.drawn and look.missing == missing
        ]
        if areas:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(hatch)
            painter.drawRects(areas)
    painter.setBrush(Qt.BrushStyle.NoBrush)


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
