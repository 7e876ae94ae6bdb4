"""The steps of the whole job, each done in the window as a director does it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from engine.media import probe
from studio.bridge.drags import packed
from studio.bridge.region import Followed
from studio.bridge.room import Room
from studio.demo import REFERENCE, TAG
from studio.document.film import Clip, MediaSource, ShotSource
from studio.document.key_changes import key_frames
from studio.document.looks import UNGRADED
from studio.document.queries import active_timeline, timeline_end
from studio.document.timeline_access import find_clip
from studio.ui.workspace import Workspace
from tests.scenes.director import Director, WalkError, files

PROMPT = f"The orange pumpkin @{TAG} drops and bounces on the beach at sunset, static camera"
SCRIPT = """Shot 1: A red rubber ball drops and bounces in the park by day, static camera

Shot 2: A yellow metal bell drops to the ground in the street by day, static camera

Shot 3: A blue wooden drum rolls over the beach at sunset, static camera
"""
INSTRUCTION = "make it nighttime"


def walk(director: Director, films: Path) -> Path:
    """The whole job; returns the folder of the film that was made."""
    begin(director, films)
    gather(director)
    write_shot(director)
    preview_and_keep(director)
    change_to_night(director)
    shoot_the_rest(director)
    arrange(director)
    place_and_match(director)
    play(director)
    deliver(director)
    folder = room_of(director).folder
    director.window.close_film()
    return folder


def begin(director: Director, films: Path) -> None:
    """The welcome page, then a new film."""
    window = director.window
    director.wait(lambda: window.isActiveWindow() or not _has_screen(), "the window is in front")
    director.look("welcome")
    director.press("Ctrl+N")
    form = window.new_form
    director.write_over(form.place, str(films))
    director.write_over(form.name, "Pumpkin")
    director.look("new-film")
    with director.timed("A new film is open"):
        director.press("Return")
        director.wait(lambda: window.workspace is not None, "the film opens")
    with director.timed("The engine says what it can do"):
        director.wait(lambda: room_of(director).capabilities is not None, "the engine answers")
    director.look("empty-film")


def gather(director: Director) -> None:
    """A picture out of another program, named for prompts."""
    desk, room = desk_of(director), room_of(director)
    with director.timed("A dropped picture is in the bin"):
        director.drop(desk.bins, files(REFERENCE))
        director.wait(lambda: room.film.media, "the picture is in the bin")
    director.pause(100)
    desk.bins.name_item(room.film.media[0].id)  # “Name it for prompts…” of the tile's menu
    field = desk.bins.findChild(QLineEdit, "tag_field")
    assert isinstance(field, QLineEdit)
    director.write(field, f"@{TAG}")
    director.press("Return")
    director.wait(lambda: room.film.cards, "the picture has its name")
    director.look("bin")


def write_shot(director: Director) -> None:
    """A shot in words, a reference on it, and what the engine would get."""
    desk, room = desk_of(director), room_of(director)
    director.press("Ctrl+Shift+N")
    director.write(desk.shot.prompt, PROMPT)
    leave_field(director)
    with director.timed("The compiled request is there to be read"):
        director.drop(desk.shot.strip, packed("media", [room.film.media[0].id]))
        director.wait(lambda: room.shot is not None and room.shot.references, "the reference")
        director.wait(lambda: "@Image1" in desk.shot.request.text, "the compiled request")
    director.look("shot-written")


def preview_and_keep(director: Director) -> None:
    """Preview the shot under the hand, watch it come, keep it and wait for the full render."""
    desk, room = desk_of(director), room_of(director)
    leave_field(director)
    before = len(room.ledger.takes)
    with director.timed("The first step picture of a preview"):
        director.press("P")
        director.wait(lambda: half_way(desk) or len(room.ledger.takes) > before, "a step picture")
    director.look("preview-comes")
    with director.timed("The rest of that preview"):
        director.wait(lambda: len(room.ledger.takes) > before, "the preview is there")
    first = room.take
    assert first is not None
    director.look("preview")
    with director.timed("Kept, it is rendered in full"):
        keep(director)
        director.wait(lambda: first.id in room.ledger.upgrades, "the full render replaces it")
    director.wait(lambda: quiet(room), "the queue is empty")
    director.look("full")


def change_to_night(director: Director) -> None:
    """The take, changed by a sentence where it was painted; the change is kept."""
    desk, room = desk_of(director), room_of(director)
    parent = room.take
    assert parent is not None
    director.press("E")
    director.write(desk.edit.instruction, INSTRUCTION)
    with director.timed("A painted sky is followed through the shot"):
        paint_the_sky(director)
    director.look("edit")
    with director.timed(f"The take is changed: {INSTRUCTION}"):
        director.click(desk.edit.button)
        director.wait(lambda: parent.id in room.ledger.children and quiet(room), "the change")
    director.pause(300)
    director.look("night")
    keep(director)


def paint_the_sky(director: Director) -> None:
    """A stroke over the upper part of the picture; it goes with the picture from there."""
    desk = desk_of(director)
    overlay, region = desk.edit_desk.regions.overlay, desk.edit_desk.regions.region
    director.click(desk.edit.region.paint)
    director.wait(lambda: overlay.painting, "the brush is out")
    area = overlay.picture_area().toRect()
    for share in (0.12, 0.3):
        row = area.top() + round(share * area.height())
        director.drag(overlay, QPoint(area.left() + 4, row), QPoint(area.right() - 4, row))
    director.wait(lambda: isinstance(region.state, Followed), "the region is followed")
    director.press("Return")


def shoot_the_rest(director: Director) -> None:
    """Three more shots out of a pasted script, previewed and kept."""
    desk, room = desk_of(director), room_of(director)
    QGuiApplication.clipboard().setText(SCRIPT)
    desk.show_panel("shot")
    leave_field(director)
    director.press("Ctrl+Shift+V")
    director.wait(lambda: len(room.film.shots) == 4, "the script is in the list")
    with director.timed("Three more shots are previewed, kept and rendered in full"):
        for shot in room.film.shots[1:]:
            row = desk.shots.view.visualRect(desk.shot_items.index_of(shot.id))
            director.click(desk.shots.view.viewport(), row.center())
            assert room.session.shot_id == shot.id
            leave_field(director)
            director.press("P")
            director.wait(lambda s=shot: room.ledger.takes_by_shot.get(s.id), "the preview")
            keep(director)
        director.wait(lambda: quiet(room), "the full renders")
    director.look("four-shots")


def arrange(director: Director) -> None:
    """Trim, split, ripple delete, take back, and move on the timeline."""
    desk, room = desk_of(director), room_of(director)
    port = desk.timeline.viewport()
    desk.timeline.setFocus()
    director.press("\\")
    director.pause(200)
    with director.timed("Trim, split, ripple delete, undo and move on the timeline"):
        director.press("S")  # by hand, not to the next edge
        end = timeline_end(active_timeline(room.film))
        tail = rect_of(director, 3)
        grip = QPoint(tail.right() - 1, tail.bottom() - 6)
        director.drag(port, grip, grip - _frames(room, 6))
        assert timeline_end(active_timeline(room.film)) < end, "the last shot is shorter"
        director.look("trimmed")
        director.click(port, QPoint(rect_of(director, 1).center().x(), 12))
        director.press("Ctrl+K")
        assert len(clips(room)) == 5, "the second shot is cut in two"
        director.look("split")
        director.click(port, _body(rect_of(director, 2)))
        director.press("Shift+Del")
        assert len(clips(room)) == 4, "a piece is gone"
        assert _gapless(room), "and the gap is closed"
        director.look("ripple-deleted")
        director.press("Ctrl+Z")
        director.press("Ctrl+Z")
        assert len(clips(room)) == 4, "both are taken back"
        last = _body(rect_of(director, 3))
        director.drag(port, last, last + _frames(room, 5))
        assert not _gapless(room), "the last shot stands apart"
        director.look("moved")
        director.press("Ctrl+Z")
        director.press("S")
    assert _gapless(room)
    drop_on_the_cut(director)


def drop_on_the_cut(director: Director) -> None:
    """A picture out of another program, on the upper track; it is taken back again."""
    desk, room = desk_of(director), room_of(director)
    first = rect_of(director, 0)
    above = QPoint(first.center().x(), first.top() - first.height() // 2)
    director.drop(desk.timeline.viewport(), files(REFERENCE), above)
    director.wait(lambda: media_clips(room), "the picture lies on the cut")
    director.look("dropped-on-the-cut")
    desk.timeline.setFocus()
    director.press("Ctrl+Z")
    assert not media_clips(room), "it is in the bin alone"


def place_and_match(director: Director) -> None:
    """A slow push in by two keys, and the next shot's colour brought to it."""
    desk, room = desk_of(director), room_of(director)
    port = desk.timeline.viewport()
    first, second = (clip.id for clip in clips(room)[:2])
    with director.timed("A push in by two keys, and a colour that is matched"):
        director.click(port, _body(rect_of(director, 0)))
        director.press("Home")
        director.press("Alt+L")
        director.press("Ctrl+Alt+K")
        director.press("Down")  # the cut after it, and one frame back: its last picture
        director.press("Left")
        director.pause(200)
        director.write_over(desk.clip.pose.fields["scale"], "115")
        director.press("Return")
        director.wait(lambda: len(key_frames(_clip(room, first))) == 2, "there are two keys")
        director.look("push-in")
        leave_field(director)
        director.click(port, _body(rect_of(director, 1)))
        desk.trigger("cut.match_before")  # “Match to…” of the panel, the clip before
        director.wait(lambda: _clip(room, second).grade != UNGRADED, "the colour is matched")
        director.click(port, QPoint(rect_of(director, 1).center().x(), 12))
    director.look("matched")
    desk.show_panel("shot")


def play(director: Director) -> None:
    """A second of the cut, by the space bar."""
    room = room_of(director)
    leave_field(director)
    director.press("Home")
    director.wait(lambda: room.session.playhead == 0, "the playhead is at the start")
    with director.timed("Play the first second of the cut"):
        director.press("Space")
        director.wait(lambda: room.session.playhead >= round(room.film.rate), "it plays")
        director.press("Space")
    director.look("played")


def deliver(director: Director) -> None:
    """An MP4 of the cut."""
    desk, room = desk_of(director), room_of(director)
    target = director.out / "pumpkin.mp4"
    leave_field(director)
    director.press("Ctrl+E")
    director.write_over(desk.export.file, str(target))
    with director.timed("The film is exported"):
        director.click(desk.export.button)
        director.wait(lambda: desk.exports.busy or target.exists(), "the export begins")
        director.wait(lambda: not desk.exports.busy, "the export ends")
    info = probe(target)
    assert info.frames == timeline_end(active_timeline(room.film))
    assert info.has_audio
    director.look("exported")


# --- what the steps look at ---


def desk_of(director: Director) -> Workspace:
    """The open film's panels."""
    desk = director.window.workspace
    if desk is None:
        raise WalkError("No film is open.")
    return desk


def room_of(director: Director) -> Room:
    """The open film's room."""
    return desk_of(director).room


def quiet(room: Room) -> bool:
    """Whether nothing is rendered or waits to be."""
    return not any(job.is_open for job in room.queue.jobs())


def clips(room: Room) -> list[Clip]:
    """The cut's pictures, in order."""
    tracks = active_timeline(room.film).tracks
    listed = [c for t in tracks if t.kind == "video" for c in t.clips]
    return sorted((c for c in listed if isinstance(c.source, ShotSource)), key=lambda c: c.start)


def media_clips(room: Room) -> list[Clip]:
    """What lies on the cut of imported files."""
    listed = [clip for track in active_timeline(room.film).tracks for clip in track.clips]
    return [clip for clip in listed if isinstance(clip.source, MediaSource)]


def _clip(room: Room, clip_id: str) -> Clip:
    return next(clip for clip in clips(room) if clip.id == clip_id)


def rect_of(director: Director, number: int) -> QRect:
    """Where a picture of the cut is painted."""
    view, timeline = desk_of(director).timeline, desk_of(director).timeline.timeline
    clip = clips(room_of(director))[number]
    place = find_clip(timeline, clip.id)
    assert place is not None
    geometry = view.geometry_now()
    return geometry.clip_rect(geometry.lane_of(place.track), clip)


def leave_field(director: Director) -> None:
    """Click the picture, so that keys are commands again."""
    desk_of(director).viewer.picture.setFocus(Qt.FocusReason.MouseFocusReason)
    director.pause(50)


def keep(director: Director) -> None:
    """Keep the take that is looked at."""
    leave_field(director)
    director.press("Return")
    shot = room_of(director).shot
    assert shot is not None
    assert shot.chosen_take_id, "the shot has its take"


def half_way(desk: Workspace) -> bool:
    """Whether the viewer shows a step picture from the second half of a render."""
    running = desk.room.running_job()
    pulse = desk.room.pulses.get(running.id) if running is not None else None
    shown = bool(desk.viewer.picture.words)
    return shown and pulse is not None and bool(pulse.preview) and pulse.step * 2 >= pulse.of


def _gapless(room: Room) -> bool:
    listed = clips(room)
    return all(one.end == after.start for one, after in pairwise(listed))


def _body(rect: QRect) -> QPoint:
    return QPoint(rect.center().x(), rect.bottom() - 6)


def _frames(room: Room, frames: int) -> QPoint:
    return QPoint(round(frames * room.session.zoom), 0)


def _has_screen() -> bool:
    return QGuiApplication.platformName() != "offscreen"
