"""Sounds kept on the disk: what nobody listens to goes, and nothing that is in use."""

from __future__ import annotations

import os

import pytest

from engine.media import write_wav
from studio.playback import kept_sounds, long_sounds
from studio.playback.kept_sounds import mark_used, part_of, prune
from studio.playback.sound_shelf import SoundShelf
from tests.studio.playback.reels import noise

DAY_S = 86_400
NOW_S = 1_800_000_000


@pytest.fixture
def kept(tmp_path):
    def keep(name: str, days: float) -> None:
        (tmp_path / name).write_bytes(b"x" * 10)
        used_s = NOW_S - days * DAY_S
        os.utime(tmp_path / name, (used_s, used_s))

    return keep


def left(folder) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_what_was_not_used_for_two_weeks_goes(tmp_path, kept):
    kept("old.f32", 15)
    kept("new.npy", 13)
    kept("killed.part", 2)
    kept("written.part", 0.5)
    prune(tmp_path, NOW_S)
    assert left(tmp_path) == {"new.npy", "written.part"}


def test_the_oldest_go_where_they_take_too_much_but_none_of_today(tmp_path, kept, monkeypatch):
    monkeypatch.setattr(kept_sounds, "_MOST_BYTES", 25)
    for name, days in (("a", 5), ("b", 4), ("c", 3), ("d", 0.1)):
        kept(name, days)
    prune(tmp_path, NOW_S)
    assert left(tmp_path) == {"c", "d"}
    monkeypatch.setattr(kept_sounds, "_MOST_BYTES", 5)
    mark_used(tmp_path / "c")
    prune(tmp_path)
    assert "c" in left(tmp_path)


def test_each_writer_has_a_name_of_its_own(tmp_path):
    one, other = part_of(tmp_path / "a.npy"), part_of(tmp_path / "a.npy")
    assert one != other
    assert one.suffix == other.suffix == ".part"


def test_the_shelf_removes_what_is_old_as_it_keeps_a_sound_and_marks_what_it_reads(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(long_sounds, "LONG_S", 2.0)
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "old.f32").write_bytes(b"x")
    os.utime(folder / "old.f32", (0, 0))
    write_wav(tmp_path / "long.wav", noise(24_000 * 5), 24_000)
    SoundShelf(24_000, folder).get(tmp_path / "long.wav")
    (file,) = folder.iterdir()
    os.utime(file, (0, 0))
    SoundShelf(24_000, folder).get(tmp_path / "long.wav")
    assert file.stat().st_mtime > 0
