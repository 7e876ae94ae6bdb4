"""Return and Esc, which are commands of the window, where something has the keys for itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton, QVBoxLayout, QWidget

from studio.ui.field_keys import FieldKeys
from studio.ui.welcome import Welcome

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


class Window(QMainWindow):
    """A window with a line and a button, whose Return is a command; ``heard`` is what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.installEventFilter(FieldKeys(self))
        inner = QWidget()
        column = QVBoxLayout(inner)
        self.line, self.button = QLineEdit(), QPushButton("Export")
        self.button.clicked.connect(lambda: self.heard.append("button"))
        column.addWidget(self.line)
        column.addWidget(self.button)
        self.setCentralWidget(inner)
        keep = QAction(self)
        keep.setShortcut("Return")
        keep.triggered.connect(lambda: self.heard.append("command"))
        self.addAction(keep)


@pytest.fixture
def window(qtbot, dressed):
    made = Window()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def test_return_presses_the_button_that_was_gone_to_by_keys(qtbot, window):
    window.line.setFocus()
    qtbot.keyClick(window.line, Qt.Key.Key_Return)
    qtbot.keyClick(window.line, Qt.Key.Key_Tab)
    assert window.button.hasFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_Return)
    assert window.heard == ["button"]


def test_return_stays_a_command_after_a_button_was_clicked(qtbot, window):
    qtbot.mouseClick(window.button, LEFT)
    assert window.button.hasFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_Return)
    assert window.heard == ["button", "command"]


def test_escape_leaves_a_line(qtbot, window):
    window.line.setFocus()
    qtbot.keyClick(window.line, Qt.Key.Key_Escape)
    assert not window.line.hasFocus()


def test_the_first_page_is_left_by_return(qtbot, window):
    page = Welcome()
    window.setCentralWidget(page)
    window.actions()[0].setEnabled(False)  # there is no take to keep
    for button, signal in ((page.new_button, page.new_asked), (page.open_button, page.open_asked)):
        button.setFocus()
        with qtbot.waitSignal(signal):
            qtbot.keyClick(button, Qt.Key.Key_Return)
