"""Names and notes of the cut written by command, on the timeline and in its table."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from studio.document.queries import active_timeline
from studio.ui.marker_card import MarkerCard
from tests.studio.ui.film_windows import as_it_was, film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def standing(dressed, films, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    film, _ = films.believable()
    with film_window(folder, film) as window:
        yield window


@pytest.fixture
def desk(standing):
    """The film as it was, with nothing in hand and the timeline in front."""
    made = as_it_was(standing)
    made.room.session.select([])
    made.room.session.set_track("")
    made.timeline.setFocus()
    yield made
    if made.shows_table:
        made.turn_cut()


def cut(desk):
    return active_timeline(desk.room.film)


def write(words, key=Qt.Key.Key_Return):
    """Write in the field that has the focus, and end there."""
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, words)
    QTest.keyClick(field, key)
    QApplication.processEvents()  # a cell of a table is kept a moment later


def test_a_lone_timeline_shows_its_tab_while_it_is_named(qtbot, desk):
    tabs = desk.timeline.tabs
    assert not tabs.isVisible()
    desk.trigger("timeline.rename")
    assert tabs.isVisible()
    assert tabs.tabText(0) == "Cut 1"
    write("Reel one")
    assert cut(desk).name == "Reel one"
    assert not tabs.isVisible()
    assert desk.timeline.hasFocus()
    desk.trigger("timeline.rename")
    write("Nothing", Qt.Key.Key_Escape)
    assert cut(desk).name == "Reel one"
    assert not tabs.isVisible()
    assert desk.timeline.viewportMargins().top() == 0


def test_a_field_that_is_left_as_it_was_goes(qtbot, desk):
    before = desk.room.store.revision
    desk.trigger("timeline.rename")
    desk.bins.search.setFocus()
    assert desk.bins.search.hasFocus()
    assert not desk.timeline.tabs.isVisible()
    assert desk.room.store.revision == before


def test_the_track_in_hand_is_named_on_its_header(desk):
    said = []
    desk.room.said.connect(said.append)
    desk.trigger("timeline.rename_track")
    assert "Take a track in hand first" in said[-1].sentence
    desk.room.session.set_track("A2")
    desk.trigger("timeline.rename_track")
    write("Score")
    assert cut(desk).tracks[0].name == "Score"


def test_in_the_table_all_of_them_are_written_in_their_rows(desk):
    desk.turn_cut()
    desk.trigger("timeline.rename")
    write("Reel two")
    desk.room.session.set_track("V2")
    desk.trigger("timeline.rename_track")
    write("Cutaways")
    desk.room.session.set_playhead(364)
    desk.trigger("cut.edit_marker")
    write("Thunder")
    timeline = cut(desk)
    assert timeline.name == "Reel two"
    assert timeline.tracks[3].name == "Cutaways"
    assert [one.name for one in timeline.markers] == ["Music swells", "Thunder"]
    assert not desk.timeline.viewport().findChildren(MarkerCard)


def test_in_the_table_the_marker_that_the_keyboard_is_at_goes_first(desk):
    desk.turn_cut()
    table = desk.table
    table.selectRow(table._model.numbers(["m1"])[0])
    desk.room.session.set_playhead(364)
    desk.trigger("cut.edit_marker")
    write("Strings")
    assert [one.name for one in cut(desk).markers] == ["Strings", "Rain"]
