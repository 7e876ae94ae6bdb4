"""Backups: made while working, thinned out, restored as copies, and nobody else's."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from studio.document.backups import Backups, copy_file, due, restored_copy
from studio.document.project_file import Project, open_project
from tests.studio.document.edits import named


def test_a_backup_that_is_a_link_is_none(project: Project, tmp_path: Path):
    project.close()
    backups = Backups(project.file)
    made = backups.make()
    made.rename(tmp_path / "other.dailies")
    made.symlink_to(tmp_path / "other.dailies")
    assert made not in backups.files()


def test_backups_are_made_while_working_and_restored_as_a_copy(project: Project):
    project.store.wait_saved(project.store.apply(named("first"), "Rename"))
    project.close()
    (backup,) = Backups(project.file).files()
    again = open_project(project.folder)
    again.store.apply(named("second"), "Rename")
    again.close()
    copy = open_project(restored_copy(again.file, backup))
    assert copy.store.film.name == "first"
    assert copy.folder == project.folder
    copy.close()
    assert open_project(project.folder, read_only=True).store.film.name == "second"


def test_backups_restored_in_the_same_second_are_two_films(project: Project, monkeypatch):
    backup = Backups(project.file).make()
    moment = datetime(2026, 3, 1, 9, 0)
    monkeypatch.setattr("studio.document.backups.local_now", lambda: moment)
    first, second = (restored_copy(project.file, backup) for _ in range(2))
    assert first != second
    assert first.exists()
    assert second.exists()


def test_a_clock_that_ran_ahead_keeps_no_backup_from_staying(project: Project):
    project.close()
    backups = Backups(project.file)
    ahead = datetime(2031, 3, 1, 9, 0)
    for step in range(6 * 24 * 6):
        backups.make(ahead + timedelta(minutes=10 * step)) if step % 18 == 0 else None
    now = [datetime(2026, 3, 1, 9, 0) + timedelta(minutes=10 * step) for step in range(4)]
    for time in now:
        backups.make(time)
    assert set(now) < set(backups.times())


def test_only_a_films_own_backups_are_its_own_and_half_written_ones_go(project: Project):
    project.close()
    backups = Backups(project.file)
    made = backups.make(datetime(2026, 3, 1, 9, 0))
    mine = made.with_name("2026-03-01 090000.dailies")
    other = made.with_name("film restored 2026-03-01 090000 2026-03-01 100000.dailies.part")
    half = made.with_name("film 2026-02-01 080000.dailies.part-journal")
    for path in (mine, half, other):
        path.write_bytes(b"")
    assert backups.files() == [made]
    backups.make(datetime(2026, 3, 1, 9, 10))
    assert mine.exists()
    assert not half.exists()
    assert other.exists()  # of the film beside it, which may be writing it just now


def test_backups_thin_out_with_age(tmp_path: Path):
    start = datetime(2026, 3, 1, 9, 0)
    kept: set[datetime] = set()
    for step in range(6 * 24 * 8):
        kept = due(kept | {start + timedelta(minutes=10 * step)})
    newest = max(kept)
    assert len(kept) <= 6 + 8 + 5
    assert newest - timedelta(minutes=50) in kept
    assert min(kept) < newest - timedelta(days=3)


def test_a_backup_is_made_every_ten_minutes_at_most(project: Project):
    project.close()
    time = datetime(2026, 3, 1, 9, 0)
    backups = Backups(project.file, clock=lambda: time)
    for minutes in (0, 5, 9, 10, 19, 21):
        time = datetime(2026, 3, 1, 9, 0) + timedelta(minutes=minutes)
        backups.make_if_due()
        backups.close()
    assert len(backups.files()) == 3


def test_a_copy_that_fails_keeps_no_room_on_the_disk(project: Project, tmp_path: Path):
    (tmp_path / "taken.dailies").mkdir()
    with pytest.raises(OSError, match="directory"):
        copy_file(project.file, tmp_path / "taken.dailies")
    with pytest.raises(sqlite3.Error):
        copy_file(tmp_path / "taken.dailies", tmp_path / "b.dailies")
    assert [one.name for one in tmp_path.glob("*.part")] == []
