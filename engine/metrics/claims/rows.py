"""Rows of scores: how the values of single clips become one value beside its floors.

Shape letters: P values or pairs of values, D columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.metrics.claims.cases import Case, CaseKind, Shown, fitted, unfit
from engine.metrics.matching import Interval, bootstrapped
from engine.metrics.report import Score

Values = NDArray[np.float64]
Measured = Mapping[str, ArrayLike]
Statistic = Callable[[Values], float]
ShuffleName = Literal["sound", "clip"]


def mean(values: Values) -> float:
    """Mean of (P, 1)."""
    return float(values.mean())


def median(values: Values) -> float:
    """Median of (P, 1)."""
    return float(np.median(values))


def correlation(values: Values) -> float:
    """Pearson correlation of pairs (P, 2)."""
    if len(values) < 3 or values.std(axis=0).min() < 1e-9:
        return float("nan")
    return float(np.asarray(np.corrcoef(values.T))[0, 1])


def difference(values: Values) -> float:
    """Mean distance of pairs (P, 2)."""
    return float(np.abs(values[:, 0] - values[:, 1]).mean())


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something claimed of clips, and how it is measured.

    Attributes:
        name: group and name, as in ``sync.mouth``; rows begin with it.
        kind: the cases that show it.
        measure: values of what is shown in place of a case, by row; a number, or (P,) or (P, D) of
            them; NaN, or no row, where it is not to be measured in this clip.
        rows: how the values of all clips become one; those that measure detectors contain
            ``.detector.`` and are taken on the truth alone.
        shuffle: what is exchanged between clips for chance.
        static: whether only scenes with a camera at rest are taken.
        retake: whether a retake is taken beside it.
        most: on how many clips at most.
        beside: what gives ``measure`` instead, where cases are compared with each other.
        draw: draws the cases, where they are not plainly of their kind.
        sewn: whether chance goes on with another clip in the middle.
    """

    name: str
    kind: CaseKind
    rows: Mapping[str, Statistic]
    measure: Callable[[Case, Shown], Measured] | None = None
    shuffle: ShuffleName = "clip"
    static: bool = False
    retake: bool = True
    most: int | None = None
    beside: Callable[[Sequence[Case]], Callable[[Case, Shown], Measured]] | None = None
    draw: Callable[[int], list[Case]] | None = None
    sewn: bool = False

    def measurer(self, cases: Sequence[Case]) -> Callable[[Case, Shown], Measured]:
        """What measures one clip among ``cases``."""
        if self.beside is not None:
            return self.beside(cases)
        assert self.measure is not None
        return self.measure


def shuffled(claim: Claim, shown: Sequence[Shown]) -> list[Shown]:
    """Everybody else's clip, or pictures with everybody else's sound."""
    others = [*shown[1:], *shown[:1]]
    if claim.sewn:
        return [sewn(one, other) for one, other in zip(shown, others, strict=True)]
    if claim.shuffle == "clip":
        return others
    return [
        Shown(video=one.video, sound=other.sound) for one, other in zip(shown, others, strict=True)
    ]


def sewn(first: Shown, second: Shown) -> Shown:
    """The first half of one clip and the second of another; 1 + 4k pictures are the first's."""
    pictures = 1 + 4 * ((len(first.video) - 1) // 8)
    samples = round(first.sound.shape[1] * pictures / len(first.video))
    return Shown(
        video=np.concatenate([first.video[:pictures], second.video[pictures:]]),
        sound=np.concatenate([first.sound[:, :samples], second.sound[:, samples:]], axis=1),
    )


def measured(
    claim: Claim, cases: Sequence[Case], sets: Mapping[str, Sequence[Shown]]
) -> dict[str, dict[str, Interval]]:
    """Every row of the claim, for each of several sets of clips shown in place of the cases."""
    measure = claim.measurer(cases)
    taken = {}
    for name, shown in sets.items():
        found = [
            {} if unfit(case, one) else measure(case, fitted(case, one))
            for case, one in zip(cases, shown, strict=True)
        ]
        taken[name] = {row: pooled(found, row, statistic) for row, statistic in claim.rows.items()}
    return taken


def pooled(found: Sequence[Measured], row: str, statistic: Statistic) -> Interval:
    """One row over all clips that have it."""
    parts = []
    for one in found:
        if row not in one:
            continue
        values = np.asarray(one[row], dtype=np.float64)
        values = values.reshape(-1, values.shape[-1] if values.ndim == 2 else 1)
        values = values[np.isfinite(values).all(axis=1)]
        if len(values):
            parts.append(values)

    def of(chosen: np.ndarray) -> float:
        return statistic(np.concatenate([parts[index] for index in chosen]))

    return bootstrapped(len(parts), of, draws=200)


def scores(
    claim: Claim, cases: Sequence[Case], sets: Mapping[str, Sequence[Shown]], main: str = "truth"
) -> dict[str, Score]:
    """The claim's rows of the set ``main``, beside the other sets as floors."""
    taken = measured(claim, cases, sets)
    rows = {}
    for row in claim.rows:
        value = taken["truth" if ".detector." in row else main][row]
        floors = {} if ".detector." in row else {name: taken[name][row] for name in taken}
        why = "" if value.n else _why(cases, sets[main])
        rows[row] = Score(value=value, floors=floors, why=why)
    return rows


def _why(cases: Sequence[Case], shown: Sequence[Shown]) -> str:
    """Why no clip gave a row."""
    reasons = [unfit(case, one) for case, one in zip(cases, shown, strict=True)]
    told = next((reason for reason in reasons if reason), "")
    return told or f"none of the {len(cases)} clips shows what it is taken from"
