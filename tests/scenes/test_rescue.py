"""A film that cannot be saved, in a real window: nothing is lost unasked, and a copy saves it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from studio.bridge.notices import Notice
from studio.document.film_copy import CopyStopped, FilmCopy
from studio.document.library_changes import edit_film
from studio.document.project_file import FILM_FILE, open_project
from studio.document.project_writer import SaveFailed
from studio.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def full(qtbot, window, windows, tmp_path) -> MainWindow:
    """A film with a picture whose disk is full since, and a change that is in memory only."""
    windows.new_film(window, tmp_path, "Tide")
    windows.drop(window.workspace.bins, [windows.picture_file(tmp_path, "a.png", 9)])
    qtbot.waitUntil(lambda: len(window.room.film.media) == 1)
    assert window.room.store.wait_saved()
    fill_up(window)
    rename(window, "Ebb")
    qtbot.waitUntil(lambda: offered(window) == ("film.save_copy",))
    assert "disk is full" in window.notices.notice.sentence
    return window


def fill_up(window: MainWindow) -> None:
    """Let SQLite have no page more than it has: its own error for a full disk."""
    connection = window._project.writer._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


def make_room(window: MainWindow) -> None:
    window._project.writer._connection.execute("PRAGMA max_page_count = 100000")


def rename(window: MainWindow, name: str) -> None:
    """A change that no page on the disk has the room for."""
    assert window.room.apply(lambda film: edit_film(film, name=name + " " * 50_000), "Rename")


def offered(window: MainWindow) -> tuple[str, ...]:
    notice = window.notices.notice
    return () if notice is None else notice.offers


def shown(window: MainWindow, folder: Path, name: str = FILM_FILE) -> bool:
    project = window._project
    return project is not None and project.file == folder / name


def saved_name(folder: Path) -> str:
    project = open_project(folder, read_only=True)
    return project.store.film.name.strip()


def choose(monkeypatch, target: Path) -> None:
    monkeypatch.setattr(
        "studio.ui.film_safety.QFileDialog.getSaveFileName", lambda *_: (str(target), "")
    )


def test_closing_on_a_full_disk_is_refused_once_and_says_what_to_do(full):
    room = full.room
    assert not full.close()
    assert full.room is room
    assert room.film.name.strip() == "Ebb"
    sentence = full.notices.notice.sentence
    assert sentence.startswith("The disk is full.")
    assert "close once more to lose them" in sentence
    assert "written as soon as" not in sentence
    assert full.close()
    assert full.workspace is None
    assert "were not saved" in full.notices.notice.sentence


def test_another_film_does_not_take_the_place_of_an_unsaved_one(qtbot, full, tmp_path):
    room = full.room
    assert not full.open_film(tmp_path / "Tide")
    full.notices.dismiss()
    full.ask_new()
    assert full.room is room
    assert full.notices.notice == full.safety.warning()
    make_room(full)
    qtbot.waitUntil(lambda: room.store.saved(room.store.revision))
    assert full.close_film()
    assert saved_name(tmp_path / "Tide") == "Ebb"


def test_a_warning_is_not_remembered_once_it_is_put_away(full):
    assert not full.close_film()
    full.notices.dismiss()
    while full.notices.notice is not None:
        full.notices.dismiss()
    assert not full.close_film()


def test_a_change_that_no_one_waited_for_is_asked_about_too(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path, "Tide")
    assert window.room.store.wait_saved()
    fill_up(window)
    rename(window, "Ebb")
    assert not window.close_film()
    assert "close once more" in window.notices.notice.sentence
    assert window.close_film()


def test_what_was_said_of_a_full_disk_is_withdrawn_when_there_is_room(qtbot, full):
    assert not full.close_film()
    make_room(full)
    qtbot.waitUntil(lambda: full.notices.notice is None)
    assert full._saved.text() == "All saved"


def test_from_a_full_disk_the_window_goes_on_in_the_copy(qtbot, full, tmp_path, monkeypatch):
    target = tmp_path / "elsewhere" / "Tide copy"
    choose(monkeypatch, target)
    qtbot.mouseClick(full.notices.findChild(QPushButton, "film.save_copy"), LEFT)
    rename(full, "Flood")  # while the copy is on its way
    qtbot.waitUntil(lambda: shown(full, target))
    assert full.room.film.name.strip() == "Flood"
    (media,) = full.room.film.media
    original = tmp_path / "Tide" / media.path
    assert (target / media.path).read_bytes() == original.read_bytes()
    qtbot.waitUntil(lambda: full.notices.notice is not None)
    assert "You are in the copy Tide copy now" in full.notices.notice.sentence
    rename(full, "Slack")
    assert full.close_film()
    assert saved_name(target) == "Slack"
    assert full.settings.value.recent[0] == str(target)


def test_a_sound_film_stays_open_while_a_copy_is_written(
    qtbot, window, windows, tmp_path, monkeypatch
):
    windows.new_film(window, tmp_path, "Tide")
    target = tmp_path / "Tide copy"
    choose(monkeypatch, target)
    window.actions_["film.save_copy"].trigger()
    assert window.safety.sheet.isVisible()
    said = until_said(qtbot, window, "is written")
    assert "still in the film itself" in said.sentence
    assert not window.safety.sheet.isVisible()
    assert shown(window, tmp_path / "Tide")
    assert window.close_film()
    assert saved_name(target) == "Tide"


class SlowCopy(FilmCopy):
    """A copy onto a disk that has all the time in the world."""

    patience = threading.Event()

    def write(self, film, ledger, told=lambda _done, _of: None, stopped=lambda: False):
        self.target.mkdir()
        told(1_000_000, 4_000_000)
        while not stopped():
            self.patience.wait(0.01)
        self.target.rmdir()
        raise CopyStopped


@pytest.fixture
def copying(qtbot, window, windows, tmp_path, monkeypatch) -> MainWindow:
    """A film of which a copy is being written."""
    windows.new_film(window, tmp_path, "Tide")
    monkeypatch.setattr("studio.ui.film_safety.FilmCopy", SlowCopy)
    choose(monkeypatch, tmp_path / "Tide copy")
    window.actions_["film.save_copy"].trigger()
    words = window.safety.sheet.progress._text
    qtbot.waitUntil(lambda: words.text() == "1 of 4 MB")
    return window


def test_a_copy_is_stopped_from_its_sheet(qtbot, copying, tmp_path):
    sheet = copying.safety.sheet
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    copying.actions_["film.save_copy"].trigger()  # the one that is being written is shown again
    assert sheet.isVisible()
    qtbot.mouseClick(sheet.progress._stop, LEFT)
    until_said(qtbot, copying, "copy was stopped")
    assert not (tmp_path / "Tide copy").exists()
    assert copying.close_film()


def test_closing_while_a_copy_is_written_is_asked_about(copying, tmp_path):
    assert not copying.close()
    assert "copy is still being written" in copying.notices.notice.sentence
    assert copying.close()
    assert not (tmp_path / "Tide copy").exists()
    assert saved_name(tmp_path / "Tide") == "Tide"


def test_a_copy_that_cannot_be_written_is_a_sentence(qtbot, full, tmp_path, monkeypatch):
    choose(monkeypatch, Path("/proc/nowhere/Tide copy"))
    full.actions_["film.save_copy"].trigger()
    said = until_said(qtbot, full, "No copy can be made in Tide copy")
    assert said.level == "problem"
    assert shown(full, tmp_path / "Tide")
    assert isinstance(full._project.writer.status, SaveFailed)
    full.notices.interrupt(full.safety.warning())
    assert full.close_film()


def test_a_damaged_film_is_gone_on_with_in_a_copy(qtbot, window, windows, tmp_path, monkeypatch):
    windows.new_film(window, tmp_path, "Tide")
    window.actions_["shot.new"].trigger()
    assert window.close_film()
    file = tmp_path / "Tide" / FILM_FILE
    content = file.read_bytes()
    at = content.index(b'"kind":"video"')
    file.write_bytes(content[:at] + b'"kind":1e9999 ' + content[at + 14 :])
    assert window.open_film(tmp_path / "Tide")
    assert window.notices.notice.offers == ("film.save_copy", "film.backups")
    target = tmp_path / "Tide copy"
    choose(monkeypatch, target)
    qtbot.mouseClick(window.notices.findChild(QPushButton, "film.save_copy"), LEFT)
    qtbot.waitUntil(lambda: shown(window, target))
    assert window.room.store.read_only is None
    assert window.actions_["shot.new"].isEnabled()
    assert len(window.room.film.shots) == 1


def until_said(qtbot, window: MainWindow, words: str) -> Notice:
    """Put notices away until one of these words stands there."""

    def stands() -> bool:
        notice = window.notices.notice
        if notice is not None and words not in notice.sentence:
            window.notices.dismiss()
        return notice is not None and words in notice.sentence

    qtbot.waitUntil(stands)
    assert window.notices.notice is not None
    return window.notices.notice
