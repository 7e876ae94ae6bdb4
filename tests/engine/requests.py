"""A request that any model could have been asked."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from engine.api import ShotPlan, ShotRequest

_PLAIN = ShotRequest(
    prompt="a ball",
    shots=(ShotPlan(caption="", frames=25),),
    width=128,
    height=72,
    rate=Fraction(12),
    seed=1,
)


def plain_request(**changes: Any) -> ShotRequest:
    """One shot of 25 pictures in words alone, but for ``changes``."""
    return replace(_PLAIN, **changes)
