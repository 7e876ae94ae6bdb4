"""The timeline by hand: every gesture with real presses, moves and releases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.bridge.session import Session
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.timeline_access import find_clip
from studio.document.track_changes import edit_track
from studio.ui.timeline_geometry import HEADER_PX, RULER_PX, header_buttons
from studio.ui.timeline_placing import Cargo, packed
from studio.ui.timeline_view import TimelineView

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


class Hand:
    """Presses, drags and lets go on a view, and looks at what became of the cut."""

    def __init__(self, view):
        self.view = view
        self.applied = []
        view.store.changed.subscribe(lambda _before, after: self.applied.append(after))

    def clip(self, clip_id):
        place = find_clip(active_timeline(self.view.store.film), clip_id)
        return None if place is None else place.clip

    def track_of(self, clip_id):
        timeline = active_timeline(self.view.store.film)
        return timeline.tracks[find_clip(timeline, clip_id).track].id

    def rect(self, clip_id):
        geometry, timeline = self.view.geometry_now(), self.view.timeline
        place = find_clip(timeline, clip_id)
        return geometry.clip_rect(geometry.lane_of(place.track), place.clip)

    def middle(self, clip_id):
        rect = self.rect(clip_id)
        return QPoint(rect.center().x(), rect.bottom() - 6)

    def head(self, clip_id):
        rect = self.rect(clip_id)
        return QPoint(rect.left() + 1, rect.bottom() - 6)

    def tail(self, clip_id):
        rect = self.rect(clip_id)
        return QPoint(rect.right() - 1, rect.bottom() - 6)

    def press(self, point, keys=NONE):
        QTest.mousePress(self.view.viewport(), LEFT, keys, point)

    def move(self, point, keys=NONE):
        viewport = self.view.viewport()
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            QPointF(point),
            QPointF(viewport.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            LEFT,
            keys,
        )
        QApplication.sendEvent(viewport, event)

    def release(self, point, keys=NONE):
        QTest.mouseRelease(self.view.viewport(), LEFT, keys, point)

    def drag(self, start, end, keys=NONE):
        self.press(start, keys)
        self.move((start + end) / 2, keys)
        self.move(end, keys)
        self.release(end, keys)

    def click(self, point, keys=NONE):
        self.press(point, keys)
        self.release(point, keys)


@pytest.fixture
def view(qtbot, dressed, films):
    film, ledger = films.believable()
    session = Session()
    session.set_zoom(2.0)
    session.set_snapping(False)
    shown = TimelineView(Store(film, ledger), session)
    qtbot.addWidget(shown)
    shown.resize(1500, 420)
    shown.show()
    return shown


@pytest.fixture
def hand(view):
    return Hand(view)


def by(frames, view):
    return QPoint(round(frames * view.session.zoom), 0)


def test_a_dragged_clip_takes_its_linked_sound_along_in_one_change(hand, view):
    before = hand.clip("v7").start
    start = hand.middle("v7")
    hand.drag(start, start + by(20, view))
    assert hand.clip("v7").start == before + 20
    assert hand.clip("a7").start == before + 20
    assert len(hand.applied) == 1
    assert view.store.undo_name == "Move"


def test_alt_moves_the_picture_alone(hand, view):
    start = hand.middle("v7")
    before = hand.clip("v7").start
    hand.drag(start, start + by(20, view), ALT)
    assert hand.clip("v7").start == before + 20
    assert hand.clip("a7").start == before


def test_escape_gives_a_drag_up_and_leaves_nothing_to_undo(hand, view):
    start = hand.middle("v7")
    film = view.store.film
    hand.press(start)
    hand.move(start + by(30, view))
    assert view.film is not film
    QTest.keyClick(view, Qt.Key.Key_Escape)
    hand.release(start + by(30, view))
    assert view.store.film is film
    assert view.film is film
    assert hand.applied == []


def test_a_drag_shows_what_a_release_would_leave_without_touching_the_film(hand, view):
    start = hand.middle("v7")
    hand.press(start)
    hand.move(start + by(30, view))
    assert hand.applied == []
    shown = view.film
    hand.release(start + by(30, view))
    assert view.store.film == shown


def test_undo_brings_a_dragged_clip_back(hand, view):
    film = view.store.film
    start = hand.middle("v3")
    hand.drag(start, start + by(-40, view))
    assert view.store.film != film
    view.store.undo()
    assert view.store.film == film


def test_a_clip_is_dragged_to_the_track_above(hand, view):
    start = hand.middle("v7")
    end = QPoint(start.x(), hand.rect("map").center().y())
    hand.drag(start, end)
    assert hand.track_of("v7") == "V2"
    assert hand.track_of("a7") == "A1"


def test_a_picture_is_not_dragged_onto_a_sound_track(hand, view):
    start = hand.middle("v7")
    hand.drag(start, QPoint(start.x() + 40, hand.rect("music").center().y()))
    assert hand.track_of("v7") == "V1"


def test_a_move_snaps_its_edge_to_the_playhead(hand, view):
    view.session.set_snapping(True)
    target = hand.clip("v7").end + 50
    view.session.set_playhead(target)
    start = hand.middle("v7")
    hand.press(start)
    hand.move(start + by(48, view))
    assert view.overlay.snap == target
    hand.release(start + by(48, view))
    assert hand.clip("v7").end == target


def test_the_tail_is_trimmed_with_its_sound(hand, view):
    end = hand.clip("v2").end
    start = hand.tail("v2")
    hand.drag(start, start + by(-12, view))
    assert hand.clip("v2").end == end - 12
    assert hand.clip("a2").end == end - 12
    assert view.store.undo_name == "Trim"


def test_the_head_is_trimmed_and_its_pictures_stay_where_they_were(hand, view):
    before = hand.clip("v2")
    start = hand.head("v2")
    hand.drag(start, start + by(10, view))
    after = hand.clip("v2")
    assert (after.start, after.source_in) == (before.start + 10, before.source_in + 10)


def test_a_trim_stops_where_the_source_ends(hand, view):
    view.store.apply(
        lambda film: replace(
            film,
            timelines=tuple(
                replace(
                    cut,
                    tracks=tuple(
                        replace(track, clips=tuple(c for c in track.clips if c.id != "map"))
                        for track in cut.tracks
                    ),
                )
                for cut in film.timelines
            ),
        ),
        "Clear",
    )
    clip = hand.clip("insert")
    start = hand.tail("insert")
    hand.drag(start, start + by(200, view))
    assert hand.clip("insert").end == clip.start + 50 - clip.source_in


def test_a_trim_of_a_generated_shot_says_its_lattice(hand, view):
    start = hand.tail("v7")
    hand.press(start)
    hand.move(start + by(-9, view))
    assert "pictures" in view.overlay.hint
    assert "handles" in view.overlay.hint
    assert view.overlay.lattice
    hand.release(start + by(-9, view))


def test_an_unrendered_shot_snaps_to_a_legal_length(hand, view):
    view.session.set_snapping(True)
    view.session.set_zoom(4.0)
    view.horizontalScrollBar().setValue(1200)
    start = hand.tail("v7")
    legal = hand.clip("v7").end - 8
    hand.press(start)
    hand.move(start + by(-7, view))
    assert view.overlay.hint.endswith("no handles")
    hand.release(start + by(-7, view))
    assert hand.clip("v7").end == legal


def test_the_ripple_tool_closes_what_a_trim_opens(hand, view):
    view.session.set_tool("ripple")
    later = hand.clip("v3").start
    start = hand.tail("v2")
    hand.drag(start, start + by(-12, view))
    assert hand.clip("v3").start == later - 12


def test_the_roll_tool_moves_a_cut(hand, view):
    view.session.set_tool("roll")
    cut = hand.clip("v3").start
    start = hand.tail("v2")
    hand.drag(start, start + by(-3, view))
    assert hand.clip("v2").end == hand.clip("v3").start == cut - 3


def test_the_razor_cuts_picture_and_sound(hand, view):
    view.session.set_tool("razor")
    start, end = hand.clip("v2").start, hand.clip("v2").end
    hand.click(hand.middle("v2"))
    assert start < hand.clip("v2").end < end
    assert hand.clip("a2").end == hand.clip("v2").end
    assert len(hand.applied) == 1


def test_the_slip_tool_moves_the_source_under_the_clip(hand, view):
    view.session.set_tool("slip")
    before = hand.clip("v3")
    start = hand.middle("v3")
    hand.drag(start, start + by(3, view))
    after = hand.clip("v3")
    assert (after.start, after.length) == (before.start, before.length)
    assert after.source_in == before.source_in - 3


def test_split_at_the_playhead(hand, view):
    view.session.set_playhead(100)
    view.commands.split()
    timeline = active_timeline(view.store.film)
    assert any(clip.start == 100 for track in timeline.tracks for clip in track.clips)


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
    view.commands.copy()
    view.session.set_playhead(900)
    view.commands.paste()
    pasted = [hand.clip(clip_id) for clip_id in view.session.selection]
    assert {clip.start for clip in pasted} == {900}
    assert len({clip.link_id for clip in pasted}) == 1
    assert pasted[0].link_id != hand.clip("v1").link_id


def test_a_fade_is_drawn_from_the_corner(hand, view):
    clip = hand.clip("v3")
    geometry = view.geometry_now()
    handle = geometry.fade_handle(hand.rect("v3"), clip, "fade_in").center()
    hand.drag(handle, handle + by(15, view))
    assert hand.clip("v3").fade_in == 15


def test_the_ruler_leads_the_playhead(hand, view):
    geometry = view.geometry_now()
    hand.drag(QPoint(geometry.x(40), 8), QPoint(geometry.x(72), 8))
    assert view.session.playhead == 72
    assert hand.applied == []


def test_a_marker_is_moved(hand, view):
    start = QPoint(view.geometry_now().x(92), RULER_PX - 4)
    hand.drag(start, start + by(10, view))
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
    hand.move(start + by(20, view))
    assert "locked" in view.overlay.hint
    assert view.overlay.refused
    with qtbot.waitSignal(view.refused) as refused:
        hand.release(start + by(20, view))
    assert "locked" in refused.args[0]
    assert view.store.film is film


def test_a_shot_is_dropped_on_the_track_under_the_hand(hand, view):
    geometry = view.geometry_now()
    point = QPoint(geometry.x(650), geometry.y(geometry.lanes[0]) + 10)
    drop(view, Cargo("shot", ("shot2",)), point)
    clips = [hand.clip(clip_id) for clip_id in view.session.selection]
    assert {clip.start for clip in clips} == {650}
    assert {clip.length for clip in clips} == {74}
    assert hand.track_of(clips[0].id) in {"V2", "A2"}
    assert len(hand.applied) == 1


def test_ctrl_drops_in_between_and_what_follows_moves_later(hand, view):
    cut = hand.clip("v3").start
    geometry = view.geometry_now()
    point = QPoint(geometry.x(cut), hand.rect("v3").center().y())
    drop(view, Cargo("shot", ("shot2",)), point, CTRL)
    assert hand.clip("v3").start == cut + 74


def test_what_is_dragged_over_shows_where_it_would_lie(view):
    geometry = view.geometry_now()
    data = packed(Cargo("media", ("map",)))
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


def drop(view, cargo, point, keys=NONE):
    data = packed(cargo)
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
        self.painted.append(sum(r.width() * r.height() for r in event.region()))
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
