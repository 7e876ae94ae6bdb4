"""Speed, direction, envelopes and crossfades, sample by sample."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.looks import Dissolve, GainPoint
from studio.document.retime import advanced
from studio.playback.mixer import Mixer
from studio.playback.varispeed import read_at
from studio.playback.voices import Reading
from tests.studio.playback.reels import Reel, noise

HZ = 48_000


def tone(frequency: float, seconds: float = 1.0) -> np.ndarray:
    wave = 0.5 * np.sin(np.arange(round(HZ * seconds)) * 2 * np.pi * frequency / HZ)
    return np.stack([wave, wave]).astype(np.float32)


def heard_hz(sound: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound[0]))) * HZ / sound.shape[1])


@pytest.fixture
def reel(tmp_path):
    return Reel(tmp_path)


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(3, 2), Fraction(2), Fraction(4)])
def test_at_another_speed_the_pitch_follows(reel, speed):
    reel.lay("A1", reel.sound_file(tone(440, 2), HZ), 0, 12, speed=speed)
    mix = Mixer(reel.cut).whole(0, 24_000)
    middle = mix[:, 4_000:20_000]
    assert heard_hz(middle) == pytest.approx(440 * float(speed), abs=4)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.01)


def test_what_is_too_high_to_be_heard_at_speed_does_not_fold_back(reel):
    reel.lay("A1", reel.sound_file(tone(15_000, 2), HZ), 0, 12, speed=Fraction(4))
    assert np.abs(Mixer(reel.cut).whole(2_000, 22_000)).max() < 0.005


def test_backwards_every_sample_comes_back_in_the_other_order(reel):
    sound = noise(HZ)
    reel.lay("A1", reel.sound_file(sound, HZ), 0, 24, backwards=True)
    assert np.array_equal(Mixer(reel.cut).whole(0, HZ), sound[:, ::-1])


def test_an_envelope_changes_evenly_in_decibels_and_ends_in_silence(reel):
    ones = np.full((2, HZ), 0.5, np.float32)
    points = tuple(GainPoint(frame=f, gain_db=g) for f, g in ((0, 0), (12, -20), (20, -60)))
    reel.lay("A1", reel.sound_file(ones, HZ), 0, 24, gain_points=points)
    mix = Mixer(reel.cut).whole(0, HZ)[0]
    assert mix[0] == pytest.approx(0.5)
    assert mix[12_000] == pytest.approx(0.5 * 10 ** (-10 / 20), rel=1e-4)
    assert mix[24_000] == pytest.approx(0.05, rel=1e-4)
    assert not mix[40_000:].any()


def test_a_crossfade_keeps_the_power_and_uses_both_handles(reel):
    one, two = noise(2 * HZ, 1), noise(2 * HZ, 2)
    reel.lay("A1", reel.sound_file(one, HZ), 0, 12)
    reel.lay("A1", reel.sound_file(two, HZ), 12, 12, source_in=12,
             dissolve=Dissolve(frames=8, before=4))  # fmt: skip
    mix = Mixer(reel.cut).whole(0, HZ)
    share = (np.arange(16_000) + 0.5) / 16_000
    wanted = one[:, 16_000:32_000] * np.cos(share * np.pi / 2) + two[:, 16_000:32_000] * np.sin(
        share * np.pi / 2
    )
    assert np.abs(mix[:, 16_000:32_000] - wanted).max() < 1e-6
    assert np.array_equal(mix[:, :16_000], one[:, :16_000])
    assert np.array_equal(mix[:, 32_000:], two[:, 32_000:48_000])


@settings(max_examples=25, deadline=None)
@given(
    speed=st.fractions(Fraction(1, 8), 8, max_denominator=12),
    backwards=st.booleans(),
    cuts=st.lists(st.integers(0, 3_000), max_size=5),
)
def test_any_blocks_read_the_same_samples(speed, backwards, cuts):
    sound = noise(6_000)
    step = (-speed if backwards else speed).as_integer_ratio()
    first = 5_000 * step[1] if backwards else 0
    reading = Reading(first=first, step=step[0], parts=step[1])
    whole = read_at(sound, reading, 0, 3_000)
    edges = sorted({0, 3_000, *cuts})
    parts = [read_at(sound, reading, a, b) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24_000, 1_001), Fraction(30_000, 1_001)])
def test_a_cut_through_a_retimed_clip_is_not_heard(tmp_path, rate):
    reel = Reel(tmp_path, rate=rate)
    clip = reel.lay("A1", reel.sound_file(noise(3 * HZ), HZ), 3, 40, speed=Fraction(5, 4))
    whole = Mixer(reel.cut).whole(0, 2 * HZ)
    right = replace(advanced(clip, 17), id="right", start=clip.start + 17, length=23)
    reel.change_track("A1", clips=(replace(clip, length=17), right))
    assert np.array_equal(Mixer(reel.cut).whole(0, 2 * HZ), whole)
