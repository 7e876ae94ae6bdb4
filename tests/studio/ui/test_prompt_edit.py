import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QMainWindow

from studio.ui.prompt_edit import PromptEdit

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def written(qtbot, dressed):
    window = QMainWindow()
    edit = PromptEdit(QColor("orange"), QColor("red"))
    window.setCentralWidget(edit)
    qtbot.addWidget(window)
    edit.set_tags(["Ava", "Harbour"])
    window.show()
    edit.setFocus()
    return window, edit


def test_a_tag_is_completed_as_it_is_typed(qtbot, written):
    _, edit = written
    qtbot.keyClicks(edit, "with @Ha")
    assert edit.completing()
    qtbot.keyClick(edit._completer.popup(), Qt.Key.Key_Return)
    assert edit.toPlainText() == "with @Harbour "


def test_the_windows_keys_do_not_take_letters(qtbot, written):
    window, edit = written
    hit = []
    for key in ("P", "Space", "Return", "Backspace"):
        action = QAction(window)
        action.setShortcut(key)
        action.triggered.connect(lambda *_: hit.append(1))
        window.addAction(action)
    qtbot.keyClicks(edit, "pp p")
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert edit.toPlainText() == "pp "
    assert hit == []


def test_text_is_handed_over_once(qtbot, written):
    _, edit = written
    heard = []
    edit.committed.connect(heard.append)
    edit.show_text("old")
    qtbot.keyClicks(edit, "x")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    edit.commit()
    assert len(heard) == 1


def test_a_long_prompt_is_seen_whole_and_a_short_one_leaves_room(qtbot, dressed):
    field = PromptEdit(QColor("red"), QColor("blue"))
    qtbot.addWidget(field)
    field.grow_between((80, 176))
    field.resize(300, 80)
    field.show()
    field.show_text("A red ball drops")
    assert field.height() == 80
    field.show_text("word " * 70)
    assert 80 < field.height() <= 176
    assert not field.verticalScrollBar().isVisible()
    field.show_text("word " * 700)
    assert field.height() == 176
    field.show_text("")
    assert field.height() == 80


def test_the_list_of_tags_opens_under_what_is_being_written(qtbot, written):
    _, edit = written
    edit.setStyleSheet("padding: 8px;")
    qtbot.keyClicks(edit, "with @Ha")
    line = edit.cursorRect().translated(edit.viewport().mapToGlobal(QPoint(0, 0)))
    assert edit.completing()
    assert not edit._completer.popup().frameGeometry().intersects(line)


def test_done_is_told_of_words_that_are_as_they_were_too(qtbot, written):
    _, edit = written
    edit.show_text("as it was")
    for _ in range(2):
        with qtbot.waitSignal(edit.done):
            qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
