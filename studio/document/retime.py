"""Which frame of its source a clip shows: speed, direction and where the use begins, exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from studio.document.film import Clip

HELD = Fraction(0)
SLOWEST = Fraction(1, 20)
FASTEST = Fraction(20)


def source_frame(clip: Clip, offset: int) -> int:
    """The frame of the source, at the timeline's rate, on the clip's frame ``offset``.

    ``offset`` counts from the clip's first frame; in a dissolve it lies before it or after the
    last, and so may the answer lie outside of the source.
    """
    steps = clip.length - 1 - offset if clip.backwards else offset
    parts = clip.source_phase + steps * clip.speed.numerator
    return clip.source_in + parts // clip.speed.denominator


def showing(clip: Clip, offset: int, frame: int) -> Clip:
    """``clip`` using its source from where ``frame`` of it stands on the clip's frame ``offset``.

    That may be before the source begins.
    """
    steps = clip.length - 1 - offset if clip.backwards else offset
    parts = frame * clip.speed.denominator - steps * clip.speed.numerator
    source_in, phase = divmod(parts, clip.speed.denominator)
    return replace(clip, source_in=source_in, source_phase=phase)


def source_position(clip: Clip, offset: Fraction) -> Fraction:
    """The instant of the source, in frames, that sounds ``offset`` frames into the clip."""
    steps = clip.length - offset if clip.backwards else offset
    return clip.source_in + Fraction(clip.source_phase, clip.speed.denominator) + steps * clip.speed


def is_retimed(clip: Clip) -> bool:
    """Whether the clip runs at another speed than its source, or backwards."""
    # Of every clip in sight at every paint, and fractions take long to compare.
    return clip.backwards or clip.speed.numerator != clip.speed.denominator


def is_held(clip: Clip) -> bool:
    """Whether all of the clip shows one frame of its source."""
    return not clip.speed.numerator


def source_out(clip: Clip) -> int:
    """The frame of the source after the last that the clip uses."""
    parts = clip.source_phase + (clip.length - 1) * clip.speed.numerator
    return clip.source_in + parts // clip.speed.denominator + 1


def room_at_start(clip: Clip) -> int:
    """Frames by which the clip could be longer with more from before what it uses.

    Of one that shows a single frame, those of the source before that.
    """
    if is_held(clip):
        return clip.source_in
    parts = clip.source_in * clip.speed.denominator + clip.source_phase
    return parts // clip.speed.numerator


def longest(clip: Clip, source_frames: int) -> int:
    """The length at which the clip uses its source, of ``source_frames``, up to its end.

    A held clip uses no more, however long it is, and is not asked for.
    """
    parts = (source_frames - clip.source_in) * clip.speed.denominator - 1 - clip.source_phase
    return max(0, parts // clip.speed.numerator + 1)


def head_room(clip: Clip, source_frames: int | None) -> int | None:
    """Frames the source has before the clip's first; ``None`` where there is no end to them."""
    if is_held(clip):
        return None
    if clip.backwards:
        return None if source_frames is None else max(0, longest(clip, source_frames) - clip.length)
    return room_at_start(clip)


def tail_room(clip: Clip, source_frames: int | None) -> int | None:
    """Frames the source has after the clip's last; ``None`` where there is no end to them."""
    if is_held(clip):
        return None
    if clip.backwards:
        return room_at_start(clip)
    return None if source_frames is None else max(0, longest(clip, source_frames) - clip.length)


def slipped(clip: Clip, frames: int) -> Clip:
    """``clip`` showing what comes ``frames`` of its own later; a held one, another frame."""
    if is_held(clip):
        return replace(clip, source_in=max(0, clip.source_in + frames))
    return advanced(clip, frames)


def advanced(clip: Clip, frames: int) -> Clip:
    """``clip`` with what it uses of its source beginning ``frames`` of its own later.

    Held back where the source begins; the length stays.
    """
    denominator = clip.speed.denominator
    parts = clip.source_in * denominator + clip.source_phase + frames * clip.speed.numerator
    source_in, phase = divmod(max(0, parts), denominator)
    return replace(clip, source_in=source_in, source_phase=phase)
