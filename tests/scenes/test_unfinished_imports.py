"""Imports that a sitting did not finish, in a real window: they go on, and only the director's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.document.film import new_film
from studio.document.project_file import create_project, open_project

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def lists(tmp_path: Path) -> list[Path]:
    """What is kept of imports beside the settings."""
    return sorted((tmp_path / "imports").glob("*"))


@pytest.fixture
def left(window, windows, tmp_path):
    """A film that was closed while files came into its second bin and onto its shot."""
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, window.room
    first = windows.picture_file(tmp_path, "first.png", 1)
    windows.drop(desk.bins, [first])
    window.actions_["shot.new"].trigger()
    made = desk.bin_desk._shelving.new_bin(())
    desktop = tmp_path / "desktop"
    desktop.mkdir()
    for shade in range(2, 12):
        windows.picture_file(desktop, f"{shade}.png", shade)
    desk.bins.bar.files_dropped.emit((desktop,), made)
    seen = windows.picture_file(tmp_path, "seen.png", 99)
    room.library.import_files([seen], for_shot=room.film.shots[0].id)
    assert room.film.media == ()
    folder = room.folder
    assert window.close_film()
    (kept,) = lists(tmp_path)
    assert kept.stat().st_mode & 0o777 == 0o600
    return folder, made


def test_an_unfinished_import_goes_on_where_it_was_dropped(qtbot, window, left, tmp_path):
    folder, second = left
    assert window.open_film(folder)
    room = window.room
    qtbot.waitUntil(lambda: len(room.film.media) == 12)
    names = {media.id: media.name for media in room.film.media}
    bins = {one.id: {names[item] for item in one.items} for one in room.film.bins}
    assert bins.pop(second) == {str(shade) for shade in range(2, 12)}
    assert bins.popitem()[1] == {"first", "seen"}
    (shot,) = room.film.shots
    (reference,) = shot.references
    assert names[reference.source.media_id] == "seen"
    assert not list((folder / "media").glob(".*.part"))
    qtbot.waitUntil(lambda: not lists(tmp_path))


def test_a_film_that_is_only_looked_at_forgets_nothing(qtbot, window, left, tmp_path):
    folder, _ = left
    held = lists(tmp_path)[0].read_bytes()
    lock = folder / "film.dailies.lock"
    lock.unlink()
    lock.mkdir()
    assert window.open_film(folder)
    assert window.room.store.read_only is not None
    qtbot.wait(200)
    assert window.close_film()
    assert lists(tmp_path)[0].read_bytes() == held
    lock.rmdir()
    assert window.open_film(folder)
    qtbot.waitUntil(lambda: len(window.room.film.media) == 12)


def test_what_was_stopped_does_not_come_back(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    folder = window.room.folder
    files = [windows.picture_file(tmp_path, f"{shade}.png", shade) for shade in range(9)]
    windows.drop(window.workspace.bins, files)
    window.workspace.bins.import_stopped.emit()
    assert window.close_film()
    count = len(open_project(folder, read_only=True).store.film.media)
    assert not lists(tmp_path)
    assert window.open_film(folder)
    qtbot.wait(300)
    assert len(window.room.film.media) == count


@pytest.mark.parametrize("place", ["cache/imports.json", "imports.json"])
def test_a_strangers_film_says_nothing_of_what_is_read_here(
    qtbot, window, windows, tmp_path, place
):
    mine = tmp_path / "mine"
    mine.mkdir()
    secret = windows.picture_file(mine, "secret.png", 50)
    folder = tmp_path / "Stranger"
    create_project(folder, new_film("Stranger")).close()
    (folder / place).write_text(json.dumps([str(secret), str(mine)]))
    assert window.open_film(folder)
    room = window.room
    qtbot.waitUntil(lambda: room.capabilities is not None)
    qtbot.wait(300)
    assert not room.library.importer.busy
    assert room.film.media == ()
    assert not list((folder / "media").iterdir())
