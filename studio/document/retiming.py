"""Clips as they were before their speed was changed, for the next change to begin there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from studio.document.film import Clip
from studio.document.lane import fades_fitted, faults
from studio.document.retime import source_out
from studio.document.timing import Retiming, Timing

_SET_ON_IT = ("fade_in", "fade_out", "dissolve", "gain_points", "curves")


def length_at(clip: Clip, speed: Fraction) -> int:
    """How long a clip would be at another speed, showing the same."""
    used = source_out(clip) - clip.source_in
    return max(1, -(-used * speed.denominator // speed.numerator))


def retimed(clip: Clip, speed: Fraction) -> Clip:
    """``clip`` at a speed, with its envelope, keys and markers on the pictures they were on."""
    if speed == clip.speed:
        return clip
    ratio = clip.speed / speed

    def at(frame: int) -> int:
        return frame * ratio.numerator // ratio.denominator

    points = {at(point.frame): point for point in clip.gain_points}
    curves = tuple(
        replace(
            curve,
            keys=tuple(
                replace(key, frame=frame)
                for frame, key in sorted({at(key.frame): key for key in curve.keys}.items())
            ),
        )
        for curve in clip.curves
    )
    return fades_fitted(
        replace(
            clip,
            speed=speed,
            source_phase=clip.source_phase * speed.denominator // clip.speed.denominator,
            length=length_at(clip, speed),
            gain_points=tuple(replace(points[f], frame=f) for f in sorted(points)),
            curves=curves,
            markers=tuple(replace(marker, frame=at(marker.frame)) for marker in clip.markers),
        )
    )


def as_they_were(clips: Sequence[Clip], lead: Clip) -> list[Clip]:
    """``clips`` as they were before their speed was changed, ``lead`` beginning where it does now.

    All of them as they are, where one was never changed, or has since been trimmed, slipped or
    moved from the others.
    """
    memories = [clip.retiming for clip in clips if _as_retimed(clip)]
    by = {clip.start - one.after.start for clip, one in zip(clips, memories, strict=False) if one}
    if lead.retiming is None or len(memories) < len(clips) or len(by) != 1:
        return list(clips)
    shift = lead.start - lead.retiming.before.start
    were = [_as_it_was(clip, one, shift) for clip, one in zip(clips, memories, strict=True) if one]
    return list(clips) if any(faults((clip,)) for clip in were) else were


def remembering(clip: Clip, before: Clip) -> Clip:
    """``clip`` with what it was ``before`` its speed was changed, unless that is its speed now."""
    if clip.speed == before.speed:
        return replace(clip, retiming=None)
    return replace(clip, retiming=Retiming(before=_timing(before), after=_timing(clip)))


def _timing(clip: Clip) -> Timing:
    return Timing(
        start=clip.start,
        length=clip.length,
        source_in=clip.source_in,
        source_phase=clip.source_phase,
        speed=clip.speed,
        fade_in=clip.fade_in,
        fade_out=clip.fade_out,
        dissolve=clip.dissolve,
        gain_points=clip.gain_points,
        curves=clip.curves,
        marker_frames=tuple(marker.frame for marker in clip.markers),
    )


def _as_retimed(clip: Clip) -> bool:
    """Whether a clip shows what the last change of its speed had it show."""
    if clip.retiming is None:
        return False
    after = clip.retiming.after
    return (clip.length, clip.source_in, clip.source_phase, clip.speed) == (
        after.length,
        after.source_in,
        after.source_phase,
        after.speed,
    )


def _as_it_was(clip: Clip, memory: Retiming, shift: int) -> Clip:
    """``clip`` as it was, ``shift`` frames later, and with what was set on it since."""
    before, after, now = memory.before, memory.after, _timing(clip)
    kept: Mapping[str, Any] = {
        name: getattr(before, name)
        for name in _SET_ON_IT
        if getattr(now, name) == getattr(after, name)
    }
    set_since = retimed(clip, before.speed)
    markers = set_since.markers
    if now.marker_frames == after.marker_frames and len(markers) == len(before.marker_frames):
        markers = tuple(
            replace(marker, frame=frame)
            for marker, frame in zip(markers, before.marker_frames, strict=True)
        )
    return fades_fitted(
        replace(
            set_since,
            start=before.start + shift,
            length=before.length,
            source_in=before.source_in,
            source_phase=before.source_phase,
            speed=before.speed,
            markers=markers,
            retiming=None,
            **kept,
        )
    )
