"""Music on known beats, from a few values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.clips import make_clips
from engine.world.foley import CEILING
from engine.world.music import MUSIC_PEAK, add_music, beat_times, chord_degrees
from engine.world.scene import Music, Scene

PIECE = Music(seed=4, tempo_bpm=120, key=2, first_beat_s=0.21, lead=True)


def played(music: Music, seconds: float = 2.0) -> np.ndarray:
    out = np.zeros((2, round(seconds * SAMPLE_RATE_HZ)), dtype=np.float32)
    add_music(music, out)
    return out


def test_beats_are_a_period_apart_from_the_first_on() -> None:
    beats = beat_times(PIECE, 2.0)
    assert beats[0] == pytest.approx(0.21)
    assert np.diff(beats) == pytest.approx(0.5)
    assert len(beats) == 4
    assert beat_times(None, 2.0) == ()
    assert beat_times(replace(PIECE, first_beat_s=1.21), 2.0) == pytest.approx(beats)


@pytest.mark.parametrize("tempo", [84, 117, 150])
def test_drums_strike_on_the_beats(tempo: int) -> None:
    music = Music(seed=1, tempo_bpm=tempo, first_beat_s=0.13, bass=False, pad=False)
    mono = np.abs(played(music).mean(axis=0))
    steps = np.maximum(np.diff(np.convolve(mono, np.ones(48) / 48, "same")[::24]), 0.0)
    for beat in beat_times(music, 1.9):
        near = round(beat * SAMPLE_RATE_HZ / 24)
        assert steps[max(0, near - 6) : near + 12].max() > 0.02 * steps.max()


def test_equal_pieces_sound_alike_and_others_do_not() -> None:
    np.testing.assert_array_equal(played(PIECE), played(PIECE))
    assert np.abs(played(PIECE) - played(replace(PIECE, key=7))).max() > 0.01
    assert np.abs(played(PIECE) - played(replace(PIECE, minor=True))).max() > 0.01


@pytest.mark.parametrize("part", ["drums", "bass", "pad", "lead"])
def test_every_instrument_can_be_left_out(part: str) -> None:
    without = replace(PIECE, **{part: False})
    assert np.abs(played(PIECE) - played(without)).max() > 0.005
    assert np.abs(played(without)).max() == pytest.approx(MUSIC_PEAK, rel=0.01)


def test_chords_begin_on_a_chord_of_the_mode() -> None:
    for seed in range(20):
        degrees = chord_degrees(replace(PIECE, seed=seed))
        assert len(degrees) == 4
        assert all(0 <= degree < 7 for degree in degrees)


def test_a_scene_tells_its_beats_and_keeps_its_headroom() -> None:
    scene = Scene(
        seed=1, level=2, set_name="stage", light="day", action="drop", bodies=(), music=PIECE
    )
    clips = make_clips([scene], ClipShape(width=64, height=36, frames=25))
    truth = clips.truths[0]
    assert truth.tempo_bpm == 120
    assert truth.beats_s == beat_times(PIECE, 25 / 12)
    assert truth.to_json()["tempo_bpm"] == 120
    assert 0.1 < float(clips.audio.abs().max()) <= CEILING
