"""Events matched in time, and scores of the matches with their intervals.

Shape letters: N clips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

WINDOW_S = 0.06
# Offsets are looked for this far: beyond, two events have nothing to do with each other.
REACH_S = 0.25


@dataclass(frozen=True, kw_only=True)
class Matches:
    """What was found of what should be.

    Attributes:
        found: events detected.
        wanted: events that should have been.
        hits: detected events that match one within the window.
        recalled: wanted events that match one within the window.
        offsets_s: detected minus wanted, of the nearest pairs within reach.
    """

    found: int
    wanted: int
    hits: int
    recalled: int
    offsets_s: tuple[float, ...] = ()

    @property
    def precision(self) -> float:
        """Share of the detected events that are right; 0 if there are none."""
        return self.hits / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the wanted events that were detected; 0 if there are none."""
        return self.recalled / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @staticmethod
    def joined(parts: Iterable[Matches]) -> Matches:
        """All events of several clips together."""
        listed = list(parts)
        return Matches(
            found=sum(part.found for part in listed),
            wanted=sum(part.wanted for part in listed),
            hits=sum(part.hits for part in listed),
            recalled=sum(part.recalled for part in listed),
            offsets_s=tuple(offset for part in listed for offset in part.offsets_s),
        )


def match(
    found_s: Sequence[float],
    wanted_s: Sequence[float],
    allowed_s: Sequence[float] | None = None,
    window_s: float = WINDOW_S,
) -> Matches:
    """Match times one to one, nearest first.

    Args:
        found_s: times detected.
        wanted_s: times that should have been.
        allowed_s: times that a detection may also be of without being asked for; ``wanted_s`` among
            them or not.
        window_s: how far apart a match may be.
    """
    near = pairs(found_s, wanted_s, window_s)
    right = {i for i, _ in near}
    if allowed_s is not None:
        rest = [i for i in range(len(found_s)) if i not in right]
        taken = {wanted_s[j] for _, j in near}
        others = [time for time in allowed_s if time not in taken]
        right |= {rest[i] for i, _ in pairs([found_s[i] for i in rest], others, window_s)}
    wide = pairs(found_s, wanted_s, REACH_S)
    return Matches(
        found=len(found_s),
        wanted=len(wanted_s),
        hits=len(right),
        recalled=len(near),
        offsets_s=tuple(found_s[i] - wanted_s[j] for i, j in wide),
    )


def pairs(
    first_s: Sequence[float], second_s: Sequence[float], window_s: float
) -> list[tuple[int, int]]:
    """Indices of one-to-one pairs at most ``window_s`` apart, the nearest taken first."""
    options = sorted(
        (abs(a - b), i, j)
        for i, a in enumerate(first_s)
        for j, b in enumerate(second_s)
        if abs(a - b) <= window_s
    )
    taken: list[tuple[int, int]] = []
    left: set[int] = set()
    right: set[int] = set()
    for _, i, j in options:
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            taken.append((i, j))
    return taken


def lag_s(heard: Sequence[float], wanted: Sequence[float], width_s: float = 0.01) -> float:
    """How much later all events heard together come than those wanted; of equals the least.

    Args:
        heard: some times.
        wanted: some times.
        width_s: how far off what is heard may be and still fit.
    """
    lags = np.arange(-0.3, 0.3001, 0.005)
    off = np.array(heard)[None, None] - np.array(wanted)[None, :, None] - lags[:, None, None]
    fits = np.exp(-np.square(np.abs(off).min(axis=2) / width_s)).sum(axis=1)
    near = lags[fits >= fits.max() - 0.1]
    return float(near[np.abs(near).argmin()])


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value with its 95% interval over ``n`` clips."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, float]:
        """The interval as JSON has it."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def bootstrapped(
    count: int, statistic: Callable[[np.ndarray], float], draws: int = 400, seed: int = 0
) -> Interval:
    """``statistic`` of all clips with its 95% interval, by drawing clips again (Efron 1979).

    Args:
        count: number of clips.
        statistic: a value of the clips whose indices are given; may be NaN where undefined.
        draws: how many times clips are drawn.
        seed: of the draws.
    """
    if count == 0:
        return Interval(value=float("nan"), low=float("nan"), high=float("nan"), n=0)
    value = statistic(np.arange(count))
    random = np.random.default_rng(seed)
    values = [statistic(random.integers(count, size=count)) for _ in range(draws)]
    kept = [one for one in values if np.isfinite(one)]
    low, high = np.percentile(kept, (2.5, 97.5)) if kept else (float("nan"),) * 2
    return Interval(value=float(value), low=float(low), high=float(high), n=count)
