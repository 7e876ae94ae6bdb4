"""Every command of the cut: each is bound, does what it says, and comes back by undo."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from studio.bridge.actions import ACTIONS
from studio.bridge.cut_actions import CUT_ACTIONS
from studio.bridge.drags import Cargo
from studio.document.film import ShotSource
from studio.document.queries import active_timeline
from studio.ui.take_commands import TAKE_DEEDS
from studio.ui.timeline_deeds import CUT_DEEDS
from studio.ui.timeline_marks import dissolve_rect, gain_area, gain_points, gain_y

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_every_command_of_the_cut_has_a_deed_and_stands_in_the_registry():
    names = {action.id for action in CUT_ACTIONS}
    # What makes a clip's take again is done in the room, not by the timeline.
    assert names - set(TAKE_DEEDS) == set(CUT_DEEDS)
    assert names <= {spec.id for spec in ACTIONS}


def hold_and_select(cut):
    cut.trims.hold()
    cut.trims._session.select([cut.trims._picture_here()])


# What is to be taken off, gone back from or put back must be there first.
FIRST = {
    "cut.delete_marker": lambda cut: cut.add_marker(),
    "cut.down": CUT_DEEDS["cut.up"],
    "cut.fade_natural": CUT_DEEDS["cut.fade_sharp"],
    "cut.label_none": CUT_DEEDS["cut.label_red"],
    "cut.lower_track": CUT_DEEDS["cut.raise_track"],
    "cut.next_timeline": CUT_DEEDS["cut.new_timeline"],
    "cut.no_dissolve": CUT_DEEDS["cut.dip"],
    "cut.no_fades": CUT_DEEDS["cut.fade_in"],
    "cut.no_gain": CUT_DEEDS["cut.louder"],
    "cut.no_pan": CUT_DEEDS["cut.pan_left"],
    "cut.normal_speed": CUT_DEEDS["cut.slower"],
    "cut.previous_timeline": CUT_DEEDS["cut.new_timeline"],
    "cut.remove_timeline": CUT_DEEDS["cut.new_timeline"],
    "cut.run_on": hold_and_select,
    "cut.shape_film": CUT_DEEDS["cut.shape_tall"],
    "cut.ungroup": CUT_DEEDS["cut.group"],
    "edit.paste_look": CUT_DEEDS["cut.louder"],
}
# Where the neighbours of the fourth shot have no frames to give, others are in hand.
HAND = {
    "cut.roll_on": ("v0", "v1"),
    "cut.roll_on_far": ("v0", "v1"),
    "cut.roll_to_playhead": ("v0", "v1"),
    "cut.slide_on": ("v1", "a1"),
    "cut.slide_on_far": ("v1", "a1"),
    "cut.slide_back": ("v2", "a2"),
    "cut.slide_back_far": ("v2", "a2"),
}


@pytest.mark.parametrize("name", sorted(set(CUT_DEEDS) - {"edit.copy"}))
def test_every_command_does_something_that_one_undo_takes_back(hand, view, name):
    refused = []
    view.refused.connect(refused.append)
    clips = HAND.get(name, ("v3", "a3"))
    view.session.select(clips)
    view.session.set_playhead(hand.clip(clips[0]).start + 20)
    view.commands.mark_in()
    view.session.set_playhead(view.session.playhead + 10)
    view.commands.mark_out()
    CUT_DEEDS["edit.copy"](view.commands)
    if name in FIRST:
        FIRST[name](view.commands)
    before, session = view.store.film, view.session
    held = (session.selection, session.playhead, session.track_id)
    CUT_DEEDS[name](view.commands)
    assert refused == []
    assert view.store.film is not before or held != (
        session.selection,
        session.playhead,
        session.track_id,
    )
    if view.store.film is not before:
        view.store.undo()
        assert view.store.film is before


def test_what_is_copied_is_what_is_pasted(view):
    done(view, "edit.copy", "v1", "a1")
    done(view, "edit.paste", at=600)
    tracks = active_timeline(view.store.film).tracks
    pasted = [clip for track in tracks for clip in track.clips if clip.id in view.session.selection]
    assert [clip.source for clip in pasted] == [ShotSource(shot_id="shot1")] * 2
    assert {clip.start for clip in pasted} == {600}


def done(view, name, *clips, at=None):
    if clips:
        view.session.select(clips)
    if at is not None:
        view.session.set_playhead(at)
    CUT_DEEDS[name](view.commands)


def test_a_label_goes_to_the_clips_or_without_any_to_the_picked_shots(view):
    done(view, "cut.label_red", "v1")
    colours = {clip.id: clip.colour for clip in view.store.film.timelines[0].tracks[2].clips}
    assert (colours["v1"], colours["v2"]) == ("red", "none")
    assert not any(shot.colour != "none" for shot in view.store.film.shots)
    view.session.select(())
    view.session.set_shot("shot2")
    done(view, "cut.label_teal")
    assert [shot.colour for shot in view.store.film.shots[1:4]] == ["none", "teal", "none"]
    view.session.set_shot("")
    before = view.store.film
    done(view, "cut.label_pink")
    assert view.store.film is before


def test_a_group_is_picked_and_moved_by_one_of_its_clips(hand, view):
    done(view, "cut.group", "v5", "v6")
    view.session.select(())
    start = hand.middle("v5")
    before = {name: hand.clip(name).start for name in ("v5", "v6", "a5", "a6")}
    hand.drag(start, start + hand.by(400))
    assert view.session.selection == set(before)
    moved = {name: hand.clip(name).start - was for name, was in before.items()}
    assert set(moved.values()) == {400}


def test_a_dissolve_fits_the_handles_and_is_pulled_longer_by_its_end(hand, view):
    done(view, "cut.dissolve", "v0", "v1")
    dissolve = hand.clip("v1").dissolve
    assert (dissolve.before, dissolve.after) == (4, 6)
    done(view, "cut.dip", "v2", "v3")
    dip = hand.clip("v3").dissolve
    assert dip.frames == 24
    geometry = view.geometry_now()
    area = dissolve_rect(geometry, geometry.lane_of(2), hand.clip("v3"))
    end = QPoint(area.right(), area.center().y())
    hand.drag(end, end + hand.by(5))
    assert hand.clip("v3").dissolve.frames == 34
    hand.drag(end + hand.by(5), end - hand.by(20))
    assert hand.clip("v3").dissolve is None


def test_the_gain_line_is_pulled_and_has_points(hand, view):
    music = hand.rect("music")
    area = gain_area(music)
    line = QPoint(music.left() + 300, gain_y(area, -6.0))
    hand.drag(line, line + QPoint(0, 6))
    lower = hand.clip("music").gain_db
    assert lower < -6.0
    line = QPoint(line.x(), gain_y(area, lower))
    hand.click(line, CTRL)
    hand.click(line + QPoint(120, 0), CTRL)
    assert len(hand.clip("music").gain_points) == 2
    first = gain_points(view.geometry_now(), music, hand.clip("music"))[0]
    hand.drag(first, first + QPoint(10, 9))
    assert hand.clip("music").gain_points[0].gain_db < 0
    moved = gain_points(view.geometry_now(), music, hand.clip("music"))[0]
    hand.click(moved, ALT)
    assert len(hand.clip("music").gain_points) == 1


def test_a_header_is_dragged_to_another_place(hand, view):
    names = [track.id for track in active_timeline(view.store.film).tracks]
    geometry = view.geometry_now()
    top, below = geometry.lane_of(3), geometry.lane_of(2)
    start = QPoint(20, geometry.y(top) + 10)
    hand.drag(start, QPoint(20, geometry.y(below) + 30))
    assert [track.id for track in active_timeline(view.store.film).tracks] == [
        names[0],
        names[1],
        names[3],
        names[2],
    ]


def test_a_title_is_laid_over_the_pictures_and_frames_change_shape(hand, view):
    done(view, "cut.new_title", at=10)
    (title,) = view.session.selection
    assert hand.clip(title).start == 10
    assert hand.track_of(title) == "V2"
    done(view, "cut.shape_tall")
    assert active_timeline(view.store.film).shape == "9:16"


def test_speed_and_direction_are_changed_with_the_linked_sound(hand, view):
    done(view, "cut.slower", "v2", "a2")
    assert hand.clip("v2").speed == hand.clip("a2").speed == Fraction(1, 2)
    assert hand.clip("v2").length == hand.clip("a2").length == 148
    assert hand.clip("v3").start == hand.clip("a3").start == hand.clip("v2").end
    done(view, "cut.reverse", "v2")
    assert hand.clip("a2").backwards


def test_a_clip_is_fitted_to_the_marks_with_its_sound(hand, view):
    said = []
    view.refused.connect(said.append)
    done(view, "cut.fit_marks", "v2", "a2")
    assert "Mark in and out" in said[-1]
    view.session.set_playhead(900)
    view.commands.mark_in()
    view.session.set_playhead(999)
    view.commands.mark_out()
    done(view, "cut.fit_marks", "v2", "v4")
    assert "Select one clip" in said[-1]
    later = hand.clip("v3").start
    done(view, "cut.fit_marks", "v2", "a2")
    for name in ("v2", "a2"):
        clip = hand.clip(name)
        assert (clip.start, clip.end, clip.speed) == (900, 1000, Fraction(74, 100))
    assert hand.clip("v3").start == later


def test_a_cut_is_rolled_by_frames_with_its_sound_and_the_playhead(hand, view):
    cut, end = hand.clip("v4").start, hand.clip("v4").end
    done(view, "cut.roll_on", at=cut)
    done(view, "cut.roll_on_far")  # six frames are left of the earlier clip
    for left, right in (("v3", "v4"), ("a3", "a4")):
        assert hand.clip(left).end == hand.clip(right).start == cut + 6
    assert hand.clip("v4").end == end
    assert view.session.playhead == cut + 6
    done(view, "cut.roll_back")
    assert hand.clip("v4").start == view.session.playhead == cut + 5
    done(view, "cut.roll_back_far")
    assert hand.clip("a4").start == view.session.playhead == cut
    while view.store.undo():
        pass
    assert hand.clip("v4").start == cut


def test_a_cut_that_has_no_more_frames_stays_and_says_so(hand, view):
    said = []
    view.refused.connect(said.append)
    done(view, "cut.roll_on_far", "v3", "v4")
    assert not said
    done(view, "cut.roll_on_far")
    assert "no more frames" in said[-1]
    view.session.select(())
    done(view, "cut.slide_on")
    assert said[-1] == "Select a clip to slide it."


def test_a_cut_is_rolled_to_the_playhead(hand, view):
    cut = hand.clip("v1").start
    done(view, "cut.roll_to_playhead", "v0", "v1", at=cut + 4)
    assert hand.clip("v0").end == hand.clip("v1").start == hand.clip("a1").start == cut + 4
    assert view.session.playhead == cut + 4


def test_what_comes_from_the_playhead_on_is_selected(hand, view):
    done(view, "edit.select_onward", at=hand.clip("v2").start + 1)
    chosen = view.session.selection
    assert {"v2", "a2", "v3", "v4"} <= chosen
    assert not {"v0", "v1", "a1"} & chosen


def test_a_clip_is_slid_by_frames_between_its_neighbours(hand, view):
    done(view, "cut.roll_on_far", "v3", "v4")
    start, length = hand.clip("v3").start, hand.clip("v3").length
    done(view, "cut.slide_back_far", "v3", "a3")  # six frames are left before the later clip
    done(view, "cut.slide_on")
    for name in ("v3", "a3"):
        assert (hand.clip(name).start, hand.clip(name).length) == (start - 5, length)
    assert hand.clip("v2").end == hand.clip("a2").end == start - 5
    assert hand.clip("v4").start == hand.clip("a4").start == hand.clip("v3").end


def test_what_was_copied_is_pasted_into_another_timeline(view):
    done(view, "edit.copy", "v2")
    done(view, "cut.new_timeline")
    done(view, "edit.paste", at=5)
    timeline = active_timeline(view.store.film)
    assert sum(len(track.clips) for track in timeline.tracks) == 2
    assert {clip.start for track in timeline.tracks for clip in track.clips} == {5}
    done(view, "cut.next_timeline")
    assert active_timeline(view.store.film).id == "cut"


def test_extract_asks_for_marks_and_takes_them_out(view):
    said = []
    view.refused.connect(said.append)
    done(view, "cut.extract")
    assert "Mark in and out" in said[0]
    length = max(track.clips[-1].end for track in view.timeline.tracks)
    view.session.set_playhead(100)
    view.commands.mark_in()
    view.session.set_playhead(149)
    view.commands.mark_out()
    done(view, "cut.extract")
    assert max(track.clips[-1].end for track in view.timeline.tracks) == length - 50


def test_timelines_have_tabs_that_open_rename_and_order_them(qtbot, view):
    assert not view.tabs.isVisible()
    done(view, "cut.new_timeline")
    assert view.tabs.isVisible()
    assert view.tabs.count() == 2
    view.tabs.setCurrentIndex(0)
    assert view.timeline.id == "cut"
    view.tabs.rename(0)
    field = view.tabs.findChild(QLineEdit)
    field.setText("Reel one")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.timeline.name == view.tabs.tabText(0) == "Reel one"
    view.tabs.rename(0)
    field = view.tabs.findChildren(QLineEdit)[-1]
    field.setText("Reel two")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert view.timeline.name == view.tabs.tabText(0) == "Reel one"
    view.tabs.moveTab(0, 1)
    assert [one.name for one in view.store.film.timelines] == ["Cut 2", "Reel one"]
    view.store.undo()
    assert view.tabs.tabText(0) == "Reel one"
    done(view, "cut.remove_timeline")
    assert not view.tabs.isVisible()


def _double(view, point):
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    return view.viewport().findChild(QLineEdit)


def test_names_and_words_are_written_where_they_stand(qtbot, hand, view):
    geometry = view.geometry_now()
    field = _double(view, QPoint(20, geometry.y(geometry.lane_of(3)) + 8))
    field.setText("Cutaways")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.timeline.tracks[3].name == "Cutaways"
    field.setParent(None)
    done(view, "cut.new_subtitle", at=100)
    (line,) = view.timeline.subtitles
    point = QPoint(view.geometry_now().x(110), view.viewport().height() - 8)
    field = _double(view, point)
    field.setText("Where were you?")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.timeline.subtitles[0].text == "Where were you?"
    hand.drag(point, point + hand.by(30))
    assert view.timeline.subtitles[0].start == line.start + 30


def test_marks_on_the_timeline_say_where_a_shot_goes_and_how_much_of_it(hand, view):
    said = []
    view.refused.connect(said.append)
    view.session.set_playhead(1000)
    view.commands.mark_in()
    view.session.set_playhead(1019)
    view.commands.mark_out()
    view.session.set_playhead(5)
    view.commands.overwrite(Cargo("shot", ("shot1",)))
    laid = [hand.clip(clip_id) for clip_id in view.session.selection]
    assert {(clip.start, clip.length) for clip in laid} == {(1000, 20)}
    view.session.set_playhead(2000)
    view.commands.mark_out()
    view.commands.overwrite(Cargo("shot", ("shot1",)))
    assert "fewer frames" in said[0]
