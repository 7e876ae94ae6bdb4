"""The gestures of the timeline: imperative while they last, one change at the end.

A gesture turns the pointer's place into the change that a release would commit. The view shows the
film as that change would leave it, so that what is seen while dragging is what will be.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline
from studio.document.snapping import Snap, snap_frame, snap_move
from studio.document.timebase import to_timecode
from studio.document.timeline_changes import move_clips
from studio.document.trim_changes import (
    edit_clips,
    slide_clip,
    sliding,
    slip_clips,
    slip_room,
)
from studio.ui.timeline_geometry import Geometry, Lane
from studio.ui.timeline_sources import SourceLooks
from studio.ui.two_up import Sight, across
from studio.wording import term, tr

Change = Callable[[Film], Film]
Keys = Qt.KeyboardModifier

SNAP_PX = 8
START_PX = 4
_MOST_EDGES = 64


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a gesture began on.

    Attributes:
        film: as it was when the pointer went down.
        snapping: whether it snaps.
        linking: whether it takes linked partners along, unless Alt says otherwise.
        geometry: as it is now; scrolling while dragging changes it.
    """

    film: Film
    timeline: Timeline
    looks: SourceLooks
    playhead: int
    selection: frozenset[str]
    snapping: bool
    linking: bool
    geometry: Callable[[], Geometry]

    def links(self, keys: Keys) -> bool:
        """Whether partners go along: Alt does what the switch does not."""
        return self.linking != bool(keys & Keys.AltModifier)

    @property
    def reach(self) -> int:
        """How many frames away something is caught."""
        return max(0, self.geometry().frames(SNAP_PX)) if self.snapping else 0

    def snapped(
        self, frame: int, ignored: frozenset[str] = frozenset(), *, keys: Iterable[int] = ()
    ) -> Snap | None:
        """What ``frame`` snaps to, where snapping is on; ``keys`` are frames of their own."""
        if not self.snapping:
            return None
        return snap_frame(
            self.timeline, frame, self.reach, playhead=self.playhead, ignored=ignored, keys=keys
        )

    def snapped_move(
        self, edges: Iterable[int], frames: int, ignored: frozenset[str]
    ) -> Snap | None:
        """What the nearest of ``edges`` snaps to once moved, where snapping is on."""
        if not self.snapping:
            return None
        return snap_move(
            self.timeline, edges, frames, self.reach, playhead=self.playhead, ignored=ignored
        )


class Gesture(ABC):
    """Something that a hand does between press and release.

    Attributes:
        name: what undo calls it.
        change: what a release would commit; ``None`` commits nothing.
        snap: the frame that was caught.
        hint: what is said beside the pointer.
        lattice: legal frames for the edge in hand, drawn as ticks.
        seen: what of the cut, as it would be, shows what the hand does.
    """

    name = ""

    def __init__(self, ground: Ground, press: QPoint) -> None:
        self.ground = ground
        self.press = press
        self.change: Change | None = None
        self.snap: int | None = None
        self.hint = ""
        self.lattice: tuple[int, ...] = ()
        self.seen: Sight | None = None
        self._scroll_at_press = ground.geometry().scroll_x

    @abstractmethod
    def update(self, point: QPoint, keys: Keys) -> None:
        """The pointer is at ``point`` now."""

    def abandon(self) -> None:  # noqa: B027 (most change nothing there)
        """Put back what the gesture changed outside of the film."""

    def dragged_frames(self, point: QPoint) -> int:
        """Frames between press and ``point``, whatever has scrolled since."""
        geometry = self.ground.geometry()
        scrolled = geometry.scroll_x - self._scroll_at_press
        return geometry.frames(point.x() - self.press.x() + scrolled)

    def company(self, clip_id: str, keys: Keys) -> frozenset[str]:
        """What is selected with a clip and does what it does; nothing where Alt parts it."""
        chosen = self.ground.selection
        together = clip_id in chosen and not self.parts(keys)
        return chosen - {clip_id} if together else frozenset()

    def parts(self, keys: Keys) -> bool:
        """Whether Alt takes one clip away from all that would go with it."""
        return self.ground.linking and bool(keys & Keys.AltModifier)

    def started(self, point: QPoint) -> bool:
        """Whether the pointer has left the place where it may have been a click."""
        return (point - self.press).manhattanLength() >= START_PX or self.change is not None


class MoveGesture(Gesture):
    """Clips dragged in time and across tracks, with what is linked to them."""

    name = term("Move")

    def __init__(self, ground: Ground, press: QPoint, lane: Lane, clip: Clip) -> None:
        super().__init__(ground, press)
        self.lane = lane
        self.clip = clip

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point):
            return
        alone = self.parts(keys)
        ids = frozenset({self.clip.id}) if alone else self.ground.selection | {self.clip.id}
        tracks = self._tracks(point)
        if tracks and not alone:
            ids = self._of_same_kind(ids)
        frames = self._snapped(self.dragged_frames(point), ids)
        timeline_id, linked = self.ground.timeline.id, self.ground.links(keys)
        self.hint = _signed(frames, self.ground.film)
        self.change = lambda film: move_clips(
            film, timeline_id, ids, frames=frames, tracks=tracks, linked=linked
        )

    def _tracks(self, point: QPoint) -> int:
        """By how many tracks of its kind the pointer is above the pressed clip's."""
        target = self.ground.geometry().lane_at(point.y())
        if target is None or target.kind != self.lane.kind:
            return 0
        same = [n for n, t in enumerate(self.ground.timeline.tracks) if t.kind == self.lane.kind]
        return same.index(target.number) - same.index(self.lane.number)

    def _of_same_kind(self, ids: frozenset[str]) -> frozenset[str]:
        """Only what may change its track with the pressed clip; partners follow in time."""
        tracks = self.ground.timeline.tracks
        return frozenset(
            clip_id
            for track in tracks
            if track.kind == self.lane.kind
            for clip_id in ids
            if clip_id in track.positions
        )

    def _snapped(self, frames: int, ids: frozenset[str]) -> int:
        self.snap = None
        frames = max(frames, -self.clip.start)
        if not self.ground.snapping:
            return frames
        caught = self.ground.snapped_move(self._edges(ids), frames, self._with_partners(ids))
        if caught is None:
            return frames
        self.snap = caught.frame
        return frames + caught.offset

    def _edges(self, ids: frozenset[str]) -> list[int]:
        """The edges that may catch something: of all that moves, or of the pressed clip."""
        if len(ids) > _MOST_EDGES:
            return [self.clip.start, self.clip.end]
        found = [self.clip.start, self.clip.end]
        for track in self.ground.timeline.tracks:
            for clip_id in ids:
                at = track.positions.get(clip_id)
                if at is not None:
                    found += [track.clips[at].start, track.clips[at].end]
        return found

    def _with_partners(self, ids: frozenset[str]) -> frozenset[str]:
        if len(ids) > _MOST_EDGES:
            return ids
        return ids | frozenset(partners(self.ground.timeline, ids))


class SlipGesture(Gesture):
    """The source pulled along under a clip that stays, and under all that is selected with it."""

    name = term("Slip")

    def __init__(self, ground: Ground, press: QPoint, clip: Clip) -> None:
        super().__init__(ground, press)
        self.clip = clip

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point):
            return
        ground, linked = self.ground, self.ground.links(keys)
        timeline_id, clip_id, ledger = ground.timeline.id, self.clip.id, ground.looks.ledger
        frames = -self.dragged_frames(point)
        # Where there is no slipping, the change itself says why.
        with suppress(ChangeError):
            low, high = slip_room(ground.film, timeline_id, clip_id, linked=linked, ledger=ledger)
            frames = min(max(frames, low), high)
        self.hint = tr("slip {by}", by=_signed(frames, ground.film))
        first, last = self.clip.start, self.clip.end - 1
        self.seen = Sight((first, last), (tr("First picture"), tr("Last picture")))
        ids = [clip_id, *self.company(clip_id, keys)]
        self.change = lambda film: slip_clips(
            film, timeline_id, ids, frames, linked=linked, ledger=ledger
        )


class SlideGesture(Gesture):
    """A clip moved between neighbours that give and take the room.

    What is linked to it and what is selected with it goes along.
    """

    name = term("Slide")

    def __init__(self, ground: Ground, press: QPoint, clip: Clip) -> None:
        super().__init__(ground, press)
        self.clip = clip

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point):
            return
        linked, also = self.ground.links(keys), self.company(self.clip.id, keys)
        frames = self._held(self.dragged_frames(point), also, linked=linked)
        timeline_id, clip_id = self.ground.timeline.id, self.clip.id
        ledger = self.ground.looks.ledger
        self.hint = tr("slide {by}", by=_signed(frames, self.ground.film))
        start, end = self.clip.start + frames, self.clip.end + frames
        self.seen = across(start - 1, end, self.ground.film.rate)
        self.change = lambda film: slide_clip(
            film, timeline_id, clip_id, frames, also=also, linked=linked, ledger=ledger
        )

    def _held(self, frames: int, also: frozenset[str], *, linked: bool) -> int:
        """``frames`` caught by what lies near, and within the room that the neighbours have."""
        self.snap = None
        ground = self.ground
        try:
            shift = sliding(
                ground.film,
                ground.timeline.id,
                self.clip.id,
                also=also,
                linked=linked,
                ledger=ground.looks.ledger,
            )
        except ChangeError:
            return frames  # the change itself says why there is no sliding here
        edges = [self.clip.start, self.clip.end]
        caught = ground.snapped_move(edges, frames, shift.clip_ids)
        wanted = frames if caught is None else frames + caught.offset
        held = shift.held(wanted)
        if caught is not None and held == wanted:
            self.snap = caught.frame
        return held


class FadeGesture(Gesture):
    """A fade drawn in from the corner of a clip."""

    name = term("Fade")

    def __init__(self, ground: Ground, press: QPoint, clip: Clip, *, fades_in: bool) -> None:
        super().__init__(ground, press)
        self.clip = clip
        self.fades_in = fades_in

    def update(self, point: QPoint, keys: Keys) -> None:
        frames = self.dragged_frames(point)
        clip, timeline_id = self.clip, self.ground.timeline.id
        if self.fades_in:
            length = max(0, min(clip.fade_in + frames, clip.length - clip.fade_out))
            self.change = lambda film: edit_clips(film, timeline_id, [clip.id], fade_in=length)
        else:
            length = max(0, min(clip.fade_out - frames, clip.length - clip.fade_in))
            self.change = lambda film: edit_clips(film, timeline_id, [clip.id], fade_out=length)
        self.hint = tr("fade {length} f", length=length)


def partners(timeline: Timeline, clip_ids: Iterable[str]) -> set[str]:
    """The clips linked to ``clip_ids``, those included."""
    wanted = set(clip_ids)
    links = {
        clip.link_id
        for track in timeline.tracks
        for clip_id in wanted
        if (at := track.positions.get(clip_id)) is not None
        and (clip := track.clips[at]).link_id is not None
    }
    if links:
        wanted |= {
            clip.id for track in timeline.tracks for clip in track.clips if clip.link_id in links
        }
    return wanted


def _signed(frames: int, film: Film) -> str:
    """A movement as timecode with its sign, and in frames."""
    sign = "−" if frames < 0 else "+"
    return f"{sign}{to_timecode(abs(frames), film.rate)}"
