"""The marks of what is looked at, and laying it: the cut's, or those of a take or file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.bridge.source_marks import UNMARKED, SourceRange
from studio.document.film import MediaSource, TakeSource
from studio.document.queries import active_timeline
from studio.ui.timeline_placing import Cargo

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace


def mark(desk: Workspace, *, end: bool) -> None:
    """Mark in or out where the picture stands, in the source that is shown or else in the cut."""
    screening, source = desk.screening, desk.screening.source
    if source is None:
        commands = desk.timeline.commands
        (commands.mark_out if end else commands.mark_in)()
        return
    (screening.marks.mark_out if end else screening.marks.mark_in)(source, screening.player.frame)
    screening.show_marks()


def clear(desk: Workspace, *, end: bool) -> None:
    """Take in or out off, of the source that is shown or else of the cut."""
    screening, source = desk.screening, desk.screening.source
    if source is None:
        commands = desk.timeline.commands
        (commands.clear_out if end else commands.clear_in)()
        return
    (screening.marks.clear_out if end else screening.marks.clear_in)(source)
    screening.show_marks()


def go(desk: Workspace, *, end: bool) -> None:
    """Show the frame that is marked in or out."""
    source = desk.screening.source
    if source is None:
        timeline = active_timeline(desk.room.film)
        frame = timeline.out_frame if end else timeline.in_frame
    else:
        marked = desk.screening.marks.of(source)
        frame = marked.end if end else marked.start
    if frame is None:
        return
    frame = frame - 1 if end else frame
    if source is None:
        desk.room.session.set_playhead(frame)
    else:
        desk.screening.player.seek(frame)


def lay(desk: Workspace, *, inserts: bool) -> None:
    """Lay what is looked at, as far as it is marked; the shot under the hand otherwise."""
    cargo, marked = _in_hand(desk)
    commands = desk.timeline.commands
    (commands.insert if inserts else commands.overwrite)(cargo, marked)


def _in_hand(desk: Workspace) -> tuple[Cargo, SourceRange]:
    source = desk.screening.source
    match source:
        case MediaSource(media_id=media_id):
            return Cargo("media", (media_id,)), desk.screening.marks.of(source)
        case TakeSource(take_id=take_id) if desk.screening.marks.of(source) != UNMARKED:
            # A part is one of this very take; a shot would show another one once that is chosen.
            return Cargo("take", (take_id,)), desk.screening.marks.of(source)
        case _:
            return Cargo("shot", (desk.room.session.shot_id,)), UNMARKED
