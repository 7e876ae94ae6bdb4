"""The commands that move what clips show and where they meet, a few frames at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypedDict

from studio.document.film import Film
from studio.document.holding import hold_from, insert_hold, run_on
from studio.document.lane import clip_at
from studio.document.ledger import Ledger
from studio.document.queries import picture_at
from studio.document.shift import Edge, edge_frame
from studio.document.timebase import nominal
from studio.document.timeline_access import find_clip, place_of
from studio.document.timeline_changes import move_clips
from studio.document.trim_changes import (
    ripple_trim,
    roll_edit,
    slide_clip,
    slip_clips,
    trim_clip,
)
from studio.ui.timeline_command_group import CommandGroup
from studio.ui.timeline_in_hand import chosen_clips, cuts_in_hand
from studio.wording import term, tr

Aim = Literal["trim", "ripple", "roll", "slip", "slide", "move"]
AIMS: Mapping[Aim, str] = {
    "trim": term("Trim"),
    "ripple": term("Ripple trim"),
    "roll": term("Roll"),
    "slip": term("Slip"),
    "slide": term("Slide"),
    "move": term("Move"),
}


_HOLD_S = 2


class _How(TypedDict):
    linked: bool
    ledger: Ledger


class TrimCommands(CommandGroup):
    """Commands on the clips that a session has selected, and on the cuts beside them."""

    @property
    def aim(self) -> Aim | None:
        """What frames that are typed would do: by the tool, to the end in hand or the clips."""
        tool = self._session.tool
        if self._edge() is not None:
            return tool if tool in ("ripple", "roll") else "trim"
        if not self._chosen():
            return None
        return tool if tool in ("roll", "slip", "slide") else "move"

    def by(self, frames: int) -> None:
        """Let the end in hand, or the selected clips, go later by frames, as the tool says."""
        aim, edge = self.aim, self._edge()
        if aim is None:
            self._refuse(tr("Select a clip, or click on an end of one, to move it by frames."))
        elif edge is not None:
            self._edge_by(aim, edge[0], edge[1], frames)
        elif aim == "roll":
            self.roll(frames)
        elif aim == "slip":
            self.slip(frames)
        elif aim == "slide":
            self.slide(frames)
        else:
            ids, timeline_id = self._chosen(), self._timeline.id
            self._shift(
                lambda film: move_clips(
                    film, timeline_id, ids, frames=frames, linked=self._session.linking
                ),
                tr("Move"),
            )

    def slip(self, frames: int) -> None:
        """Show what comes a few frames later in the sources of the selected clips."""
        ids, timeline_id = self._chosen(), self._timeline.id
        if ids:
            self._apply(
                lambda film: slip_clips(film, timeline_id, ids, frames, **self._how), tr("Slip")
            )

    def roll(self, frames: int) -> None:
        """Move the cuts in hand by a few frames; a playhead that stands on one goes along."""
        timeline, at = self._timeline, self._session.playhead
        ids = cuts_in_hand(timeline, self._session.selection, at)
        cuts = {clip_id: place_of(timeline, clip_id).clip.start for clip_id in ids}

        def change(film: Film) -> Film:
            # To a frame, not by frames: of two linked cuts the one that has gone along is there.
            for clip_id, cut in cuts.items():
                film = roll_edit(film, timeline.id, clip_id, "head", cut + frames, **self._how)
            return film

        if not cuts:
            self._refuse(tr("Put the playhead near a cut, or select the clips beside it."))
        elif self._shift(change, tr("Roll")):
            moved = {place_of(self._timeline, clip_id).clip.start for clip_id in ids}
            if at in cuts.values() and len(moved) == 1:
                self._session.set_playhead(moved.pop())

    def roll_to_playhead(self) -> None:
        """Move the cuts in hand to the playhead, or as near as the sources allow."""
        timeline, at = self._timeline, self._session.playhead
        ids = cuts_in_hand(timeline, self._session.selection, at)

        def change(film: Film) -> Film:
            for clip_id in ids:
                film = roll_edit(film, timeline.id, clip_id, "head", at, **self._how)
            return film

        if ids:
            self._shift(change, tr("Roll"))
        else:
            self._refuse(tr("Put the playhead near a cut, or select the clips beside it."))

    def slide(self, frames: int) -> None:
        """Move the selected clips by a few frames between their neighbours, which give the room."""
        ids, timeline_id = self._chosen(), self._timeline.id
        if ids:
            self._shift(
                lambda film: slide_clip(
                    film, timeline_id, ids[0], frames, also=ids[1:], **self._how
                ),
                tr("Slide"),
            )
        else:
            self._refuse(tr("Select a clip to slide it."))

    def hold(self) -> None:
        """Let the picture under the playhead stand from there to the end of its clip."""
        frame, timeline_id, linked = self._session.playhead, self._timeline.id, self._how["linked"]
        clip_id = self._picture_here()
        if clip_id:
            self._apply(
                lambda film: hold_from(film, timeline_id, clip_id, frame, linked=linked),
                tr("Hold frame"),
            )

    def insert_hold(self) -> None:
        """Insert the picture under the playhead, to stand for two seconds."""
        frame, timeline_id = self._session.playhead, self._timeline.id
        clip_id, length = self._picture_here(), _HOLD_S * nominal(self._store.film.rate)
        if clip_id:
            self._apply(
                lambda film: insert_hold(film, timeline_id, clip_id, frame, length),
                tr("Insert held frame"),
            )

    def run_on(self) -> None:
        """Let the selected held frames run on from what they show."""
        ids, timeline_id, ledger = self._chosen(), self._timeline.id, self._how["ledger"]
        self._apply(lambda film: run_on(film, timeline_id, ids, ledger=ledger), tr("Run on"))

    def _picture_here(self) -> str:
        """The selected picture under the playhead, or the one that is seen; says where none is."""
        frame, timeline = self._session.playhead, self._timeline
        pictures = [track for track in timeline.tracks if track.kind == "video"]
        here = [one for track in pictures if (one := clip_at(track.clips, frame)) is not None]
        chosen = [clip.id for clip in here if clip.id in self._session.selection]
        seen = picture_at(timeline, frame)
        found = chosen or ([] if seen is None else [seen.clip.id])
        if not found:
            self._refuse(tr("Put the playhead on a picture to hold its frame."))
        return next(iter(found), "")

    def _edge_by(self, aim: Aim, clip_id: str, edge: Edge, frames: int) -> None:
        """Move an end of a clip: alone, with what follows, or with the end that it meets."""
        timeline = self._timeline
        to = edge_frame(place_of(timeline, clip_id).clip, edge) + frames

        def change(film: Film) -> Film:
            if aim == "roll":
                return roll_edit(film, timeline.id, clip_id, edge, to, **self._how)
            if aim == "ripple":
                return ripple_trim(film, timeline.id, clip_id, edge, to, **self._how)
            return trim_clip(film, timeline.id, clip_id, edge, to, **self._how)

        self._shift(change, tr(AIMS[aim]))

    def _shift(self, change: Callable[[Film], Film], name: str) -> bool:
        """Make a change that may be held back, and say so where nothing is left to move."""
        before = self._store.film
        made = self._apply(change, name)
        if made and self._store.film is before:
            self._refuse(tr("There are no more frames on that side."))
        return made

    def _edge(self) -> tuple[str, Edge] | None:
        """The end in hand, if its clip is still there."""
        edge = self._session.edge
        return edge if edge and find_clip(self._timeline, edge[0]) is not None else None

    @property
    def _how(self) -> _How:
        return _How(linked=self._session.linking, ledger=self._store.ledger)

    def _chosen(self) -> list[str]:
        return [clip.id for clip in chosen_clips(self._timeline, self._session.selection)]
