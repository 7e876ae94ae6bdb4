"""A pointer over the cut: what it leaves is drawn again, and what it reaches, and nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.ui.timeline_geometry import HEADER_PX, RULER_PX, TOP_PX


class Painted(QObject):
    """Gathers what of a widget is painted."""

    def __init__(self, widget):
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.Paint:
            self.region += event.region()
        return False

    def since(self) -> QRegion:
        """What was painted since it was last asked."""
        QApplication.processEvents()
        region, self.region = self.region, QRegion()
        return region


@pytest.fixture
def painted(view):
    gathered = Painted(view.viewport())
    QTest.mouseMove(view.viewport(), QPoint(HEADER_PX + 5, RULER_PX - 4))
    gathered.since()
    return gathered


def test_a_pointer_over_the_ruler_and_over_nothing_paints_nothing(view, hand, painted):
    free = view.geometry_now().height - 4
    for x in range(HEADER_PX + 10, HEADER_PX + 400, 40):
        hand.move(QPoint(x, RULER_PX - 4))
        hand.move(QPoint(x, free))
    assert painted.since().isEmpty()


def test_a_pointer_from_clip_to_clip_paints_both_and_no_more(view, hand, painted):
    first, second = hand.rect("v2"), hand.rect("map")
    hand.move(hand.middle("v2"))
    assert painted.since() == QRegion(first)
    assert view.overlay.hover.clip.id == "v2"
    hand.move(hand.middle("v2") + QPoint(3, 0))
    assert painted.since().isEmpty()
    hand.move(hand.middle("map"))
    assert painted.since() == QRegion(first) + second
    hand.move(QPoint(HEADER_PX + 10, RULER_PX - 4))
    assert painted.since() == QRegion(second)
    assert view.overlay.hover is None


def test_what_a_part_of_the_view_shows_is_what_all_of_it_would(view, hand, painted):
    for place in (hand.head("v2"), hand.middle("map"), hand.middle("a2")):
        hand.move(place)
        QApplication.processEvents()
        bit_by_bit = view.viewport().grab().toImage()
        view.repaint_all()
        assert view.viewport().grab().toImage() == bit_by_bit


def test_the_razor_leaves_no_line_behind(view, hand, painted):
    view.session.set_tool("razor")
    hand.move(hand.middle("v2"))
    line = view.overlay.razor
    painted.since()
    hand.move(hand.middle("v2") + QPoint(20, 0))
    assert view.overlay.razor != line
    assert painted.since().contains(QPoint(view.geometry_now().x(line), TOP_PX + 2))


def test_a_tool_taken_by_its_key_changes_the_pointer_where_it_is(view, hand, painted):
    hand.move(hand.middle("v2"))
    assert view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    view.session.set_tool("razor")
    assert view.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    view.session.set_tool("select")
    assert view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_playhead_that_goes_on_paints_its_columns_and_the_clock(view, painted):
    view.session.set_playhead(100)
    painted.since()
    view.session.set_playhead(101)
    region = painted.since()
    assert region.contains(QPoint(2, 2))
    x = view.geometry_now().x(100)
    assert region.contains(QPoint(x, TOP_PX + 20))
    assert not region.contains(QPoint((HEADER_PX + x) // 2, TOP_PX + 20))
