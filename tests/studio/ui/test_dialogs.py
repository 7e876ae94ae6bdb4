"""The form of a new film, and how the dialogs of Qt look in this house."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox

from studio.ui.dialogs import NewFilmForm

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def form(qtbot, dressed, tmp_path):
    made = NewFilmForm(tmp_path)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    return made


def test_return_makes_the_film_from_either_line_and_escape_leaves(qtbot, form, tmp_path):
    for line in (form.name, form.place):
        with qtbot.waitSignal(form.made) as made:
            qtbot.keyClick(line, Qt.Key.Key_Return)
        assert made.args[0].folder == tmp_path / "Untitled film"
        with qtbot.waitSignal(form.left):
            qtbot.keyClick(line, Qt.Key.Key_Escape)


def test_buttons_of_dialogs_have_words_alone(qtbot, dressed):
    box = QDialogButtonBox(
        QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
    )
    qtbot.addWidget(box)
    box.show()
    assert all(button.icon().isNull() for button in box.buttons())
