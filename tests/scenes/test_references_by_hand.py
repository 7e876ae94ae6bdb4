"""What a shot is made with, brought by hand: frames, takes, recorded lines; and footage changed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.api import Edit
from engine.media import write_film
from studio.bridge.drags import packed
from studio.bridge.region import Followed, Following
from studio.document.film import Clip, MediaSource, TakeSource
from studio.document.queries import active_timeline
from studio.document.take_lineage import asked
from studio.document.timeline_changes import Placement, overwrite_clips
from studio.render.footage import Footage
from studio.render.stored_requests import load_request
from tests.scenes.test_window_story import preview, quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def let_fall(widget, mime):
    """Let something fall on ``widget`` that another part of the window carries."""
    at, copy = widget.rect().center(), Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(at, copy, mime, LEFT, NONE),
        QDragMoveEvent(at, copy, mime, LEFT, NONE),
        QDropEvent(QPointF(at), copy, mime, LEFT, NONE),
    ):
        QApplication.sendEvent(widget, event)


@pytest.fixture
def taken(qtbot, window, windows, tmp_path):
    """A shot with a preview, which is looked at."""
    windows.new_film(window, tmp_path)
    ready(qtbot, window)
    write_shot(qtbot, window, "a red ball rolls along the quay")
    preview(qtbot, window)
    window.workspace.screening.player.pause()
    qtbot.waitUntil(lambda: not window.workspace.viewer.picture.shown.isNull())
    return window


def test_the_frame_in_the_viewer_is_dragged_onto_a_shot(qtbot, taken, monkeypatch):
    desk, room, carried = taken.workspace, taken.room, []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: carried.append(drag.mimeData().urls()))
    screen = desk.viewer.picture

    def pull():
        middle = screen.picture_area().center().toPoint()
        for kind, point in (
            (QMouseEvent.Type.MouseButtonPress, middle),
            (QMouseEvent.Type.MouseMove, middle + QPoint(40, 0)),
        ):
            place = QPointF(screen.mapToGlobal(point))
            event = QMouseEvent(kind, QPointF(point), place, LEFT, LEFT, NONE)
            QApplication.sendEvent(screen, event)
        return bool(carried)

    qtbot.waitUntil(pull)  # a picture that is only just shown has no place yet
    ((url,),) = carried
    assert url.toLocalFile().endswith(".png")
    # The same by command, onto the shot under the hand.
    taken.actions_["shot.use_frame"].trigger()
    qtbot.waitUntil(lambda: bool(room.shot.references))
    (reference,) = room.shot.references
    media = next(one for one in room.film.media if one.id == reference.source.media_id)
    assert isinstance(reference.source, MediaSource)
    assert (media.facts.width, media.facts.height) == (
        screen.shown.width(),
        screen.shown.height(),
    )


def test_a_take_let_fall_on_another_shot_becomes_its_reference(qtbot, taken):
    desk, room = taken.workspace, taken.room
    (take,) = room.ledger.takes.values()
    other = write_shot(qtbot, taken, "the same quay at night")
    let_fall(desk.shot.strip, packed("take", (take.id,)))
    assert [one.source for one in room.shot.references] == [TakeSource(take_id=take.id)]
    assert room.shot.id == other.id
    preview(qtbot, taken)
    made = load_request(room.take.recipe, room.folder)
    assert made.references[0].source.endswith("picture.mkv")


def test_a_quoted_line_is_babble_until_it_is_recorded(qtbot, taken, windows, tmp_path):
    desk, room = taken.workspace, taken.room
    write_shot(qtbot, taken, 'she says "where were you"')
    assert "babble" in desk.shot.ahead_button.toolTip()
    windows.drop(desk.shot.strip, [windows.sound_file(tmp_path, "line.wav")])
    qtbot.waitUntil(lambda: bool(room.shot.references))
    (card,) = desk.shot.strip._cards.values()
    card.role.setCurrentIndex(card.role.findData("soundtrack"))
    card.role.activated.emit(card.role.currentIndex())
    assert room.shot.references[0].role == "soundtrack"
    qtbot.waitUntil(lambda: "babble" not in desk.shot.ahead_button.toolTip())


def test_imported_footage_is_changed_by_words_into_a_take_of_a_new_shot(
    qtbot, taken, windows, tmp_path
):
    desk, room = taken.workspace, taken.room
    clip = tmp_path / "walk.mp4"
    pictures = np.full((30, 90, 160, 3), 120, np.uint8)
    write_film(clip, iter(pictures), Fraction(24), np.zeros((2, 30_000), np.float32))
    windows.drop(desk.bins, [clip])
    qtbot.waitUntil(lambda: bool(room.film.media))
    desk.bins.opened.emit(room.film.media[0].id)
    desk.show_panel("edit")
    assert "walk" in desk.edit._of.text()
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    before = len(room.ledger.takes)
    qtbot.mouseClick(desk.edit.button, LEFT)
    qtbot.waitUntil(lambda: len(room.ledger.takes) > before and quiet(room))
    assert room.shot.name == "walk"
    (take,) = room.ledger.takes_by_shot[room.shot.id]
    task = load_request(take.recipe, room.folder).task
    assert isinstance(task, Edit)
    assert task.instruction == "make it nighttime"
    assert task.source.endswith(".mp4")


def test_imported_footage_is_left_for_the_cut_or_a_take(qtbot, taken, windows, tmp_path):
    desk, room = taken.workspace, taken.room
    clip = tmp_path / "walk.mp4"
    write_film(clip, [np.full((90, 160, 3), 120, np.uint8)] * 30, Fraction(24))
    windows.drop(desk.bins, [clip])
    qtbot.waitUntil(lambda: bool(room.film.media))
    walk = room.film.media[0]
    take_id = room.session.take_id
    assert take_id
    desk.bins.opened.emit(walk.id)
    assert desk.edit.footage == Footage(media=walk)
    qtbot.mouseClick(desk.viewer.back, LEFT)
    assert desk.screening.source is None
    assert desk.edit.footage is None
    assert "walk" not in desk.edit._of.text()
    assert not desk.viewer.back.isVisible()
    # Nor is the take that was looked at before it out of reach.
    room.session.set_take(take_id)
    desk.bins.opened.emit(walk.id)
    room.session.set_take(take_id)
    assert desk.screening.source == TakeSource(take_id=take_id)
    assert desk.edit.footage is None
    # The cut's own playhead means the cut, and another shot is not a change of the clip.
    desk.bins.opened.emit(walk.id)
    room.session.set_playhead(room.session.playhead + 1)
    assert desk.edit.footage is None
    desk.bins.opened.emit(walk.id)
    write_shot(qtbot, taken, "another shot")
    assert desk.screening.source is None
    assert desk.edit.footage is None


@pytest.fixture
def walk(qtbot, taken, windows, tmp_path):
    """Four seconds of imported film, a picture brighter than the one before, with sound."""
    desk, room = taken.workspace, taken.room
    clip = tmp_path / "walk.mkv"
    shades = np.arange(96, dtype=np.uint8)[:, None, None, None] * 2 + 30
    sound = np.zeros((2, 96_000), np.float32)
    write_film(clip, np.tile(shades, (1, 90, 160, 3)), Fraction(24), sound, preset="take")
    windows.drop(desk.bins, [clip])
    qtbot.waitUntil(lambda: bool(room.film.media))
    return room.film.media[0]


def mark(desk, frame, end=False):
    desk.screening.player.pause()
    desk.screening.player.seek(frame)
    desk.trigger("play.mark_out" if end else "play.mark_in")


def test_the_marked_part_of_a_clip_is_changed_in_its_own_seconds(qtbot, taken, walk):
    desk, room = taken.workspace, taken.room
    desk.bins.opened.emit(walk.id)
    desk.show_panel("edit")
    assert "Takes 0.00 to 3.75 s of 4.00 s" in desk.edit._chain.text()
    mark(desk, 37)
    mark(desk, 70, end=True)
    part = "Takes 1.54 to 2.96 s of 4.00 s"
    assert part in desk.edit._chain.text()
    # The span is told in seconds of the clip, and counted in pictures of what is made.
    span = desk.edit.span
    assert (span.start.minimum(), span.end.maximum()) == (1.54, 2.96)
    span.part.setChecked(True)
    span.start.setValue(2.05)
    span.end.setValue(2.3)
    assert span.value == (6, 9)
    # What is painted belongs to the picture that is seen.
    qtbot.mouseClick(desk.edit.region.paint, LEFT)
    regions, player = desk.edit_desk.regions, desk.screening.player
    player.seek(37 + 9)
    qtbot.waitUntil(lambda: player.frame == 46)
    middle = regions.overlay.picture_area().center().toPoint()
    drawn(qtbot, regions.overlay, middle)
    qtbot.waitUntil(lambda: isinstance(regions.region.state, Followed))
    assert list(regions.region._keys) == [4]
    # Outside of the part nothing can be painted, and that is said.
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    player.seek(10)
    qtbot.waitUntil(lambda: player.frame == 10)
    drawn(qtbot, regions.overlay, middle)
    assert list(regions.region._keys) == [4]
    assert said[-1] == "Only 1.54 to 2.96 s is changed; paint on a picture of it."
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    room.queue.pause()
    qtbot.mouseClick(desk.edit.button, LEFT)
    qtbot.waitUntil(lambda: room.shot.id in room.ledger.jobs_by_shot)
    assert room.shot.name == "walk"
    (job,) = room.ledger.jobs_by_shot[room.shot.id]
    request = load_request(job.request, room.folder)
    assert isinstance(request.task, Edit)
    assert (request.task.in_s, request.frames) == (Fraction(37, 24), 17)
    assert (request.task.start_frame, request.task.end_frame) == (6, 9)
    assert request.task.mask is not None


def drawn(qtbot, overlay, at):
    qtbot.mousePress(overlay, LEFT, pos=at)
    qtbot.mouseMove(overlay, at + QPoint(16, 0))
    qtbot.mouseRelease(overlay, LEFT, pos=at + QPoint(16, 0))


def test_a_clip_of_the_cut_is_opened_where_it_uses_its_file(qtbot, taken, walk):
    desk, room = taken.workspace, taken.room
    used = Clip(id="used", source=MediaSource(media_id=walk.id), start=200, length=30, source_in=48)
    timeline = active_timeline(room.film)
    track = next(one for one in timeline.tracks if one.kind == "video")
    placed = (Placement(track_id=track.id, clip=used),)
    room.apply(lambda film: overwrite_clips(film, timeline.id, placed), "Lay")
    desk.open_clip("used")
    assert desk.edit.footage == Footage(media=walk, in_s=Fraction(2), out_s=Fraction(78, 24))
    qtbot.waitUntil(lambda: desk.screening.player.frame >= 48)


def test_three_strengths_of_imported_footage_are_takes_of_one_new_shot(qtbot, taken, walk):
    desk, room = taken.workspace, taken.room
    first, before = room.shot, len(room.film.shots)
    desk.show_panel("edit")
    qtbot.keyClicks(desk.edit.instruction, "words for the take")
    desk.bins.opened.emit(walk.id)
    mark(desk, 48)
    assert not desk.edit.instruction.toPlainText()
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    desk.trigger("shot.ladder")  # by its key, too, it is of what is looked at
    assert room.shot.name == "walk"
    assert len(room.film.shots) == before + 1
    assert desk.edit._of.isVisibleTo(desk.edit)
    assert not desk.edit.button.isEnabled()
    tiles = desk.edit.ladder.tiles
    qtbot.waitUntil(lambda: all(tile.take_id for tile in tiles))
    takes = [room.ledger.takes[tile.take_id] for tile in tiles]
    assert {take.shot_id for take in takes} == {room.shot.id}
    made = [asked(take.recipe) for take in takes]
    assert [one.picture_strength for one in made] == [0.35, 0.6, 0.85]
    assert {one.in_s for one in made} == {Fraction(2)}
    assert len({take.seed for take in takes}) == 1
    qtbot.mouseClick(tiles[0], LEFT)
    assert desk.screening.source == TakeSource(take_id=takes[0].id)
    assert desk.edit.ladder.rungs
    # The chain of edits begins with the clip, which is a click away, with its part marked.
    desk.turns.settle()
    assert (
        "walk (2.0 to 3.8 s)</a> &rarr; make it nighttime (picture 35%" in desk.edit._chain.text()
    )
    desk.edit._chain.linkActivated.emit("footage")
    assert desk.edit.footage is not None
    assert (desk.edit.footage.media, desk.edit.footage.in_s) == (walk, Fraction(2))
    room.session.set_take(takes[0].id)
    # Another go has noise of its own.
    desk.bins.opened.emit(walk.id)
    qtbot.waitUntil(desk.edit.button.isEnabled)
    qtbot.mouseClick(desk.edit.button, LEFT)
    qtbot.waitUntil(lambda: room.shot.id in room.ledger.takes_by_shot)
    (again,) = room.ledger.takes_by_shot[room.shot.id]
    assert again.seed != takes[0].seed
    room.session.set_shot(first.id)
    assert desk.edit.instruction.toPlainText() == "words for the take"


def test_an_edit_that_waits_for_its_region_is_made_though_the_hand_is_elsewhere(qtbot, taken):
    desk, room = taken.workspace, taken.room
    (take,) = room.ledger.takes.values()
    desk.show_panel("edit")
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    qtbot.mouseClick(desk.edit.region.paint, LEFT)
    overlay = desk.edit_desk.regions.overlay
    drawn(qtbot, overlay, overlay.picture_area().center().toPoint())
    assert isinstance(desk.edit_desk.regions.region.state, Following)
    qtbot.mouseClick(desk.edit.button, LEFT)
    other = write_shot(qtbot, taken, "another shot")
    qtbot.waitUntil(lambda: bool(room.ledger.children.get(take.id)))
    (child,) = room.ledger.children[take.id]
    assert asked(child.recipe).region
    assert child.shot_id == take.shot_id
    assert room.session.shot_id == other.id
    assert not desk.edit.region.painted
