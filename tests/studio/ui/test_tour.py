"""The tour by hand and by keys, and its place over the panels that it speaks of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.document.film import new_film
from studio.ui.tour import STEPS
from tests.studio.ui.film_windows import film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SOON_MS = 20_000


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


def test_a_panel_comes_to_the_front_below_what_lies_over_the_window(qtbot, window):
    tour, desk = window.sheets.tour, window.workspace
    window.actions_["help.tour"].trigger()
    card = tour.mapTo(window, tour.rect().center())
    for key in ("queue", "takes", "storyboard", "timeline", "cards", "bins"):
        dock = desk.docks[key]
        desk.show_panel(key)
        qtbot.waitUntil(lambda dock=dock: in_front(dock) and over(dock, tour), timeout=SOON_MS)
    assert window.childAt(card) in (tour, *tour.findChildren(QWidget))
    qtbot.waitUntil(tour._outline.isVisible, timeout=SOON_MS)
    desk.show_panel("cards")  # over the bins, of which the card speaks
    qtbot.waitUntil(lambda: not tour._outline.isVisible(), timeout=SOON_MS)
    desk.show_panel("bins")
    qtbot.waitUntil(tour._outline.isVisible, timeout=SOON_MS)
    tour.end()
