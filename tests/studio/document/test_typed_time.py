"""Times as hands type them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document.errors import TimecodeError
from studio.document.timebase import FILM_RATES, to_timecode
from studio.document.typed_time import read_time

RATES = st.sampled_from(FILM_RATES)
FRAMES = st.integers(0, 8_000_000)
FILM = Fraction(24)
DROPPING = Fraction(30000, 1001)


@given(FRAMES, FRAMES, RATES)
def test_every_timecode_is_read_with_and_without_its_colons(frame: int, now: int, rate: Fraction):
    written = to_timecode(frame, rate)
    digits = written.replace(":", "").replace(";", "")
    for text in (written, digits, digits.lstrip("0") or "0", written.replace(":", ".")):
        assert read_time(text, rate).of(now) == frame
        assert read_time(f"+{text}", rate).of(now) == now + frame
        assert read_time(f" -{text} ", rate).of(now) == now - frame


@given(FRAMES, RATES)
def test_frames_are_counted_as_frames(frame: int, rate: Fraction):
    assert read_time(f"{frame}f", rate).of(5) == frame
    assert read_time(f"+{frame} F", rate).of(5) == 5 + frame


@pytest.mark.parametrize(
    ("text", "rate", "frame"),
    [
        ("12", FILM, 12),
        ("112", FILM, 36),
        ("1:12", FILM, 36),
        ("5.", FILM, 120),
        ("1..", FILM, 24 * 60),
        ("90", FILM, 90),
        ("90:00", FILM, 90 * 24),
        ("1;00;00", DROPPING, 1800),  # 00:01:00;00 is skipped: the next is meant
        ("1.0.0.0", DROPPING, 107892),
    ],
)
def test_short_times(text: str, rate: Fraction, frame: int):
    assert read_time(text, rate).of(0) == frame
    assert read_time("\N{MINUS SIGN}" + text, rate).of(2 * frame) == frame


@pytest.mark.parametrize(
    "text", ["", "+", "-", ":", "..", "soon", "1:2:3:4:5", "+-3", "12x", "1 2"]
)
def test_what_is_no_time_is_refused_by_a_sentence(text: str):
    with pytest.raises(TimecodeError, match=r"^“.*frames\.$"):
        read_time(text, FILM)
