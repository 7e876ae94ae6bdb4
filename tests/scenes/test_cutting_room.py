"""What editors do by habit, in a whole window over footage: typed times, and what follows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest

from studio.bridge.drags import packed
from studio.document.film import MediaSource
from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip
from tests.scenes.footage_cut import FROM, STEP, USED, cut_of_footage
from tests.studio.ui.hands import Hand

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def cut(qtbot, window, windows, tmp_path):
    """A window over red and green footage, with blue in its bin; the timeline has the keys."""
    windows.new_film(window, tmp_path)
    window.media = cut_of_footage(window, tmp_path, qtbot.waitUntil)
    window.workspace.timeline.setFocus()
    return window


def press(window, keys):
    # The binding can be indexed, its stubs cannot.
    one = QKeySequence(keys)[0]  # pyright: ignore[reportIndexIssue]
    QTest.keyClick(window.workspace.timeline, one.key(), one.keyboardModifiers())


def type_over_cut(window, text):
    for letter in text:
        QTest.keyClicks(window.focusWidget(), letter)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)


def clip(window, clip_id):
    place = find_clip(active_timeline(window.room.film), clip_id)
    return None if place is None else place.clip


def sentences(window):
    said = []
    window.room.said.connect(lambda notice: said.append(notice.sentence))
    return said


def test_the_clip_under_the_playhead_shows_what_is_looked_at(cut):
    said, screening = sentences(cut), cut.workspace.screening
    before = {one: clip(cut, one) for one in ("green video", "green audio")}
    cut.actions_["cut.replace"].trigger()
    assert said[0].startswith("Look at the take or file")
    cut.room.session.set_playhead(30)
    screening.look_at_media(cut.media["blue"])
    for shows, fits in ((2, False), (45, False), (16, True)):
        screening.player.pause()
        screening.player.seek(shows)
        cut.actions_["cut.replace"].trigger()
        assert (screening.source is None) is fits
    assert "4 frames are missing before" in said[1]
    assert "15 frames are missing after" in said[2]
    for name, was in before.items():
        assert was is not None
        now = clip(cut, name)
        assert now == replace(was, source=MediaSource(media_id=cut.media["blue"]))
    cut.room.undo()
    assert clip(cut, "green video") == before["green video"]


def test_alt_lets_what_is_dropped_on_a_clip_replace_it(cut):
    view = cut.workspace.timeline
    view.zoom_to_fit()
    geometry, timeline = view.geometry_now(), view.timeline
    place = find_clip(timeline, "red video")
    at = geometry.clip_rect(geometry.lane_of(place.track), place.clip).center()
    mime = packed("media", [cut.media["blue"]])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(at), copy, mime, left, Qt.KeyboardModifier.AltModifier)
    view.dropEvent(event)
    for name in ("red video", "red audio"):
        now = clip(cut, name)
        assert (now.source, now.source_in) == (MediaSource(media_id=cut.media["blue"]), 0)
        assert (now.start, now.length) == (0, 24)


def test_a_roll_shows_what_goes_and_what_comes_side_by_side(qtbot, cut):
    view, screen = cut.workspace.timeline, cut.workspace.viewer.picture
    view.zoom_to_fit()
    cut.room.session.set_snapping(False)
    cut.room.session.set_tool("roll")
    geometry, place = view.geometry_now(), find_clip(view.timeline, "red video")
    rect = geometry.clip_rect(geometry.lane_of(place.track), place.clip)
    start = QPoint(rect.right() - 1, rect.bottom() - 6)
    hand = Hand(view)
    hand.press(start)
    for frames in (1, 2, 3):
        hand.move(start + hand.by(frames))
    qtbot.waitUntil(lambda: "00:00:01:03" in "".join(screen._pair_words))
    assert screen._pair_words == ("Out  00:00:01:02", "In  00:00:01:03")
    red, green = (image.pixelColor(160, 90) for image in screen._pair)
    assert abs(red.red() - STEP * (FROM + USED + 2)) < 9
    assert abs(green.green() - STEP * (FROM + 3)) < 9
    assert max(red.green(), green.red()) < 40
    assert cut.room.session.playhead == 0
    hand.release(start + hand.by(3))
    assert screen._pair is None
    assert clip(cut, "red video").end == clip(cut, "green audio").start == 27


def test_a_time_typed_under_the_picture_is_gone_to(cut):
    session, field = cut.room.session, cut.workspace.viewer.timecode
    press(cut, "G")
    assert cut.focusWidget() is field
    QTest.keyClicks(field, "112")
    assert cut.workspace.viewer.length.text() == "Go to 00:00:01:12"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (session.playhead, field.text()) == (36, "00:00:01:12")
    assert cut.focusWidget() is cut.workspace.timeline
    # With clips selected, too, what is typed there is the playhead's.
    session.select(["red video"])
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(field, "-6")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert session.playhead == 30
    before = cut.room.film
    press(cut, "G")
    QTest.keyClicks(field, "9")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (session.playhead, cut.room.film, field.text()) == (30, before, "00:00:01:06")


def test_a_time_typed_while_a_file_is_looked_at_is_one_of_the_file(cut):
    screening = cut.workspace.screening
    screening.look_at_media(cut.media["blue"])
    screening.player.pause()
    screening.player.seek(4)
    press(cut, "G")
    type_over_cut(cut, "+20")
    assert screening.player.frame == 24
    assert screening.source is not None
    assert cut.room.session.playhead == 0


def test_what_is_no_time_or_no_place_is_answered_by_a_sentence(cut):
    said, field = sentences(cut), cut.workspace.viewer.timecode
    press(cut, "G")
    for text in ("soon", "9:00:00:00"):
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert (cut.focusWidget(), field.selectedText()) == (field, text)
    assert "not a timecode" in said[0]
    assert "behind the end" in said[1]
    assert cut.room.session.playhead == 0


def test_frames_typed_over_the_cut_move_or_trim_what_is_selected(cut):
    session = cut.room.session
    type_over_cut(cut, "+5")
    assert session.playhead == 5
    session.select(["green video"])
    type_over_cut(cut, "+1:00")
    assert clip(cut, "green video").start == clip(cut, "green audio").start == 48
    assert session.playhead == 5
    assert cut.focusWidget() is cut.workspace.timeline
    session.set_edge(("green video", "tail"))
    press(cut, "Shift+G")
    QTest.keyClicks(cut.focusWidget(), "-4")
    assert cut.focusWidget().text() == "-4"
    assert cut.workspace.viewer.length.text() == "Trim  −00:00:00:04"
    QTest.keyClick(cut.focusWidget(), Qt.Key.Key_Return)
    assert clip(cut, "green video").length == clip(cut, "green audio").length == 20
    cut.room.undo()
    cut.room.undo()
    session.set_edge(("red video", "tail"))
    session.set_tool("roll")
    type_over_cut(cut, "+3")
    assert clip(cut, "red video").end == clip(cut, "green audio").start == 27
    session.set_edge(None)
    session.set_tool("slip")
    type_over_cut(cut, "+2")
    assert clip(cut, "red video").source_in == clip(cut, "red audio").source_in == 10
    session.select(["red video"])
    type_over_cut(cut, "+2")
    assert clip(cut, "red video").source_in == clip(cut, "red audio").source_in == 12
