"""What is done in the window before a picture of the gallery is taken, and how it is put away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from studio.bridge.region import Followed
from studio.document.dissolve_changes import set_dissolve
from studio.document.film import Clip, ColourLabel, Marker, new_id
from studio.document.queries import active_timeline, timeline_end
from studio.document.timeline_changes import Placement, overwrite_clips
from studio.document.titles import TitleSource
from studio.document.track_changes import add_marker
from studio.document.trim_changes import edit_clips
from studio.ui.workspace import Workspace
from tests.scenes.director import Director
from tests.scenes.steps import clips, desk_of, quiet, room_of

PutAway = Callable[[], object]
OVER_PX = 60


def settle(director: Director) -> None:
    """Wait until nothing is read, rendered or said any more."""
    desk = desk_of(director)
    room = desk.room
    director.window.notices.hide()
    quiet_rounds = 0
    for _ in range(8):  # thumbnails and waveforms are wished for by being painted
        director.window.grab()
        director.pause(60)
        quiet_rounds = 0 if _reading(desk) else quiet_rounds + 1
        if quiet_rounds == 2:
            break
        director.wait(lambda: not _reading(desk), "the thumbnails")
    director.wait(lambda: quiet(room), "the queue is empty")
    director.read_notices()
    director.pause(60)


def busy(director: Director) -> PutAway | None:
    """A title, a dissolve, markers and a label laid into the cut."""
    desk, room = desk_of(director), room_of(director)
    cut = active_timeline(room.film)
    if not any(isinstance(c.source, TitleSource) for t in cut.tracks for c in t.clips):
        _dress_cut(desk)
    room.session.set_shot(room.film.shots[0].id)
    room.session.set_take("")
    room.session.set_playhead(timeline_end(active_timeline(room.film)) * 2 // 5)
    desk.timeline.setFocus()
    director.press("\\")
    return None


def _dress_cut(desk: Workspace) -> None:
    room = desk.room
    cut = active_timeline(room.film)
    end = timeline_end(cut)
    shots = clips(room)
    upper = [track for track in cut.tracks if track.kind == "video"][-1]
    title = Clip(
        id=new_id(),
        source=TitleSource(text="The pumpkin"),
        start=4,
        length=36,
        fade_in=8,
        fade_out=8,
    )
    room.apply(
        lambda film: overwrite_clips(film, cut.id, [Placement(track_id=upper.id, clip=title)]),
        "Title",
    )
    notes: tuple[tuple[int, str, ColourLabel], ...] = (
        (end // 4, "Music comes in", "teal"),
        (end * 3 // 4, "Turn", "orange"),
    )
    for frame, name, colour in notes:
        marker = Marker(id=new_id(), frame=frame, name=name, colour=colour)
        room.apply(lambda film, marker=marker: add_marker(film, cut.id, marker), "Marker")
    room.apply(lambda film: set_dissolve(film, cut.id, shots[1].id, 12, kind="dip"), "Dip to black")
    room.apply(lambda film: edit_clips(film, cut.id, [shots[2].id], colour="violet"), "Label")
    room.apply(lambda film: edit_clips(film, cut.id, [shots[-1].id], fade_out=12), "Fade")


def region(director: Director) -> PutAway:
    """A region painted on the first take, followed, with what should change written."""
    desk, room = desk_of(director), room_of(director)
    room.session.set_shot(room.film.shots[1].id)
    take = room.take
    assert take is not None
    room.session.set_take(take.id)
    desk.show_panel("edit")
    desk.edit.instruction.setPlainText("make it nighttime")
    desk.edit.region.paint.setChecked(True)
    regions = desk.edit_desk.regions
    director.wait(lambda: regions.overlay.painting, "the brush is out")
    area = regions.overlay.picture_area().toRect()
    row = area.top() + area.height() // 4
    director.drag(regions.overlay, QPoint(area.left() + 4, row), QPoint(area.right() - 4, row))
    director.wait(lambda: isinstance(regions.region.state, Followed), "the region is followed")
    return regions.put_away


def clip(director: Director) -> PutAway | None:
    """The first clip in hand, with its keys, its handles over the picture."""
    desk, room = desk_of(director), room_of(director)
    room.session.set_take("")
    first = clips(room)[0]
    room.session.set_playhead(first.start)
    room.session.select([first.id])
    desk.clip_desk.refresh()
    return None


def export(director: Director) -> PutAway | None:
    """A file that lies where a director would have it."""
    desk_of(director).export.file.setText("/tmp/The pumpkin.mp4")
    return None


def table(director: Director) -> PutAway:
    """The cut as a table."""
    desk = desk_of(director)
    desk.turn_cut()
    return desk.turn_cut


def stills(director: Director) -> PutAway | None:
    """A still of every shot on the board."""
    desk, room = desk_of(director), room_of(director)
    if not any(take.kind == "still" for take in room.ledger.takes.values()):
        desk.shot_desk.make_stills()
        director.wait(lambda: quiet(room), "the stills")
    return None


def compare(director: Director) -> PutAway:
    """A take beside the change that was made of it."""
    desk, room = desk_of(director), room_of(director)
    room.session.set_shot(room.film.shots[0].id)
    parent = next(take_id for take_id in room.ledger.children)
    room.session.set_take(room.ledger.children[parent][0].id)
    desk.show_panel("takes")
    director.pause(200)
    desk.take_desk.compare()
    view = desk.take_desk.compare_view
    director.wait(lambda: view.picture._images is not None, "both pictures")
    return view.put_away


def settings(director: Director) -> PutAway:
    """The settings."""
    window = director.window
    room_of(director).session.set_take("")
    window.actions_["film.settings"].trigger()
    return window.sheets.settings.hide


def film(director: Director) -> PutAway:
    """The settings of the film."""
    window = director.window
    room_of(director).session.set_take("")
    window.actions_["film.sheet"].trigger()
    return window.sheets.film.hide


def keys(director: Director) -> PutAway:
    """The key sheet, with the keys of panels."""
    window = director.window
    window.actions_["help.keys"].trigger()
    return window.sheet.hide


def palette(director: Director) -> PutAway:
    """The command palette, with a few letters of a command."""
    window = director.window
    window.actions_["help.palette"].trigger()
    director.pause(100)
    director.press("M")
    director.press("A")
    return window.palette_.close


PREPARE: Mapping[str, Callable[[Director], PutAway | None]] = {
    "busy": busy,
    "region": region,
    "clip": clip,
    "export": export,
    "table": table,
    "stills": stills,
    "compare": compare,
    "film": film,
    "keys": keys,
    "settings": settings,
    "palette": palette,
}


def _reading(desk: Workspace) -> bool:
    tiles = desk.tiles
    return bool(tiles._waiting or tiles._arriving or tiles._reading)


def taken(director: Director, part: str) -> QPixmap:
    """A picture of a part of the window; of what lies over it, with a margin of what is under."""
    window, desk = director.window, desk_of(director)
    over: dict[str, QWidget] = {
        "compare": desk.take_desk.compare_view,
        "film": window.sheets.film,
        "keys": window.sheet,
        "settings": window.sheets.settings,
        "palette": window.palette_,
    }
    if part == "window":
        return window.grab()
    if part not in over:
        return desk.docks[part].grab()
    widget, margin = over[part], 0 if part == "compare" else OVER_PX
    area = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    area.adjust(-margin, -margin, margin, margin)
    return window.grab(area.intersected(window.rect()))
