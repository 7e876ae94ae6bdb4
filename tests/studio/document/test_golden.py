"""Films of every schema version open as what they were saved as."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from studio.document.codec import decode, from_text
from studio.document.film import Film
from studio.document.project_file import FILM_FILE, Writable, open_project
from studio.document.schema import VERSION

GOLDEN = Path(__file__).parents[2] / "golden"
VERSIONS = sorted(path.name for path in GOLDEN.glob("version*"))


def test_there_is_a_film_of_every_version():
    assert [f"version{number}" for number in range(1, VERSION + 1)] == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_film_of_an_older_version_opens_whole(version: str, tmp_path: Path):
    shutil.copyfile(GOLDEN / version / FILM_FILE, tmp_path / FILM_FILE)
    project = open_project(tmp_path)
    assert project.access == Writable()
    text = (GOLDEN / version / "film.json").read_text(encoding="utf-8")
    assert project.store.film == decode(Film, from_text(text))
    stills = {"still"} if version >= "version4" else set[str]()
    assert set(project.store.ledger.takes) == {"preview", "full"} | stills
    assert project.store.ledger.decision("preview") == "kept"
    if version >= "version3":
        assert project.store.ledger.note("full").text == "The gull!"
    if version == f"version{VERSION}":
        assert project.store.undo() == "Rename"
        assert project.store.film.name == "Tide"
    project.close()
