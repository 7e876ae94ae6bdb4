from __future__ import annotations

import numpy as np
import pytest

from engine.media import correlation, resample

RATE = 48_000


def tone(hz: float, amplitude: float = 1.0, seconds: float = 2.0) -> np.ndarray:
    wave = amplitude * np.sin(2 * np.pi * hz * np.arange(int(RATE * seconds)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def test_the_sides_are_alike_apart_or_opposite():
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 200_000)).astype(np.float32)
    assert correlation(np.stack([noise[0], noise[0]])) == pytest.approx(1)
    assert correlation(np.stack([noise[0], -noise[0]])) == pytest.approx(-1)
    assert abs(correlation(noise)) < 0.02
    assert correlation(np.zeros((2, RATE), np.float32)) == 1


def test_resampling_keeps_level_and_place():
    turned = resample(tone(1000, 0.5), RATE, 24_000)
    assert turned.dtype == np.float32
    assert turned.shape == (2, RATE)
    assert turned[:, 2000:-2000].std() == pytest.approx(0.5 / np.sqrt(2), rel=0.002)
    assert resample(turned, 24_000, 24_000).shape == turned.shape
