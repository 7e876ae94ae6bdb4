from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.onsets import hear, pan_at
from engine.shapes import SAMPLE_RATE_HZ


def _struck(times_s: list[float], pan: float = 0.5, seconds: float = 2.0) -> np.ndarray:
    """Decaying tones in quiet noise."""
    random = np.random.default_rng(0)
    sound = random.normal(scale=0.002, size=(2, round(seconds * SAMPLE_RATE_HZ)))
    ring = np.arange(round(0.2 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tone = 0.3 * np.exp(-ring / 0.04) * np.sin(2 * np.pi * 440 * ring + 0.5)
    for time_s in times_s:
        start = round(time_s * SAMPLE_RATE_HZ)
        sound[0, start : start + len(tone)] += np.cos(pan * np.pi / 2) * tone
        sound[1, start : start + len(tone)] += np.sin(pan * np.pi / 2) * tone
    return sound.astype(np.float32)


def test_onsets_are_heard_where_they_are():
    heard = [one.time_s for one in hear(_struck([0.3, 0.8, 1.35]))]
    assert heard == pytest.approx([0.3, 0.8, 1.35], abs=0.003)


def test_steady_noise_and_silence_have_no_onsets():
    assert hear(_struck([])) == ()
    assert hear(np.zeros((2, 48000), dtype=np.float32)) == ()


@pytest.mark.parametrize("pan", [0.0, 0.25, 0.5, 0.9])
def test_pan_is_heard(pan: float):
    assert pan_at(_struck([0.5], pan), 0.5) == pytest.approx(pan, abs=0.04)


def test_sound_shorter_than_a_window_is_heard_in_peace():
    assert hear(np.zeros((2, 100), dtype=np.float32)) == ()
