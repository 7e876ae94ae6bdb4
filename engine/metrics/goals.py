"""What weights are held to, and whether a report of scores says that they reach it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Plain = Mapping[str, Any]
Scores = Mapping[str, Plain]
# What a score is to reach, by its floors and those of the others; NaN where they do not tell.
Wanted = Callable[[Plain, Scores], float]

VOCABULARY = ("set", "light", "camera", "colour", "action", "material", "prop")


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A score and what it is to reach.

    Attributes:
        says: in a few words.
        row: the score's name.
        wanted: the least, or where ``lower`` the most, that it may be.
        apart: whether its interval must lie beyond, not its value alone.
    """

    says: str
    row: str
    wanted: Wanted
    lower: bool = False
    apart: bool = False

    def reached(self, scores: Scores) -> float | None:
        """By how much it is passed, below 0 missed; ``None`` where the scores do not tell."""
        score = scores.get(self.row)
        if score is None or score["value"] is None:
            return None
        wanted = self.wanted(score, scores)
        bound = score["high" if self.lower else "low"] if self.apart else score["value"]
        if bound is None or not math.isfinite(wanted):
            return None
        return (wanted - bound) if self.lower else (bound - wanted)


def above(floor: str, by: float = 0.0, bound: str = "value") -> Wanted:
    """So much above a floor's value, or one ``bound`` of its interval."""
    return lambda score, _: floor_of(score, floor, bound) + by


def times(floor: str, factor: float) -> Wanted:
    """So many times a floor's value."""
    return lambda score, _: floor_of(score, floor) * factor


def plainly(value: float) -> Wanted:
    """A value."""

    def wanted(score: Plain, scores: Scores) -> float:
        del score, scores
        return value

    return wanted


def floor_of(score: Plain, floor: str, bound: str = "value") -> float:
    """A floor of a score, NaN where it has none."""
    found = score.get("floors", {}).get(floor, {}).get(bound)
    return math.nan if found is None else float(found)


def _fewer_misses(score: Plain, scores: Scores) -> float:
    """The recall at which a third of what is missed with the exchange off is missed."""
    del scores
    return 1 - (1 - floor_of(score, "independent")) / 3


def _of_full(score: Plain, scores: Scores) -> float:
    del scores
    return 0.95 * floor_of(score, "full")


# Of a slider's four steps none goes back, and none is more than twice their mean.
EVEN = 2 / 3

MODEST = (
    Goal(says="sync beyond chance", row="sync.f1", wanted=above("shuffled", 0.2)),
    Goal(
        says="sync beyond that with the exchange off",
        row="sync.f1",
        wanted=above("independent", bound="high"),
        apart=True,
    ),
    *(
        Goal(
            says=f"{kind} at three times chance", row=f"prompt.{kind}", wanted=times("shuffled", 3)
        )
        for kind in VOCABULARY
    ),
    Goal(says="the slider even", row="v2v.evenness", wanted=plainly(EVEN)),
    Goal(
        says="tags swapped, subjects swapped, beyond chance",
        row="references.swap",
        wanted=above("shuffled", bound="high"),
        apart=True,
    ),
)
"""What two cores are to reach."""

HIGH = (
    Goal(says="sync", row="sync.f1", wanted=plainly(0.9)),
    Goal(says="offset, ms", row="sync.offset_median_ms", wanted=plainly(40), lower=True),
    Goal(
        says="three times fewer contacts unheard than with the exchange off",
        row="sync.recall",
        wanted=_fewer_misses,
    ),
    Goal(says="the same face among 20", row="references.identity.n1", wanted=plainly(0.8)),
    *(
        Goal(says=f"{kind} as asked", row=f"prompt.{kind}", wanted=plainly(0.95))
        for kind in ("set", "light", "prop")
    ),
    Goal(says="the camera's path", row="references.camera", wanted=plainly(0.8)),
    Goal(says="a change by words is done", row="v2v.s100.response", wanted=plainly(0.95)),
    Goal(
        says="momentum kept as in a retake",
        row="physics.momentum_residual",
        wanted=times("retake", 2),
        lower=True,
    ),
    *(
        Goal(
            says=f"Fast in {steps} steps: {row} of Full",
            row=f"fast.s{steps}.{row}",
            wanted=_of_full,
        )
        for steps in (4, 8)
        for row in ("prompt", "sync")
    ),
    Goal(says="Fast in 4 steps, times Full's speed", row="fast.s4.speed_ratio", wanted=plainly(10)),
)
"""What a large accelerator is to reach."""
