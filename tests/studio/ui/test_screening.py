"""What the viewer shows while a hand works on the cut."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from studio.bridge.shooting import kept
from studio.document.film import Shot
from studio.document.ledger import Cancelled, JobRecord, Running, now
from studio.document.queries import active_timeline
from studio.document.shot_changes import add_shot
from studio.document.trim_changes import trim_clip
from studio.ui.two_up import Sight

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def cut(qtbot, desk):
    """The screening of a cut of one clip, with its playhead on the second frame."""
    room = desk.room
    take = next(take for take in room.ledger.takes.values() if take.shot_id == "s0")
    assert room.apply(lambda film: kept(film, "s0", take.id), "Keep")
    desk.screening.look_at_cut()
    qtbot.waitUntil(lambda: desk.screening.player.length > 4)
    room.session.set_playhead(1)
    return desk.screening


def trimmed(desk, frame):
    timeline = active_timeline(desk.room.film)
    clip = next(clip for track in timeline.tracks for clip in track.clips)
    return trim_clip(desk.room.film, timeline.id, clip.id, "tail", frame, ledger=desk.room.ledger)


def test_a_trim_is_looked_at_and_the_playhead_stays(qtbot, desk, cut):
    shown = []
    cut.player.frame_shown.connect(lambda frame, _pixels: shown.append(frame))
    for end in (6, 5):
        cut.peek(trimmed(desk, end), Sight((end - 1,)))
        qtbot.waitUntil(lambda end=end: shown[-1:] == [end - 1])
        assert desk.room.session.playhead == 1
    assert cut.player.length == 5
    cut.peek(None, None)
    qtbot.waitUntil(lambda: cut.player.frame == 1 and cut.player.length > 5)
    assert desk.room.session.playhead == 1


def test_a_take_that_is_looked_at_stays_in_sight(desk, cut):
    take = next(iter(desk.room.ledger.takes))
    desk.room.session.set_take(take)
    cut.look()
    cut.player.pause()
    before = cut.player.frame
    cut.peek(trimmed(desk, 5), Sight((4,)))
    cut.peek(None, None)
    assert (cut.player.frame, desk.room.session.take_id) == (before, take)


def test_the_line_under_the_picture_goes_through_the_cut_and_through_what_is_looked_at(
    qtbot, desk, cut
):
    line, session = desk.viewer.scrub, desk.room.session
    assert (line.value(), line.maximum()) == (1, cut.player.length - 1)
    drag(qtbot, line, 6)
    assert session.playhead == 6
    desk.room.session.set_take(next(iter(desk.room.ledger.takes)))
    cut.look()
    cut.player.pause()
    qtbot.waitUntil(lambda: line.value() == cut.player.frame)
    drag(qtbot, line, 4)
    assert (cut.player.frame, session.playhead) == (4, 6)


def test_a_render_that_nothing_is_seen_of_yet_is_said_where_it_will_be_seen(desk):
    room, screening = desk.room, desk.screening
    room.apply(lambda film: add_shot(film, Shot(id="s9", name="Nine", prompt="rain")), "New")
    room.session.set_shot("s9")

    def said():
        screening.refresh()
        screening._show()
        return screening.screen._hint[1]

    assert said() == "Press P to preview the shot"
    job = JobRecord(id="j", kind="preview", shot_id="s9", created=now())
    room.store.record(job)
    assert said() == "The render waits for its turn"
    room.store.record(replace(job, state=Running()))
    assert said() == "The render is on its way"
    room.store.record(replace(job, kind="full", state=Running()))
    assert said() == "The full render is on its way"
    room.store.record(replace(job, state=Cancelled()))
    assert said() == "Press P to preview the shot"


def drag(qtbot, line, frame):
    """Take the line at its left end, and let go of it where a frame lies."""
    at = QPoint(round(line._x(frame)), line.height() // 2)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(1, at.y()))
    assert line.value() == 0
    qtbot.mouseMove(line, at)
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=at)
    assert line.value() == frame
