"""What lies under a point of the timeline, found among a few clips of one track."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect

from studio.document.curves import gain_db_at
from studio.document.dissolves import mixes_between
from studio.document.film import Clip, ShotSource, Timeline, Track
from studio.document.lane import clip_at, first_touching
from studio.ui.timeline_geometry import (
    EDGE_PX,
    HANDLE_PX,
    HEADER_PX,
    HEIGHT_GRIP_PX,
    NAME_PX,
    RULER_PX,
    TOP_PX,
    ClipHit,
    ClipPart,
    Geometry,
    HeaderHit,
    Hit,
    Lane,
    LaneHit,
    MarkerHit,
    NothingHit,
    RulerHit,
    SubtitleHit,
    header_buttons,
)
from studio.ui.timeline_keys import key_at
from studio.ui.timeline_marks import (
    GAIN_FROM_PX,
    dissolve_rect,
    gain_area,
    gain_points,
    gain_y,
)
from studio.ui.timeline_subtitles import strip_top, subtitle_at

_REACH_PX = 4
_BESIDE_PX = 2
_FROM_PX = 48


def hit_test(geometry: Geometry, timeline: Timeline, point: QPoint) -> Hit:
    """What lies under ``point``; looks at a few clips of one track, however many it has."""
    x, y = point.x(), point.y()
    frame = geometry.frame(x)
    if y < TOP_PX:
        return NothingHit(0) if x < HEADER_PX else _ruler_hit(geometry, timeline, point)
    if timeline.subtitles and y >= strip_top(geometry):
        return _subtitle_hit(geometry, timeline, point) or NothingHit(frame)
    if x < HEADER_PX:
        return _header_hit(geometry, x, y) or NothingHit(0)
    lane = geometry.lane_at(y)
    if lane is None:
        return NothingHit(frame)
    return _track_hit(geometry, lane, timeline.tracks[lane.number], point)


def _track_hit(geometry: Geometry, lane: Lane, track: Track, point: QPoint) -> Hit:
    mixed = _dissolve_near(geometry, lane, track, point)
    if mixed is not None:
        return ClipHit(lane, mixed, "dissolve")
    clip = _clip_near(geometry, track.clips, point.x())
    if clip is None:
        return LaneHit(lane, geometry.frame(point.x()))
    if lane.kind == "audio" and _on_gain(geometry, lane, clip, point):
        return ClipHit(lane, clip, "gain")
    rect = geometry.clip_rect(lane, clip)
    if clip.curves and rect.width() >= _FROM_PX:
        key = key_at(geometry, clip, rect, point)
        if key is not None:
            return ClipHit(lane, clip, "key", key)
    return ClipHit(lane, clip, _part_at(geometry, rect, clip, point))


def _subtitle_hit(geometry: Geometry, timeline: Timeline, point: QPoint) -> SubtitleHit | None:
    line = subtitle_at(geometry, timeline, point.x(), point.y())
    if line is None:
        return None
    left, right = geometry.x(line.start), geometry.x(line.end)
    grip = min(EDGE_PX, (right - left) // 4)
    if point.x() < left + grip:
        return SubtitleHit(line, "head")
    return SubtitleHit(line, "tail" if point.x() >= right - grip else "body")


def _ruler_hit(geometry: Geometry, timeline: Timeline, point: QPoint) -> Hit:
    frame = geometry.frame(point.x())
    if point.y() >= RULER_PX:
        return RulerHit(frame, _told_at(timeline, frame))
    for marker in timeline.markers:
        if abs(geometry.x(marker.frame) - point.x()) <= 5:
            return MarkerHit(marker)
    return RulerHit(frame)


def _told_at(timeline: Timeline, frame: int) -> Clip | None:
    """The topmost shot at ``frame``, whose state the stripe shows."""
    for track in reversed(timeline.tracks):
        clip = clip_at(track.clips, frame) if track.kind == "video" else None
        if clip is not None and isinstance(clip.source, ShotSource):
            return clip
    return None


def _header_hit(geometry: Geometry, x: int, y: int) -> HeaderHit | None:
    lane = geometry.lane_at(y)
    if lane is None:
        return None
    top = geometry.y(lane)
    if y >= top + lane.height - HEIGHT_GRIP_PX:
        return HeaderHit(lane, "height")
    for part, rect in header_buttons(lane, top).items():
        if rect.contains(x, y):
            return HeaderHit(lane, part)
    return HeaderHit(lane, "name")


def _clip_near(geometry: Geometry, clips: tuple[Clip, ...], x: int) -> Clip | None:
    """The clip at ``x``, or in a gap the one whose edge is right beside it."""
    frame = geometry.frame(x)
    at = first_touching(clips, frame)
    after = clips[at] if at < len(clips) else None
    if after is not None and after.start <= frame:
        return after
    if at and clips[at - 1].end > geometry.frame(x - _BESIDE_PX):
        return clips[at - 1]
    beside = after is not None and after.start <= geometry.frame(x + _BESIDE_PX)
    return after if beside else None


def _part_at(geometry: Geometry, rect: QRect, clip: Clip, point: QPoint) -> ClipPart:
    if rect.width() >= 48 and rect.height() >= NAME_PX + HANDLE_PX:
        parts: tuple[ClipPart, ...] = ("fade_in", "fade_out")
        for part in parts:
            if geometry.fade_handle(rect, clip, part).contains(point):
                return part
    grip = min(EDGE_PX, rect.width() // 4)
    if point.x() < rect.left() + grip:
        return "head"
    if point.x() > rect.right() - grip:
        return "tail"
    return "body"


def _dissolve_near(geometry: Geometry, lane: Lane, track: Track, point: QPoint) -> Clip | None:
    """The clip whose dissolve is taken hold of at one of its ends."""
    frame, reach = geometry.frame(point.x()), 1 + geometry.frames(_REACH_PX)
    for mix in mixes_between(track.clips, frame - reach, frame + reach + 1):
        area = dissolve_rect(geometry, lane, mix.incoming)
        if area is None or area.width() < 4 * _REACH_PX or not area.top() <= point.y():
            continue
        if min(abs(point.x() - area.left()), abs(point.x() - area.right())) <= _REACH_PX:
            return mix.incoming
    return None


def _on_gain(geometry: Geometry, lane: Lane, clip: Clip, point: QPoint) -> bool:
    """Whether a point lies on a clip's gain line or on one of its points."""
    rect = geometry.clip_rect(lane, clip)
    if lane.height < GAIN_FROM_PX or rect.width() < _FROM_PX:
        return False
    if not rect.left() + EDGE_PX < point.x() < rect.right() - EDGE_PX:
        return False
    points = gain_points(geometry, rect, clip)
    if any((one - point).manhattanLength() <= _REACH_PX + 2 for one in points):
        return True
    return abs(point.y() - line_y(geometry, rect, clip, point.x())) <= _REACH_PX - 1


def line_y(geometry: Geometry, rect: QRect, clip: Clip, x: int) -> int:
    """The row at which a clip's gain line runs in the column ``x``."""
    offset = (x - HEADER_PX + geometry.scroll_x) / geometry.zoom - clip.start
    gain_db = gain_db_at(clip, offset)
    return gain_y(gain_area(rect), max(gain_db, -99.0))
