"""The mix by hand: gain and pan of clips and tracks, each gesture one change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip
from studio.ui.mix_panel import MixPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot, room):
    made = MixPanel(room)
    room.film_changed.connect(made.refresh)
    room.session.selection_changed.connect(made.refresh)
    qtbot.addWidget(made)
    made.resize(320, 560)
    made.show()
    return made


def clip(room, name):
    return find_clip(active_timeline(room.film), name).clip


def drag(line, share):
    """Take the handle where it is, and let it go at a share of the way."""
    here = line._x(line.value())
    middle = line.height() // 2
    to = QPoint(round(share * (line.width() - 1)), middle)
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(round(here), middle))
    for step in (QPoint((round(here) + to.x()) // 2, middle), to):
        QTest.mouseMove(line, step)
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=to)


def test_without_a_selection_it_says_what_to_do(panel):
    assert panel.hint.isVisible()
    assert not panel.clips.isVisible()


def test_a_drag_is_one_change_and_is_undone_as_one(panel, room):
    room.session.select(["music"])
    assert panel.clips.gain.said.text() == "-6.0 dB"
    before = room.store.revision
    drag(panel.clips.pan.slider, 1.0)
    assert clip(room, "music").pan == 1.0
    assert room.store.revision == before + 1
    assert panel.clips.pan.said.text() == "R 100"
    assert room.store.undo_name == "Pan"
    room.undo()
    assert clip(room, "music").pan == 0.0
    assert panel.clips.pan.said.text() == "centre"


def test_arrows_turn_and_a_double_click_puts_back(panel, room):
    room.session.select(["music"])
    line = panel.clips.gain.slider
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Right)
    assert clip(room, "music").gain_db == pytest.approx(-5.5)
    QTest.mouseDClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert clip(room, "music").gain_db == 0.0


def test_a_selected_picture_brings_its_sound(panel, room):
    room.session.select(["v3"])
    drag(panel.clips.pan.slider, 0.0)
    assert clip(room, "a3").pan == -1.0
    assert clip(room, "v3").pan == 0.0


def test_tracks_have_gain_pan_mute_and_solo(panel, room):
    tracks = [one for one in active_timeline(room.film).tracks if one.kind == "audio"]
    assert list(panel.strips) == [one.id for one in reversed(tracks)]
    strip = panel.strips[tracks[0].id]
    drag(strip.pan.slider, 0.0)
    QTest.mouseClick(strip.solo, Qt.MouseButton.LeftButton)
    track = next(one for one in active_timeline(room.film).tracks if one.id == tracks[0].id)
    assert (track.pan, track.solo) == (-1.0, True)
    room.undo()
    assert not strip.solo.isChecked()


def test_a_locked_clip_is_refused_by_a_sentence_and_the_slider_goes_back(panel, room):
    from studio.document.track_changes import edit_track

    cut = active_timeline(room.film)
    lane = next(one for one in cut.tracks if "music" in one.positions)
    room.apply(lambda film: edit_track(film, cut.id, lane.id, locked=True), "Lock")
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    room.session.select(["music"])
    drag(panel.clips.pan.slider, 1.0)
    assert said == [f"Track {lane.name} is locked."]
    assert panel.clips.pan.said.text() == "centre"
