"""What screen readers say of the window: every part of it that takes the keys has a name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QMenuBar, QScrollArea, QWidget

from studio.document.film import Shot, new_film
from studio.document.shot_changes import add_shot
from tests.studio.ui.film_windows import film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def window(dressed, tmp_path_factory):
    film = add_shot(new_film("Pier"), Shot(id="s", name="One", prompt="a ball"))
    with film_window(tmp_path_factory.mktemp("names"), film) as made:
        yield made


def is_of_qt(widget: QWidget) -> bool:
    """Whether it is a part of one of Qt's own widgets, or the frame of what has names."""
    name = widget.objectName()
    frame = isinstance(widget, QMenu | QMenuBar | QScrollArea) or name.startswith("qt_")
    words = isinstance(widget, QLabel)  # their name is what they say, and nothing is said yet
    return frame or words


def test_all_that_takes_the_keys_has_a_name(window):
    room = window.room
    room.session.set_shot("s")
    nameless = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or is_of_qt(widget):
            continue
        if isinstance(widget.parent().parent(), QComboBox):  # its list
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        if not told.text(QAccessible.Text.Name).strip():
            nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert sorted(set(nameless)) == []
