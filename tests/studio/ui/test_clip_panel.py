"""Place, keys and colour of clips, set by hand in a whole window."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.document.curves import pose_at
from studio.document.film import Clip, Media, MediaFacts, MediaSource, new_film
from studio.document.looks import FITTED, UNGRADED, Dissolve, Pose
from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip
from studio.ui.look_fields import POSE_ROWS
from studio.ui.number_field import PullLabel
from tests.studio.ui.film_windows import as_it_was, film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def film_of(folder):
    """Two pictures on one track and one above them, on the disk of ``folder``."""
    (folder / "media").mkdir(parents=True)
    media = []
    for name, shade in (("dark", 60), ("light", 150), ("map", 100)):
        noise = np.random.default_rng(shade).normal(shade, 25, (90, 160, 3))
        cv2.imwrite(str(folder / "media" / f"{name}.png"), np.clip(noise, 0, 255).astype(np.uint8))
        facts = MediaFacts(width=160, height=90, frames=1)
        path = f"media/{name}.png"
        media.append(
            Media(id=name, kind="image", name=name, path=path, sha256=name, facts=facts)
        )  # fmt: skip
    film = new_film("Pier", width=320, height=180)
    tracks = {track.name: track for track in film.timelines[0].tracks}
    laid = {
        "V1": (
            Clip(id="a", source=MediaSource(media_id="dark"), start=0, length=48),
            Clip(id="b", source=MediaSource(media_id="light"), start=48, length=48),
        ),
        "V2": (Clip(id="over", source=MediaSource(media_id="map"), start=12, length=24),),
    }
    made = tuple(
        replace(track, clips=laid.get(track.name, ())) for track in film.timelines[0].tracks
    )
    assert set(laid) <= set(tracks)
    timeline = replace(film.timelines[0], tracks=made)
    return replace(film, media=tuple(media), timelines=(timeline,))


@pytest.fixture(scope="module")
def standing(dressed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("looks")
    with film_window(folder, film_of(folder / "film")) as window:
        yield window


@pytest.fixture
def desk(standing):
    """The film as it was, with the clip panel in front and its first clip in hand."""
    made = as_it_was(standing)
    made.show_panel("clip")
    made.room.session.set_playhead(6)
    made.room.session.select(["a"])
    made.clip_desk.refresh()
    yield made
    if made.clip_desk.overlay.wanted:
        made.trigger("view.handles")


def clip(desk, clip_id="a"):
    return find_clip(active_timeline(desk.room.film), clip_id).clip


def steps(desk):
    """How many changes were made, told by how often undo has something to do."""
    return desk.room.store.revision


def pull(label, by):
    """Drag a field's name to the right."""
    start = label.rect().center()
    QTest.mousePress(label, LEFT, NONE, start)
    for share in (0.3, 0.6, 1.0):
        at = QPointF(start) + QPointF(by * share, 0)
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, at, QPointF(label.mapToGlobal(at.toPoint())),
            Qt.MouseButton.NoButton, LEFT, NONE,
        )  # fmt: skip
        QApplication.sendEvent(label, event)


def label_of(desk, field):
    widget = desk.clip.pose.fields[field]
    return next(one for one in desk.clip.pose.findChildren(PullLabel) if one.buddy() is widget)


def test_a_name_that_is_pulled_is_seen_at_once_and_kept_once(qtbot, desk):
    before, label = steps(desk), label_of(desk, "scale")
    seen = []
    desk.screening.player.frame_shown.connect(lambda _frame, pixels: seen.append(pixels.mean()))
    pull(label, -100)
    assert steps(desk) == before
    qtbot.waitUntil(lambda: bool(seen))
    assert clip(desk).pose == FITTED
    QTest.mouseRelease(label, LEFT, NONE, label.rect().center() + QPoint(-100, 0))
    assert steps(desk) == before + 1
    assert clip(desk).pose.scale == pytest.approx(0.5)
    desk.room.undo()
    assert clip(desk).pose == FITTED
    desk.clip_desk.refresh()
    assert desk.clip.pose.fields["scale"].value() == pytest.approx(100)


def test_escape_gives_a_pull_up(desk):
    before, label = steps(desk), label_of(desk, "x")
    pull(label, 40)
    desk.clip.pose.fields["x"].setFocus()
    QTest.keyClick(desk.clip.pose.fields["x"], Qt.Key.Key_Escape)
    QTest.mouseRelease(label, LEFT, NONE, label.rect().center())
    assert steps(desk) == before
    assert clip(desk).pose == FITTED
    assert desk.clip.pose.fields["x"].value() == 0


def test_a_typed_number_is_one_change_in_the_frames_pixels(desk):
    field = desk.clip.pose.fields["x"]
    before = steps(desk)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "80")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert clip(desk).pose.x == pytest.approx(80 / 320)
    field.clearFocus()
    assert steps(desk) == before + 1


def test_arrow_keys_settle_into_one_change(qtbot, desk):
    field, before = desk.clip.pose.fields["rotation_deg"], steps(desk)
    field.setFocus()
    for _ in range(4):
        QTest.keyClick(field, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: steps(desk) > before)
    assert steps(desk) == before + 1
    assert clip(desk).pose.rotation_deg == pytest.approx(2.0)


def test_several_clips_are_set_together_and_a_dash_shows_where_they_differ(qtbot, desk):
    desk.room.session.select(["a", "b"])
    desk.clip_desk.refresh()
    pull(label_of(desk, "opacity"), -40)
    QTest.mouseRelease(label_of(desk, "opacity"), LEFT)
    assert clip(desk, "a").pose.opacity == clip(desk, "b").pose.opacity == pytest.approx(0.8)
    desk.room.session.select(["a"])
    desk.clip_desk.refresh()
    pull(label_of(desk, "opacity"), -40)
    QTest.mouseRelease(label_of(desk, "opacity"), LEFT)
    desk.room.session.select(["a", "b"])
    desk.clip_desk.refresh()
    field = desk.clip.pose.fields["opacity"]
    assert field.text() == "–"
    field.setFocus()
    before = steps(desk)
    field.clearFocus()
    assert steps(desk) == before
    assert clip(desk, "a").pose.opacity != clip(desk, "b").pose.opacity


def test_keys_are_set_at_the_playhead_and_gone_to(desk):
    session, keys = desk.room.session, desk.clip.pose.keys
    keys["x"].click()
    assert keys["x"].state == "here"
    session.set_playhead(30)
    desk.clip_desk.refresh()
    assert keys["x"].state == "elsewhere"
    field = desk.clip.pose.fields["x"]
    field.selectAll()
    QTest.keyClicks(field, "160")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [key.frame for key in clip(desk).curves[0].keys] == [6, 30]
    assert pose_at(clip(desk), 18).x == pytest.approx(0.25)
    desk.trigger("cut.previous_key")
    assert session.playhead == 6
    desk.trigger("cut.next_key")
    assert session.playhead == 30
    desk.clip_desk.refresh()
    desk.clip.easing.activated.emit(2)
    assert clip(desk).curves[0].keys[1].easing == "hold"
    keys["x"].click()
    assert [key.frame for key in clip(desk).curves[0].keys] == [6]
    desk.trigger("cut.clear_keys")
    assert not clip(desk).curves


def test_keys_under_the_playhead_go_a_frame_at_a_time_by_their_keys(desk):
    session, keys, said = desk.room.session, desk.clip.pose.keys, []
    desk.room.said.connect(said.append)
    keys["x"].click()
    desk.trigger("cut.key_later")
    desk.trigger("cut.key_later")
    assert session.playhead == 8
    assert [key.frame for key in clip(desk).curves[0].keys] == [8]
    desk.trigger("cut.key_earlier")
    assert [key.frame for key in clip(desk).curves[0].keys] == [7]
    desk.trigger("edit.undo")
    assert [key.frame for key in clip(desk).curves[0].keys] == [8]
    session.set_playhead(30)
    desk.trigger("cut.key_later")
    assert "on a key" in said[-1].sentence


def test_one_command_keys_a_whole_move(desk):
    desk.trigger("cut.key")
    assert {curve.field for curve in clip(desk).curves} == {"x", "y", "scale"}
    desk.trigger("cut.key")
    assert not clip(desk).curves


def test_colour_is_set_by_its_slider_and_taken_back(desk):
    row, before = desk.clip.grade.rows["exposure"], steps(desk)
    row.slider.setSliderDown(True)
    for value in (20, 60, 100):
        row.slider.setSliderPosition(value)
    assert steps(desk) == before
    row.slider.setSliderDown(False)
    assert steps(desk) == before + 1
    assert clip(desk).grade.exposure == pytest.approx(1.0)
    desk.trigger("cut.reset_colour")
    assert clip(desk).grade == UNGRADED
    assert row.field.value() == 0


def test_colour_is_matched_to_the_clip_after(qtbot, desk):
    before = steps(desk)
    desk.trigger("cut.match_after")
    qtbot.waitUntil(lambda: steps(desk) > before)
    assert steps(desk) == before + 1
    assert clip(desk).grade.exposure > 1
    assert clip(desk, "b").grade == UNGRADED


def test_where_nothing_is_to_match_one_is_told(qtbot, desk):
    said = []
    desk.room.said.connect(said.append)
    desk.trigger("cut.match_before")
    assert "no other picture" in said[0].sentence


def test_the_frame_is_filled_and_fitted(desk):
    desk.trigger("cut.shape_square")
    desk.trigger("cut.fill")
    assert clip(desk).pose.scale == pytest.approx(16 / 9, rel=0.02)
    desk.trigger("cut.fit")
    assert clip(desk).pose == Pose()


def write(field, words):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_speed_is_typed_in_per_cent_and_what_follows_moves(desk):
    before = steps(desk)
    write(desk.clip.time.speed, "75")
    assert (clip(desk).speed, clip(desk).length, clip(desk, "b").start) == (Fraction(3, 4), 64, 64)
    assert steps(desk) == before + 1
    desk.room.session.select(["a", "b"])
    desk.clip_desk.refresh()
    assert desk.clip.time.speed.text() == "–"
    write(desk.clip.time.speed, "104.17")
    assert clip(desk).speed == clip(desk, "b").speed == Fraction(10_417, 10_000)


def test_a_dissolve_has_the_frames_and_the_place_that_are_asked_for(desk):
    time, alignment = desk.clip.time, desk.clip.alignment
    assert not time.dissolve.isEnabled()
    assert not alignment.isVisible()
    desk.room.session.select(["b"])
    desk.clip_desk.refresh()
    write(time.dissolve, "17")
    assert clip(desk, "b").dissolve == Dissolve(frames=17, before=8)
    assert alignment.currentData() == "centre"
    for row, before in ((1, 0), (2, 17)):
        alignment.setCurrentIndex(row)
        alignment.activated.emit(row)
        assert clip(desk, "b").dissolve == Dissolve(frames=17, before=before)
    write(time.dissolve, "9")
    assert clip(desk, "b").dissolve == Dissolve(frames=9, before=9)
    write(time.dissolve, "0")
    assert clip(desk, "b").dissolve is None
    assert not alignment.isVisible()


def test_a_dissolve_longer_than_its_clips_is_as_long_as_can_be_and_says_so(desk):
    said = []
    desk.room.said.connect(said.append)
    desk.room.session.select(["b"])
    desk.clip_desk.refresh()
    write(desk.clip.time.dissolve, "200")
    assert clip(desk, "b").dissolve.frames == 96
    assert "frames for a dissolve of 96" in said[-1].sentence
    assert desk.clip.time.dissolve.value() == 96


def test_handles_move_scale_and_turn_the_picture(desk):
    desk.trigger("view.handles")
    overlay = desk.clip_desk.overlay
    assert overlay.isVisible()
    before = steps(desk)
    middle = overlay.rect().center()
    drag(overlay, middle, middle + QPoint(30, 0))
    assert steps(desk) == before + 1
    area = desk.viewer.picture.picture_area()
    assert clip(desk).pose.x == pytest.approx(30 / area.width(), abs=0.01)
    centre = overlay.corner_at(0) + (overlay.corner_at(2) - overlay.corner_at(0)) / 2
    corner = overlay.corner_at(2)
    drag(overlay, corner.toPoint(), ((corner + centre) / 2).toPoint())
    assert clip(desk).pose.scale == pytest.approx(0.5, abs=0.02)
    edge = overlay.edge_at(0)
    drag(overlay, edge.toPoint(), ((edge + centre) / 2).toPoint())
    assert clip(desk).pose.crop_left == pytest.approx(0.25, abs=0.03)
    assert steps(desk) == before + 3
    desk.room.session.select([])
    desk.clip_desk.refresh()
    assert not overlay.isVisible()


def drag(overlay, start, end):
    QTest.mousePress(overlay, LEFT, NONE, start)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, QPointF(end), QPointF(overlay.mapToGlobal(end)),
        Qt.MouseButton.NoButton, LEFT, NONE,
    )  # fmt: skip
    QApplication.sendEvent(overlay, event)
    QTest.mouseRelease(overlay, LEFT, NONE, end)


def test_a_locked_track_cannot_be_changed_and_says_so(desk):
    timeline = active_timeline(desk.room.film)
    track = next(one for one in timeline.tracks if one.name == "V1")
    desk.timeline.commands.whole.lock_track(track.id)
    desk.clip_desk.refresh()
    assert not desk.clip.pose.isEnabled()
    assert "locked" in desk.clip._note.text()


def test_every_field_of_a_pose_has_a_row(desk):
    assert {row.field for row in POSE_ROWS} == set(desk.clip.pose.fields)
    for row in POSE_ROWS:
        assert desk.clip.pose.fields[row.field].accessibleName()


def test_nothing_selected_says_what_to_do(desk):
    desk.room.session.select([])
    desk.clip_desk.refresh()
    assert desk.clip._stack.currentIndex() == 0


def test_return_in_a_field_ends_the_number_and_keeps_no_take(qtbot, standing, desk):
    keep, kept = standing.actions_["shot.keep"], []
    keep.triggered.connect(lambda: kept.append(1))
    keep.setEnabled(True)
    field = desk.clip.pose.fields["y"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "18")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert clip(desk).pose.y == pytest.approx(0.1)
    assert not kept
    keep.setEnabled(True)
    desk.viewer.picture.setFocus()
    QTest.keyClick(desk.viewer.picture, Qt.Key.Key_Return)
    assert kept
