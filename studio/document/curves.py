"""What a clip's curves, envelopes and fades say at a frame."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar, assert_never, cast

from studio.document.film import Clip, TrackKind
from studio.document.looks import Curve, Easing, FadeShape, GainPoint, Key, Pose, PoseEdit

SILENCE_DB = -60.0
LOUDEST_DB = 24.0


Timed = TypeVar("Timed", Key, GainPoint)


def pose_at(clip: Clip, offset: int) -> Pose:
    """Where the clip's picture stands ``offset`` frames into it."""
    if not clip.curves:
        return clip.pose
    values = {curve.field: value_at(curve, offset) for curve in clip.curves}
    return replace(clip.pose, **cast("PoseEdit", values))


def value_at(curve: Curve, offset: int) -> float:
    """The value of a curve at a frame; before its first key and after its last one it stays."""
    left, right = _around(curve.keys, offset)
    if left is None or right is None:
        only = left or right
        return only.value if only is not None else 0.0
    share = (offset - left.frame) / (right.frame - left.frame)
    return left.value + (right.value - left.value) * eased(left.easing, share)


def eased(easing: Easing, share: float) -> float:
    """How far a value has come when ``share`` of the time to the next key is over."""
    match easing:
        case "hold":
            return 0.0
        case "linear":
            return share
        case "smooth":
            return share * share * (3.0 - 2.0 * share)
        case _:
            assert_never(easing)


def gain_db_at(clip: Clip, offset: float | Fraction) -> float:
    """The clip's gain with its envelope, in decibels, ``offset`` frames into it.

    ``-inf`` where the envelope is at silence (``SILENCE_DB``).
    """
    if not clip.gain_points:
        return clip.gain_db
    envelope = envelope_db(clip.gain_points, offset)
    return -math.inf if envelope <= SILENCE_DB else clip.gain_db + envelope


def envelope_db(points: Sequence[GainPoint], offset: float | Fraction) -> float:
    """Decibels that an envelope adds at a frame; level before its first point and past its last."""
    left, right = _around(points, offset)
    if left is None or right is None:
        only = left or right
        return only.gain_db if only is not None else 0.0
    share = float(offset - left.frame) / (right.frame - left.frame)
    return left.gain_db + (right.gain_db - left.gain_db) * share


def fade_level(shape: FadeShape, share: float, kind: TrackKind) -> float:
    """What a fade lets through, 0 to 1, when ``share`` of it is over.

    For pictures it is a share of light, for sound an amplitude.
    """
    match shape:
        case "natural":
            return share if kind == "video" else math.sin(0.5 * math.pi * share)
        case "linear":
            return share
        case "smooth":
            return share * share * (3.0 - 2.0 * share)
        case "sharp":
            return share * share
        case _:
            assert_never(shape)


def faded(clip: Clip, offset: float, kind: TrackKind) -> float:
    """What both fades of a clip let through at an instant, in frames from its first."""
    level = 1.0
    if clip.fade_in and offset < clip.fade_in:
        level *= fade_level(clip.fade_in_shape, max(0.0, offset / clip.fade_in), kind)
    left = clip.length - offset
    if clip.fade_out and left < clip.fade_out:
        level *= fade_level(clip.fade_out_shape, max(0.0, left / clip.fade_out), kind)
    return level


def _around(points: Sequence[Timed], offset: float | Fraction) -> tuple[Timed | None, Timed | None]:
    """The last point at or before a frame and the first after it."""
    position = bisect_right(points, offset, key=lambda point: point.frame)
    left = points[position - 1] if position else None
    right = points[position] if position < len(points) else None
    return left, right
