"""The gestures on tracks, ruler and headers: razor, marquee, scrub, markers, heights, buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QRect

from studio.document.film import Clip, Marker
from studio.document.lane import clips_between
from studio.document.snapping import snap_frame
from studio.document.timebase import to_timecode
from studio.document.timeline_changes import split_all, split_clips
from studio.document.track_changes import edit_marker, edit_track
from studio.ui.timeline_geometry import HeaderPart, Lane, header_buttons
from studio.ui.timeline_gestures import Gesture, Ground, Keys
from studio.wording import term


class RazorGesture(Gesture):
    """A cut at the pointer; with Shift through every track."""

    name = term("Split")

    def __init__(self, ground: Ground, press: QPoint, clip: Clip | None) -> None:
        super().__init__(ground, press)
        self.clip = clip

    def update(self, point: QPoint, keys: Keys) -> None:
        frame = self.ground.geometry().nearest_frame(point.x())
        caught = self.ground.snapped(frame)
        frame = frame if caught is None else caught.frame
        self.snap = frame
        self.hint = to_timecode(frame, self.ground.film.rate)
        timeline_id, clip = self.ground.timeline.id, self.clip
        if keys & Keys.ShiftModifier or clip is None:
            self.change = lambda film: split_all(film, timeline_id, frame)
        else:
            linked = self.ground.links(keys)
            self.change = lambda film: split_clips(
                film, timeline_id, [clip.id], frame, linked=linked
            )


class MarqueeGesture(Gesture):
    """A rectangle drawn over the clips that it selects as it goes."""

    def __init__(
        self,
        ground: Ground,
        press: QPoint,
        select: Callable[[Iterable[str]], None],
        base: frozenset[str],
    ) -> None:
        super().__init__(ground, press)
        self.area = QRect()
        self._select = select
        self._base = base

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point) and self.area.isNull():
            return
        geometry = self.ground.geometry()
        scrolled = geometry.scroll_x - self._scroll_at_press
        corner = QPoint(self.press.x() - scrolled, self.press.y())
        self.area = QRect(corner, point).normalized()
        low, high = geometry.frame(self.area.left()), geometry.frame(self.area.right()) + 1
        found = set(self._base)
        for lane in geometry.lanes:
            top = geometry.y(lane)
            if top < self.area.bottom() and top + lane.height > self.area.top():
                track = self.ground.timeline.tracks[lane.number]
                found.update(clip.id for clip in clips_between(track.clips, low, high))
        self._select(found)

    def abandon(self) -> None:
        self._select(self.ground.selection)


class ScrubGesture(Gesture):
    """The playhead led along the ruler."""

    def __init__(self, ground: Ground, press: QPoint, put: Callable[[int], None]) -> None:
        super().__init__(ground, press)
        self._put = put

    def update(self, point: QPoint, keys: Keys) -> None:
        frame = self.ground.geometry().frame(point.x())
        caught = None
        if keys & Keys.ShiftModifier and self.ground.snapping:
            caught = snap_frame(self.ground.timeline, frame, self.ground.reach)
        self._put(frame if caught is None else caught.frame)

    def abandon(self) -> None:
        self._put(self.ground.playhead)


class MarkerGesture(Gesture):
    """A marker moved along the ruler."""

    name = term("Move marker")

    def __init__(self, ground: Ground, press: QPoint, marker: Marker) -> None:
        super().__init__(ground, press)
        self.marker = marker

    def update(self, point: QPoint, keys: Keys) -> None:
        if self.started(point):
            frame = max(0, self.marker.frame + self.dragged_frames(point))
            timeline_id, marker_id = self.ground.timeline.id, self.marker.id
            self.hint = to_timecode(frame, self.ground.film.rate)
            self.change = lambda film: edit_marker(film, timeline_id, marker_id, frame=frame)


class HeightGesture(Gesture):
    """A track made higher or lower by its header's lower edge."""

    name = term("Track height")

    def __init__(self, ground: Ground, press: QPoint, lane: Lane) -> None:
        super().__init__(ground, press)
        self.lane = lane

    def update(self, point: QPoint, keys: Keys) -> None:
        height_px = self.lane.height + point.y() - self.press.y()
        timeline_id, track_id = self.ground.timeline.id, self.lane.track_id
        self.change = lambda film: edit_track(film, timeline_id, track_id, height_px=height_px)


class ButtonGesture(Gesture):
    """A press of a header's button, which counts where it is let go on the same one."""

    name = term("Track")

    def __init__(self, ground: Ground, press: QPoint, lane: Lane, part: HeaderPart) -> None:
        super().__init__(ground, press)
        self.lane = lane
        self.part: HeaderPart = part
        self.update(press, Keys.NoModifier)

    def update(self, point: QPoint, keys: Keys) -> None:
        geometry = self.ground.geometry()
        rect = header_buttons(self.lane, geometry.y(self.lane)).get(self.part)
        self.change = None
        if rect is None or not rect.contains(point):
            return
        track = self.ground.timeline.tracks[self.lane.number]
        timeline_id = self.ground.timeline.id
        if self.part == "mute":
            muted = not track.muted
            self.change = lambda film: edit_track(film, timeline_id, track.id, muted=muted)
        elif self.part == "solo":
            solo = not track.solo
            self.change = lambda film: edit_track(film, timeline_id, track.id, solo=solo)
        elif self.part == "lock":
            locked = not track.locked
            self.change = lambda film: edit_track(film, timeline_id, track.id, locked=locked)
