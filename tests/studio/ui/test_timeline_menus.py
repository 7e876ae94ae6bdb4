"""The menus of the timeline by hand: what each place offers, and that it acts there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from studio.bridge.actions import ActionRegistry
from studio.bridge.situation import Situation
from studio.document.film import Subtitle
from studio.document.queries import active_timeline
from studio.document.subtitle_changes import add_subtitle
from studio.ui.timeline_deeds import CUT_DEEDS
from studio.ui.timeline_geometry import HEADER_PX, RULER_PX, TOP_PX
from studio.ui.timeline_menus import TimelineMenus
from studio.ui.timeline_subtitles import strip_top

# A menu is a window of its own, which the offscreen screen cannot raise.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Right:
    """The other button of the mouse, and the menu that it opened."""

    def __init__(self, view, qtbot) -> None:
        self.view, self._window = view, QWidget()
        qtbot.addWidget(self._window)
        self.actions = ActionRegistry(self._window)
        for action_id, deed in CUT_DEEDS.items():
            self.actions.bind(action_id, lambda deed=deed: deed(view.commands))
        self.actions.bind("cut.marker", view.commands.add_marker)
        self.actions.bind("play.mark_in", view.commands.mark_in)
        view.session.changed.connect(self._refresh)
        self._refresh()
        self.menus = TimelineMenus(view, self.actions)

    def _refresh(self) -> None:
        clips = bool(self.view.session.selection)
        self.actions.refresh(Situation(film=True, writable=True, shot=True, clips=clips))

    def click(self, point: QPoint) -> QMenu:
        viewport = self.view.viewport()
        where = viewport.mapToGlobal(point)
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(viewport, QContextMenuEvent(reason, point, where))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def choose(self, point: QPoint, words: str) -> None:
        menu = self.click(point)
        found = next(one for one in listed(menu) if one.text() == words)
        assert found.isEnabled()
        found.trigger()
        menu.close()


def listed(menu: QMenu):
    for action in menu.actions():
        under = action.menu()
        if isinstance(under, QMenu):
            yield from listed(under)
        elif not action.isSeparator():
            yield action


def words(menu: QMenu) -> list[str]:
    found = [one.text() for one in listed(menu)]
    menu.close()
    return found


@pytest.fixture
def right(view, qtbot):
    made = Right(view, qtbot)
    yield made
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def lane_point(view, track_id: str, frame: int) -> QPoint:
    geometry = view.geometry_now()
    lane = next(one for one in geometry.lanes if one.track_id == track_id)
    return QPoint(geometry.x(frame) + 1, geometry.y(lane) + lane.height // 2)


def header_point(view, track_id: str) -> QPoint:
    return QPoint(14, lane_point(view, track_id, 0).y())


def test_a_clip_is_selected_and_labelled_from_its_menu(right, hand, view):
    found = words(right.click(hand.middle("v3")))
    assert view.session.selection == {"v3", "a3"}
    assert {"Preview shot", "Lift", "Half speed", "Group clips"} <= set(found)
    right.choose(hand.middle("v3"), "Label teal")
    assert hand.clip("v3").colour == "teal"


def test_a_clip_of_no_shot_offers_no_render(right, hand):
    assert "Preview shot" not in words(right.click(hand.middle("map")))


def test_an_edit_point_takes_the_playhead_and_is_dissolved(right, hand, view):
    right.choose(hand.head("v1"), "Cross dissolve")
    assert view.session.playhead == hand.clip("v1").start
    assert hand.clip("v1").dissolve is not None
    right.choose(hand.head("v1"), "Hard cut")
    assert hand.clip("v1").dissolve is None


def test_a_gap_is_closed_on_the_lane_that_was_pressed(right, hand, view):
    before = hand.clip("insert").start
    right.choose(lane_point(view, "V2", 220), "Close gap")
    assert hand.clip("insert").start == hand.clip("map").end < before
    assert hand.clip("map").start == 140


def test_the_ruler_marks_where_it_was_pressed(right, view):
    point = QPoint(view.geometry_now().x(50), RULER_PX // 2)
    right.choose(point, "Mark in")
    right.choose(point, "Add marker")
    timeline = active_timeline(view.store.film)
    assert timeline.in_frame == view.session.playhead == 50
    assert 50 in [one.frame for one in timeline.markers]
    right.choose(point, "Delete marker at playhead")
    assert 50 not in [one.frame for one in active_timeline(view.store.film).markers]


def test_a_header_acts_on_its_own_track_whatever_is_selected(right, hand, view):
    hand.click(hand.middle("v3"))
    track = {one.id: one for one in view.timeline.tracks}
    assert not track["A2"].muted
    right.choose(header_point(view, "A2"), "Mute")
    right.choose(header_point(view, "A2"), "Lock")
    track = {one.id: one for one in active_timeline(view.store.film).tracks}
    assert track["A2"].muted
    assert track["A2"].locked
    assert not track["V1"].muted
    menu = right.click(header_point(view, "A2"))
    assert [one.text() for one in listed(menu) if one.isChecked()] == ["Mute", "Lock"]
    menu.close()
    right.choose(header_point(view, "V2"), "Remove track")
    assert [one.id for one in active_timeline(view.store.film).tracks] == ["A2", "A1", "V1"]


def test_subtitles_and_empty_places_have_menus_too(right, view):
    assert "Add video track" in words(right.click(QPoint(HEADER_PX // 2, TOP_PX // 2)))
    line = Subtitle(id="u", start=10, end=90, text="It rains.")
    view.store.apply(lambda film: add_subtitle(film, "cut", line), "Subtitle")
    geometry = view.geometry_now()
    point = QPoint(geometry.x(50), strip_top(geometry) + 6)
    right.choose(point, "Delete subtitle")
    assert active_timeline(view.store.film).subtitles == ()
