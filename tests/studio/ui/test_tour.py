"""The tour by hand and by keys, and its place over the panels that it speaks of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.document.film import Shot, new_film
from studio.document.shot_changes import add_shot, choose_take, edit_shot
from studio.ui.tour import STEPS
from tests.studio.ui.film_windows import as_it_was, film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def window(dressed, tmp_path_factory):
    with film_window(tmp_path_factory.mktemp("tour"), new_film("Pier")) as made:
        yield made


def in_front(dock: QWidget) -> bool:
    return not dock.visibleRegion().isEmpty()


def over(lower: QWidget, higher: QWidget) -> bool:
    """Whether of two children of a window the one is painted over the other."""
    lowest_first = [child for child in lower.parent().children() if child in (lower, higher)]
    return lowest_first == [lower, higher]


def test_a_tour_goes_by_return_and_is_left_by_escape(qtbot, window):
    tour = window.sheets.tour
    window.activateWindow()
    window.workspace.viewer.picture.setFocus()
    window.actions_["help.tour"].trigger()
    assert tour.next.hasFocus()
    qtbot.keyClick(tour.next, Qt.Key.Key_Return)
    assert tour.title.text() == STEPS[1].title
    qtbot.keyClick(tour.next, Qt.Key.Key_Escape)
    assert not tour.isVisible()
    assert window.workspace.viewer.picture.hasFocus()


def test_who_does_what_a_card_speaks_of_is_shown_the_next(window):
    tour, room, keep = window.sheets.tour, window.room, window.workspace.viewer.picture
    window.actions_["help.tour"].trigger()
    keep.setFocus()
    room.apply(lambda film: add_shot(film, Shot(id="s", name="Shot 1")), "New shot")
    assert tour.title.text() == STEPS[0].title, "nothing is written yet"
    room.apply(lambda film: edit_shot(film, "s", prompt="a ball"), "Write prompt")
    assert tour.title.text() == STEPS[2].title
    assert keep.hasFocus()
    room.apply(lambda film: choose_take(film, "s", "t"), "Keep")
    assert tour.title.text() == STEPS[3].title
    tour.end()
    # One who is shown round again in a film in work sees every card.
    window.actions_["help.tour"].trigger()
    room.apply(lambda film: edit_shot(film, "s", prompt="a red ball"), "Write prompt")
    assert tour.title.text() == STEPS[0].title
    tour.end()
    as_it_was(window)


def test_a_panel_comes_to_the_front_below_what_lies_over_the_window(qtbot, window):
    tour, desk = window.sheets.tour, window.workspace
    window.actions_["help.tour"].trigger()
    card = tour.mapTo(window, tour.rect().center())
    for key in ("queue", "takes", "storyboard", "timeline", "cards", "bins"):
        dock = desk.docks[key]
        desk.show_panel(key)
        qtbot.waitUntil(lambda dock=dock: in_front(dock) and over(dock, tour))
    assert window.childAt(card) in (tour, *tour.findChildren(QWidget))
    qtbot.waitUntil(tour._outline.isVisible)
    desk.show_panel("cards")  # over the bins, of which the card speaks
    qtbot.waitUntil(lambda: not tour._outline.isVisible())
    desk.show_panel("bins")
    qtbot.waitUntil(tour._outline.isVisible)
    tour.end()
