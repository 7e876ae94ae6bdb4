"""A film killed at any instant of an import: what was acknowledged is there, and whole."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.backends.scripted import ScriptedBackend
from studio.bridge.notices import Notice
from studio.bridge.pending_imports import PendingImports
from studio.bridge.room import Room, RoomParts
from studio.document.film import new_film
from studio.document.project_file import Writable, create_project, open_project
from studio.render.estimates import History

ROOT = Path(__file__).parents[2]
LIBRARY = Path(__file__).with_name("busy_library.py")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Forty pictures, each another."""
    folder = tmp_path_factory.mktemp("desktop")
    chance = np.random.default_rng(1)
    for number in range(40):
        noise = chance.integers(0, 255, (240, 320, 3), np.uint8)
        cv2.imwrite(str(folder / f"{number:02d}.png"), noise)
    return folder


def imported_until_killed(
    folder: Path, files: Path, pending: Path, rng: random.Random
) -> list[str]:
    """Let files be brought in, and pull the plug; the media that were acknowledged."""
    wanted = rng.randrange(1, 20)
    seen: list[str] = []
    with subprocess.Popen(
        [sys.executable, str(LIBRARY), str(folder), str(files), str(pending)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        while len(seen) < wanted:
            seen.append(process.stdout.readline().split()[1])
        try:
            process.wait(rng.random() * 0.05)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        seen += [line.split()[1] for line in process.stdout if line.startswith("in ")]
    return seen


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
def test_killed_while_files_come_in_none_is_lost_or_half(
    qtbot, tmp_path: Path, files: Path, seed: int
):
    folder = tmp_path / "Tide"
    create_project(folder, new_film("Tide")).close()
    told = imported_until_killed(folder, files, tmp_path / "imports.json", random.Random(seed))
    project = open_project(folder)
    assert project.access == Writable()
    film = project.store.film
    assert set(told) <= {media.id for media in film.media}
    for media in film.media:
        content = (folder / media.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == media.sha256

    # The next sitting goes on with the rest, and meets in silence what it has already.
    pending = PendingImports(tmp_path / "imports.json")
    known = {media.sha256 for media in film.media}
    contents = {hashlib.sha256(one.read_bytes()).hexdigest() for one in files.iterdir()}
    left = {hashlib.sha256(one.path.read_bytes()).hexdigest() for one in pending.wanted}
    assert known | left == contents
    room = Room(
        RoomParts(
            store=project.store,
            folder=folder,
            build=ScriptedBackend,
            history=History(),
            pending=pending,
        )
    )
    said: list[Notice] = []
    room.said.connect(said.append)
    room.library.resume()
    qtbot.waitUntil(lambda: len(room.film.media) == len(contents))
    room.close()
    project.close()
    assert {media.sha256 for media in room.film.media} == contents
    assert not said
    assert not (tmp_path / "imports.json").exists()
