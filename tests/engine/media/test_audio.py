from __future__ import annotations

import numpy as np
import pytest

from engine.media import (
    SILENCE_DB,
    correlation,
    mono_sum_loss_db,
    peak_db,
    resample,
    rms_db,
)

RATE = 48_000
SILENCE = np.zeros((2, RATE), np.float32)


def tone(hz: float, amplitude: float = 1.0, seconds: float = 2.0) -> np.ndarray:
    wave = amplitude * np.sin(2 * np.pi * hz * np.arange(int(RATE * seconds)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def test_levels_of_a_sine():
    assert peak_db(tone(1000, 0.5)) == pytest.approx(-6.02, abs=0.02)
    assert rms_db(tone(1000, 0.5)) == pytest.approx(-9.03, abs=0.02)


def test_silence_has_a_floor():
    assert peak_db(SILENCE) == rms_db(SILENCE) == SILENCE_DB
    assert mono_sum_loss_db(SILENCE) == 0
    assert peak_db(SILENCE[:, :0]) == rms_db(SILENCE[:, :0]) == SILENCE_DB


def test_what_a_mono_sum_loses():
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 200_000)).astype(np.float32)
    assert mono_sum_loss_db(np.stack([noise[0], noise[0]])) == pytest.approx(0, abs=1e-6)
    assert mono_sum_loss_db(noise) == pytest.approx(3.01, abs=0.1)
    assert mono_sum_loss_db(np.stack([noise[0], -noise[0]])) == -SILENCE_DB
    assert correlation(np.stack([noise[0], -noise[0]])) == pytest.approx(-1)
    assert abs(correlation(noise)) < 0.02


def test_resampling_keeps_level_and_place():
    turned = resample(tone(1000, 0.5), RATE, 24_000)
    assert turned.dtype == np.float32
    assert turned.shape == (2, RATE)
    assert rms_db(turned[:, 2000:-2000]) == pytest.approx(-9.03, abs=0.02)
    assert resample(turned, 24_000, 24_000).shape == turned.shape
