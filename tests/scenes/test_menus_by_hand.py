"""What hands expect of every panel: a menu under the right button, Delete, and a way back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.scenes.test_window_story import preview, quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def desk(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    room = ready(qtbot, window)
    for words in ("a red ball drops", "a blue drum rolls"):
        write_shot(qtbot, window, words)
    preview(qtbot, window)
    qtbot.waitUntil(lambda: quiet(room))
    return window.workspace


def menu_under(qtbot, view, at):
    """The words of the menu that the right button opens there; it is put away."""
    port = view.viewport()
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(port, Qt.MouseButton.RightButton, none, at)
    QTest.mouseRelease(port, Qt.MouseButton.RightButton, none, at)
    view.customContextMenuRequested.emit(at)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    words = [action.text() for action in menu.actions() if not action.isSeparator()]
    menu.close()
    return words


def test_the_right_button_offers_what_can_be_done_with_the_row_under_it(qtbot, desk):
    room = desk.room
    first, second = room.film.shots
    assert room.session.shot_id == second.id
    row = desk.shots.view.visualRect(desk.shot_items.index_of(first.id))
    assert "Delete shot" in menu_under(qtbot, desk.shots.view, row.center())
    assert room.session.shot_id == first.id
    below = QPoint(10, desk.shots.view.viewport().height() - 3)
    assert menu_under(qtbot, desk.shots.view, below)[0] == "New shot"
    desk.show_panel("queue")
    job = desk.queue.view.visualRect(desk.job_items.index(0, 0)).center()
    assert "Take the render off the list" in menu_under(qtbot, desk.queue.view, job)
    assert desk._actions["queue.forget"].isEnabled()
    desk.show_panel("storyboard")
    board = desk.shot_desk.board.board
    place = board.visualRect(desk.shot_desk.board_items.index_of(second.id)).center()
    assert "Approve the still" in menu_under(qtbot, board, place)
    assert room.session.shot_id == second.id


def test_delete_means_the_rows_of_the_list_that_has_the_keys(qtbot, desk):
    room, queue = desk.room, desk.queue.view
    desk.trigger("view.shots")
    desk.shots.view.selectAll()
    qtbot.keyClick(desk.shots.view, Qt.Key.Key_Delete)
    assert room.film.shots == ()
    assert room.store.undo_name == "Delete 2 shots"
    room.undo()
    assert len(room.film.shots) == 2
    desk.show_panel("queue")
    qtbot.waitUntil(lambda: desk.job_items.rowCount() > 0)
    jobs = desk.job_items.rowCount()  # once it is in sight: till then nobody lists them
    queue.setCurrentIndex(desk.job_items.index(0, 0))
    queue.setFocus()
    qtbot.keyClick(queue, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: desk.job_items.rowCount() == jobs - 1)
    room.session.set_shot(room.film.shots[1].id)
    take = room.take
    assert take is not None
    room.queue.pause()
    desk.trigger("view.takes")
    qtbot.keyClick(desk.takes.view, Qt.Key.Key_Delete)
    assert room.ledger.decision(take.id) == "rejected"
    room.stop()
    room.queue.resume()


def test_a_seed_of_the_contact_sheet_is_kept_by_its_button(qtbot, desk):
    room, board = desk.room, desk.shot_desk.board
    keep, stop = board._buttons["shot.keep"], board._buttons["shot.stop_all"]
    board.show_sheet()
    assert not keep.isVisibleTo(board)
    assert not stop.isEnabled()
    room.queue.pause()
    desk.trigger("shot.seeds")
    qtbot.waitUntil(stop.isEnabled)
    room.queue.resume()
    qtbot.waitUntil(lambda: quiet(room))
    qtbot.waitUntil(lambda: not stop.isEnabled())
    assert keep.isVisibleTo(board)
    assert not keep.isEnabled()
    index = desk.shot_desk.sheet_items.index(2, 0)
    board.sheet.setCurrentIndex(index)
    seed = desk.shot_desk.sheet_items.rows()[2].take_id
    keep.click()
    assert room.shot is not None
    assert room.shot.chosen_take_id == seed
    assert desk.shot_desk.sheet_items.rows()[2].state == "chosen"


def test_every_panel_that_was_closed_is_brought_back_by_its_command(desk):
    for key in ("bins", "shots", "timeline", "takes", "storyboard", "export", "shot", "edit"):
        desk.docks[key].close()
        assert not desk.docks[key].isVisible()
        desk.trigger(f"view.{key}")
        assert desk.docks[key].isVisible(), key
