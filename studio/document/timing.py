"""All of a clip that a change of speed moves, as it was before the change and after it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from studio.document.looks import Curve, Dissolve, GainPoint


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Where a clip lies, what it uses of its source, and what on it stands at frames of its own."""

    start: int
    length: int
    source_in: int
    source_phase: int
    speed: Fraction
    fade_in: int = 0
    fade_out: int = 0
    dissolve: Dissolve | None = None
    gain_points: tuple[GainPoint, ...] = ()
    curves: tuple[Curve, ...] = ()
    marker_frames: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Retiming:
    """What changes of speed began with, and what the last of them made of it.

    Whole frames of the timeline do not say exactly what a clip showed at another speed. So the
    next change begins where the first did, and only what has been changed since is taken as it
    is now.
    """

    before: Timing
    after: Timing
