"""The timeline by hand: selecting, headers, drops, zoom, and what is painted when."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest

from studio.bridge.drags import packed
from studio.bridge.session import Session
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.track_changes import edit_track
from studio.ui.timeline_geometry import HEADER_PX, RULER_PX, header_buttons
from studio.ui.timeline_view import TimelineView

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_click_selects_a_clip_with_its_sound_and_brings_its_shot(hand, view):
    hand.click(hand.middle("v3"))
    assert view.session.selection == {"v3", "a3"}
    assert view.session.shot_id == "shot3"


def test_shift_adds_to_the_selection_and_takes_off(hand, view):
    hand.click(hand.middle("v3"))
    hand.click(hand.middle("v5"), SHIFT)
    assert view.session.selection == {"v3", "a3", "v5", "a5"}
    hand.click(hand.middle("v3"), SHIFT)
    assert view.session.selection == {"v5", "a5"}


def test_a_marquee_selects_what_it_touches_and_escape_puts_back(hand, view):
    view.session.select(["v0"])
    below = view.geometry_now().lanes[-1].bottom + 80
    start = QPoint(HEADER_PX + 500, below)
    hand.press(start, SHIFT)
    hand.move(QPoint(HEADER_PX + 200, hand.rect("v3").top() + 4), SHIFT)
    assert {"v2", "a2", "music", "v0"} <= view.session.selection
    QTest.keyClick(view, Qt.Key.Key_Escape)
    hand.release(start, SHIFT)
    assert view.session.selection == {"v0"}


def test_delete_leaves_a_gap_and_ripple_delete_none(hand, view):
    later = hand.clip("v4").start
    length = hand.clip("v3").length
    hand.click(hand.middle("v3"))
    view.commands.lift()
    assert hand.clip("v3") is None
    assert hand.clip("v4").start == later
    assert view.session.selection == frozenset()
    view.store.undo()
    hand.click(hand.middle("v3"))
    view.commands.ripple_delete()
    assert hand.clip("v4").start == later - length


def test_copy_and_paste_at_the_playhead(hand, view):
    hand.click(hand.middle("v1"))
    view.commands.clips.copy()
    view.session.set_playhead(900)
    view.commands.clips.paste()
    pasted = [hand.clip(clip_id) for clip_id in view.session.selection]
    assert {clip.start for clip in pasted} == {900}
    assert len({clip.link_id for clip in pasted}) == 1
    assert pasted[0].link_id != hand.clip("v1").link_id


def test_a_fade_is_drawn_from_the_corner(hand, view):
    clip = hand.clip("v3")
    geometry = view.geometry_now()
    handle = geometry.fade_handle(hand.rect("v3"), clip, "fade_in").center()
    hand.drag(handle, handle + hand.by(15))
    assert hand.clip("v3").fade_in == 15


def test_the_ruler_leads_the_playhead(hand, view):
    geometry = view.geometry_now()
    hand.drag(QPoint(geometry.x(40), 8), QPoint(geometry.x(72), 8))
    assert view.session.playhead == 72
    assert hand.applied == []


def test_a_marker_is_moved(hand, view):
    start = QPoint(view.geometry_now().x(92), RULER_PX - 4)
    hand.drag(start, start + hand.by(10))
    markers = active_timeline(view.store.film).markers
    assert {marker.frame for marker in markers} == {102, 364}


@pytest.mark.parametrize(
    ("part", "field"), [("mute", "muted"), ("solo", "solo"), ("lock", "locked")]
)
def test_the_headers_buttons(hand, view, part, field):
    geometry = view.geometry_now()
    lane = geometry.lanes[0]
    point = header_buttons(lane, geometry.y(lane))[part].center()
    hand.click(point)
    assert getattr(active_timeline(view.store.film).tracks[lane.number], field)
    hand.press(point)
    hand.release(point + QPoint(0, 200))
    assert getattr(active_timeline(view.store.film).tracks[lane.number], field)


def test_a_header_is_dragged_higher(hand, view):
    geometry = view.geometry_now()
    lane = geometry.lanes[1]
    edge = QPoint(20, geometry.y(lane) + lane.height - 2)
    hand.drag(edge, edge + QPoint(0, 30))
    assert view.geometry_now().lanes[1].height == lane.height + 30
    assert len(hand.applied) == 1


def test_a_locked_track_says_why_it_does_not_move(hand, view, qtbot):
    view.store.apply(lambda film: edit_track(film, "cut", "V1", locked=True), "Lock")
    film = view.store.film
    start = hand.middle("v7")
    hand.press(start)
    hand.move(start + hand.by(20))
    assert "locked" in view.overlay.hint
    assert view.overlay.refused
    with qtbot.waitSignal(view.refused) as refused:
        hand.release(start + hand.by(20))
    assert "locked" in refused.args[0]
    assert view.store.film is film


def test_a_shot_is_dropped_on_the_track_under_the_hand(hand, view):
    geometry = view.geometry_now()
    point = QPoint(geometry.x(650), geometry.y(geometry.lanes[0]) + 10)
    drop(view, packed("shot", ["shot2"]), point)
    clips = [hand.clip(clip_id) for clip_id in view.session.selection]
    assert {clip.start for clip in clips} == {650}
    assert {clip.length for clip in clips} == {74}
    assert hand.track_of(clips[0].id) in {"V2", "A2"}
    assert len(hand.applied) == 1


def test_ctrl_drops_in_between_and_what_follows_moves_later(hand, view):
    cut = hand.clip("v3").start
    geometry = view.geometry_now()
    point = QPoint(geometry.x(cut), hand.rect("v3").center().y())
    drop(view, packed("shot", ["shot2"]), point, CTRL)
    assert hand.clip("v3").start == cut + 74


def test_what_is_dragged_over_shows_where_it_would_lie(view):
    geometry = view.geometry_now()
    data = packed("media", ["map"])
    event = QDragMoveEvent(
        QPoint(geometry.x(700), geometry.y(geometry.lanes[0]) + 10),
        Qt.DropAction.CopyAction,
        data,
        LEFT,
        NONE,
    )
    view.dragMoveEvent(event)
    assert view.overlay.drop.frame == 700
    assert [span[2] for span in view.overlay.drop.spans] == [96]


def test_a_card_is_not_laid_on_a_timeline(hand, view):
    data, point = packed("card", ["ada"]), QPoint(700, 200)
    for event in (
        QDragMoveEvent(point, Qt.DropAction.CopyAction, data, LEFT, NONE),
        QDropEvent(QPointF(point), Qt.DropAction.CopyAction, data, LEFT, NONE),
    ):
        event.accept()
        (view.dropEvent if event.type() == QDropEvent.Type.Drop else view.dragMoveEvent)(event)
        assert not event.isAccepted()
    assert not hand.applied


def drop(view, data, point, keys=NONE):
    view.dragMoveEvent(QDragMoveEvent(point, Qt.DropAction.CopyAction, data, LEFT, keys))
    view.dropEvent(QDropEvent(QPointF(point), Qt.DropAction.CopyAction, data, LEFT, keys))


def test_ctrl_and_the_wheel_zoom_at_the_pointer(view):
    point = QPoint(700, 200)
    before = view.geometry_now().frame(point.x())
    for _ in range(4):
        wheel(view, point, 120, CTRL)
    assert view.session.zoom > 4
    assert abs(view.geometry_now().frame(point.x()) - before) <= 1


def test_the_wheel_with_shift_scrolls_sideways(view):
    view.session.set_zoom(8)
    view.horizontalScrollBar().setValue(0)
    wheel(view, QPoint(700, 200), -120, SHIFT)
    assert view.horizontalScrollBar().value() == 120


def wheel(view, point, turn, keys):
    event = QWheelEvent(
        QPointF(point),
        QPointF(view.mapToGlobal(point)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    view.wheelEvent(event)


def test_the_whole_cut_fits(view, hand):
    view.zoom_to_fit()
    geometry = view.geometry_now()
    assert geometry.x(0) == HEADER_PX
    assert geometry.width - 40 <= geometry.x(hand.clip("v7").end) <= geometry.width


class Watched(TimelineView):
    """A timeline that remembers how many pixels every paint was asked for."""

    painted: list[int]

    def paintEvent(self, event):  # noqa: N802 (Qt's name)
        rectangles = iter(event.region())  # pyright: ignore
        self.painted.append(sum(r.width() * r.height() for r in rectangles))
        super().paintEvent(event)


def test_the_playhead_draws_only_its_own_columns(view, qtbot):
    watched = Watched.__new__(Watched)
    watched.painted = []
    watched.__init__(view.store, view.session)
    qtbot.addWidget(watched)
    watched.resize(1200, 400)
    watched.show()
    view.session.set_playhead(watched.geometry_now().frame(600))
    qtbot.waitUntil(lambda: bool(watched.painted))
    watched.painted.clear()
    view.session.set_playhead(view.session.playhead + 1)
    qtbot.waitUntil(lambda: bool(watched.painted))
    assert max(watched.painted) < 1200 * 400 / 10


def test_every_level_of_detail_paints(view):
    for zoom in (0.001, 0.05, 0.3, 1, 6, 40):
        view.session.set_zoom(zoom)
        view.session.select(["v0", "a0"])
        assert not view.grab().isNull()


def test_a_crowd_paints(qtbot, dressed, films):
    film, ledger = films.crowd(2000)
    view = TimelineView(Store(film, ledger), Session())
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    view.zoom_to_fit()
    assert not view.grab().isNull()
    view.commands.select_all()
    assert len(view.session.selection) == 2000
    assert not view.grab().isNull()


def test_a_closed_view_lets_go_of_its_store(qtbot, dressed, films):
    film, ledger = films.believable()
    store = Store(film, ledger)
    view = TimelineView(store, Session())
    view.show()
    view.close()
    view.deleteLater()
    qtbot.waitUntil(lambda: not store.changed._listeners)
    store.undo()
