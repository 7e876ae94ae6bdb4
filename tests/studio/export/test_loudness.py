"""Loudness, measured and brought to a target."""

from __future__ import annotations

import numpy as np
import pytest

from engine.media import LoudnessMeter
from studio.export.loudness import Heard, brought_to, limited, shown_by

RATE_HZ = 48_000


def measured(sound: np.ndarray):
    meter = LoudnessMeter(RATE_HZ)
    meter.add(sound)
    return shown_by(meter)


def levelled(sound: np.ndarray, target_lufs: float, **how) -> np.ndarray:
    heard = Heard(sound=sound, loudness=measured(sound))
    result = brought_to(heard, RATE_HZ, target_lufs, -1.0, **how)
    assert result is not None
    assert result.loudness == measured(result.sound)
    return result.sound


def tone(level: float, seconds=3.0, hz=997.0) -> np.ndarray:
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return np.repeat((level * np.sin(2 * np.pi * hz * times))[None], 2, axis=0).astype(np.float32)


def knocks(level: float) -> np.ndarray:
    """A quiet tone with a loud knock every half second."""
    sound = tone(0.08, 6.0)
    for start in range(0, sound.shape[1] - 2_000, RATE_HZ // 2):
        fall = np.exp(-np.arange(2_000) / 150) * np.sin(np.arange(2_000) * 0.3)
        sound[:, start : start + 2_000] += (level * fall).astype(np.float32)
    return sound


def test_a_tone_at_minus_23_measures_so():
    assert measured(tone(10 ** (-23 / 20))).lufs == pytest.approx(-23.0, abs=0.1)


def test_a_quiet_tone_is_turned_up_by_one_gain():
    sound = tone(0.01)
    loud = levelled(sound, -16.0)
    assert measured(loud).lufs == pytest.approx(-16, abs=0.1)
    ratio = loud[0, 1_000:2_000] / np.where(sound[0, 1_000:2_000] == 0, 1, sound[0, 1_000:2_000])
    assert ratio.std() < 1e-4


def test_peaks_stay_under_the_ceiling():
    loud = levelled(knocks(0.5), -16.0)
    after = measured(loud)
    assert after.true_peak_db <= -1.0
    assert after.lufs == pytest.approx(-16, abs=0.2)


def test_a_sound_that_is_all_peaks_is_not_flattened():
    sound = np.zeros((2, 3 * RATE_HZ), np.float32)
    sound[:, ::RATE_HZ] = 0.9
    loud = levelled(sound, -16.0)
    after = measured(loud)
    assert after.true_peak_db <= -1.0
    assert after.lufs < -16


def test_a_loud_sound_is_turned_down():
    after = measured(levelled(tone(0.9), -23.0))
    assert after.lufs == pytest.approx(-23, abs=0.1)


def test_silence_stays_silent():
    silence = np.zeros((2, RATE_HZ), np.float32)
    assert not levelled(silence, -16.0).any()
    assert measured(silence).is_silent
    assert measured(silence[:, :100]).is_silent
    assert measured(silence).words == "silent"


def test_a_moment_is_not_called_silent():
    short = measured(np.full((2, 4_800), 0.25, np.float32))
    assert short.is_silent
    assert short.words.startswith("too short or quiet for a loudness, peaks at -1")


def test_the_limiter_leaves_alone_what_is_quiet():
    sound = tone(0.5)
    blocks = [block for _, block in limited(sound, RATE_HZ, -1.0)]
    assert np.array_equal(np.concatenate(blocks, axis=1), sound)


@pytest.mark.parametrize("sound", [knocks(0.5), knocks(0.01)], ids=["limited", "a gain alone"])
def test_it_tells_how_far_it_is_from_nothing_to_all(sound):
    shares = []
    levelled(np.tile(sound, 3), -16.0, tell=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 1
    assert shares[-1] == 1


def test_it_is_stopped_in_the_middle():
    sound = np.tile(knocks(0.5), 3)
    heard = Heard(sound=sound, loudness=measured(sound))
    into, shares = np.zeros_like(sound), []
    stopped = lambda: len(shares) == 2  # noqa: E731
    result = brought_to(heard, RATE_HZ, -16.0, -1.0, into=into, tell=shares.append, stopped=stopped)
    assert result is None
    assert len(shares) == 2
    assert not into[:, -RATE_HZ:].any()
