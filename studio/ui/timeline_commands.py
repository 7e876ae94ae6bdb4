"""The commands on the cut: what keys and menus do to the timeline, each one change of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.bridge.drags import Cargo
from studio.bridge.session import Session
from studio.bridge.source_marks import UNMARKED, SourceRange
from studio.document.errors import DocumentError
from studio.document.film import Clip, ClipSource, Film, Marker, Timeline, new_id
from studio.document.group_changes import unlink_clips
from studio.document.lane import clip_at
from studio.document.queries import active_timeline, edit_points, timeline_end
from studio.document.replacing import replace_source
from studio.document.shift import Edge
from studio.document.store import Store
from studio.document.three_point import Marks, stretch_of
from studio.document.timeline_access import find_clip
from studio.document.timeline_changes import (
    insert_clips,
    lift_clips,
    overwrite_clips,
    ripple_delete,
    split_all,
    split_clips,
)
from studio.document.track_changes import add_marker, set_range
from studio.document.trim_changes import trim_clip
from studio.ui.timeline_clip_commands import ClipCommands
from studio.ui.timeline_cut_commands import CutCommands
from studio.ui.timeline_placing import (
    Landing,
    Piece,
    no_room,
    pieces,
    placements,
    total_length,
)
from studio.ui.timeline_trim_commands import TrimCommands
from studio.wording import tr


class TimelineCommands(QObject):
    """Commands on the open timeline of a store.

    Attributes:
        clips: what is done to the selected clips.
        trims: what moves clips' contents and cuts by frames.
        whole: what is done to the timeline as a whole.

    Signals:
        refused: a change could not be made; carries the sentence.
    """

    refused = Signal(str)

    def __init__(self, store: Store, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._session = session
        self.clips = ClipCommands(store, session, self.apply, self.refused.emit, self)
        self.trims = TrimCommands(store, session, self.apply, self.refused.emit, self)
        self.whole = CutCommands(store, session, self.apply, self.refused.emit, self)

    @property
    def timeline(self) -> Timeline:
        """The open timeline."""
        return active_timeline(self._store.film)

    def apply(self, change: Callable[[Film], Film], name: str) -> bool:
        """Make a change; one that is refused says why and leaves everything as it was."""
        try:
            self._store.apply(change, name)
        except DocumentError as error:
            self.refused.emit(str(error))
            return False
        return True

    def lift(self) -> None:
        """Take the selected clips off and leave the gap."""
        self._on_selection(partial(lift_clips, linked=self._session.linking), tr("Lift"))

    def ripple_delete(self) -> None:
        """Take the selected clips off and close the gap."""
        self._on_selection(
            partial(ripple_delete, linked=self._session.linking), tr("Ripple delete")
        )

    def unlink(self) -> None:
        """Part the selected clips from their partners."""
        self._on_selection(unlink_clips, tr("Unlink"))

    def split(self) -> None:
        """Cut the selected clips, or all of them, at the playhead."""
        frame, timeline_id = self._session.playhead, self.timeline.id
        ids, linked = self._ids_across(frame), self._session.linking
        if ids:
            self.apply(
                lambda film: split_clips(film, timeline_id, ids, frame, linked=linked), tr("Split")
            )
        else:
            self.apply(lambda film: split_all(film, timeline_id, frame), tr("Split"))

    def trim_start(self) -> None:
        """Let what lies under the playhead begin there."""
        self._trim_to_playhead("head")

    def trim_end(self) -> None:
        """Let what lies under the playhead end there."""
        self._trim_to_playhead("tail")

    def insert(self, cargo: Cargo, marked: SourceRange = UNMARKED) -> None:
        """Lay ``cargo`` in at the marks or the playhead; what follows moves later.

        On the track in hand, as everything that is laid by a command.
        """
        self._lay_at_marks(cargo, marked, inserts=True)

    def overwrite(self, cargo: Cargo, marked: SourceRange = UNMARKED) -> None:
        """Lay ``cargo`` over whatever is at the marks or the playhead."""
        self._lay_at_marks(cargo, marked, inserts=False)

    def append(self, cargo: Cargo) -> None:
        """Lay ``cargo`` after everything else."""
        laid = pieces(self._store.film, self._store.ledger, cargo)
        self._lay_in_hand(laid, timeline_end(self.timeline), inserts=False)

    def place(
        self, cargo: Cargo, frame: int, *, inserts: bool, track_id: str | None = None
    ) -> bool:
        """Lay ``cargo`` down at ``frame``, as by a drag: playhead and picture stay."""
        laid = pieces(self._store.film, self._store.ledger, cargo)
        return self._lay(laid, frame, inserts=inserts, track_id=track_id)

    def land(self, cargo: Cargo, landing: Landing) -> None:
        """Lay what was dropped as files where it was dropped, now that it is in the film.

        Whoever has gone on with something else meanwhile keeps the selection.
        """
        film, session = self._store.film, self._session
        timeline = next((one for one in film.timelines if one.id == landing.timeline_id), None)
        laid = pieces(film, self._store.ledger, cargo)
        if not laid:
            return
        if timeline is None or not _is_there(timeline, landing):
            self.refused.emit(
                tr("The place in the cut that files were dropped on is gone; they are in the bin.")
            )
        elif landing.replaces:
            self.replace_with(cargo, landing.replaces, timeline)
        else:
            here = timeline is self.timeline and session.playhead == landing.playhead
            self._lay(
                laid,
                landing.frame,
                inserts=landing.inserts,
                track_id=landing.track_id,
                timeline=timeline,
                selects=here,
            )

    def replace(self, clip_id: str, source: ClipSource, shows: int) -> bool:
        """Let a clip show another source, whose frame ``shows`` is then seen at the playhead."""
        return self._replace(clip_id, source, self._session.playhead, shows)

    def replace_with(self, cargo: Cargo, clip_id: str, timeline: Timeline | None = None) -> bool:
        """Let a clip show ``cargo``, from its beginning."""
        laid = pieces(self._store.film, self._store.ledger, cargo)
        timeline = timeline or self.timeline
        place = find_clip(timeline, clip_id)
        if not laid or place is None:
            return False
        first = place.clip.end - 1 if place.clip.backwards else place.clip.start
        return self._replace(clip_id, laid[0].source, first, 0, timeline)

    def _replace(
        self,
        clip_id: str,
        source: ClipSource,
        frame: int,
        shows: int,
        timeline: Timeline | None = None,
    ) -> bool:
        timeline_id, ledger = (timeline or self.timeline).id, self._store.ledger
        linked = self._session.linking
        return self.apply(
            lambda film: replace_source(
                film,
                timeline_id,
                clip_id,
                source,
                frame=frame,
                shows=shows,
                linked=linked,
                ledger=ledger,
            ),
            tr("Replace"),
        )

    def _lay_at_marks(self, cargo: Cargo, marked: SourceRange, *, inserts: bool) -> bool:
        """A three-point edit: in and out of source and timeline say what, where and how much."""
        laid, frame = pieces(self._store.film, self._store.ledger, cargo), self._session.playhead
        if not laid:
            self.refused.emit(tr("Select a shot, or look at a take or file, to lay it here."))
            return False
        marks = Marks(marked.start, marked.end, self.timeline.in_frame, self.timeline.out_frame)
        if marks != Marks() and len(laid) == 1:
            try:
                length, ends = laid[0].length, laid[0].ends
                found = stretch_of(
                    marks, playhead=frame, source_length=length if ends else None, usual=length
                )
            except DocumentError as error:
                self.refused.emit(str(error))
                return False
            piece = replace(laid[0], length=found.length, source_in=found.source_in)
            laid, frame = [piece], found.start
        return self._lay_in_hand(laid, frame, inserts=inserts)

    def _lay_in_hand(self, laid: list[Piece], frame: int, *, inserts: bool) -> bool:
        """Lay clips on the track in hand; the playhead goes behind them, for the next one."""
        hand = self._session.track_id
        if not self._lay(laid, frame, inserts=inserts, track_id=hand or None):
            return False
        self._session.set_track(hand)
        self._session.set_playhead(frame + total_length(laid))
        return True

    def _lay(
        self,
        laid: list[Piece],
        frame: int,
        *,
        inserts: bool,
        track_id: str | None = None,
        timeline: Timeline | None = None,
        selects: bool = True,
    ) -> bool:
        """Lay clips down, and select them."""
        timeline = timeline or self.timeline
        placed = placements(timeline, laid, frame, track_id)
        if not placed:
            self.refused.emit(no_room(timeline, track_id))
            return False
        timeline_id = timeline.id
        lay = insert_clips if inserts else overwrite_clips
        name = tr("Insert") if inserts else tr("Overwrite")
        if not self.apply(lambda film: lay(film, timeline_id, placed), name):
            return False
        if selects:
            self._session.select(placement.clip.id for placement in placed)
        return True

    def select_all(self) -> None:
        """Select every clip."""
        tracks = self.timeline.tracks
        self._session.select(clip.id for track in tracks for clip in track.clips)

    def select_onward(self) -> None:
        """Select what lies under the playhead and all that comes after it, on unlocked tracks."""
        at = self._session.playhead
        tracks = [track for track in self.timeline.tracks if not track.locked]
        self._session.select(clip.id for track in tracks for clip in track.clips if clip.end > at)

    def select_none(self) -> None:
        """Let go of every clip."""
        self._session.select(())

    def add_marker(self) -> None:
        """Put a marker on the playhead."""
        timeline_id = self.timeline.id
        marker = Marker(id=new_id(), frame=self._session.playhead)
        self.apply(lambda film: add_marker(film, timeline_id, marker), tr("Add marker"))

    def mark_in(self) -> None:
        """Let the marked part begin at the playhead."""
        self._mark(self._session.playhead, self.timeline.out_frame)

    def mark_out(self) -> None:
        """Let the marked part end with the frame under the playhead."""
        self._mark(self.timeline.in_frame, self._session.playhead + 1)

    def clear_in(self) -> None:
        """Take the mark at the beginning off."""
        self._mark(None, self.timeline.out_frame)

    def clear_out(self) -> None:
        """Take the mark at the end off."""
        self._mark(self.timeline.in_frame, None)

    def step(self, frames: int) -> None:
        """Move the playhead by ``frames``."""
        self._session.set_playhead(self._session.playhead + frames)

    def previous_edit(self) -> None:
        """Put the playhead on the edit before it."""
        points = [p for p in edit_points(self.timeline) if p < self._session.playhead]
        self._session.set_playhead(points[-1] if points else 0)

    def next_edit(self) -> None:
        """Put the playhead on the edit after it."""
        points = edit_points(self.timeline)
        later = (point for point in points if point > self._session.playhead)
        self._session.set_playhead(next(later, self._session.playhead))

    def _selected(self) -> list[Clip]:
        chosen = self._session.selection
        return [
            track.clips[at]
            for track in self.timeline.tracks
            for clip_id in chosen
            if (at := track.positions.get(clip_id)) is not None
        ]

    def _ids_across(self, frame: int) -> list[str]:
        return [clip.id for clip in self._selected() if clip.start < frame < clip.end]

    def _on_selection(self, change: Callable[[Film, str, list[str]], Film], name: str) -> None:
        ids = [clip.id for clip in self._selected()]
        timeline_id = self.timeline.id
        if ids:
            self.apply(lambda film: change(film, timeline_id, ids), name)

    def _mark(self, in_frame: int | None, out_frame: int | None) -> None:
        timeline_id = self.timeline.id
        self.apply(lambda film: set_range(film, timeline_id, in_frame, out_frame), tr("Mark"))

    def _trim_to_playhead(self, edge: Edge) -> None:
        frame, timeline = self._session.playhead, self.timeline
        chosen = self._session.selection
        under = [
            clip
            for track in reversed(timeline.tracks)
            if not track.locked and (clip := clip_at(track.clips, frame)) is not None
        ]
        targets = [clip for clip in under if clip.id in chosen] or under[:1]
        ledger, linked = self._store.ledger, self._session.linking

        def change(film: Film) -> Film:
            for clip in targets:
                film = trim_clip(
                    film, timeline.id, clip.id, edge, frame, linked=linked, ledger=ledger
                )
            return film

        if targets:
            self.apply(change, tr("Trim to playhead"))


def _is_there(timeline: Timeline, landing: Landing) -> bool:
    """Whether what was under the hand is still in the cut."""
    if landing.replaces:
        return find_clip(timeline, landing.replaces) is not None
    return landing.track_id in (None, *(track.id for track in timeline.tracks))
