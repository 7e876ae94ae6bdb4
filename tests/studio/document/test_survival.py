"""Killed at any instant, or damaged on disk: nothing acknowledged is lost, nothing overwritten."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.document.errors import DamagedFilmError, ProjectError
from studio.document.film import Film
from studio.document.library_changes import edit_film
from studio.document.project_file import (
    FILM_FILE,
    Project,
    ReadOnly,
    Writable,
    create_project,
    open_project,
)
from tests.studio.document.edits import film_of_clips, sound

ROOT = Path(__file__).parents[3]
DIRECTOR = "tests.studio.document.busy_director"


def killed_while_editing(folder: Path, after_lines: int, wait_s: float) -> tuple[int, int]:
    """Let a director work, kill it, and return the changes and takes it saw acknowledged."""
    command = [sys.executable, "-m", DIRECTOR, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        lines = [process.stdout.readline() for _ in range(after_lines)]
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        lines += [line for line in process.stdout if line.endswith("\n")]
    changes, takes = lines[-1].split() if lines else ("0", "0")
    return int(changes), int(takes)


def test_killed_at_random_instants_nothing_acknowledged_is_lost(tmp_path: Path):
    rng = random.Random(7)
    folder = tmp_path / "Tide"
    start = edit_film(film_of_clips(), name="0")
    create_project(folder, start).close()
    for _ in range(8):
        changes, takes = killed_while_editing(folder, rng.randrange(1, 6), rng.random() * 0.2)
        project = open_project(folder)
        store = project.store
        assert project.access == Writable()
        assert int(store.film.name) >= changes
        assert len(store.ledger.takes) >= takes
        assert sound(store.film) == []
        name = store.film.name
        while store.undo_name in {"Move", None} and store.undo():
            pass
        assert store.undo() == name
        assert int(store.film.name) == int(name) - 1
        store.redo()
        project.close()


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Film]:
    project = create_project(tmp_path / "Tide", film_of_clips(60))
    for number in range(20):
        project.store.apply(lambda film, number=number: edit_film(film, name=str(number)), "Rename")
    project.close()
    return project.folder, project.store.film


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_film_opens_with_what_can_be_read_or_is_refused_by_a_sentence(
    saved: tuple[Path, Film], seed: int
):
    folder, _ = saved
    file = folder / FILM_FILE
    content = bytearray(file.read_bytes())
    rng = random.Random(seed)
    match seed % 4:
        case 0:
            del content[rng.randrange(len(content)) :]
        case 1:
            for _ in range(20):
                content[rng.randrange(len(content))] = rng.randrange(256)
        case 2:
            at = rng.randrange(100, len(content))
            content[at : at + 4096] = bytes(len(content[at : at + 4096]))
        case _:
            page = rng.randrange(1, len(content) // 4096) * 4096
            content[page : page + 4096] = rng.randbytes(4096)
    file.write_bytes(content)
    project = opened_or_refused(folder)
    if isinstance(project, str):
        assert project.endswith(".")
        assert file.read_bytes() == content
        return
    assert sound(project.store.film) == []
    if isinstance(project.access, ReadOnly):
        assert file.read_bytes() == content
        assert "damaged" in project.access.sentence
    project.close()


def opened_or_refused(folder: Path) -> Project | str:
    """The film, or the sentence that refuses it."""
    try:
        return open_project(folder)
    except ProjectError as error:
        return str(error)


def test_a_damaged_page_costs_only_what_was_on_it(saved: tuple[Path, Film]):
    folder, film = saved
    file = folder / FILM_FILE
    content = file.read_bytes()
    at = content.index(b'"id":"2-30"')
    content = content[:at] + b'"id":1e9999' + content[at + 11 :]
    file.write_bytes(content)
    project = open_project(folder)
    assert isinstance(project.access, ReadOnly)
    assert project.access.losses
    read = project.store.film
    assert read.shots == film.shots
    clips = [clip.id for track in read.timelines[0].tracks for clip in track.clips]
    assert len(clips) == 119
    assert "2-30" not in clips
    copy = create_project(folder.parent / "Copy", read, project.store.ledger)
    assert copy.access == Writable()
    assert copy.store.film == read
    copy.close()


def test_a_film_beyond_reading_names_its_newest_backup(saved: tuple[Path, Film]):
    folder, _ = saved
    (folder / FILM_FILE).write_bytes(b"\0" * 5000)
    with pytest.raises(DamagedFilmError, match=r"newest backup is film .*\.dailies"):
        open_project(folder)
    assert (folder / FILM_FILE).read_bytes() == b"\0" * 5000
