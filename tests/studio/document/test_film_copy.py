import os
import resource
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio.document.errors import ProjectError
from studio.document.film import Film, Media, MediaFacts, new_film
from studio.document.film_copy import CopyStopped, FilmCopy
from studio.document.ledger import Ledger, TakeRecord, now
from studio.document.project_file import create_project, open_project


def media(name: str) -> Media:
    return Media(
        id=name, kind="image", name=name, path=f"media/{name}.png", sha256="", facts=MediaFacts()
    )


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """A film of two media in the folder Tide, with a take beside them."""
    made = replace(new_film("Tide"), media=(media("a"), media("b")))
    create_project(tmp_path / "Tide", made).close()
    for name, size in (("media/a.png", 3_000_000), ("media/b.png", 10), ("takes/j/x/sound.wav", 7)):
        path = tmp_path / "Tide" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size))
    return made


def test_a_copy_holds_the_film_as_it_is_in_memory_with_all_its_files(film: Film, tmp_path: Path):
    source, target = tmp_path / "Tide", tmp_path / "far" / "Copy"
    told: list[tuple[int, int]] = []
    unsaved = replace(film, name="Unsaved")
    missing = FilmCopy(source, target).write(
        unsaved, Ledger(), lambda done, of: told.append((done, of))
    )
    assert missing == ()
    assert told[-1] == (3_000_017, 3_000_017)
    for name in ("media/a.png", "media/b.png", "takes/j/x/sound.wav"):
        assert (target / name).read_bytes() == (source / name).read_bytes()
    project = open_project(target)
    assert project.store.film == unsaved
    project.close()


def test_written_again_only_what_came_since_is_copied(film: Film, tmp_path: Path):
    source = tmp_path / "Tide"
    copy, told = FilmCopy(source, tmp_path / "Copy"), []
    copy.write(film, Ledger())
    (source / "media" / "c.png").write_bytes(b"12345")
    later = replace(film, media=(*film.media, media("c")))
    assert copy.write(later, Ledger(), lambda _done, of: told.append(of)) == ()
    assert told == [5]
    project = open_project(tmp_path / "Copy")
    assert len(project.store.film.media) == 3
    project.close()


def test_what_cannot_be_read_is_left_out_and_named(film: Film, tmp_path: Path):
    (tmp_path / "Tide" / "media" / "b.png").unlink()
    (tmp_path / "secret").write_bytes(b"mine")
    (tmp_path / "Tide" / "media" / "link.png").symlink_to(tmp_path / "secret")
    (tmp_path / "Tide" / "takes" / "out").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "Tide" / "media" / "pipe.png")
    record = TakeRecord(
        id="t", folder="takes/j/x", kind="preview", frames=9, rate=Fraction(12), width=8, height=8,
        created=now(),
    )  # fmt: skip
    missing = FilmCopy(tmp_path / "Tide", tmp_path / "Copy").write(film, Ledger().append(record))
    assert missing == ("one take", "b")
    assert [path.name for path in (tmp_path / "Copy" / "media").iterdir()] == ["a.png"]
    assert not (tmp_path / "Copy" / "takes" / "out").exists()


def test_a_copy_that_is_stopped_leaves_nothing(film: Film, tmp_path: Path):
    copy = FilmCopy(tmp_path / "Tide", tmp_path / "Copy")
    with pytest.raises(CopyStopped):
        copy.write(film, Ledger(), stopped=lambda: True)
    assert not (tmp_path / "Copy").exists()
    assert copy.write(film, Ledger()) == ()


def test_a_disk_that_fills_up_leaves_nothing(film: Film, tmp_path: Path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(ProjectError, match=r"copy in Copy was not written: .+\.$"):
            FilmCopy(tmp_path / "Tide", tmp_path / "Copy").write(film, Ledger())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "Copy").exists()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("Tide", "outside the film's own folder"),
        ("Tide/media/Copy", "outside the film's own folder"),
        ("Taken", "something in Taken already"),
        ("Taken/file/Copy", "No copy can be made in Copy"),
    ],
)
def test_a_place_that_will_not_do_is_said(film: Film, tmp_path: Path, target: str, words: str):
    (tmp_path / "Taken").mkdir()
    (tmp_path / "Taken" / "file").write_bytes(b"mine")
    with pytest.raises(ProjectError, match=words):
        FilmCopy(tmp_path / "Tide", tmp_path / target).write(film, Ledger())
    assert (tmp_path / "Taken" / "file").read_bytes() == b"mine"
    assert (tmp_path / "Tide" / "film.dailies").is_file()


def test_a_disk_without_the_room_is_said_before_anything_is_copied(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=9_000_000))
    with pytest.raises(ProjectError, match="needs 11 MB, and there are 9 MB free"):
        FilmCopy(tmp_path / "Tide", tmp_path / "Copy").write(film, Ledger())
