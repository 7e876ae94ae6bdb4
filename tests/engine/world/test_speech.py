from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.shapes import SAMPLE_RATE_HZ
from engine.world.actions import Talk
from engine.world.cast import SPECIES
from engine.world.cast_sound import voice_reference
from engine.world.casting import draw_identity
from engine.world.speech import (
    VISEME_NAMES,
    count_syllables,
    mouth,
    opening,
    syllables,
    viseme,
)
from engine.world.speech_voice import speak

LINE = Talk(start_s=0.1, words="Good morning, everybody! Shall we begin?", seed=4)


def identity(species):
    return draw_identity(np.random.default_rng(9), held_out=False, species=species)


@pytest.mark.parametrize(
    ("word", "count"), [("hello", 2), ("the", 1), ("tomorrow", 3), ("home", 1), ("Pip.", 1)]
)
def test_syllables_of_words_are_counted(word: str, count: int):
    assert count_syllables(word) == count


def test_a_line_sets_how_many_syllables_there_are_and_where_it_pauses():
    spoken = syllables(LINE, identity("person").voice)
    assert len(spoken) == sum(count_syllables(word) for word in LINE.words.split())
    gaps = [b.start_s - a.end_s for a, b in pairwise(spoken)]
    assert sum(gap > 0.1 for gap in gaps) == 2
    assert spoken == syllables(LINE, identity("person").voice)
    assert {one.stress > 0.7 for one in spoken} == {True, False}


@pytest.mark.parametrize("species", SPECIES)
def test_the_mouth_opens_as_loud_as_the_voice(species):
    who = identity(species)
    spoken = syllables(LINE, who.voice)
    samples = 3 * SAMPLE_RATE_HZ
    sound = speak(spoken, who.voice, samples, seed=1)
    times = np.arange(0.0, 2.9, 0.005)
    window = np.hanning(960)
    power = np.convolve(sound.astype(float) ** 2, window / window.sum(), "same")
    envelope = np.sqrt(power[(times * SAMPLE_RATE_HZ).astype(int)])
    wide = opening(spoken, times)
    lags = {lag: np.corrcoef(np.roll(envelope, -lag), wide)[0, 1] for lag in range(-12, 13)}
    assert lags[0] > 0.9
    assert abs(max(lags, key=lambda lag: lags[lag])) <= 2
    pictures = (np.arange(34) + 0.5) / 12
    seen = np.interp(pictures, times, envelope)
    assert np.corrcoef(seen, mouth(spoken, pictures)[:, 0])[0, 1] > 0.9


def test_a_voice_has_its_pitch():
    who = identity("robot")
    spoken = syllables(LINE, who.voice)
    sound = speak(spoken, who.voice, 3 * SAMPLE_RATE_HZ, seed=1)
    one = max(spoken, key=lambda one: one.end_s - one.onset_s)
    first = round((one.onset_s + 0.03) * SAMPLE_RATE_HZ)
    part = sound[first : round((one.end_s - 0.03) * SAMPLE_RATE_HZ)].astype(float)
    echo = np.correlate(part, part, "full")[len(part) - 1 :]
    low, high = SAMPLE_RATE_HZ // 450, SAMPLE_RATE_HZ // 80
    pitch = SAMPLE_RATE_HZ / (low + int(np.argmax(echo[low:high])))
    expected = 0.5 * (one.pitch_hz + one.end_pitch_hz)
    assert min(abs(pitch / expected - 1), abs(2 * pitch / expected - 1)) < 0.06


def test_lips_take_many_shapes():
    spoken = [
        one
        for seed in range(4)
        for one in syllables(Talk(start_s=0.0, words=LINE.words, seed=seed), identity("fox").voice)
    ]
    seen = {int(shape) for one in spoken for shape in viseme([one], np.array([one.onset_s + 0.01]))}
    assert {VISEME_NAMES[shape] for shape in seen} >= {"a", "e", "i", "o", "u"} - {"i"}


def test_a_voice_reference_is_centred_and_speaks():
    sound = voice_reference(identity("cat"), 2 * SAMPLE_RATE_HZ, seed=2)
    assert sound.shape == (2, 2 * SAMPLE_RATE_HZ)
    assert np.array_equal(sound[0], sound[1])
    assert 0.02 < float(np.sqrt((sound**2).mean())) < 0.3
