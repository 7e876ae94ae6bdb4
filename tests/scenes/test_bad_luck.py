"""Bad luck in front of a real window: every mishap is a sentence, and nothing is lost."""

from __future__ import annotations

import os
import random
import sqlite3
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from engine.api import ShotPlan, ShotRequest
from engine.media import write_film
from studio.document.film import new_film
from studio.document.ledger import Failed
from studio.document.library_changes import edit_film
from studio.document.project_file import FILM_FILE, create_project, open_project
from studio.render.jobs import new_job
from studio.ui.main_window import MainWindow
from tests.studio.playback.desks import SilentSink

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def film_folder(tmp_path: Path) -> Path:
    project = create_project(tmp_path / "Tide", new_film("Tide"))
    for number in range(5):
        project.store.apply(lambda film, n=number: edit_film(film, name=f"Tide {n}"), "Rename")
    project.close()
    return project.folder


def noticed(window: MainWindow) -> str:
    """The sentence on the screen."""
    assert window.notices.isVisible()
    sentence = window.notices.notice.sentence
    assert sentence.endswith(".")
    assert window.notices.notice.level == "problem"
    return sentence


def heard(qtbot, window: MainWindow) -> str:
    """The next sentence on the screen, put away."""
    qtbot.waitUntil(lambda: window.notices.notice is not None)
    sentence = window.notices.notice.sentence
    window.notices.dismiss()
    return sentence


def test_a_film_beyond_reading_is_refused_and_left_as_it_is(window, film_folder):
    (film_folder / FILM_FILE).write_bytes(b"\0" * 5000)
    assert not window.open_film(film_folder)
    assert "damaged" in noticed(window).lower()
    assert window.workspace is None
    assert (film_folder / FILM_FILE).read_bytes() == b"\0" * 5000


def test_a_damaged_film_opens_to_be_looked_at_only(qtbot, window, film_folder):
    file = film_folder / FILM_FILE
    content = file.read_bytes()
    at = content.index(b'"kind":"video"')
    file.write_bytes(content[:at] + b'"kind":1e9999 ' + content[at + 14 :])
    assert window.open_film(film_folder)
    assert "damaged" in noticed(window)
    assert window.notices.notice.cause
    assert window.workspace.room.store.read_only is not None
    assert not window.actions_["shot.new"].isEnabled()
    window.safety.look()
    assert window._saved.text() == "Read-only"


def test_a_film_of_a_newer_version_is_refused(window, film_folder):
    with sqlite3.connect(film_folder / FILM_FILE) as connection:
        connection.execute("PRAGMA user_version = 900")
    connection.close()
    assert not window.open_film(film_folder)
    assert "newer" in noticed(window)


def test_a_film_that_is_open_elsewhere_is_said_to_be(window, film_folder):
    other = open_project(film_folder)
    try:
        assert not window.open_film(film_folder)
        assert "is open in another window" in noticed(window)
        (read,) = [b for b in window.notices.findChildren(QPushButton) if "read" in b.text()]
        read.click()
        assert window.room.film.name == "Tide 4"
        assert noticed(window) == window.room.store.read_only
        # Whoever works on it goes on, and nothing of that is lost.
        other.store.apply(lambda film: edit_film(film, name="Ebb"), "Rename")
        assert other.store.wait_saved()
    finally:
        other.close()


def test_a_film_that_may_not_be_written_opens_read_only(qtbot, window, film_folder, tmp_path):
    project = open_project(film_folder, read_only=True)
    sentence = project.store.read_only
    project.close()
    assert sentence.endswith(".")
    assert window._take_over(lambda: open_project(film_folder, read_only=True))
    assert noticed(window) == sentence
    window.notices.dismiss()
    # What would write is refused in the same words, even a drop.
    window.room.library.import_files([tmp_path / "a.png"])
    assert heard(qtbot, window) == sentence
    assert not window.room.apply(lambda film: edit_film(film, name="x"), "Rename")
    assert heard(qtbot, window) == sentence


def test_a_read_only_film_renders_nothing_and_throws_nothing_away(qtbot, window, film_folder):
    request = ShotRequest(
        prompt="a ball",
        shots=(ShotPlan(caption="", frames=9),),
        width=128,
        height=72,
        rate=Fraction(12),
        seed=1,
    )
    waits = new_job("full", request, film_folder)
    failed = replace(new_job("full", request, film_folder), state=Failed(sentence="No."))
    project = open_project(film_folder)
    project.store.record(waits, failed)
    project.close()
    steps = [film_folder / "takes" / job.id / "checkpoint.safetensors" for job in (waits, failed)]
    for path in steps:
        path.parent.mkdir()
        path.write_bytes(b"steps")
    assert window._take_over(lambda: open_project(film_folder, read_only=True))
    sentence = noticed(window)
    window.notices.dismiss()
    desk = window.workspace
    desk.turns.settle()
    assert {row.id for row in desk.job_items.rows()} == {waits.id, failed.id}
    for job, deeds in ((waits, ("cancel", "change")), (failed, ("retry", "forget"))):
        desk.queue.select(job.id)
        for deed in deeds:
            desk.queue.do(deed)
            if deed != "change":
                assert heard(qtbot, window) == sentence
    assert not desk.queue.editor.isVisible()
    assert window.room.queue.jobs() == ()
    assert all(path.exists() for path in steps)


def test_media_that_is_gone_is_shown_as_gone(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    face, tone = (windows.picture_file(tmp_path, "a.png", 9), windows.sound_file(tmp_path, "b.wav"))
    windows.drop(window.workspace.bins, [face, tone])
    room = window.room
    qtbot.waitUntil(lambda: len(room.film.media) == 2)
    folder, paths = room.folder, [room.folder / media.path for media in room.film.media]
    assert window.close_film()
    for path in paths:
        path.unlink()
    assert window.open_film(folder)
    desk = window.workspace
    qtbot.waitUntil(lambda: [row.missing for row in desk.bin_items.rows()] == [True, True])
    assert not window.grab().isNull()
    for media in desk.room.film.media:
        desk.screening.look_at_media(media.id)
        qtbot.waitUntil(lambda: desk.screening.player.length > 0)


def broken_media(folder: Path, window_files) -> list[Path]:
    """Everything that people drop by mistake."""
    noise = random.Random(1).randbytes
    made = {
        "empty.mp4": b"",
        "noise.png": noise(4000),
        "text.mov": b"This is a shopping list.\n" * 40,
        "page.pdf": b"%PDF-1.7 nothing",
        "half.wav": b"RIFF\xff\xff",
        "list.m3u8": b"#EXTM3U\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n",
        "archive.zip": b"PK\x03\x04" + noise(500),
    }
    paths = []
    for name, content in made.items():
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    whole = folder / "whole.mp4"
    pictures = np.random.default_rng(3).integers(0, 256, (24, 48, 64, 3), dtype=np.uint8)
    write_film(whole, pictures, Fraction(12))
    cut = folder / "cut short.mp4"
    cut.write_bytes(whole.read_bytes()[:20_000])
    picture = window_files.picture_file(folder, "torn.png", 0)
    picture.write_bytes(picture.read_bytes()[:60])
    with wave.open(str(folder / "nothing.wav"), "wb") as sound:
        sound.setparams((2, 2, 24_000, 0, "NONE", ""))
    os.mkfifo(folder / "pipe.mp4")
    (folder / "empty folder").mkdir()
    paths += [cut, picture, folder / "nothing.wav", folder / "pipe.mp4"]
    return [*paths, folder / "gone.mp4", folder / ("x" * 300 + ".png"), folder / "empty folder"]


def test_every_kind_of_broken_media_in_a_bin_is_a_sentence(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    for path in broken_media(outside, windows):
        windows.drop(window.workspace.bins, [path])
        sentence = heard(qtbot, window)
        assert sentence.endswith("."), path.name
        assert "Errno" not in sentence
        assert path.name[:20] in sentence
    assert window.room.film.media == ()
    media = window.room.folder / "media"
    assert not list(media.iterdir()) if media.exists() else True


def test_many_files_that_cannot_be_brought_in_are_one_notice(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    for number in range(30):
        (outside / f"<b>list {number:02d}.txt").write_text("eggs\n" * 40)
    face = windows.picture_file(outside, "face.png", 9)
    windows.drop(window.workspace.bins, [outside])
    named = "<b>list 00.txt, <b>list 01.txt, <b>list 02.txt"
    words = f"30 files could not be brought in: {named} and 27 more."
    assert heard(qtbot, window) == words
    assert window.notices.notice is None
    assert len(window.room.film.media) == 1
    windows.drop(window.workspace.bins, [face, outside / "<b>list 07.txt"])
    said = [heard(qtbot, window), heard(qtbot, window)]
    assert any("face.png is in the film already" in one for one in said)
    assert any("list 07.txt cannot be read" in one for one in said)


def test_without_a_sound_device_a_film_plays_on_and_says_so_once(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    windows.drop(window.workspace.bins, [windows.sound_file(tmp_path, "tone.wav")])
    room, player = window.room, window.workspace.screening.player
    sentence = "No sound device can be opened; the film plays without sound."
    player.play_to(SilentSink(sentence))
    qtbot.waitUntil(lambda: len(room.film.media) == 1)
    window.workspace.screening.look_at_media(room.film.media[0].id)
    assert "without sound" in heard(qtbot, window)
    qtbot.waitUntil(lambda: player.frame > 3)


def test_a_warning_of_one_export_does_not_stop_the_next(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, window.room
    windows.drop(desk.bins, [windows.sound_file(tmp_path, "tone.wav")])
    qtbot.waitUntil(lambda: len(room.film.media) == 1)
    window.actions_["shot.new"].trigger()
    window.actions_["shot.place"].trigger()
    first, second = tmp_path / "first.wav", tmp_path / "second.wav"
    desk.exports.start(room.film, room.ledger, first, "wav", marked=False)
    assert not window.close_film()
    assert "export" in heard(qtbot, window)
    qtbot.waitUntil(lambda: not desk.exports.busy)
    while window.notices.notice is not None:
        window.notices.dismiss()
    desk.exports.start(room.film, room.ledger, second, "wav", marked=False)
    assert not window.close_film()
    assert "export" in heard(qtbot, window)
    qtbot.waitUntil(second.is_file)


@pytest.mark.timeout(120)
def test_closing_while_a_render_an_export_and_an_import_run(qtbot, qapp, windows, tmp_path):
    window = windows.open_window(tmp_path, step_s=0.05)
    qtbot.addWidget(window)
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, window.room
    qtbot.waitUntil(lambda: room.capabilities is not None)
    windows.drop(desk.bins, [windows.sound_file(tmp_path, "tone.wav")])
    window.actions_["shot.new"].trigger()
    desk.shot.prompt.setPlainText("A boat turns in the wind")
    desk.shot.prompt.commit()
    qtbot.waitUntil(lambda: len(room.film.media) == 1)
    window.actions_["shot.place"].trigger()
    window.actions_["shot.render"].trigger()
    qtbot.waitUntil(lambda: any(p.step >= 2 for p in room.pulses.values()))
    files = [windows.picture_file(tmp_path, f"{shade}.png", shade) for shade in range(1, 12)]
    folder, target = room.folder, tmp_path / "film.mp4"
    desk.exports.start(room.film, room.ledger, target, "mp4", marked=False)
    room.library.import_files(files)

    # Nobody has turned the event loop since, so that no end of the export has been told.
    assert desk.exports.busy
    assert not window.close()
    assert "export" in window.notices.notice.sentence
    assert window.close()
    assert window.workspace is None
    # Either whole or not at all.
    assert not list(tmp_path.glob("*.part"))

    again = windows.open_window(tmp_path)
    qtbot.addWidget(again)
    assert again.open_film(folder)
    room = again.room
    qtbot.waitUntil(lambda: len(room.film.media) == 12)
    (job,) = room.queue.jobs()
    assert room.queue.is_held(job.id)
    assert again.close()
