"""Subtitles on the picture: seen as they are burned in, turned off and on, and remembered."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from studio.bridge.burn_in import lettered, words_of
from studio.document.film import Subtitle
from studio.document.subtitle_changes import add_subtitle
from studio.settings import SettingsFile

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LINE = Subtitle(id="said", start=12, end=24, text="It <i>rains</i>.")


@pytest.fixture
def cut(window, windows, qtbot, tmp_path):
    """A window on a film of one colour, with words from frame 12 until 24."""
    windows.new_film(window, tmp_path)
    window.actions_["cut.new_colour"].trigger()
    room = window.room
    room.apply(lambda film: add_subtitle(film, film.active_timeline_id, LINE), "New subtitle")
    qtbot.waitUntil(lambda: window.workspace.screening.player.length > 24)
    return window


def stand_on(qtbot, window, frame):
    window.workspace.screening.player.seek(frame)
    qtbot.waitUntil(lambda: (window.workspace.screening._frame or (None,))[0] == frame)


def pixels(image):
    held = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return held[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def looks(window):
    """The picture that is to be seen, and the same without words."""
    screen = window.workspace.viewer.picture
    return pixels(screen.shown), pixels(screen.bare)


@pytest.mark.parametrize(("frame", "said"), [(11, False), (12, True), (23, True), (24, False)])
def test_words_are_seen_while_they_are_said(qtbot, cut, frame, said):
    stand_on(qtbot, cut, frame)
    shown, bare = looks(cut)
    wanted = words_of(lettered(LINE.text, 320, 180)).over(bare) if said else bare
    assert np.array_equal(shown, wanted)
    assert np.array_equal(shown, bare) is not said


def test_a_line_that_is_written_is_seen_at_once(qtbot, cut):
    stand_on(qtbot, cut, 4)
    line = Subtitle(id="new", start=2, end=8, text="Now.")
    cut.room.apply(lambda film: add_subtitle(film, film.active_timeline_id, line), "New subtitle")
    qtbot.waitUntil(lambda: not np.array_equal(*looks(cut)))


def test_they_are_turned_off_and_on_and_that_is_remembered(qtbot, cut):
    action = cut.actions_["view.subtitles"]
    stand_on(qtbot, cut, 12)
    assert action.isChecked()
    folder = cut.room.folder
    action.trigger()
    assert np.array_equal(*looks(cut))
    assert not SettingsFile(cut.settings.path).value.subtitles
    assert cut.close_film()
    assert cut.open_film(folder)
    assert not action.isChecked()
    assert not cut.room.session.subtitled
    qtbot.waitUntil(lambda: cut.workspace.screening.player.length > 24)
    stand_on(qtbot, cut, 12)
    assert np.array_equal(*looks(cut))
    action.trigger()
    assert not np.array_equal(*looks(cut))


def test_what_is_to_be_burned_in_is_seen(qtbot, cut):
    stand_on(qtbot, cut, 12)
    cut.actions_["view.subtitles"].trigger()
    cut.workspace.export.burn_in.setChecked(True)
    assert cut.actions_["view.subtitles"].isChecked()
    assert not np.array_equal(*looks(cut))
    cut.workspace.export.burn_in.setChecked(False)
    assert cut.actions_["view.subtitles"].isChecked()


def test_a_frame_that_is_taken_out_has_no_words_on_it(qtbot, cut):
    stand_on(qtbot, cut, 12)
    taken = cv2.imread(str(cut.workspace.shot_desk.frames.written()))[..., ::-1]
    assert np.array_equal(taken, looks(cut)[1])
