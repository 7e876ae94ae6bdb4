"""The commands on takes, the queue and the film as a whole: what each does in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from studio.document.film import Media
from studio.document.ledger import TakeRecord
from studio.document.queries import active_timeline, resolve_clip
from studio.wording import tr

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

Deed = Callable[["Workspace"], object]


def _on_takes(deed: Deed) -> Deed:
    """Bring the takes to the front first: what is asked for happens there."""

    def run(desk: Workspace) -> None:
        desk.show_panel("takes")
        deed(desk)

    return run


def _redo(desk: Workspace, kept: Literal["picture", "sound"]) -> None:
    """Begin a change of what the first selected clip shows that keeps its picture, or its sound."""
    timeline, chosen = active_timeline(desk.room.film), desk.room.session.selection
    clips = [clip for track in timeline.tracks for clip in track.clips if clip.id in chosen]
    clip = min(clips, key=lambda one: one.start, default=None)
    if clip is None:
        return
    found = resolve_clip(desk.room.film, desk.room.ledger, clip)
    if isinstance(found, TakeRecord) or (isinstance(found, Media) and found.kind == "video"):
        desk.open_clip(clip.id)
        if isinstance(found, TakeRecord):
            # What the clip shows, which may be an upgrade of the take that the shot names.
            desk.room.session.set_take(found.id)
        desk.edit_desk.redo(kept)
    else:
        desk.room.say(tr("Only takes and clips with a picture can be made again in part."))


def _change_job(desk: Workspace) -> None:
    """Change the selected job, which is done in the panel of the queue."""
    desk.show_panel("queue")
    desk.queue.do("change")


def _fill_gap(desk: Workspace) -> None:
    """Make a shot for the gap, and let its words be written."""
    if desk.continuing.fill_gap():
        desk.show_panel("shot")
        desk.shot.write()


TAKE_DEEDS: Mapping[str, Deed] = {
    "film.verdicts": lambda desk: desk.take_desk.export_verdicts(),
    "shot.compare": lambda desk: desk.take_desk.compare(),
    "shot.judge": lambda desk: desk.take_desk.judge(),
    "shot.verdict_a": lambda desk: desk.take_desk.verdict("a"),
    "shot.verdict_b": lambda desk: desk.take_desk.verdict("b"),
    "shot.verdict_tie": lambda desk: desk.take_desk.verdict("tie"),
    "shot.favourite": lambda desk: desk.take_desk.favourite(),
    "shot.note": _on_takes(lambda desk: desk.take_desk.begin_note()),
    "shot.find_take": _on_takes(lambda desk: desk.take_desk.find()),
    "shot.reproduce": lambda desk: desk.take_desk.reproduce(),
    "shot.rerun": lambda desk: desk.take_desk.rerun(),
    "shot.full_from_preview": lambda desk: desk.take_desk.full_from_preview(),
    "shot.recall": lambda desk: desk.take_desk.recall(),
    "shot.ladder": lambda desk: desk.edit_desk.climb(),
    "shot.region": lambda desk: desk.edit_desk.paint_region(),
    "shot.extend": lambda desk: desk.continuing.extend(backward=False),
    "shot.extend_back": lambda desk: desk.continuing.extend(backward=True),
    "cut.fill_gap": _fill_gap,
    "cut.redo_sound": lambda desk: _redo(desk, "picture"),
    "cut.redo_picture": lambda desk: _redo(desk, "sound"),
    "view.picture": lambda desk: desk.full_picture.toggle(),
    "view.mix": lambda desk: desk.show_panel("mix"),
    "view.queue": lambda desk: desk.queue_desk.toggle(),
    "queue.show": lambda desk: desk.show_panel("queue"),
    "queue.release": lambda desk: desk.queue.do("release"),
    "queue.retry": lambda desk: desk.queue.do("retry"),
    "queue.sooner": lambda desk: desk.queue.do("sooner"),
    "queue.later": lambda desk: desk.queue.do("later"),
    "queue.change": _change_job,
    "queue.cancel": lambda desk: desk.queue.do("cancel"),
    "queue.forget": lambda desk: desk.queue.do("forget"),
}
