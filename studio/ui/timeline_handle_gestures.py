"""The gestures on what is drawn over clips: dissolves, gain lines, keys, and headers in order."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint

from studio.document.curves import envelope_db
from studio.document.dissolve_changes import Handles, remove_dissolve, set_dissolve
from studio.document.film import Clip, Film
from studio.document.gain_changes import (
    move_gain_point,
    remove_gain_point,
    set_gain,
    set_gain_point,
)
from studio.document.key_changes import key_frames, key_room, move_keys, remove_keys
from studio.document.subtitle_changes import edit_subtitle
from studio.document.timebase import to_timecode
from studio.document.track_changes import move_track
from studio.ui.timeline_geometry import KeyHold, Lane, SubtitleHit
from studio.ui.timeline_gestures import Gesture, Ground, Keys
from studio.ui.timeline_marks import gain_area, gain_at, gain_points
from studio.wording import term, tr

_CATCH_PX = 7
_DETENT_DB = 0.75


class DissolveGesture(Gesture):
    """A dissolve made longer or shorter by one of its ends; to nothing takes it off."""

    name = term("Dissolve")

    def __init__(self, ground: Ground, press: QPoint, incoming: Clip, handles: Handles) -> None:
        super().__init__(ground, press)
        self.clip = incoming
        self._handles = handles
        cut = ground.geometry().x(incoming.start)
        self._before = press.x() < cut

    def update(self, point: QPoint, keys: Keys) -> None:
        dissolve = self.clip.dissolve
        if dissolve is None or not self.started(point):
            return
        pulled = self.dragged_frames(point) * (-1 if self._before else 1)
        lopsided = bool(keys & Keys.AltModifier)
        frames = dissolve.frames + (pulled if lopsided else 2 * pulled)
        timeline_id, clip_id = self.ground.timeline.id, self.clip.id
        if frames < 2:
            self.hint = tr("hard cut")
            self.change = lambda film: remove_dissolve(film, timeline_id, clip_id)
            return
        handles, kind = self._handles, dissolve.kind
        self.change = lambda film: set_dissolve(
            film, timeline_id, clip_id, frames, kind=kind, handles=handles
        )
        self.hint = tr("dissolve {frames} f", frames=frames)
        if kind == "cross" and frames > handles.incoming + handles.outgoing:
            self.hint += tr(
                "  ·  handles {incoming} and {outgoing} f",
                incoming=handles.incoming,
                outgoing=handles.outgoing,
            )


class GainGesture(Gesture):
    """A gain line pulled up or down; a point of it moved, made (Ctrl) or taken off (Alt)."""

    name = term("Gain")

    def __init__(self, ground: Ground, press: QPoint, lane: Lane, clip: Clip, keys: Keys) -> None:
        super().__init__(ground, press)
        self.clip = clip
        self._area = gain_area(ground.geometry().clip_rect(lane, clip))
        self._point = self._caught(lane, press)
        self._makes = bool(keys & Keys.ControlModifier) and self._point is None
        if keys & Keys.AltModifier and self._point is not None:
            self._take_off(self._point)
        elif self._makes:
            self._make(press)

    def update(self, point: QPoint, keys: Keys) -> None:
        if self._makes or (keys & Keys.AltModifier and self._point is not None):
            return
        if not self.started(point):
            return
        if self._point is not None:
            self._pull(self._point, point)
            return
        by = gain_at(self._area, point.y()) - gain_at(self._area, self.press.y())
        gain_db = _at_rest(self.clip.gain_db + by)
        timeline_id, clip_id = self.ground.timeline.id, self.clip.id
        self.change = lambda film: set_gain(film, timeline_id, [clip_id], gain_db)
        self.hint = f"{gain_db:+.1f} dB"

    def _caught(self, lane: Lane, press: QPoint) -> int | None:
        """The frame of the point under the hand."""
        rect = self.ground.geometry().clip_rect(lane, self.clip)
        inside = [p for p in self.clip.gain_points if 0 <= p.frame <= self.clip.length]
        for known, at in zip(
            inside, gain_points(self.ground.geometry(), rect, self.clip), strict=True
        ):
            if (at - press).manhattanLength() <= _CATCH_PX:
                return known.frame
        return None

    def _take_off(self, frame: int) -> None:
        timeline_id, clip_id = self.ground.timeline.id, self.clip.id
        self.hint = tr("point off")
        self.change = lambda film: remove_gain_point(film, timeline_id, clip_id, frame)

    def _make(self, press: QPoint) -> None:
        frame = self.ground.geometry().nearest_frame(press.x()) - self.clip.start
        frame = min(max(0, frame), self.clip.length)
        level = envelope_db(self.clip.gain_points, frame)
        timeline_id, clip_id = self.ground.timeline.id, self.clip.id
        self.hint = tr("point at {gain_db:+.1f} dB", gain_db=self.clip.gain_db + level)
        self.change = lambda film: set_gain_point(film, timeline_id, clip_id, frame, level)

    def _pull(self, frame: int, point: QPoint) -> None:
        level = _at_rest(gain_at(self._area, point.y())) - self.clip.gain_db
        to_frame = _snapped(self, self.clip, frame + self.dragged_frames(point))
        timeline_id, clip_id = self.ground.timeline.id, self.clip.id
        at = to_timecode(max(0, self.clip.start + to_frame), self.ground.film.rate)
        self.hint = f"{self.clip.gain_db + level:+.1f} dB  ·  {at}"

        def change(film: Film) -> Film:
            return move_gain_point(film, timeline_id, clip_id, frame, to_frame, level)

        self.change = change


class KeyGesture(Gesture):
    """Keys of a picture moved in time, all of a row that stand on one frame; Alt takes them off."""

    name = term("Move key")

    def __init__(
        self, ground: Ground, press: QPoint, clip: Clip, hold: KeyHold, keys: Keys
    ) -> None:
        super().__init__(ground, press)
        self.clip = clip
        self.hold = hold
        self._takes_off = bool(keys & Keys.AltModifier)
        if self._takes_off:
            timeline_id, frame, fields = ground.timeline.id, hold.frame, hold.row.fields
            self.name = term("Delete key")
            self.hint = tr("key off")
            self.change = lambda film: remove_keys(film, timeline_id, clip.id, frame, fields)

    def update(self, point: QPoint, keys: Keys) -> None:
        if self._takes_off or not self.started(point):
            return
        clip, frame, fields = self.clip, self.hold.frame, self.hold.row.fields
        others = [clip.start + one for one in key_frames(clip) if one != frame]
        low, high = key_room(clip, frame, fields)
        wanted = _snapped(self, clip, frame + self.dragged_frames(point), others)
        to_frame = max(low, min(wanted, high))
        if to_frame != wanted:
            self.snap = None
        timeline_id = self.ground.timeline.id
        at = to_timecode(clip.start + to_frame, self.ground.film.rate)
        self.hint = f"{self.hold.row.name}  ·  {at}"
        self.change = lambda film: move_keys(film, timeline_id, clip.id, frame, to_frame, fields)


class SubtitleGesture(Gesture):
    """A line of the subtitles moved, or made longer or shorter, up to its neighbours."""

    name = term("Subtitle")

    def __init__(self, ground: Ground, press: QPoint, hit: SubtitleHit) -> None:
        super().__init__(ground, press)
        self.line = hit.line
        self.part = hit.part

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point):
            return
        by, line, timeline_id = self.dragged_frames(point), self.line, self.ground.timeline.id
        start, end = line.start, line.end
        if self.part != "tail":
            start = max(0, min(start + by, end - 1) if self.part == "head" else start + by)
        if self.part != "head":
            end = max(start + 1, end + by)
        self.hint = to_timecode(end if self.part == "tail" else start, self.ground.film.rate)
        self.change = lambda film: edit_subtitle(film, timeline_id, line.id, start=start, end=end)


class OrderGesture(Gesture):
    """A track's header dragged among those of its kind."""

    name = term("Order tracks")

    def __init__(self, ground: Ground, press: QPoint, lane: Lane) -> None:
        super().__init__(ground, press)
        self.lane = lane

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point):
            return
        target = self.ground.geometry().lane_at(point.y())
        self.change = None
        if target is None or target.kind != self.lane.kind:
            return
        tracks = self.ground.timeline.tracks
        kin = [n for n, track in enumerate(tracks) if track.kind == self.lane.kind]
        rank, timeline_id, track_id = (
            kin.index(target.number),
            self.ground.timeline.id,
            self.lane.track_id,
        )
        self.hint = tracks[self.lane.number].name
        self.change = lambda film: move_track(film, timeline_id, track_id, rank)


def _snapped(gesture: Gesture, clip: Clip, frame: int, keys: Iterable[int] = ()) -> int:
    """A frame counted from the clip's first, caught at what is near; the gesture shows where."""
    caught = gesture.ground.snapped(clip.start + frame, keys=keys)
    gesture.snap = None if caught is None else caught.frame
    return frame if caught is None else caught.frame - clip.start


def _at_rest(gain_db: float) -> float:
    """``gain_db`` in tenths, caught at nought, where most clips belong."""
    return 0.0 if abs(gain_db) < _DETENT_DB else round(gain_db, 1)
