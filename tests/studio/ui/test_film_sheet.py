"""The film's settings by hand: every field reaches the film, and an undo reaches the fields."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.document.errors import ChangeError
from studio.document.film import new_film
from studio.document.library_changes import edit_film
from studio.ui.film_sheet import FilmSheet

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sheet(qtbot, room):
    window = QWidget()
    window.resize(900, 700)
    made = FilmSheet(window)
    made.edited.connect(lambda what, edit: room.apply(lambda film: edit_film(film, **edit), what))
    room.film_changed.connect(lambda: made.show_film(room.film))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    made.open(room.film, writable=True)
    return made


def choose(qtbot, box, index):
    box.setFocus()
    while box.currentIndex() != index:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < index else Qt.Key.Key_Up)


def test_the_film_is_renamed_and_an_empty_name_is_no_name(qtbot, room, sheet):
    assert sheet.name.text() == "Harbour"
    sheet.name.setFocus()
    sheet.name.selectAll()
    qtbot.keyClicks(sheet.name, "Low tide")
    qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    assert room.film.name == "Low tide"
    sheet.name.clear()
    qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    assert room.film.name == sheet.name.text() == "Low tide"
    sheet.setFocus()
    room.undo()
    assert room.film.name == sheet.name.text() == "Harbour"
    with pytest.raises(ChangeError, match="needs a name"):
        edit_film(room.film, name=" ")


def test_frame_and_loudness_are_chosen(qtbot, room, sheet):
    assert sheet.frame.currentText() == "1280 × 720 · 16:9"
    choose(qtbot, sheet.frame, 3)
    assert (room.film.width, room.film.height) == (720, 1280)
    assert sheet.loudness.currentText().startswith("-16 LUFS")
    choose(qtbot, sheet.loudness, sheet.loudness.count() - 1)
    assert room.film.settings.loudness_lufs is None
    room.undo()
    assert sheet.loudness.currentText().startswith("-24 LUFS")


def test_a_frame_and_a_loudness_of_no_list_are_shown_as_they_are(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    sheet = FilmSheet(window)
    film = new_film("Odd", width=1000, height=500)
    sheet.show_film(replace(film, settings=replace(film.settings, loudness_lufs=-18.5)))
    assert sheet.frame.currentText() == "1000 × 500"
    assert sheet.loudness.currentText() == "-18.5 LUFS"


def test_style_words_and_upgrades_are_set(qtbot, room, sheet):
    sheet.style_.setFocus()
    qtbot.keyClicks(sheet.style_, "grainy ")
    qtbot.keyClick(sheet.style_, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert room.film.settings.style_prompt == "grainy"
    assert room.film.settings.upgrade_kept
    qtbot.mouseClick(sheet.upgrades, LEFT, pos=sheet.upgrades.rect().center() / 4)
    assert not room.film.settings.upgrade_kept
    assert room.film.settings.style_prompt == "grainy"


def test_esc_in_the_words_keeps_them_and_puts_the_sheet_away(qtbot, room, sheet):
    sheet.style_.setFocus()
    qtbot.keyClicks(sheet.style_, "blue hour")
    qtbot.keyClick(sheet.style_, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert room.film.settings.style_prompt == "blue hour"


def test_a_film_that_may_not_be_written_is_only_shown(room, sheet):
    sheet.open(room.film, writable=False)
    for field in (sheet.name, sheet.frame, sheet.loudness, sheet.style_, sheet.upgrades):
        assert not field.isEnabled()
