"""The timeline by hand: moving, trimming and cutting, with real presses and releases."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.backends.scripted import CAPABILITIES
from studio.document.queries import active_timeline, timeline_end
from studio.ui.two_up import Sight

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_dragged_clip_takes_its_linked_sound_along_in_one_change(hand, view):
    before = hand.clip("v7").start
    start = hand.middle("v7")
    hand.drag(start, start + hand.by(20))
    assert hand.clip("v7").start == before + 20
    assert hand.clip("a7").start == before + 20
    assert len(hand.applied) == 1
    assert view.store.undo_name == "Move"


def test_alt_moves_the_picture_alone(hand, view):
    start = hand.middle("v7")
    before = hand.clip("v7").start
    hand.drag(start, start + hand.by(20), ALT)
    assert hand.clip("v7").start == before + 20
    assert hand.clip("a7").start == before


def test_escape_gives_a_drag_up_and_leaves_nothing_to_undo(hand, view):
    start = hand.middle("v7")
    film = view.store.film
    hand.press(start)
    hand.move(start + hand.by(30))
    assert view.film is not film
    QTest.keyClick(view, Qt.Key.Key_Escape)
    hand.release(start + hand.by(30))
    assert view.store.film is film
    assert view.film is film
    assert hand.applied == []


def test_a_drag_shows_what_a_release_would_leave_without_touching_the_film(hand, view):
    start = hand.middle("v7")
    hand.press(start)
    hand.move(start + hand.by(30))
    assert hand.applied == []
    shown = view.film
    hand.release(start + hand.by(30))
    assert view.store.film == shown


def test_undo_brings_a_dragged_clip_back(hand, view):
    film = view.store.film
    start = hand.middle("v3")
    hand.drag(start, start + hand.by(-40))
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
    hand.move(start + hand.by(48))
    assert view.overlay.snap == target
    hand.release(start + hand.by(48))
    assert hand.clip("v7").end == target


def test_the_tail_is_trimmed_with_its_sound(hand, view):
    end = hand.clip("v2").end
    start = hand.tail("v2")
    hand.drag(start, start + hand.by(-12))
    assert hand.clip("v2").end == end - 12
    assert hand.clip("a2").end == end - 12
    assert view.store.undo_name == "Trim"


def test_the_head_is_trimmed_and_its_pictures_stay_where_they_were(hand, view):
    before = hand.clip("v2")
    start = hand.head("v2")
    hand.drag(start, start + hand.by(10))
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
    hand.drag(start, start + hand.by(200))
    assert hand.clip("insert").end == clip.start + 50 - clip.source_in


def test_a_trim_of_a_generated_shot_says_its_lattice(hand, view):
    view.capable(CAPABILITIES)
    start = hand.tail("v7")
    hand.press(start)
    hand.move(start + hand.by(-9))
    assert "pictures" in view.overlay.hint
    assert "handles" in view.overlay.hint
    assert view.overlay.lattice
    hand.release(start + hand.by(-9))


def test_before_the_engine_is_known_no_length_is_called_legal(hand, view):
    view.session.set_snapping(True)
    start = hand.tail("v7")
    hand.press(start)
    hand.move(start + hand.by(-9))
    assert "pictures" not in view.overlay.hint
    assert view.overlay.lattice == ()
    hand.release(start + hand.by(-9))
    assert hand.clip("v7").length == 82 - 9


def test_the_lattice_is_the_engines_own_and_has_an_end(hand, view):
    view.capable(replace(CAPABILITIES, frames=(9, 16, 25)))
    view.session.set_snapping(True)
    clip = hand.clip("v7")
    start = hand.tail("v7")
    hand.press(start)
    hand.move(start + hand.by(-20))
    assert view.overlay.hint.endswith("more than 25 pictures, the longest that is made")
    assert view.overlay.lattice == tuple(clip.start + 2 * n for n in (9, 16, 25))
    hand.move(start + hand.by(32 + 1 - clip.length))
    assert view.overlay.hint.endswith("16 pictures, no handles")
    hand.release(start + hand.by(32 + 1 - clip.length))
    assert hand.clip("v7").length == 32


def test_an_unrendered_shot_snaps_to_a_legal_length(hand, view):
    view.capable(CAPABILITIES)
    view.session.set_snapping(True)
    view.session.set_zoom(4.0)
    view.horizontalScrollBar().setValue(1200)
    start = hand.tail("v7")
    legal = hand.clip("v7").end - 8
    hand.press(start)
    hand.move(start + hand.by(-7))
    assert view.overlay.hint.endswith("no handles")
    hand.release(start + hand.by(-7))
    assert hand.clip("v7").end == legal


def test_the_ripple_tool_closes_what_a_trim_opens(hand, view):
    view.session.set_tool("ripple")
    later = hand.clip("v3").start
    start = hand.tail("v2")
    hand.drag(start, start + hand.by(-12))
    assert hand.clip("v3").start == later - 12


def test_the_roll_tool_moves_a_cut(hand, view):
    view.session.set_tool("roll")
    cut = hand.clip("v3").start
    start = hand.tail("v2")
    hand.drag(start, start + hand.by(-3))
    assert hand.clip("v2").end == hand.clip("v3").start == cut - 3
    assert hand.clip("a2").end == hand.clip("a3").start == cut - 3
    assert len(hand.applied) == 1


def test_a_roll_is_not_held_back_by_the_cuts_that_it_moves(hand, view):
    view.session.set_tool("roll")
    view.session.set_snapping(True)
    cut = hand.clip("v3").start
    start = hand.tail("v2")
    hand.drag(start, start + hand.by(-3))
    assert hand.clip("v3").start == hand.clip("a3").start == cut - 3


def test_alt_rolls_the_picture_alone(hand, view):
    view.session.set_tool("roll")
    cut = hand.clip("v3").start
    start = hand.tail("v2")
    hand.drag(start, start + hand.by(-3), ALT)
    assert hand.clip("v3").start == cut - 3
    assert hand.clip("a3").start == cut


def test_a_roll_by_the_later_clip_stops_where_the_earlier_ones_source_ends(hand, view):
    view.session.set_tool("roll")
    cut = hand.clip("v1").start
    start = hand.head("v1")
    hand.press(start)
    hand.move(start + hand.by(40))
    assert "  40 f" in view.overlay.hint
    hand.release(start + hand.by(40))
    assert hand.clip("v0").end == hand.clip("v1").start == cut + 6


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
    hand.drag(start, start + hand.by(3))
    after = hand.clip("v3")
    assert (after.start, after.length) == (before.start, before.length)
    assert after.source_in == before.source_in - 3


def test_the_slide_tool_moves_a_clip_between_neighbours_that_give_and_take(hand, view):
    view.session.set_tool("slide")
    names = [f"{lane}{number}" for lane in "va" for number in (1, 2, 3)]
    before = {name: hand.clip(name) for name in names}
    place = hand.middle("v2")
    hand.drag(place, place - hand.by(3))
    for lane in "va":
        left, own, right = (hand.clip(f"{lane}{number}") for number in (1, 2, 3))
        was_left, was_own, was_right = (before[f"{lane}{number}"] for number in (1, 2, 3))
        assert (own.start, own.source_in) == (was_own.start - 3, was_own.source_in)
        assert left.length == was_left.length - 3
        assert (right.start, right.end) == (was_right.start - 3, was_right.end)
        assert right.source_in == was_right.source_in - 3
    assert len(hand.applied) == 1


def test_a_trim_shows_the_frame_that_it_cuts_to(hand, view):
    seen = []
    view.tried.connect(lambda film, sight: seen.append((film, sight)))
    end = hand.clip("v2").end
    start = hand.tail("v2")
    hand.press(start)
    hand.move(start + hand.by(-3))
    film, sight = seen[-1]
    assert sight == Sight((end - 4,))
    assert film is not view.store.film
    hand.release(start + hand.by(-3))
    assert seen[-1] == (None, None)
    view.store.undo()
    view.session.set_tool("roll")
    start = hand.tail("v2")
    hand.press(start)
    hand.move(start + hand.by(-2))
    assert seen[-1][1].frames == (end - 3, end - 2)
    hand.release(start)
    view.store.undo()
    for tool, frames in (
        ("ripple", (end - 3, end - 2)),
        ("slip", (hand.clip("v2").start, end - 1)),
        ("slide", (hand.clip("v2").start - 3, end - 2)),
    ):
        view.session.set_tool(tool)
        place = start if tool == "ripple" else hand.middle("v2")
        hand.press(place)
        hand.move(place + hand.by(-2))
        assert seen[-1][1].frames == frames, tool
        assert len(seen[-1][1].words) == 2
        view.abandon()


def test_what_is_selected_slides_along(hand, view):
    view.session.set_tool("slide")
    names = ("v1", "a1", "v2", "a2")
    before = {name: hand.clip(name) for name in names}
    view.session.select(frozenset(before[name].id for name in names))
    place = hand.middle("v2")
    hand.drag(place, place - hand.by(3))
    for name in names:
        after = hand.clip(name)
        assert (after.start, after.length) == (before[name].start - 3, before[name].length)


def test_alt_slides_the_picture_alone(hand, view):
    view.session.set_tool("slide")
    before = hand.clip("v2").start
    place = hand.middle("v2")
    hand.drag(place, place - hand.by(3), ALT)
    assert hand.clip("v2").start == before - 3
    assert hand.clip("a2").start == before


def test_a_slide_snaps_to_the_playhead_and_says_how_far_it_goes(hand, view):
    view.session.set_tool("slide")
    view.session.set_snapping(True)
    target = hand.clip("v2").start - 4
    view.session.set_playhead(target)
    place = hand.middle("v2")
    hand.press(place)
    hand.move(place - hand.by(2))
    assert view.overlay.snap == target
    assert view.overlay.hint == "slide −00:00:00:04"
    hand.release(place - hand.by(2))
    assert hand.clip("v2").start == target


def test_a_slide_stops_where_a_neighbours_source_ends(hand, view):
    view.session.set_tool("slide")
    before = view.store.film
    place = hand.middle("v2")
    hand.press(place)
    hand.move(place + hand.by(30))
    assert view.overlay.hint == "slide +00:00:00:00"
    hand.release(place + hand.by(30))
    assert view.store.film == before


def test_split_at_the_playhead(hand, view):
    view.session.set_playhead(100)
    view.commands.split()
    timeline = active_timeline(view.store.film)
    assert any(clip.start == 100 for track in timeline.tracks for clip in track.clips)


def test_zooming_out_beyond_the_cut_leaves_nothing_endless_to_scroll_through(view):
    bar, end = view.horizontalScrollBar(), timeline_end(active_timeline(view.film))
    for _ in range(4):
        view.session.set_zoom(10.0)
        bar.setValue(bar.maximum())
        view.session.set_zoom(0.1)
        bar.setValue(bar.maximum())
    assert view.geometry_now().first_frame <= end


def test_an_end_that_is_clicked_on_stays_in_hand_until_another_place_is(hand, view):
    hand.click(hand.head("v2"))
    assert view.session.edge == ("v2", "head")
    assert {"v2", "a2"} <= view.session.selection
    view.commands.trims.by(10)
    assert view.session.edge == ("v2", "head")
    hand.click(hand.middle("v2"))
    assert view.session.edge is None
    hand.click(hand.tail("v2"))
    assert view.session.edge == ("v2", "tail")
    hand.click(hand.middle("v3"))
    assert view.session.edge is None
