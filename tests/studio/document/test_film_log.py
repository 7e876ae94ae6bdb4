"""Logs of SQLite: each with its own film, and never written over another."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from studio.document.backups import Backups
from studio.document.library_changes import edit_film
from studio.document.project_file import (
    FILM_FILE,
    Project,
    Writable,
    create_project,
    open_project,
)
from tests.studio.document.edits import film_of_clips


def killed_with_a_log(project: Project, folder: Path) -> Path:
    """A copy of a film's folder as a kill would leave it: its last changes are in the log only."""
    project.store.wait_saved(
        project.store.apply(lambda film: edit_film(film, name="in the log"), "Rename")
    )
    # A backup that is being written has another name before it can be copied.
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns("*.part*"))
    assert (folder / f"{FILM_FILE}-wal").stat().st_size > 0
    return folder / FILM_FILE


@pytest.mark.parametrize("as_read", [True, False])
def test_a_log_stays_with_its_own_film(project: Project, tmp_path: Path, as_read: bool):
    file = killed_with_a_log(project, tmp_path / "Killed")
    killed = open_project(file.parent, read_only=as_read)
    assert killed.store.film.name == "in the log"
    killed.close()


def test_a_log_that_was_left_behind_is_not_written_over_another_film(
    project: Project, tmp_path: Path
):
    backup = Backups(project.file).make().read_bytes()
    for place, film in (("new", "New"), ("by hand", project.store.film.name)):
        file = killed_with_a_log(project, tmp_path / place)
        file.unlink()
        if place == "new":
            create_project(file.parent, replace(film_of_clips(), name="New")).close()
        else:
            file.write_bytes(backup)
            assert open_project(file, read_only=True).store.film.name == film
        again = open_project(file)
        assert again.store.film.name == film
        assert isinstance(again.access, Writable)
        again.close()
        assert file.with_name(f"{FILM_FILE}-wal.put-aside").exists()
