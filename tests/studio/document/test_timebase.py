"""Time is exact: timecode, samples and held pictures."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document.errors import TimecodeError
from studio.document.timebase import (
    FILM_RATES,
    conformed_length,
    first_frame_of_picture,
    frame_at_sample,
    from_timecode,
    held_picture,
    samples_at,
    to_timecode,
)

RATES = st.sampled_from(FILM_RATES)
FRAMES = st.integers(0, 3_000_000)


@given(FRAMES, RATES)
def test_timecode_names_every_frame_once(frame: int, rate: Fraction):
    assert from_timecode(to_timecode(frame, rate), rate) == frame
    assert from_timecode(to_timecode(-frame, rate), rate) == -frame


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (0, Fraction(24), "00:00:00:00"),
        (1799, Fraction(30000, 1001), "00:00:59;29"),
        (1800, Fraction(30000, 1001), "00:01:00;02"),
        (17982, Fraction(30000, 1001), "00:10:00;00"),
        (107892, Fraction(30000, 1001), "01:00:00;00"),
        (3600, Fraction(60000, 1001), "00:01:00;04"),
        (86400, Fraction(24000, 1001), "01:00:00:00"),
    ],
)
def test_known_timecodes(frame: int, rate: Fraction, text: str):
    assert to_timecode(frame, rate) == text


@pytest.mark.parametrize("text", ["", "12", "00:00:61:00", "00:01:00;00", "00:00:00:30", "a:b:c:d"])
def test_what_is_no_timecode_is_refused_by_a_sentence(text: str):
    with pytest.raises(TimecodeError, match=r"\.$"):
        from_timecode(text, Fraction(30000, 1001))


@given(FRAMES, st.integers(1, 500), RATES, st.sampled_from([44_100, 48_000]))
def test_spans_of_samples_abut_and_name_their_frames(frame, length, rate, sample_rate_hz):
    first, end = (samples_at(at, rate, sample_rate_hz) for at in (frame, frame + length))
    assert frame_at_sample(first, rate, sample_rate_hz) == frame
    assert frame_at_sample(end - 1, rate, sample_rate_hz) == frame + length - 1


@given(st.integers(1, 500), st.sampled_from([Fraction(12), Fraction(25), Fraction(8)]), RATES)
def test_a_conformed_take_shows_its_pictures_in_order_to_the_last(pictures, source_rate, rate):
    length = conformed_length(pictures, source_rate, rate)
    shown = [held_picture(frame, source_rate, rate) for frame in range(length + 1)]
    assert shown == sorted(shown)
    assert shown[0] == 0
    assert shown[-2] <= pictures - 1 < shown[-1]
    for picture in set(shown[:-1]):
        assert shown.index(picture) == first_frame_of_picture(picture, source_rate, rate)


def test_on_twos_holds_each_picture_for_two_frames():
    held = [held_picture(frame, Fraction(12), Fraction(24)) for frame in range(6)]
    assert held == [0, 0, 1, 1, 2, 2]
