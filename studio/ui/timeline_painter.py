"""The painter of the timeline's lanes and clips, from merged blocks to filmstrips and waveforms.

All lanes are first laid down as rows of pixels (``timeline_rows``). Clips wide enough to be read
are then dressed one by one, and what is fresh to be drawn in one paint is limited: tiles that
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
from studio.ui.timeline_lanes import Sights, mixed_in_sight, positions_in_sight
from studio.ui.timeline_marks import (
    GAIN_FROM_PX,
    LevelLines,
    badges,
    paint_clip_marks,
    paint_dissolve,
    paint_envelope,
)
from studio.ui.timeline_rows import DRESSED_FROM_PX, Canvas, lay_lanes, round_off
from studio.ui.timeline_sources import SourceLook
from studio.ui.timeline_states import MARKED_FROM_PX, WORDY_PX, StateMarks
from studio.ui.timeline_strips import Dressed, Strips

NAMED_FROM_PX = 52
NAME_ROOM_PX = 30
_PROSE_PX = 320
_FLAG_FROM_PX = 60
_PROSE_FROM_PX = 77
_BEYOND_PX = 1 << 20


@dataclass
class Scene:
    """Everything that one paint of the lanes needs.

    Attributes:
        sights: the clips of ``timeline`` that lie within ``geometry``.
    """

    canvas: Canvas
    geometry: Geometry
    timeline: Timeline
    sights: Sights
    selection: AbstractSet[str] = frozenset()
    dragged: AbstractSet[str] = field(default_factory=frozenset)


class TimelinePainter:
    """Draws lanes and clips; keeps nothing but caches."""

    def __init__(self, strips: Strips) -> None:
        self._strips = strips
        self._words = Words()
        self._levels = LevelLines()
        self._states = StateMarks(self._words)

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Draw every lane in sight with ``painter``, which paints on the scene's canvas."""
        geometry, timeline, sights = scene.geometry, scene.timeline, scene.sights
        chosen = _chosen(scene, sights)
        lay_lanes(scene.canvas, geometry, sights, chosen)
        lanes = geometry.lanes_in_sight()
        dressed = _clips_between(geometry, lanes, sights, DRESSED_FROM_PX, _BEYOND_PX)
        shown = tuple(lane for lane in lanes if lane.kind == "video")
        slim = _clips_between(geometry, shown, sights, MARKED_FROM_PX, DRESSED_FROM_PX)
        painter.save()
        painter.setClipRect(HEADER_PX, TOP_PX, geometry.width - HEADER_PX, geometry.height - TOP_PX)
        covered = [
            lane
            for lane in lanes
            if self._paint_lane(painter, scene, lane, sights, dressed[lane.number])
        ]
        round_off(scene.canvas, geometry, covered, sights)
        for lane in lanes:
            self._mark_slim(painter, scene, lane, slim.get(lane.number, []))
            if chosen.get(lane.number):
                self._outline(painter, scene, lane, sights, chosen[lane.number])
        self._states.paint(painter)
        for lane in lanes:
            self._veil(painter, geometry, lane, timeline.tracks[lane.number])
        self._paint_range(painter, scene)
        painter.restore()

    def _paint_lane(
        self,
        painter: QPainter,
        scene: Scene,
        lane: Lane,
        sights: Sights,
        dressed: list[Dressed],
    ) -> bool:
        """Draw the clips of a lane; returns whether something covers the bodies of some."""
        geometry = scene.geometry
        covered = self._dress(painter, scene, lane, dressed)
        facts = sights.whole.lanes[lane.number].facts
        if len(facts.mixed):
            for at in mixed_in_sight(facts, sights.of(lane.number)):
                paint_dissolve(painter, geometry, lane, facts.clips[at])
                covered = True
        return covered

    def _mark_slim(self, painter: QPainter, scene: Scene, lane: Lane, slim: list[Dressed]) -> None:
        """Put the marks of their states on clips that have room for nothing else."""
        top, ratio = scene.geometry.y(lane), scene.canvas.ratio
        for _clip, look, left, right in slim:
            if look.standing is not None:
                self._states.lay_narrow(painter, look.standing, (left, right - 1, top), ratio)

    def _dress(self, painter: QPainter, scene: Scene, lane: Lane, dressed: list[Dressed]) -> bool:
        """Draw pictures, sound, names and fades on the clips that are wide enough.

        Returns:
            Whether something covers the bodies of some.
        """
        edge, top, ratio = scene.geometry.width - 1, scene.geometry.y(lane), scene.canvas.ratio
        video, covered = lane.kind == "video", False
        if video:
            covered = self._lay_pictures(scene, lane, dressed)
        lined = not video and lane.height >= GAIN_FROM_PX
        for clip, look, left, right in dressed:
            # Most clips of a large cut have nothing else but a name: hundreds of them are in sight.
            worked = clip.fade_in or clip.fade_out or clip.markers or clip.curves or clip.group_id
            if worked or lined or not (video or look.content is None):
                rect = QRect(left, top, right - left, lane.height)
                self._paint_clip(painter, scene, lane, clip, look, rect)
                covered = True
            if video and look.content is None and right - left >= _PROSE_FROM_PX:
                rect = QRect(left, top, right - left, lane.height)
                self._paint_draft(painter, lane, look, rect, ratio)
            if right - left < NAMED_FROM_PX:
                if video and look.standing is not None:
                    place = (left, right - 1, top)
                    self._states.lay_narrow(painter, look.standing, place, ratio)
            else:
                # The words stay in the view while the end of the clip is outside of it.
                place = (max(left, HEADER_PX) + 5, min(right - 1, edge) - 5, top)
                self._paint_name(painter, clip, look, place, ratio, stated=video)
        self._levels.paint(painter)
        return covered

    def _lay_pictures(self, scene: Scene, lane: Lane, dressed: list[Dressed]) -> bool:
        """Lay pictures into the clips that have some; returns whether there are any."""
        named = NAME_PX if _is_named(lane) else 0
        shown = [
            (clip, look, left, right - 1)
            for clip, look, left, right in dressed
            if look.content is not None and clip.enabled and _has_room(lane, right - left)
        ]
        top, height = scene.geometry.y(lane) + named, lane.height - named
        self._strips.lay_pictures(scene.canvas, scene.geometry, top, height, shown)
        return bool(shown)

    def _paint_clip(
        self,
        painter: QPainter,
        scene: Scene,
        lane: Lane,
        clip: Clip,
        look: SourceLook,
        rect: QRect,
    ) -> None:
        inner = rect.adjusted(0, NAME_PX if _is_named(lane) else 0, -1, 0)
        audio = lane.kind == "audio" and clip.enabled
        if audio and look.content is not None and _has_room(lane, rect.width()):
            self._strips.paint_sound(painter, scene.geometry, clip, look, inner)
        if clip.fade_in or clip.fade_out:
            _paint_fades(painter, scene.geometry, clip, inner)
        if audio and lane.height >= GAIN_FROM_PX:
            if clip.gain_points:
                paint_envelope(painter, scene.geometry, clip, rect)
            else:
                self._levels.add(rect, clip.gain_db)
        if clip.markers or clip.curves or clip.group_id is not None:
            paint_clip_marks(painter, scene.geometry, clip, rect)

    def _paint_draft(
        self, painter: QPainter, lane: Lane, look: SourceLook, rect: QRect, ratio: float
    ) -> None:
        """The words that a shot with nothing to show yet will be made of."""
        if look.drawn or not look.note:
            return
        height = lane.height - (NAME_PX if _is_named(lane) else 0)
        left = max(rect.left() + 6, HEADER_PX + 6)
        width = min(rect.right() - 7 - left, _PROSE_PX)
        if width > 64 and height >= 24:
            prose = self._words.paragraph(look.note, width, height - 7, ratio)
            painter.drawPixmap(left, rect.top() + lane.height - height + 4, prose)

    def _paint_name(
        self,
        painter: QPainter,
        clip: Clip,
        look: SourceLook,
        place: tuple[int, int, int],
        ratio: float,
        *,
        stated: bool,
    ) -> None:
        """Draw name, state and what is changed about a clip between two columns, in one row."""
        left, right, top = place
        if stated and look.standing is not None:
            right = self._states.lay(painter, look.standing, place, ratio)
        if look.flags and right - left > _FLAG_FROM_PX:
            icons.draw(painter, "warning", QRect(left - 1, top + 3, 11, 11), theme.CAUTION)
            left += 13
        linked = clip.link_id is not None and right - left > WORDY_PX
        told = badges(clip) if right - left > WORDY_PX else ""
        if told:
            words = self._words.tiny(told, ratio)
            right -= words.width + 5
            painter.drawPixmap(right + 5, top, words.pixmap)
        if right - left >= NAME_ROOM_PX:
            tint = theme.TEXT if clip.enabled else theme.TEXT_DIM
            name = clip.label or look.name
            self._words.paint_name(
                painter, (left, top), name, right - left, tint, ratio, linked=linked
            )

    def _outline(
        self, painter: QPainter, scene: Scene, lane: Lane, sights: Sights, chosen: list[int]
    ) -> None:
        """Draw the selection around the clips wide enough to have an inside."""
        sight, clips = sights.of(lane.number), sights.whole.lanes[lane.number].facts.clips
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for at in chosen:
            if sight.right[at] - sight.left[at] < DRESSED_FROM_PX:
                continue
            clip = clips[sight.first + at]
            rect = scene.geometry.clip_rect(lane, clip).adjusted(0, 0, -1, 0)
            painter.fillRect(rect, theme.colour(theme.ACCENT, 18))
            painter.setPen(QColor(theme.ACCENT))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    @staticmethod
    def _veil(painter: QPainter, geometry: Geometry, lane: Lane, track: Track) -> None:
        """Dim a track that is not seen or heard, and hatch one that is locked."""
        area = QRect(HEADER_PX, geometry.y(lane), geometry.width - HEADER_PX, lane.height)
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


def _is_named(lane: Lane) -> bool:
    """Whether names have a row of their own on a lane."""
    return lane.height > 2 * NAME_PX


def _has_room(lane: Lane, width_px: int) -> bool:
    """Whether what is within a clip can be shown; on a flat lane a name takes its place."""
    return _is_named(lane) or width_px < NAMED_FROM_PX


def _chosen(scene: Scene, sights: Sights) -> dict[int, list[int]]:
    """Where the selected clips stand within the sight of their tracks, by number."""
    if not scene.selection:
        return {}
    return {
        number: positions_in_sight(track, sights.of(number), scene.selection)
        for number, track in enumerate(scene.timeline.tracks)
    }


def _clips_between(
    geometry: Geometry, lanes: tuple[Lane, ...], sights: Sights, least_px: int, below_px: int
) -> dict[int, list[Dressed]]:
    """The clips of some widths in sight on ``lanes``, by the number of their track.

    They are found on all of them at once: a call of numpy costs more than its numbers.
    """
    widths, whole = sights.right - sights.left, sights.whole
    found = np.flatnonzero((widths >= least_px) & (widths < below_px))
    lefts = (np.maximum(sights.whole_left[found], -_BEYOND_PX) + HEADER_PX).tolist()
    edge = geometry.width + _BEYOND_PX
    rights = (np.minimum(sights.whole_right[found], edge) + HEADER_PX).tolist()
    places = (sights.at[found] - whole.offsets[sights.track[found]]).tolist()
    sources = whole.sources[sights.at[found]].tolist()
    bounds = np.searchsorted(found, sights.bounds).tolist()
    between: dict[int, list[Dressed]] = {}
    for lane in lanes:
        own, arrays = slice(*bounds[lane.number : lane.number + 2]), whole.lanes[lane.number]
        clips, looks = arrays.facts.clips, arrays.table.looks
        between[lane.number] = [
            (clips[place], looks[source], left, right)
            for place, source, left, right in zip(
                places[own], sources[own], lefts[own], rights[own], strict=True
            )
        ]
    return between


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
