from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RequestError
from engine.shapes import (
    GRID,
    SAMPLE_RATE_HZ,
    SAMPLES_PER_LATENT,
    ClipShape,
    audio_token_times_s,
    is_legal_frames,
    nearest_legal_frames,
    padded,
    video_token_times_s,
)

FRAMES = st.integers(min_value=0, max_value=60).map(lambda k: 1 + 4 * k)
RATES = st.sampled_from([12, 24, 25, 30]).map(Fraction)
SIDES = st.integers(min_value=8, max_value=500).map(lambda half: 2 * half)
SHAPES = st.builds(ClipShape, width=SIDES, height=SIDES, frames=FRAMES, rate=RATES)


@given(SHAPES)
def test_the_sound_covers_every_picture_and_hardly_more(shape):
    covered = shape.audio_latents * SAMPLES_PER_LATENT
    assert shape.samples <= covered < shape.samples + SAMPLES_PER_LATENT
    assert abs(shape.samples / SAMPLE_RATE_HZ - shape.duration_s) < 1e-4


@given(SHAPES)
def test_latents_cover_every_picture_once(shape):
    frames, height, width = shape.video_latents
    assert 1 + 4 * (frames - 1) == shape.frames
    assert shape.height <= height * 8 < shape.height + GRID
    assert shape.width <= width * 8 < shape.width + GRID
    assert shape.video_tokens == (frames, height // 2, width // 2)


@given(SHAPES)
def test_token_times_rise_within_the_clip(shape):
    picture = video_token_times_s(shape.video_latents[0], float(shape.rate))
    sound = audio_token_times_s(shape.audio_latents)
    for times in (picture, sound):
        assert times == sorted(set(times))
        assert times[0] > 0
    assert len(picture) == shape.video_latents[0]
    assert picture[-1] < shape.duration_s
    assert sound[-1] < shape.duration_s + SAMPLES_PER_LATENT / SAMPLE_RATE_HZ


@given(st.integers(min_value=-10, max_value=500))
def test_the_nearest_legal_lengths_enclose(frames):
    below, above = nearest_legal_frames(frames)
    assert is_legal_frames(below)
    assert is_legal_frames(above)
    assert above - below in (0, 4)
    if frames >= 1:
        assert below <= frames <= above


@given(st.integers(min_value=1, max_value=5000))
def test_padding_is_the_next_multiple(pixels):
    assert padded(pixels) % GRID == 0
    assert 0 <= padded(pixels) - pixels < GRID


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"width": 33}, "even"),
        ({"height": 8}, "at least 16"),
        ({"frames": 24}, "use 21 or 25"),
        ({"frames": 0}, "use 1 or 1"),
        ({"rate": Fraction(0)}, "above zero"),
    ],
)
def test_what_is_off_the_lattice_is_a_sentence(changes, says):
    values = {"width": 32, "height": 32, "frames": 9, "rate": Fraction(12)} | changes
    with pytest.raises(RequestError, match=says):
        ClipShape(**values)


def test_twelve_pictures_a_second_have_two_latents_of_sound_each():
    shape = ClipShape(width=128, height=72, frames=25)
    assert shape.audio_latents == 50
    assert shape.video_latents == (7, 10, 16)
