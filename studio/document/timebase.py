"""Exact time: frames at a rational rate, timecode, samples, and the conform of takes."""

from __future__ import annotations

import re
from fractions import Fraction

from studio.document.errors import TimecodeError
from studio.wording import tr

FILM_RATES: tuple[Fraction, ...] = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)

_TIMECODE = re.compile(r"(\d{1,3})([:;.])(\d{1,2})([:;.])(\d{1,2})([:;.])(\d{1,3})")


def nominal(rate: Fraction) -> int:
    """The whole number of frames that a second of timecode counts at ``rate``."""
    return max(1, round(rate))


def is_drop_frame(rate: Fraction) -> bool:
    """Whether timecode at ``rate`` skips numbers to stay with the clock."""
    return rate.denominator == 1001 and nominal(rate) % 30 == 0


def to_timecode(frame: int, rate: Fraction) -> str:
    """Frame ``frame`` as ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` where the rate drops numbers.

    Drop-frame counting follows SMPTE ST 12-1: the first two (at 60: four) numbers of every
    minute are skipped, but for each tenth minute.
    """
    sign = "-" if frame < 0 else ""
    frame = abs(frame)
    base = nominal(rate)
    separator = ":"
    if is_drop_frame(rate):
        frame += _numbers_dropped_before(frame, base)
        separator = ";"
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{frames:02d}"


def from_timecode(text: str, rate: Fraction) -> int:
    """The frame that ``text`` names at ``rate``.

    Raises:
        TimecodeError: if it is no timecode, or names a number that drop-frame skips.
    """
    stripped = text.strip()
    negative = stripped.startswith("-")
    match = _TIMECODE.fullmatch(stripped.lstrip("-"))
    if match is None:
        raise TimecodeError(tr("“{value}” is not a timecode like 00:01:10:12.", value=text))
    hours, minutes, seconds, frames = (int(match.group(i)) for i in (1, 3, 5, 7))
    base = nominal(rate)
    if minutes > 59 or seconds > 59 or frames >= base:
        raise TimecodeError(
            tr(
                "“{value}” has a part that is too large at {base} frames a second.",
                value=text,
                base=base,
            )
        )
    number = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if is_drop_frame(rate) and seconds == 0 and frames < base // 15 and minutes % 10:
        raise TimecodeError(tr("“{value}” is skipped by drop-frame timecode.", value=text))
    frame = from_counted(number, rate)
    return -frame if negative else frame


def from_counted(number: int, rate: Fraction) -> int:
    """The frame whose timecode counts ``number`` frames, or the next where that is skipped."""
    if not is_drop_frame(rate):
        return number
    base = nominal(rate)
    drop = base // 15
    minutes, rest = divmod(number, base * 60)
    if minutes % 10:
        number += max(0, drop - rest)
    return number - drop * (minutes - minutes // 10)


def samples_at(frame: int, rate: Fraction, sample_rate_hz: int) -> int:
    """The sample at which frame ``frame`` begins (rounded down, so that none is counted twice)."""
    return frame * sample_rate_hz * rate.denominator // rate.numerator


def frame_at_sample(sample: int, rate: Fraction, sample_rate_hz: int) -> int:
    """The frame during which ``sample`` sounds: the last that begins no later."""
    per_frame = sample_rate_hz * rate.denominator
    return ((sample + 1) * rate.numerator - 1) // per_frame


def held_picture(frame: int, source_rate: Fraction, rate: Fraction) -> int:
    """The source picture that stands on frame ``frame`` at ``rate``, by holding pictures."""
    ratio = source_rate / rate
    return frame * ratio.numerator // ratio.denominator


def first_frame_of_picture(picture: int, source_rate: Fraction, rate: Fraction) -> int:
    """The first frame at ``rate`` on which source picture ``picture`` is held."""
    ratio = rate / source_rate
    return -(-picture * ratio.numerator // ratio.denominator)


def conformed_length(pictures: int, source_rate: Fraction, rate: Fraction) -> int:
    """Frames at ``rate`` that show some of ``pictures`` source pictures (rounded up)."""
    return first_frame_of_picture(pictures, source_rate, rate)


def seconds(frames: int, rate: Fraction) -> Fraction:
    """Exact duration of ``frames`` at ``rate``, in seconds."""
    return frames / rate


def frames_for_seconds(duration_s: Fraction, rate: Fraction) -> int:
    """Frames at ``rate`` that begin within ``duration_s`` seconds (rounded up)."""
    exact = duration_s * rate
    return -(-exact.numerator // exact.denominator)


def _numbers_dropped_before(frame: int, base: int) -> int:
    """How many numbers drop-frame timecode has skipped before ``frame``."""
    drop = base // 15
    per_ten_minutes = base * 600 - drop * 9
    tens, rest = divmod(frame, per_ten_minutes)
    dropped = tens * drop * 9
    if rest >= drop:
        dropped += drop * ((rest - drop) // (base * 60 - drop))
    return dropped
