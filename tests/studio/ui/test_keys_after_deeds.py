"""Where the keys go once something is asked for: to the picture, on which it is decided."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.document.film import MediaSource
from tests.studio.ui.film_windows import as_it_was, film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def standing(dressed, films, tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    film, _ = films.believable()
    with film_window(folder, film) as window:
        yield window


@pytest.fixture
def desk(qtbot, standing):
    made = as_it_was(standing)
    qtbot.waitUntil(lambda: made.room.capabilities is not None)
    return made


def test_words_that_were_written_are_previewed_and_decided_on_without_a_mouse(desk):
    desk.trigger("shot.new")
    prompt = desk.shot.prompt
    assert prompt.hasFocus()
    QTest.keyClicks(prompt, "a red ball on the pier")
    QTest.keyClick(prompt, Qt.Key.Key_Return, CONTROL)
    (job,) = [job for job in desk.room.queue.jobs() if job.shot_id == desk.room.session.shot_id]
    assert job.kind == "preview"
    assert desk.room.shot.prompt == "a red ball on the pier"
    assert desk.viewer.picture.hasFocus()  # Return keeps what comes, and T goes to another take
    desk.room.queue.cancel(job.id)


def test_words_that_nothing_can_be_made_of_keep_the_cursor(desk):
    desk.trigger("shot.new")
    QApplication.processEvents()  # what can be done now is known a moment later
    QTest.keyClick(desk.shot.prompt, Qt.Key.Key_Return, CONTROL)
    assert desk.shot.prompt.hasFocus()


def test_a_file_that_is_opened_from_its_bin_is_gone_through_by_keys(desk):
    desk.show_panel("bins")
    desk.bins.view.setFocus()
    desk.bins.opened.emit("map")
    assert desk.screening.source == MediaSource(media_id="map")
    assert desk.viewer.picture.hasFocus()


def test_an_export_that_was_asked_for_leaves_the_keys_to_the_picture(qtbot, desk, tmp_path):
    desk.trigger("film.export")
    assert desk.export.button.hasFocus()
    desk.export.file.setText(str(tmp_path / "pier.wav"))
    desk.export.button.click()
    qtbot.waitUntil(desk.viewer.picture.hasFocus)
    qtbot.waitUntil(lambda: not desk.exports.busy)
    assert desk.viewer.picture.hasFocus()
