"""A film on disk: what is written is read again, and who may write it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.document import schema
from studio.document.errors import (
    FilmInUseError,
    NewerVersionError,
    NotAFilmError,
    ProjectError,
    ReadOnlyFilmError,
    SaveError,
    UnsafePathError,
)
from studio.document.film import Media, new_film
from studio.document.film_places import is_film
from studio.document.ledger import (
    Done,
    Failed,
    ImportRecord,
    JobRecord,
    KeepRecord,
    Ledger,
    Parked,
    Running,
    TakeRecord,
    Verdict,
    now,
)
from studio.document.project_file import (
    FILM_FILE,
    Project,
    ReadOnly,
    Writable,
    create_project,
    open_project,
)
from studio.document.project_making import write_project
from studio.document.project_rows import read_contents
from studio.document.project_writer import SaveFailed, write_film, write_revision
from studio.document.schema import connect, create_tables
from studio.document.store import Store, Write
from tests.studio.document.edits import edits, film_of_clips, named


def take(take_id: str, **more: Any) -> TakeRecord:
    values: dict[str, Any] = {"folder": f"takes/{take_id}", "kind": "preview", **more}
    return TakeRecord(
        id=take_id, frames=25, rate=Fraction(12), width=96, height=64, created=now(), **values
    )


def reopened(project: Project) -> Project:
    project.close()
    return open_project(project.folder)


RECORDS = (
    take("t1", shot_id="s0", flags=("The sound is silent.",)),
    take("t2", shot_id="s0", kind="full", upgrade_of="t1"),
    JobRecord(id="j1", kind="full", created=now(), state=Running(step=3, of=50)),
    JobRecord(id="j1", kind="full", created=now(), state=Parked(checkpoint="takes/t2/step")),
    JobRecord(id="j2", kind="edit", created=now(), state=Done(take_ids=("t1", "t2"))),
    JobRecord(id="j3", kind="edit", created=now(), state=Failed(sentence="No.", cause="x")),
    KeepRecord(take_id="t1", decision="kept", created=now()),
    Verdict(id="v", take_a="t1", take_b="t2", axis="motion", choice="tie", created=now()),
    ImportRecord(
        id="i",
        media=Media(id="m", kind="audio", name="Sea", path="media/sea.wav", sha256="ff"),
        origin="/home/director/sea.wav",
        created=now(),
    ),
)


def test_film_ledger_and_history_survive_reopening(project: Project):
    project.store.record(*RECORDS)
    start = project.store.film
    project.store.apply(named("one"), "Rename")
    project.store.apply(named("two"), "Rename again")
    project.store.undo()
    film = project.store.film
    again = reopened(project)
    assert again.access == Writable()
    assert again.store.film == film
    assert again.store.ledger == Ledger().append(*RECORDS)
    assert (again.store.undo_name, again.store.redo_name) == ("Rename", "Rename again")
    assert again.store.redo() == "Rename again"
    assert again.store.film.name == "two"
    again.store.undo()
    again.store.undo()
    assert again.store.film == start
    third = reopened(again)
    assert third.store.film == start
    assert third.store.redo_name == "Rename"
    third.close()


class MemoryJournal:
    """Writes what it is given at once, into a file in memory."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(self.connection)

    def write(self, write: Write) -> None:
        write_revision(self.connection, write)

    def saved(self, revision: int) -> bool:
        return True

    def wait_saved(self, revision: int, timeout_s: float) -> bool:
        return True


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(edits(), st.sampled_from(["undo", "redo"])), max_size=14))
def test_any_edits_and_undos_are_read_as_they_were_made_and_undone_from_disk(sequence):
    journal = MemoryJournal()
    start = film_of_clips()
    with closing(journal.connection):
        write_film(journal.connection, start)
        store = Store(start, journal=journal)
        for edit in sequence:
            match edit:
                case "undo":
                    store.undo()
                case "redo":
                    store.redo()
                case _:
                    store.apply(edit, "edit")
        contents = read_contents(journal.connection, "Tide")
        assert contents.losses == ()
        assert contents.film == store.film
        assert (len(contents.undo), len(contents.redo)) == (len(store._undo), len(store._redo))
        again = Store(contents.film, undo=contents.undo, redo=contents.redo)
        while store.redo():
            again.redo()
            assert again.film == store.film
        while store.undo():
            again.undo()
            assert again.film == store.film
        assert again.film == start


def test_a_change_that_alters_nothing_is_none(project: Project):
    assert project.store.apply(lambda film: film, "Nothing") == 0
    assert project.store.undo_name is None


def test_a_second_window_is_told_who_has_the_film(project: Project):
    with pytest.raises(FilmInUseError, match=f"process {os.getpid()}"):
        open_project(project.folder)
    reader = open_project(project.folder, read_only=True)
    assert reader.store.film == project.store.film
    with pytest.raises(ReadOnlyFilmError):
        reader.store.apply(named("x"), "Rename")


def test_a_reader_sees_what_was_saved_last(project: Project):
    project.store.wait_saved(project.store.apply(named("fresh"), "Rename"))
    assert open_project(project.folder, read_only=True).store.film.name == "fresh"


def test_a_film_is_not_made_over_another(project: Project):
    with pytest.raises(ProjectError, match="already"):
        create_project(project.folder, film_of_clips())


def test_a_newer_film_is_refused_and_left_alone(project: Project):
    project.close()
    with closing(sqlite3.connect(project.file)) as connection:
        connection.execute("PRAGMA user_version = 7")
        connection.commit()
    before = project.file.read_bytes()
    for read_only in (False, True):
        with pytest.raises(NewerVersionError, match="newer version"):
            open_project(project.folder, read_only=read_only)
    assert project.file.read_bytes() == before


def _empty_bins(file: sqlite3.Connection) -> None:
    file.execute("DELETE FROM bins")


def test_an_older_film_is_upgraded_after_a_backup(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    project.store.apply(named("kept"), "Rename")
    project.close()
    with closing(connect(project.file)) as connection:
        now, later = schema.VERSION, schema.VERSION + 1
        schema.upgrade(connection, {now: _empty_bins}, later)
        assert connection.execute("PRAGMA user_version").fetchone() == (later,)
        assert connection.execute("SELECT count(*) FROM history").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM bins").fetchone() == (0,)


def test_a_failed_upgrade_leaves_the_film_as_it_was(project: Project):
    project.close()

    def broken(file: sqlite3.Connection) -> None:
        file.execute("DELETE FROM shots")
        raise RuntimeError("stopped")

    with closing(connect(project.file)) as connection, pytest.raises(RuntimeError, match="stopped"):
        schema.upgrade(connection, {schema.VERSION: broken}, schema.VERSION + 1)
    again = open_project(project.folder)
    assert again.store.film == project.store.film
    again.close()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(300)])
def test_another_file_is_no_film(tmp_path: Path, content: bytes):
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(NotAFilmError):
        open_project(file)
    with pytest.raises(NotAFilmError):
        open_project(tmp_path)


def test_another_programs_database_is_no_film(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / FILM_FILE)) as connection:
        connection.execute("CREATE TABLE film (id)")
    with pytest.raises(NotAFilmError):
        open_project(tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t AFTER UPDATE ON film BEGIN DELETE FROM shots; END",
        "CREATE VIEW v AS SELECT * FROM film",
        "CREATE TABLE extra (x)",
        "CREATE INDEX i ON film (body)",
    ],
)
def test_a_film_with_things_that_act_by_themselves_is_not_opened(project: Project, sql: str):
    project.close()
    with closing(sqlite3.connect(project.file)) as connection:
        connection.execute(sql)
    with pytest.raises(NotAFilmError, match="not opened"):
        open_project(project.folder)


def test_paths_that_lead_out_are_left_out_and_never_followed(project: Project, tmp_path: Path):
    for path in ("../x", "/etc/passwd", "a/../../x", "C:/x", "a\\b", "", "a//b", "a\x00b", "."):
        with pytest.raises(UnsafePathError):
            project.path(path)
    (project.folder / "media" / "out").symlink_to(tmp_path)
    with pytest.raises(UnsafePathError):
        project.path("media/out/x")
    project.store.record(take("bad", folder="../../elsewhere"))
    project.close()
    again = open_project(project.folder)
    assert isinstance(again.access, ReadOnly)
    assert "bad" not in again.store.ledger.takes


@pytest.mark.parametrize("name", ["film.dailies", "film.dailies-wal", "film.dailies-shm"])
def test_a_film_whose_files_are_links_is_not_opened(project: Project, tmp_path: Path, name: str):
    project.close()
    outside = tmp_path / "mine"
    file = project.folder / name
    if file.exists():
        file.rename(outside)
    else:
        outside.write_bytes(b"mine" * 2000)
    held = outside.read_bytes()
    file.symlink_to(outside)
    with pytest.raises(ProjectError, match=f"{name} is a link"):
        open_project(project.folder)
    assert outside.read_bytes() == held


def test_a_full_disk_is_said_and_made_good(project: Project):
    writer = project.writer
    assert writer is not None
    pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]
    writer._connection.execute(f"PRAGMA max_page_count = {pages}")
    revision = project.store.apply(named("x" * 100_000), "Rename")
    with pytest.raises(SaveError, match="disk is full"):
        project.store.wait_saved(revision)
    assert isinstance(writer.status, SaveFailed)
    assert not project.store.saved(revision)
    writer._connection.execute("PRAGMA max_page_count = 100000")
    last = project.store.apply(named("y"), "Rename")
    while not project.store.saved(last):
        writer._changed.acquire()
        writer._changed.wait(0.05)
        writer._changed.release()
    again = reopened(project)
    assert again.store.film.name == "y"
    again.close()


def test_edits_of_one_moment_are_written_together_and_nobody_waits_for_them(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    project.store.apply(named("first"), "Rename")
    project.store.wait_saved()
    monkeypatch.setattr("studio.document.project_writer.PATIENCE_S", 600.0)
    revisions = [project.store.apply(named(f"Film {n}"), "Rename") for n in range(3)]
    assert not any(map(project.store.saved, revisions))
    assert project.store.wait_saved(revisions[0])
    assert all(map(project.store.saved, revisions))
    project.store.apply(named("at the end"), "Rename")
    again = reopened(project)
    assert again.store.film.name == "at the end"
    again.close()


def test_an_edit_is_safe_soon_though_nobody_asks(project: Project):
    revision = project.store.apply(named("soon"), "Rename")
    writer = project.writer
    assert writer is not None
    with writer._changed:
        assert writer._changed.wait_for(lambda: project.store.saved(revision), 30)


def test_a_film_where_nobody_may_look_is_a_sentence(tmp_path: Path):
    for path in (tmp_path / ("x" * 300), tmp_path / ("x" * 300) / FILM_FILE):
        with pytest.raises(ProjectError, match=r"cannot be opened: file name too long\.$"):
            open_project(path)
        assert not is_film(path)


def test_a_film_whose_folder_takes_no_lock_opens_read_only(project: Project):
    project.close()
    lock = project.file.with_name(FILM_FILE + ".lock")
    lock.unlink()
    lock.mkdir()
    again = open_project(project.folder)
    assert isinstance(again.access, ReadOnly)
    assert "cannot be written" in again.access.sentence
    assert again.store.film == project.store.film


def test_a_film_of_an_earlier_version_is_not_touched_without_a_backup(tmp_path: Path):
    golden = Path(__file__).parents[2] / "golden" / "version1" / FILM_FILE
    shutil.copyfile(golden, tmp_path / FILM_FILE)
    (tmp_path / "backups").write_text("in the way")
    project = open_project(tmp_path)
    assert isinstance(project.access, ReadOnly)
    assert "no backup" not in project.access.sentence
    assert "earlier version" in project.access.sentence
    assert project.store.film.timelines
    assert (tmp_path / FILM_FILE).read_bytes() == golden.read_bytes()


def test_a_film_that_cannot_be_made_leaves_nothing_half(tmp_path: Path):
    (tmp_path / FILM_FILE).mkdir()
    with pytest.raises(ProjectError, match="No film can be made"):
        write_project(tmp_path, new_film("Tide"), Ledger())
    assert [one.name for one in tmp_path.glob("*.part")] == []
