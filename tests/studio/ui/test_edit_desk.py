"""What becomes of the words of a change once it is decided on."""

import pytest
from PySide6.QtCore import Qt

CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def made(qtbot, desk):
    """A desk on a change of its take that was made by ``make``, and is not decided on."""

    def make(words, *, quiet=False):
        desk.show_panel("edit")
        desk.edit.begin()
        desk.edit.keep_sound.setChecked(quiet)
        desk.edit.picture.set_value(0.9)
        qtbot.keyClicks(desk.edit.instruction, words)
        before = set(desk.room.ledger.takes)
        qtbot.keyClick(desk.edit.instruction, Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: bool(set(desk.room.ledger.takes) - before))
        (take_id,) = set(desk.room.ledger.takes) - before
        qtbot.waitUntil(lambda: desk.room.session.take_id == take_id)
        desk.turns.settle()
        return desk.room.ledger.takes[take_id]

    return make


def test_a_change_that_is_kept_leaves_the_panel_for_the_next_one(desk, made):
    made("make it night", quiet=True)
    assert desk.edit.instruction.toPlainText() == "make it night"
    desk.room.keep()
    panel = desk.edit
    assert panel.instruction.toPlainText() == ""
    assert (panel.keep_sound.isChecked(), panel.picture.value) == (False, 0.6)


def test_a_change_that_is_rejected_can_be_said_otherwise(desk, made):
    made("make it night", quiet=True)
    desk.room.reject()
    desk.turns.settle()
    panel = desk.edit
    assert panel.instruction.toPlainText() == "make it night"
    assert (panel.keep_sound.isChecked(), panel.picture.value) == (True, 0.9)


def test_words_for_another_change_are_let_be(qtbot, desk, made):
    made("make it night")
    desk.edit.begin()
    qtbot.keyClicks(desk.edit.instruction, "add rain")
    desk.room.keep()
    assert desk.edit.instruction.toPlainText() == "add rain"
    assert desk.edit.picture.value == 0.9


def test_words_that_another_shot_waits_with_are_put_away_with_their_change(qtbot, desk, made):
    take = made("make it night")
    desk.room.session.set_shot("s1")
    desk.turns.settle()
    qtbot.keyClicks(desk.edit.instruction, "make it night")
    desk.room.kept.emit(take.id)
    assert desk.edit.instruction.toPlainText() == "make it night"  # of this shot
    desk.room.session.set_shot("s0")
    desk.turns.settle()
    assert desk.edit.instruction.toPlainText() == ""


def test_a_strength_that_is_kept_puts_the_others_away(qtbot, desk):
    desk.show_panel("edit")
    qtbot.keyClicks(desk.edit.instruction, "make it night")
    desk.edit_desk.climb()
    tiles = desk.edit.ladder.tiles
    qtbot.waitUntil(lambda: all(tile.take_id for tile in tiles))
    desk.room.session.set_take(tiles[1].take_id)
    desk.room.keep()
    assert desk.edit.ladder.rungs == ()
    assert desk.edit.instruction.toPlainText() == ""
