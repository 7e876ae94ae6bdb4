"""Backups in a real window: restored, closed and found again, also of a film beyond reading."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from studio.document.backups import Backups
from studio.document.film import new_film
from studio.document.library_changes import edit_film
from studio.document.project_file import FILM_FILE, create_project, open_project
from studio.ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A film that is called Flood since its backup was made, when it was called Ebb."""
    create_project(tmp_path / "Tide", new_film("Ebb")).close()
    Backups(tmp_path / "Tide" / FILM_FILE).make()
    project = open_project(tmp_path / "Tide")
    project.store.apply(lambda film: edit_film(film, name="Flood"), "Rename")
    project.close()
    return project.folder


def choose_newest(qtbot, window: MainWindow) -> None:
    """The first of the listed backups, by its button."""
    sheet = window.sheets.backups
    assert sheet.isVisible()
    assert sheet.list.count() == 1
    qtbot.mouseClick(sheet.button, LEFT)


def click_recent(qtbot, window: MainWindow, row: int) -> None:
    """A film of the welcome page."""
    recent = window.welcome.recent
    place = recent.visualItemRect(recent.item(row)).center()
    qtbot.mouseClick(recent.viewport(), LEFT, pos=place)


def test_a_restored_film_is_found_again_among_the_recent_ones(qtbot, window, folder):
    assert window.open_film(folder)
    window.actions_["film.backups"].trigger()
    choose_newest(qtbot, window)
    restored = window._project.file
    assert restored.parent == folder
    assert window.room.film.name == "Ebb"
    assert "restored" in window.windowTitle()
    window.room.apply(lambda film: edit_film(film, name="Slack"), "Rename")
    assert window.close_film()

    names = [window.welcome.recent.item(row).text() for row in range(2)]
    assert names[0].startswith("Tide (restored ")
    assert names[1].startswith("Tide\n")
    click_recent(qtbot, window, 0)
    assert window._project.file == restored
    assert window.room.film.name == "Slack"
    assert window.close_film()
    click_recent(qtbot, window, 1)
    assert window._project.file == folder / FILM_FILE
    assert window.room.film.name == "Flood"


@pytest.mark.parametrize("ruined", [b"\0" * 5000, b"", None])
def test_a_film_beyond_reading_opens_its_backups(qtbot, window, folder, ruined):
    file = folder / FILM_FILE
    if ruined is None:
        file.unlink()
    else:
        file.write_bytes(ruined)
    assert not window.open_film(folder)
    assert "newest backup" in window.notices.notice.sentence
    assert window.workspace is None
    choose_newest(qtbot, window)
    assert window.room.film.name == "Ebb"
    assert window.room.store.read_only is None
    restored = window._project.file
    assert window.close_film()
    click_recent(qtbot, window, 0)
    assert window._project.file == restored
    if ruined is not None:
        assert file.read_bytes() == ruined


def test_a_film_beyond_reading_without_backups_is_a_sentence_only(window, folder):
    for backup in Backups(folder / FILM_FILE).files():
        backup.unlink()
    (folder / FILM_FILE).write_bytes(b"\0" * 5000)
    assert not window.open_film(folder)
    assert not window.sheets.backups.isVisible()


def test_a_file_is_opened_where_it_is_dropped_or_chosen(
    qtbot, window, windows, folder, monkeypatch
):
    assert window.open_film(folder)
    window.actions_["film.backups"].trigger()
    choose_newest(qtbot, window)
    restored = window._project.file
    assert window.close_film()
    windows.drop(window, [folder / FILM_FILE])
    assert window.room.film.name == "Flood"
    windows.drop(window, [restored])
    assert window.room.film.name == "Ebb"
    chosen = "studio.ui.main_window.QFileDialog.getOpenFileName"
    monkeypatch.setattr(chosen, lambda *_: (str(folder / FILM_FILE), ""))
    window.actions_["film.open"].trigger()
    assert window.room.film.name == "Flood"


def test_a_backup_that_is_dropped_opens_as_a_copy_beside_its_film(window, windows, folder):
    (backup,) = Backups(folder / FILM_FILE).files()
    held = backup.read_bytes()
    windows.drop(window, [backup])
    assert window._project.folder == folder
    assert window.room.film.name == "Ebb"
    window.room.apply(lambda film: edit_film(film, name="Slack"), "Rename")
    assert window.close_film()
    assert backup.read_bytes() == held
    with closing(sqlite3.connect(folder / FILM_FILE)) as file:
        assert "Flood" in str(file.execute("SELECT body FROM film").fetchall())
