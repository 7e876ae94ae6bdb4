"""The meter against EBU Tech 3341's own signals, whole and in blocks."""

from __future__ import annotations

import numpy as np
import pytest

from engine.media import SILENCE_DB, LoudnessMeter, LoudnessReading

RATE = 48_000


def tone(level_db: float, seconds: float, hz: float = 1000.0, rate_hz: int = RATE) -> np.ndarray:
    wave = 10 ** (level_db / 20) * np.sin(
        2 * np.pi * hz * np.arange(int(rate_hz * seconds)) / rate_hz
    )
    return np.stack([wave, wave]).astype(np.float32)


def read(sound: np.ndarray, rate_hz: int = RATE) -> LoudnessReading:
    meter = LoudnessMeter(rate_hz, len(sound))
    meter.add(sound)
    return meter.read()


def loudness_lufs(sound: np.ndarray, rate_hz: int = RATE) -> float:
    return read(sound, rate_hz).integrated_lufs


def joined(*parts: tuple[float, float]) -> np.ndarray:
    return np.concatenate([tone(level_db, seconds) for level_db, seconds in parts], axis=1)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (((-23, 20),), -23.0),
        (((-33, 20),), -33.0),
        (((-36, 10), (-23, 60), (-36, 10)), -23.0),
        (((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0),
        (((-26, 20), (-20, 20.1), (-26, 20)), -23.0),
    ],
)
def test_gated_loudness_is_that_of_the_recommendation(parts, wanted):
    assert loudness_lufs(joined(*parts)) == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 96_000, 192_000])
def test_the_reference_tone_is_as_loud_at_every_rate(rate_hz):
    assert loudness_lufs(tone(-23, 5, rate_hz=rate_hz), rate_hz) == pytest.approx(-23, abs=0.1)


def test_low_sounds_count_less_and_high_ones_more():
    middle = loudness_lufs(tone(-23, 3))
    assert loudness_lufs(tone(-23, 3, hz=30)) < middle - 8
    assert loudness_lufs(tone(-23, 3, hz=6000)) > middle + 3


def test_one_side_alone_is_three_decibels_less():
    both = tone(-23, 3)
    one = np.stack([both[0], np.zeros_like(both[0])])
    assert loudness_lufs(one) == pytest.approx(loudness_lufs(both) - 3.01, abs=0.01)
    assert loudness_lufs(both[:1]) == pytest.approx(loudness_lufs(one, RATE), abs=1e-9)


@pytest.mark.parametrize("block", [1, 7, 255, 256, 4799, 50_000])
def test_it_reads_the_same_whatever_blocks_come(block):
    sound = np.random.default_rng(1).normal(0, 0.1, (2, 60_000)).astype(np.float32)
    sound = sound[:, : 2_000 if block == 1 else 60_000]
    whole, parts = LoudnessMeter(RATE), LoudnessMeter(RATE)
    whole.add(sound)
    for at in range(0, sound.shape[1], block):
        parts.add(sound[:, at : at + block])
    for name in ("momentary_lufs", "short_term_lufs", "integrated_lufs", "true_peak_db"):
        wanted = getattr(whole.read(), name)
        assert getattr(parts.read(), name) == pytest.approx(wanted, abs=1e-6)


def test_the_last_moments_are_told_apart_from_all_of_it():
    reading = read(joined((-23, 10), (-40, 1)))
    assert reading.momentary_lufs == pytest.approx(-40, abs=0.2)
    assert reading.short_term_lufs == pytest.approx(-23 + 10 * np.log10(2 / 3), abs=0.2)
    assert reading.integrated_lufs == pytest.approx(-23, abs=0.2)


@pytest.mark.parametrize(
    ("turn", "peak"),
    [(0.0, -6.0), (1 / 8, -6.0)],
)
def test_a_true_peak_lies_between_the_samples(turn, peak):
    quarter = 0.5 * np.sin(2 * np.pi * (np.arange(RATE) / 4 + turn)).astype(np.float32)
    sound = np.stack([quarter, -quarter])
    assert read(sound).true_peak_db == pytest.approx(peak, abs=0.3)


def test_silence_and_what_is_too_short_have_a_floor():
    silence = np.zeros((2, RATE), np.float32)
    assert loudness_lufs(silence) == read(silence).true_peak_db == SILENCE_DB
    assert loudness_lufs(silence[:, :0]) == SILENCE_DB
    assert loudness_lufs(tone(-23, 0.39)) == SILENCE_DB
    assert loudness_lufs(tone(-23, 0.41)) == pytest.approx(-23, abs=0.2)
    assert loudness_lufs(tone(-75, 3)) == SILENCE_DB
