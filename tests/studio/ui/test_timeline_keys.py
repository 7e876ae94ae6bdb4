"""Keys and gain points taken in the hand on the timeline: dragged, caught, taken off, undone."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from studio.document.errors import ChangeError
from studio.document.gain_changes import set_gain_point
from studio.document.key_changes import key_frames, key_room, move_keys
from studio.document.looks import PoseField
from studio.document.timeline_access import find_clip
from studio.document.track_changes import MIN_TRACK_PX, edit_track
from studio.document.transform_changes import set_key
from studio.ui.timeline_geometry import ClipHit
from studio.ui.timeline_keys import KINDS, key_point, key_rows, paint_keys
from studio.ui.timeline_marks import gain_points
from studio.ui.timeline_menus import frame_of
from studio.ui.timeline_overlay import cursor_for

ALT = Qt.KeyboardModifier.AltModifier
SET: tuple[tuple[PoseField, int, float], ...] = (
    ("x", 0, 0.0),
    ("x", 20, 0.2),
    ("y", 0, 0.0),
    ("y", 20, 0.1),
    ("scale", 12, 1.0),
    ("scale", 30, 1.5),
)


@pytest.fixture
def keyed(view, hand):
    """The second picture moves (x, y) and grows; returns where its keys stand."""
    for field, frame, value in SET:
        keyed = partial(
            set_key, timeline_id="cut", clip_id="v1", field=field, frame=frame, value=value
        )
        view.store.apply(keyed, "Key")
    hand.applied.clear()

    def rows():
        return {row.name: row for row in key_rows(hand.clip("v1"), hand.rect("v1"))}

    def at(name, frame):
        row = rows()[name]
        hit = view.hit(QPoint(view.geometry_now().x(hand.clip("v1").start + frame), row.y))
        assert hit.key.frame == frame
        return key_point(view.geometry_now(), hand.clip("v1"), hand.rect("v1"), hit.key)

    def frames(field):
        return key_frames(hand.clip("v1"), (field,))

    return SimpleNamespace(rows=rows, at=at, frames=frames)


def test_a_key_is_dragged_in_time_by_one_change_that_undo_takes_back(view, hand, keyed):
    before = view.store.film
    place = keyed.at("Position", 20)
    hand.press(place)
    hand.move(place + hand.by(3))
    assert view.store.film is before  # a gesture commits nothing while it lasts
    assert key_frames(find_clip(view.timeline, "v1").clip, ("x",)) == [0, 23]
    hand.move(place + hand.by(7))
    hand.release(place + hand.by(7))
    assert len(hand.applied) == 1
    assert keyed.frames("x") == keyed.frames("y") == [0, 27]
    assert keyed.frames("scale") == [12, 30]
    assert hand.clip("v1").start == find_clip(before.timelines[0], "v1").clip.start
    assert view.store.undo() == "Move key"
    assert view.store.film == before


def test_escape_lets_a_key_be(view, hand, keyed):
    before, place = view.store.film, keyed.at("Scale", 12)
    hand.press(place)
    hand.move(place + hand.by(5))
    assert "Scale" in view.overlay.hint
    assert view.abandon()
    hand.release(place)
    assert view.store.film is before


def test_a_key_stops_at_its_neighbour_and_at_the_clips_ends(hand, keyed):
    place = keyed.at("Scale", 30)
    hand.drag(place, place - hand.by(25))
    assert keyed.frames("scale") == [12, 13]
    place = keyed.at("Position", 20)
    hand.drag(place, place + hand.by(500))
    assert keyed.frames("x") == [0, hand.clip("v1").length - 1]


def test_a_key_is_caught_by_the_playhead_and_by_the_keys_of_another_row(view, hand, keyed):
    view.session.set_snapping(True)
    view.session.set_playhead(hand.clip("v1").start + 16)
    place = keyed.at("Position", 20)
    hand.press(place)
    hand.move(place - hand.by(3))
    assert view.overlay.snap == view.session.playhead
    hand.release(place - hand.by(3))
    assert keyed.frames("x") == [0, 16]
    place = keyed.at("Scale", 30)
    hand.drag(place, place - hand.by(13))
    assert keyed.frames("scale") == [12, 16]


def test_alt_takes_keys_off_and_a_click_brings_the_playhead(view, hand, keyed):
    hand.click(keyed.at("Scale", 30))
    assert view.session.playhead == hand.clip("v1").start + 30
    assert view.session.selection >= {"v1"}
    assert not hand.applied
    hand.click(keyed.at("Scale", 30), ALT)
    assert keyed.frames("scale") == [12]
    assert view.store.undo() == "Delete key"


def test_a_low_track_has_one_row_for_all_keys_and_they_move_together(view, hand, keyed):
    assert [row.name for row in keyed.rows().values()] == ["Position", "Scale"]
    view.store.apply(lambda film: edit_track(film, "cut", "V1", height_px=30), "Height")
    (row,) = keyed.rows().values()
    assert row.name == "Position, Scale"
    assert row.frames == (0, 12, 20, 30)
    place = keyed.at("Position, Scale", 20)
    hand.drag(place, place + hand.by(4))
    assert keyed.frames("y") == [0, 24]
    assert keyed.frames("scale") == [12, 30]


@pytest.mark.parametrize("height", [MIN_TRACK_PX, 22, 24, 32])
def test_keys_leave_the_words_of_a_flat_clip_to_be_read(view, hand, keyed, height):
    rect = QRect(0, 0, hand.rect("v1").width(), height)
    drawn = QImage(view.width(), height, QImage.Format.Format_ARGB32)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.translate(-hand.rect("v1").left(), 0)
    rect.moveLeft(hand.rect("v1").left())
    paint_keys(painter, view.geometry_now(), hand.clip("v1"), rect)
    painter.end()
    inked = [
        any(drawn.pixelColor(x, y).alpha() for x in range(drawn.width())) for y in range(height)
    ]
    assert any(inked)
    assert inked.index(True) >= 12  # where the letters stand on


def test_a_key_is_a_part_of_its_own_with_its_cursor_tip_and_menu(view, hand, keyed):
    hit = view.hit(keyed.at("Position", 0))
    assert isinstance(hit, ClipHit)
    assert hit.part == "key"
    assert cursor_for(hit, "select") == Qt.CursorShape.SizeHorCursor
    assert frame_of(hit) == hand.clip("v1").start
    plain = view.hit(hand.middle("v2"))
    assert plain.key is None


def test_a_locked_tracks_keys_stay_and_say_why(view, hand, keyed):
    view.store.apply(lambda film: edit_track(film, "cut", "V1", locked=True), "Lock")
    before, place, said = view.store.film, keyed.at("Position", 20), []
    view.refused.connect(said.append)
    hand.drag(place, place + hand.by(5))
    assert view.store.film is before
    assert "locked" in said[0]


def test_a_point_of_the_gain_is_caught_in_time_by_the_playhead(view, hand):
    music = hand.clip("music")
    for frame in (100, 160):
        view.store.apply(
            lambda film, n=frame: set_gain_point(film, "cut", "music", n, -3.0), "Point"
        )
    view.session.set_snapping(True)
    view.session.set_playhead(music.start + 130)
    place = gain_points(view.geometry_now(), hand.rect("music"), hand.clip("music"))[0]
    hand.drag(place, place + hand.by(28))
    assert [point.frame for point in hand.clip("music").gain_points] == [130, 160]
    place = gain_points(view.geometry_now(), hand.rect("music"), hand.clip("music"))[0]
    level = hand.clip("music").gain_points[0].gain_db
    hand.drag(place, place + QPoint(0, 8))
    assert hand.clip("music").gain_points[0].gain_db < level - 3
    assert hand.clip("music").gain_points[0].frame == 130


def test_every_field_of_a_pose_stands_in_a_row():
    listed = [field for _, fields in KINDS for field in fields]
    assert sorted(listed) == sorted(set(listed))
    assert len(listed) == 9


def test_keys_without_room_between_their_neighbours_stay(view, keyed):
    film = view.store.film
    for frame in (11, 13):
        film = set_key(film, "cut", "v1", "scale", frame, 1.0)
    clip = find_clip(film.timelines[0], "v1").clip
    assert key_room(clip, 12, ("scale",)) == (12, 12)
    assert move_keys(film, "cut", "v1", 12, 40, ("scale",)) == film
    with pytest.raises(ChangeError, match="no longer"):
        move_keys(film, "cut", "v1", 99, 40)
