"""Voices: clips as they sound, placed to the sample, with all that makes them louder or softer.

Shape letters: S samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from studio.document.curves import LOUDEST_DB, SILENCE_DB
from studio.document.film import Clip, Track
from studio.document.lane import Clips, first_from, first_touching
from studio.document.looks import FadeShape
from studio.document.retime import is_retimed, source_position
from studio.document.timebase import samples_at
from studio.playback.panning import AS_IT_IS, Sides, sides

Levels = NDArray[np.float64]


@dataclass(frozen=True)
class HeardPart:
    """A clip with what its dissolves add at both ends, in frames of the timeline.

    Attributes:
        begin, end: the first frame that sounds and the one after the last.
        rise, fall: the frames over which it takes over from the clip before and gives way to the
            next one; both numbers are the same where it does not.
    """

    clip: Clip
    begin: int
    end: int
    rise: tuple[int, int]
    fall: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Where in the source a sample of the film lies: at ``(first + n * step) / parts``, exactly."""

    first: int
    step: int
    parts: int = 1

    @property
    def is_plain(self) -> bool:
        """Whether samples are taken one after the other, as they are."""
        return self.parts == 1 and self.step == 1


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A clip that sounds, in samples of the film.

    Attributes:
        reading: which part of the source it is.
        begin, end: the samples during which it sounds.
        gain_db: of the clip and its track.
        to: where it stands between left and right.
        fade_in, fade_out: from sample, until sample, and the shape.
        rise, fall: the spans of its dissolves.
        points: its envelope: samples and decibels.
    """

    sound: Path
    reading: Reading
    begin: int
    end: int
    gain_db: float = 0.0
    to: Sides = AS_IT_IS
    fade_in: tuple[int, int, FadeShape] = (0, 0, "natural")
    fade_out: tuple[int, int, FadeShape] = (0, 0, "natural")
    rise: tuple[int, int] = (0, 0)
    fall: tuple[int, int] = (0, 0)
    points: tuple[tuple[float, float], ...] = ()

    def levels(self, first: int, last: int) -> Levels | np.float64:
        """The factor of each sample from ``first`` until ``last``."""
        gain = np.float64(10.0 ** (self.gain_db / 20))
        parts: list[Levels] = []
        at = np.arange(first, last, dtype=np.float64)
        if self.points:
            parts.append(self._envelope(at))
        for begin, end, shape in (self.fade_in, _natural(self.rise)):
            if first < end and end > begin:
                parts.append(faded((at + 0.5 - begin) / (end - begin), shape))
        for begin, end, shape in (self.fade_out, _natural(self.fall)):
            if last > begin and end > begin:
                parts.append(faded((end - at - 0.5) / (end - begin), shape))
        if not parts:
            return gain
        return gain * np.prod(parts, axis=0)

    def _envelope(self, at: Levels) -> Levels:
        where, decibels = zip(*self.points, strict=True)
        curve = np.interp(at, where, decibels)
        return np.where(curve <= SILENCE_DB, 0.0, 10.0 ** (curve / 20))


def _natural(span: tuple[int, int]) -> tuple[int, int, FadeShape]:
    return span[0], span[1], "natural"


def faded(share: Levels, shape: FadeShape) -> Levels:
    """The amplitudes that a fade lets through; as ``document.curves.fade_level`` has them."""
    share = np.clip(share, 0.0, 1.0)
    match shape:
        case "natural":
            return np.sin(share * (np.pi / 2))
        case "linear":
            return share
        case "smooth":
            return share * share * (3.0 - 2.0 * share)
        case "sharp":
            return share * share
        case _:
            assert_never(shape)


def heard_parts(clips: Clips, first: int, last: int) -> Iterator[HeardPart]:
    """The clips of a track that sound during frames ``[first, last)``, dissolves included."""
    begin = max(0, first_touching(clips, first) - 1)
    end = min(len(clips), first_from(clips, last) + 1)
    for number in range(begin, end):
        part = _part(clips, number)
        if part.begin < last and part.end > first:
            yield part


def _part(clips: Clips, number: int) -> HeardPart:
    clip = clips[number]
    rise, fall = (clip.start, clip.start), (clip.end, clip.end)
    if number and clips[number - 1].end == clip.start:
        rise = _spans(clip)[1]
    if number + 1 < len(clips) and clips[number + 1].start == clip.end:
        fall = _spans(clips[number + 1])[0]
    return HeardPart(clip, rise[0], fall[1], rise, fall)


def _spans(incoming: Clip) -> tuple[tuple[int, int], tuple[int, int]]:
    """The frames over which the earlier clip falls, and those over which ``incoming`` rises."""
    dissolve, cut = incoming.dissolve, incoming.start
    if dissolve is None:
        return (cut, cut), (cut, cut)
    begin, end = cut - dissolve.before, cut + dissolve.after
    if dissolve.kind == "cross":
        return (begin, end), (begin, end)
    middle = (begin + end) // 2
    return (begin, middle), (middle, end)


def voice_of(
    part: HeardPart,
    track: Track,
    sound: Path,
    rate: Fraction,
    rate_hz: int,
    *,
    is_mono: bool = False,
) -> Voice:
    """``part`` of ``track`` in samples of a film of this rate."""
    clip = part.clip

    def sample(frame: int) -> int:
        return samples_at(frame, rate, rate_hz)

    per_frame = rate_hz / float(rate)
    return Voice(
        sound=sound,
        reading=_reading(clip, rate, rate_hz),
        begin=sample(part.begin),
        end=sample(part.end),
        # No more than changes allow, also where a stranger wrote the film.
        gain_db=min(clip.gain_db + track.gain_db, 2 * LOUDEST_DB),
        to=sides(clip.pan, track.pan, is_mono=is_mono),
        fade_in=(sample(clip.start), sample(clip.start + clip.fade_in), clip.fade_in_shape),
        fade_out=(sample(clip.end - clip.fade_out), sample(clip.end), clip.fade_out_shape),
        rise=(sample(part.rise[0]), sample(part.rise[1])),
        fall=(sample(part.fall[0]), sample(part.fall[1])),
        points=tuple(
            ((clip.start + point.frame) * per_frame, point.gain_db) for point in clip.gain_points
        ),
    )


def _reading(clip: Clip, rate: Fraction, rate_hz: int) -> Reading:
    if not is_retimed(clip):
        # The same for both parts of a clip that is cut in two, so that no sample is repeated.
        return Reading(first=-samples_at(clip.start - clip.source_in, rate, rate_hz), step=1)
    per_frame = rate_hz / rate
    begins = source_position(clip, Fraction(0))
    if clip.backwards:
        # A sample read backwards ends where the one before it began.
        step = -clip.speed
        first = (begins + clip.start * clip.speed) * per_frame - clip.speed
    else:
        step = clip.speed
        first = (begins - clip.start * clip.speed) * per_frame
    parts = lcm(step.denominator, first.denominator)
    return Reading(first=int(first * parts), step=int(step * parts), parts=parts)
