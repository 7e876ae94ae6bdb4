from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.claims.hearing import (
    formant_ratio,
    level_db,
    pan_between,
    pitches_hz,
    spectral_shapes,
    tempo_bpm,
)
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.cast import Voice
from engine.world.speech import Syllable
from engine.world.speech_voice import speak

TIMES = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ


def _both(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono]).astype(np.float32)


def _said(pitch_hz: float, formants: float) -> np.ndarray:
    voice = Voice(pitch_hz=pitch_hz, formant_scale=formants, breath=0.0, liveliness=0.0)
    spoken = [
        Syllable(
            start_s=0.1 + 0.3 * k,
            end_s=0.38 + 0.3 * k,
            consonant="",
            vowel=vowel,
            stress=1.0,
            pitch_hz=pitch_hz,
            end_pitch_hz=pitch_hz,
        )
        for k, vowel in enumerate(("a", "e", "i", "o", "u", "a"))
    ]
    return _both(speak(spoken, voice, len(TIMES), 0))


@pytest.mark.parametrize("bpm", [90, 120, 140])
def test_the_tempo_of_clicks_is_heard(bpm: int):
    mono = np.zeros(len(TIMES))
    for beat in np.arange(0.2, 2.0, 60 / bpm):
        at = round(beat * SAMPLE_RATE_HZ)
        click = np.random.default_rng(0).normal(size=600) * np.exp(-np.arange(600) / 100)
        mono[at : at + 600] += 0.3 * click[: len(mono) - at]
    assert tempo_bpm(_both(mono)) == pytest.approx(bpm, rel=0.03)


def test_silence_has_neither_tempo_nor_pitch_and_does_no_harm():
    silence = np.zeros((2, len(TIMES)), dtype=np.float32)
    assert np.isnan(tempo_bpm(silence))
    assert not len(pitches_hz(silence))
    assert level_db(silence, 0.0, 1.0) == pytest.approx(-120.0)
    assert pan_between(silence, 0.0, 1.0) == pytest.approx(0.5)


@pytest.mark.parametrize("pitch", [100.0, 180.0, 330.0])
def test_the_pitch_of_a_voice_is_heard(pitch: float):
    found = np.median(pitches_hz(_said(pitch, 1.1)))
    assert abs(1200 * np.log2(found / pitch)) < 50


def test_formants_are_told_from_pitch():
    low, high = spectral_shapes(_said(150.0, 1.0)), spectral_shapes(_said(150.0, 1.3))
    assert formant_ratio(low, high) == pytest.approx(1.3, abs=0.06)
    assert formant_ratio(low, spectral_shapes(_said(190.0, 1.0))) == pytest.approx(1.0, abs=0.05)
