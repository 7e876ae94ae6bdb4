"""Where clips and tracks stand between left and right, sample by sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.playback.mixer import Mixer
from studio.playback.panning import AS_IT_IS, panned, sides
from tests.studio.playback.reels import Reel, noise

HZ = 48_000


@pytest.fixture
def reel(tmp_path):
    return Reel(tmp_path)


def heard(reel: Reel) -> np.ndarray:
    return Mixer(reel.cut).whole(0, HZ)


def test_a_pan_of_nought_leaves_every_bit():
    sound = noise(500)
    assert sides(0.0, 0.0) == AS_IT_IS
    assert panned(sound, sides(0.0)) is sound


@pytest.mark.parametrize(
    ("pan", "left", "right"),
    [(-1.0, (1, 1), (0, 0)), (1.0, (0, 0), (1, 1)), (0.5, (0.5**0.5, 0), (0.5**0.5, 1))],
)
def test_what_leaves_one_side_arrives_on_the_other(reel, pan, left, right):
    sound = noise(HZ)
    reel.lay("A1", reel.sound_file(sound, HZ), 0, 24, pan=pan)
    expected = [side[0] * sound[0] + side[1] * sound[1] for side in (left, right)]
    assert heard(reel) == pytest.approx(np.array(expected), abs=1e-4)


@pytest.mark.parametrize("pan", [-1.0, -0.4, 0.0, 0.7, 1.0])
def test_a_sound_of_one_channel_keeps_its_power_wherever_it_stands(reel, pan):
    ones = np.full((2, HZ), 0.25, np.float32)
    source = reel.sound_file(ones, HZ)
    facts = replace(reel.film.media[0].facts, channels=1)
    reel.film = replace(reel.film, media=(replace(reel.film.media[0], facts=facts),))
    reel.lay("A1", source, 0, 24, pan=pan)
    left, right = heard(reel)[:, 100]
    assert left**2 + right**2 == pytest.approx(2 * 0.25**2, rel=1e-3)
    assert (left > right) == (pan < 0)


def test_a_track_moves_and_turns_down_all_of_its_clips(reel):
    sound = noise(HZ)
    source = reel.sound_file(sound, HZ)
    reel.lay("A1", source, 0, 12)
    reel.lay("A1", source, 12, 12, source_in=12, pan=-1.0, gain_db=-20.0)
    plain = heard(reel)
    reel.change_track("A1", gain_db=-20.0, pan=1.0)
    moved = heard(reel)
    assert not moved[0].any()
    assert moved[1] == pytest.approx(plain.sum(axis=0) / 10, abs=1e-6)


def test_levels_of_a_film_that_a_stranger_wrote_are_held_within_bounds(reel):
    reel.lay("A1", reel.sound_file(noise(HZ), HZ), 0, 24, gain_db=1e300, pan=-7.0)
    reel.change_track("A1", gain_db=1e300, pan=50.0)
    assert np.isfinite(heard(reel)).all()
