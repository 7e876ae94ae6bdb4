"""A film that takes no changes: everything looks, nothing changes, and every hand is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)

from engine.backends.scripted import ScriptedBackend
from studio.bridge.drags import packed
from studio.document.cut_changes import add_timeline, open_timeline
from studio.document.project_file import create_project, open_project
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow
from studio.ui.timeline_table_rows import START

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
HANDS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
# They open dialogs of the system, another film, or none.
ELSEWHERE = {
    "film.new",
    "film.open",
    "film.demo",
    "film.close",
    "film.quit",
    "film.save_copy",
    "film.verdicts",
    "film.hand_over",
    "view.full",
    "view.picture",
}


@pytest.fixture(scope="module")
def read(dressed, films, tmp_path_factory) -> Iterator[MainWindow]:
    """A window on a film in work that was opened to be read."""
    folder = tmp_path_factory.mktemp("read")
    film, ledger = films.believable()
    film = add_timeline(film, "Long cut")
    film = open_timeline(film, film.timelines[0].id)
    create_project(folder / "film", film, ledger).close()
    films.lay_out(film, ledger, folder / "film")
    settings = SettingsFile(folder / "settings.json")
    settings.change(toured=True)
    window = MainWindow(settings, ScriptedBackend)
    window.resize(1440, 900)
    window.show()
    assert window._take_over(lambda: open_project(folder / "film", read_only=True))
    window.workspace.turns.settle()
    yield window
    window.close_film()
    window.deleteLater()


@pytest.fixture
def window(read) -> MainWindow:
    """The window, with nothing said on it."""
    while read.notices.notice is not None:
        read.notices.dismiss()
    return read


def answer(window: MainWindow) -> str:
    """The refusal on the screen with the way out, put away."""
    notice = window.notices.notice
    assert notice is not None
    assert notice == window.room.refusal
    assert window.notices.findChild(QPushButton, "film.save_copy").isEnabled()
    window.notices.dismiss()
    assert window.notices.notice is None
    return notice.sentence


def can_be_used(widget: QWidget) -> bool:
    """Whether a hand could change something with ``widget`` by itself, and by no command."""
    if isinstance(widget, QScrollBar) or not widget.isEnabled():
        return False
    if isinstance(widget, QLineEdit | QPlainTextEdit) and widget.isReadOnly():
        return False
    return getattr(widget, "defaultAction", lambda: None)() is None


def hands_of(dock: QDockWidget) -> Iterator[QWidget]:
    """Whatever of a panel and its header can be used."""
    for place in (dock.widget(), dock.titleBarWidget()):
        for kind in HANDS if place is not None else ():
            found = place.findChildren(kind)
            yield from (one for one in found if one.isVisibleTo(place) and can_be_used(one))


def test_no_button_and_no_field_of_a_panel_would_change_the_film(window):
    desk = window.workspace
    looking = {desk.bins.search, desk.takes.search, desk.takes.stars, desk.takes.compare}
    looking |= {desk.shots.more}  # a menu, whose commands are shut one by one
    left = [
        (dock.objectName(), type(one).__name__, one.accessibleName() or one.toolTip())
        for dock in desk.docks
        if dock.objectName() != "dock_export"  # a file beside the film is no change of it
        for one in hands_of(dock)
        if one not in looking
    ]
    assert not left, left
    assert desk.shot.prompt.isReadOnly()
    assert desk.shot.prompt.toPlainText() == desk.room.shot.prompt
    keep = desk.takes.findChild(QPushButton, "take_shot.keep")
    assert not keep.isEnabled()


def test_what_is_left_changes_nothing(window):
    room, said, tried = window.room, [], []
    film, ledger = room.film, room.ledger
    room.said.connect(said.append)
    for spec, action in window.actions_:
        if action.isEnabled() and spec.id not in ELSEWHERE:
            tried.append(spec.id)
            action.trigger()
            assert room.refusal not in said, spec.id
    room.said.disconnect(said.append)
    assert {
        "shot.next_take",
        "view.table",
        "cut.next_timeline",
        "edit.select_all",
        "help.keys",
    } <= set(tried)
    assert room.film == film
    assert room.ledger is ledger
    window.sheet.hide()
    window.palette_.close_up()
    window.workspace.take_desk.close()


def test_keys_of_refused_commands_are_answered(qtbot, window):
    desk = window.workspace
    for hand in (desk.viewer.picture, desk.shots.view, desk.takes.view):
        hand.setFocus()
        qtbot.keyClick(hand, Qt.Key.Key_P)
        assert answer(window) == window.room.store.read_only
    # What is written in a field is no command.
    desk.takes.search.setFocus()
    qtbot.keyClick(desk.takes.search, Qt.Key.Key_P)
    assert window.notices.notice is None
    assert desk.takes.search.text() == "p"
    desk.takes.search.clear()
    qtbot.keyClick(desk.takes.search, Qt.Key.Key_Return)
    assert window.notices.notice is None


def test_cells_and_rows_of_the_list_are_read_and_say_why(qtbot, window, hands):
    view = window.workspace.shots.view
    index = view.model().index(0, 0)
    view.scrollTo(index)
    length = view.cell_places(index)["length"].center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=length)
    answer(window)
    hands.double_click_row(view, 0)
    answer(window)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F2)
    answer(window)
    assert view.state() != view.State.EditingState


def test_the_palette_finds_refused_commands_and_says_why(qtbot, window):
    window.palette_.open()
    window.palette_.field.setText("new card")
    assert window.palette_.list.count() == 1
    qtbot.keyClick(window.palette_.field, Qt.Key.Key_Return)
    answer(window)


def possible(menu: QMenu) -> set[str]:
    """The words of what can be chosen."""
    actions: list[QAction] = menu.actions()
    return {one.text() for one in actions if one.text() and one.isEnabled()}


def test_menus_offer_what_looks(window):
    desk = window.workspace
    assert not possible(desk.bins.menu())
    desk.bins.view.selectAll()
    assert desk.bins.selected()
    assert possible(desk.bins.menu()) == {"Look at it"}
    assert not possible(desk.shot_desk.cards.menu())


def test_another_timeline_is_opened_and_nothing_else_of_it_is_changed(qtbot, window):
    desk, room = window.workspace, window.room
    first, second = room.film.timelines
    assert room.film.active_timeline_id == first.id
    tabs = desk.timeline.tabs
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert room.film.active_timeline_id == second.id
    assert window.notices.notice is None
    desk.timeline.setFocus()
    qtbot.keyClick(desk.timeline, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert room.film.active_timeline_id == first.id
    assert window.notices.notice is None
    assert room.store.undo_name is None
    window.safety.look()
    assert window._saved.text() == "Read-only"
    assert not tabs.isMovable()


def test_a_refused_change_says_the_same_once_and_how_to_go_on(window):
    assert not window.room.apply(lambda film: film, "Nothing")
    window.room.library.import_files([Path("a.png")])
    answer(window)
    window.safety.look()
    assert "Save a copy" in window._saved.toolTip()


def test_a_drag_over_the_cut_is_refused_before_anything_of_it_is_seen(window, hand_on):
    view, room = window.workspace.timeline, window.room
    hand, film, tried = hand_on(view), room.film, []
    clip = next(one for track in view.timeline.tracks[::-1] for one in track.clips)
    view.zoom_to_fit()
    view.tried.connect(lambda film, _seen: tried.append(film))
    for start in (hand.middle(clip.id), hand.tail(clip.id)):
        hand.press(start)
        assert window.notices.notice is None
        assert clip.id in room.session.selection
        hand.move(start + QPoint(30, 0))
        assert view.gesture is None
        answer(window)
        hand.move(start + QPoint(60, 0))
        hand.release(start + QPoint(60, 0))
        assert window.notices.notice is None
        assert view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    room.session.set_tool("razor")
    hand.press(hand.middle(clip.id))
    answer(window)
    hand.release(hand.middle(clip.id))
    room.session.set_tool("select")
    assert not any(tried)
    assert view.overlay.hint == ""
    assert room.film is film


def test_the_cut_is_looked_over_by_hand(window, hand_on):
    view, session = window.workspace.timeline, window.room.session
    hand = hand_on(view)
    view.zoom_to_fit()
    hand.drag(QPoint(300, 6), QPoint(340, 6))
    assert session.playhead == view.geometry_now().frame(340)
    width, height = view.viewport().width(), view.viewport().height()
    hand.drag(QPoint(width - 2, height - 2), QPoint(140, 40))
    assert session.selection
    assert window.notices.notice is None


def test_nothing_is_dropped_on_the_cut(window, hands):
    view, shot = window.workspace.timeline, window.room.film.shots[0]
    assert not hands.drop(view.viewport(), packed("shot", [shot.id]))
    answer(window)
    assert view.overlay.drop is None


def test_a_cell_of_the_table_says_why_it_is_not_written(qtbot, window):
    window.actions_["view.table"].trigger()
    table = window.workspace.table
    (row,) = table.model().numbers(["v0"])
    table.setCurrentIndex(table.model().index(row, START))
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_F2)
    answer(window)
    assert table.state() != table.State.EditingState
    window.actions_["view.table"].trigger()
