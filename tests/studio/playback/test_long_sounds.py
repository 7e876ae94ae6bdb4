"""Sounds of an hour: the same samples, from the disk, in little memory."""

from __future__ import annotations

import numpy as np
import pytest

from engine.media import read_sound, write_wav
from studio.playback import long_sounds
from studio.playback.sound_shelf import SoundShelf
from tests.studio.playback.reels import noise


@pytest.mark.parametrize("rate_hz", [24_000, 48_000])
def test_a_long_sound_is_decoded_in_parts_to_the_same_samples(tmp_path, monkeypatch, rate_hz):
    monkeypatch.setattr(long_sounds, "LONG_S", 2.0)
    monkeypatch.setattr(long_sounds, "_PART_S", 1)
    path = tmp_path / "long.wav"
    write_wav(path, noise(24_000 * 5 + 777), 24_000)
    shelf = SoundShelf(rate_hz, tmp_path / "cache")
    sound = shelf.get(path)
    whole = read_sound(path, rate_hz=rate_hz)
    assert isinstance(sound, np.memmap)
    assert sound.shape == whole.shape
    assert np.abs(sound - whole).max() < 1e-5
    assert shelf.faults == ()
    again = SoundShelf(rate_hz, tmp_path / "cache").get(path)
    assert np.array_equal(again, sound)
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".f32"]


def test_a_long_sound_that_is_stopped_is_not_heard_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(long_sounds, "LONG_S", 2.0)
    monkeypatch.setattr(long_sounds, "_PART_S", 1)
    path = tmp_path / "long.wav"
    write_wav(path, noise(24_000 * 5), 24_000)
    asked = []

    def stopped() -> bool:
        asked.append(len(list((tmp_path / "cache").glob("*.part"))))
        return len(asked) == 2

    shelf = SoundShelf(24_000, tmp_path / "cache", stopped)
    assert shelf.get(path).shape == (2, 0)
    assert asked == [1, 1]
    assert "stopped" in shelf.faults[0]
    assert list((tmp_path / "cache").iterdir()) == []


def test_two_who_decode_one_sound_at_once_are_not_in_each_others_way(tmp_path, monkeypatch):
    monkeypatch.setattr(long_sounds, "LONG_S", 2.0)
    monkeypatch.setattr(long_sounds, "_PART_S", 1)
    path = tmp_path / "long.wav"
    write_wav(path, noise(24_000 * 5), 24_000)
    others = []

    def in_between() -> bool:
        if not others:  # the other one begins and ends while the first is in the middle
            others.append(SoundShelf(24_000, tmp_path / "cache").get(path))
        return False

    sound = SoundShelf(24_000, tmp_path / "cache", in_between).get(path)
    assert np.array_equal(sound, read_sound(path, rate_hz=24_000))
    assert np.array_equal(others[0], sound)
