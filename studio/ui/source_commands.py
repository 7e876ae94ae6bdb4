"""The marks of what is looked at, and laying it: the cut's, or those of a take or file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.bridge.drags import Cargo
from studio.bridge.source_marks import UNMARKED, SourceRange
from studio.document.film import Clip, Media, MediaSource, ShotSource, TakeSource
from studio.document.lane import clip_at
from studio.document.ledger import TakeRecord
from studio.document.queries import (
    active_timeline,
    audible_tracks,
    picture_at,
    resolve_clip,
    visible_tracks,
)
from studio.document.retime import source_frame
from studio.document.take_sources import base_take
from studio.wording import tr

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


def match_frame(desk: Workspace) -> None:
    """Look at what the clip under the playhead shows, on the very picture: its take or file."""
    room, frame = desk.room, desk.room.session.playhead
    clip = _under(desk, frame)
    if clip is None:
        room.say(tr("Put the playhead on a clip to look at its source."))
        return
    if isinstance(clip.source, ShotSource):
        room.session.set_shot(clip.source.shot_id)
    found = resolve_clip(room.film, room.ledger, clip)
    match found:
        case TakeRecord():
            if found.shot_id is not None:
                room.session.set_shot(found.shot_id)
            room.session.set_take(base_take(room.ledger, found.id))
        case Media():
            desk.screening.look_at_media(found.id)
        case _:
            room.say(tr("There is nothing rendered to look at in this clip."))
            return
    desk.screening.player.pause()
    desk.screening.player.seek(max(0, source_frame(clip, frame - clip.start)))


def replace_clip(desk: Workspace) -> None:
    """Let the clip under the playhead show the take or file that is looked at.

    The picture that is seen there by itself is then the one at the playhead.
    """
    screening, frame = desk.screening, desk.room.session.playhead
    source, clip = screening.source, _under(desk, frame)
    if source is None:
        desk.room.problem(
            tr("Look at the take or file first, on the picture that is to be seen here.")
        )
    elif clip is None:
        desk.room.problem(tr("Put the playhead on the clip that is to show this instead."))
    else:
        screening.player.pause()
        if desk.timeline.commands.replace(clip.id, source, screening.player.frame):
            screening.look_at_cut()


def _under(desk: Workspace, frame: int) -> Clip | None:
    """The selected clip under a frame, or else what is seen there, or else what is heard."""
    timeline, chosen = active_timeline(desk.room.film), desk.room.session.selection
    played = (*audible_tracks(timeline), *visible_tracks(timeline))
    found = (clip_at(track.clips, frame) for track in played)
    here = [clip for clip in found if clip is not None and clip.enabled]
    seen = picture_at(timeline, frame)
    picked = [clip for clip in here if clip.id in chosen]
    pictures = [] if seen is None else [seen.clip]
    lone = picked if len(picked) == 1 else []
    return next(iter((*lone, *pictures, *here)), None)


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
