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
from studio.document.film import MediaSource, TakeSource
from studio.render.stored_requests import load_request
from tests.scenes.test_window_story import LONG_MS, preview, quiet, ready, write_shot

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
    qtbot.waitUntil(lambda: not window.workspace.viewer.picture.shown.isNull(), timeout=LONG_MS)
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

    qtbot.waitUntil(pull, timeout=LONG_MS)  # a picture that is only just shown has no place yet
    ((url,),) = carried
    assert url.toLocalFile().endswith(".png")
    # The same by command, onto the shot under the hand.
    taken.actions_["shot.use_frame"].trigger()
    qtbot.waitUntil(lambda: bool(room.shot.references), timeout=LONG_MS)
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
    assert "babble" in desk.shot._note.text()
    windows.drop(desk.shot.strip, [windows.sound_file(tmp_path, "line.wav")])
    qtbot.waitUntil(lambda: bool(room.shot.references), timeout=LONG_MS)
    (card,) = desk.shot.strip._cards.values()
    card.role.setCurrentIndex(card.role.findData("soundtrack"))
    card.role.activated.emit(card.role.currentIndex())
    assert room.shot.references[0].role == "soundtrack"
    qtbot.waitUntil(lambda: "babble" not in desk.shot._note.text(), timeout=LONG_MS)


def test_imported_footage_is_changed_by_words_into_a_take_of_a_new_shot(
    qtbot, taken, windows, tmp_path
):
    desk, room = taken.workspace, taken.room
    clip = tmp_path / "walk.mp4"
    pictures = np.full((30, 90, 160, 3), 120, np.uint8)
    write_film(clip, iter(pictures), Fraction(24), np.zeros((2, 30_000), np.float32))
    windows.drop(desk.bins, [clip])
    qtbot.waitUntil(lambda: bool(room.film.media), timeout=LONG_MS)
    desk.bins.opened.emit(room.film.media[0].id)
    desk.show_panel("edit")
    assert "walk" in desk.edit._of.text()
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    before = len(room.ledger.takes)
    qtbot.mouseClick(desk.edit.button, LEFT)
    qtbot.waitUntil(lambda: len(room.ledger.takes) > before and quiet(room), timeout=LONG_MS)
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
    qtbot.waitUntil(lambda: bool(room.film.media), timeout=LONG_MS)
    walk = room.film.media[0]
    take_id = room.session.take_id
    assert take_id
    desk.bins.opened.emit(walk.id)
    assert desk.edit.footage == walk
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
