import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from studio.bridge.importing import Imported, Importer, Refused, bring_in, files_of
from studio.bridge.relay import Relay
from studio.document.film import new_film, new_id
from studio.document.ledger import ImportRecord, now
from studio.document.library_changes import shelve_media
from studio.document.project_file import Writable, create_project, open_project


@pytest.fixture
def importing(qtbot, tmp_path):
    relay, results = Relay(), []
    folder = tmp_path / "film"
    folder.mkdir()
    importer = Importer(folder, relay, finished=results.append, progressed=lambda _p: None)
    yield importer, results, folder
    importer.close()
    relay.close()


def test_a_picture_is_copied_by_content(qtbot, importing, tmp_path):
    importer, results, folder = importing
    source = tmp_path / "a face (1).PNG"
    cv2.imwrite(str(tmp_path / "face.png"), np.zeros((20, 30, 3), np.uint8))
    (tmp_path / "face.png").rename(source)
    importer.add([source])
    qtbot.waitUntil(lambda: bool(results))
    (result,) = results
    assert isinstance(result, Imported)
    media = result.media
    assert (media.kind, media.facts.width, media.facts.height) == ("image", 30, 20)
    assert media.path.startswith("media/a-face-1-")
    assert (folder / media.path).read_bytes() == source.read_bytes()


def test_what_is_there_under_another_name_stays_one_file(qtbot, importing, tmp_path):
    importer, results, folder = importing
    cv2.imwrite(str(tmp_path / "face.png"), np.zeros((20, 30, 3), np.uint8))
    content = (tmp_path / "face.png").read_bytes()
    (tmp_path / "Ava.PNG").write_bytes(content)
    importer.add([tmp_path / "face.png", tmp_path / "Ava.PNG"])
    qtbot.waitUntil(lambda: len(results) == 2)
    first, second = (result.media for result in results)
    assert (first.name, second.name) == ("face", "Ava")
    assert first.path == second.path
    (there,) = (folder / "media").iterdir()
    assert there == folder / first.path

    there.write_bytes(content[::-1])  # of the same length, and spoilt
    importer.add([tmp_path / "Ava.PNG"])
    qtbot.waitUntil(lambda: len(results) == 3)
    assert (folder / results[-1].media.path).read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"%PDF-1.7 nothing", b"RIFF\xff\xff"])
def test_broken_files_are_refused_by_a_sentence(qtbot, importing, tmp_path, content):
    importer, results, folder = importing
    source = tmp_path / "broken.png"
    source.write_bytes(content)
    importer.add([source, tmp_path / "gone.mov"])
    qtbot.waitUntil(lambda: len(results) == 2)
    assert all(isinstance(result, Refused) for result in results)
    assert all(result.sentence.endswith(".") for result in results)
    assert not (folder / "media").exists() or not list((folder / "media").iterdir())


@pytest.mark.parametrize(
    ("name", "shown", "ending"),
    [
        (b"a.p\nng", "a", ""),
        (b"a\tface.png\n", "a face", ""),
        (b"a.p\\ng", "a", ""),
        (b"a\xff.png", "a", ".png"),
        ("\u202egnp.\U0001f600 a.png".encode(), "gnp.\U0001f600 a", ".png"),
        (b"a." + b"x" * 240, "a", ""),
        ("\u00fc".encode() * 120 + b".PNG", "\u00fc" * 120, ".png"),
        ("\u5b57".encode() * 80 + b".png", "\u5b57" * 80, ".png"),
        (b"\n.png", "media", ".png"),
    ],
)
def test_a_film_holds_files_of_any_name(qtbot, tmp_path, name, shown, ending):
    drop = tmp_path / "drop"
    drop.mkdir()
    content = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    Path(os.fsdecode(os.fsencode(drop) + b"/" + name)).write_bytes(content)
    (path,) = files_of([drop])
    project = create_project(tmp_path / "Tide", new_film("Tide"))
    media = bring_in(project.folder, path)
    assert (media.name, Path(media.path).suffix) == (shown, ending)
    record = ImportRecord(id=new_id(), media=media, origin=str(path), created=now())
    project.store.record(record)
    project.store.apply(lambda film: shelve_media(film, (media,)), "Import")
    project.close()
    again = open_project(project.folder)
    assert again.access == Writable()
    assert again.path(again.store.film.media[0].path).read_bytes() == content
    assert again.store.ledger.imports[record.id] == record
    label = QLabel(f"{path.name} is refused.")  # whatever it is called, it can be said
    qtbot.addWidget(label)
    assert label.text().endswith(" is refused.")
    again.close()


def test_what_a_killed_import_left_half_is_gone_once_something_comes_in(qtbot, importing, tmp_path):
    importer, results, folder = importing
    (folder / "media").mkdir()
    half, own = folder / "media" / f".{new_id()}.part", folder / "media" / "notes.part"
    half.write_bytes(b"half")
    own.write_bytes(b"of the director")
    cv2.imwrite(str(tmp_path / "face.png"), np.zeros((20, 30, 3), np.uint8))
    importer.add([tmp_path / "face.png"])
    qtbot.waitUntil(lambda: bool(results))
    assert not half.exists()
    assert own.exists()


def test_a_full_disk_says_what_to_do_and_leaves_nothing(qtbot, importing, tmp_path, monkeypatch):
    importer, results, folder = importing
    cv2.imwrite(str(tmp_path / "face.png"), np.zeros((20, 30, 3), np.uint8))

    def full(_handle) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    importer.add([tmp_path / "face.png"])
    qtbot.waitUntil(lambda: bool(results))
    (refused,) = results
    assert isinstance(refused, Refused)
    assert "the disk of the film is full. Make room" in refused.sentence
    assert list((folder / "media").iterdir()) == []
