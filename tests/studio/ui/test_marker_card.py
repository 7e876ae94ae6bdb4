"""Names and notes of markers, written where they stand."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.document.queries import active_timeline
from studio.ui.marker_card import MarkerCard

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def marker(view, marker_id="m1"):
    return next(one for one in active_timeline(view.store.film).markers if one.id == marker_id)


@pytest.fixture
def card(view):
    """The card of the first marker, opened by a double click on it."""
    at = QPoint(view.geometry_now().x(92), 14)
    QTest.mouseDClick(view.viewport(), LEFT, NONE, at)
    return view.viewport().findChild(MarkerCard)


def test_a_double_click_lets_a_marker_be_written_and_return_keeps_it(qtbot, view, card):
    revision = view.store.revision
    assert card.isVisible()
    assert card.name.text() == "Music swells"
    qtbot.keyClicks(card.name, "Strings")
    qtbot.keyClicks(card.note, "softer here")
    card.colour.setCurrentIndex(card.colour.findData("pink"))
    qtbot.keyClick(card.name, Qt.Key.Key_Return)
    kept = marker(view)
    assert (kept.name, kept.note, kept.colour) == ("Strings", "softer here", "pink")
    assert view.store.revision == revision + 1
    view.store.undo()
    assert marker(view).name == "Music swells"


def test_escape_leaves_it_and_a_click_elsewhere_keeps_it(qtbot, view, card):
    qtbot.keyClicks(card.name, "Nothing")
    qtbot.keyClick(card.name, Qt.Key.Key_Escape)
    assert marker(view).name == "Music swells"
    view.session.set_playhead(364)
    view.write_marker()
    again = [one for one in view.viewport().findChildren(MarkerCard) if one.isVisible()]
    qtbot.keyClicks(again[0].name, "Thunder")
    QTest.mouseClick(view.viewport(), LEFT, NONE, QPoint(900, 300))
    assert marker(view, "m2").name == "Thunder"


def test_what_was_not_changed_is_no_change(qtbot, view, card):
    revision = view.store.revision
    qtbot.keyClick(card.name, Qt.Key.Key_Return)
    assert view.store.revision == revision


def test_without_a_marker_one_is_told(view):
    said = []
    view.refused.connect(said.append)
    view.session.set_playhead(7)
    view.write_marker()
    assert said == ["Put the playhead on a marker to write on it."]
