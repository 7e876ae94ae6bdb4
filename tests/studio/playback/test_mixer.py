"""The mix, sample by sample."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.media import resample
from studio.document.timebase import samples_at
from studio.playback import sound_shelf
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf
from tests.studio.playback.reels import Reel, noise


@pytest.fixture
def reel(tmp_path):
    return Reel(tmp_path)


def test_a_take_is_resampled_once_and_lies_at_its_sample(reel):
    sound = noise(24_000)
    reel.lay("A1", reel.sound_file(sound), 12, 24)
    mixed = Mixer(reel.cut).whole(0, 72_000)
    assert np.array_equal(mixed[:, 24_000:72_000], resample(sound, 24_000, 48_000))
    assert not mixed[:, :24_000].any()


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(24000, 1001)])
def test_a_cut_in_two_clip_sounds_like_the_whole(tmp_path, rate):
    reel = Reel(tmp_path, rate=rate)
    source = reel.sound_file(noise(48_000))
    reel.lay("A1", source, 7, 40)
    whole = Mixer(reel.cut).whole(0, 100_000)
    reel.change_track("A1", clips=())
    reel.lay("A1", source, 7, 13)
    reel.lay("A1", source, 20, 27, source_in=13)
    assert np.array_equal(Mixer(reel.cut).whole(0, 100_000), whole)


def test_clips_sum_with_their_gains_and_fades(reel):
    ones = np.full((2, 48_000), 0.25, np.float32)
    reel.lay("A1", reel.sound_file(ones, 48_000), 0, 24)
    reel.lay("A2", reel.sound_file(ones, 48_000), 0, 24, gain_db=-20.0, fade_in=12, fade_out=6)
    mixed = Mixer(reel.cut).whole(0, 48_000)[0]
    assert mixed[0] == pytest.approx(0.25, abs=1e-4)
    assert mixed[12_000] == pytest.approx(0.25 + 0.025 * np.sin(np.pi / 4), abs=1e-4)
    assert mixed[30_000] == pytest.approx(0.275, abs=1e-6)
    assert mixed[42_000] == pytest.approx(0.25 + 0.025 * np.sin(np.pi / 4), abs=1e-4)
    assert mixed[47_999] == pytest.approx(0.25, abs=1e-4)


def test_muted_and_unsoloed_tracks_are_silent(reel):
    ones = np.full((2, 48_000), 0.25, np.float32)
    source = reel.sound_file(ones, 48_000)
    reel.lay("A1", source, 0, 24)
    reel.lay("A2", source, 0, 24, gain_db=-20.0)
    levels = []
    for a1, a2 in (({"muted": True}, {}), ({}, {"solo": True}), ({"solo": True}, {"muted": True})):
        reel.change_track("A1", **{"muted": False, "solo": False, **a1})
        reel.change_track("A2", **{"muted": False, "solo": False, **a2})
        levels.append(float(Mixer(reel.cut).mix(1_000, 1)[0, 0]))
    assert levels == pytest.approx([0.025, 0.025, 0.25])


def test_a_missing_sound_is_silence_and_is_said(reel):
    source = reel.sound_file(noise(48_000))
    reel.lay("A1", source, 0, 24)
    (reel.folder / reel.film.media[0].path).write_bytes(b"RIFF broken")
    mixer = Mixer(reel.cut)
    assert not mixer.whole(0, 48_000).any()
    assert len(mixer.faults) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["broken", "lost"])
def test_a_sound_that_is_mended_or_brought_back_is_heard(reel, lost):
    sound, shelf = noise(48_000), SoundShelf(48_000)
    reel.lay("A1", reel.sound_file(sound, 48_000), 0, 24)
    path = reel.folder / reel.film.media[0].path
    whole, mixer = path.read_bytes(), Mixer(reel.cut, shelf)
    if lost:
        path.unlink()
    else:
        path.write_bytes(b"RIFF broken")
    assert not shelf.get(path).any()
    assert not mixer.mix(0, 4_800).any()
    assert len(mixer.faults) == 1
    path.write_bytes(whole)
    # As the window does once missing media were found.
    mixer = Mixer(reel.cut, shelf) if lost else mixer
    assert np.array_equal(mixer.mix(0, 4_800), sound[:, :4_800])
    assert mixer.faults == ()


def test_a_sound_that_stays_broken_is_not_read_at_every_block(reel, monkeypatch):
    reel.lay("A1", reel.sound_file(noise(48_000)), 0, 24)
    (reel.folder / reel.film.media[0].path).write_bytes(b"RIFF broken")
    mixer, read = Mixer(reel.cut), []
    monkeypatch.setattr(sound_shelf, "read_sound", _counted(sound_shelf.read_sound, read))
    for at in range(0, 48_000, 4_800):
        assert not mixer.mix(at, 4_800).any()
    assert len(read) == 1


def _counted(deed, calls):
    def run(*what, **how):
        calls.append(what)
        return deed(*what, **how)

    return run


def test_a_long_sound_is_kept_on_the_disk_for_the_next_sitting(reel, tmp_path):
    sound = noise(48_000 * 100)
    reel.lay("A1", reel.sound_file(sound, 48_000), 0, 2_400)
    path = reel.folder / reel.film.media[0].path
    folder = tmp_path / "cache"
    first = SoundShelf(48_000, folder).get(path)
    again = SoundShelf(48_000, folder).get(path)
    assert isinstance(again, np.memmap)
    assert np.array_equal(first, sound)
    assert np.array_equal(again, sound)
    next(folder.iterdir()).write_bytes(b"damaged")
    assert np.array_equal(SoundShelf(48_000, folder).get(path), sound)


RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rate=st.sampled_from(RATES),
    clips=st.lists(
        st.tuples(
            st.integers(0, 30), st.integers(1, 30), st.integers(0, 20), st.integers(0, 9),
            st.floats(-24, 6),
        ),
        min_size=1, max_size=3,
    ),
    blocks=st.lists(st.integers(1, 5_000), min_size=1, max_size=12),
)  # fmt: skip
def test_any_blocks_give_the_same_samples(tmp_path_factory, rate, clips, blocks):
    reel = Reel(tmp_path_factory.mktemp("reel"), rate=rate)
    source = reel.sound_file(noise(24_000))
    at = 0
    for gap, length, source_in, longest, gain_db in clips:
        fade = min(longest, length // 2)
        reel.lay("A1", source, at + gap, length, source_in=source_in, gain_db=gain_db,
                 fade_in=fade, fade_out=fade)  # fmt: skip
        at += gap + length
    mixer = Mixer(reel.cut)
    total = samples_at(at, rate, 48_000) + 100
    whole = mixer.whole(0, total)
    parts, start, turn = [], 0, 0
    while start < total:
        count = min(total - start, blocks[turn % len(blocks)])
        parts.append(mixer.mix(start, count))
        start, turn = start + count, turn + 1
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
