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
from engine.metrics.evidence import SHAPE
from engine.metrics.matching import Interval, bootstrapped
from engine.metrics.report import Score
from engine.shapes import ClipShape
from engine.world.scene import Scene

Values = NDArray[np.float64]
Measured = Mapping[str, ArrayLike]
Found = dict[str, ArrayLike]
# In the place of rows, why a clip has none.
UNFIT = "unfit"
Statistic = Callable[[Values], float]
ShuffleName = Literal["sound", "clip"]


def mean(values: Values) -> float:
    """Mean of (P, 1)."""
    return float(values.mean())


def median(values: Values) -> float:
    """Median of (P, 1)."""
    return float(np.median(values))


def ninetieth(values: Values) -> float:
    """90th percentile of (P, 1)."""
    return float(np.percentile(values, 90))


def correlation(values: Values) -> float:
    """Pearson correlation of pairs (P, 2)."""
    if len(values) < 3 or values.std(axis=0).min() < 1e-9:
        return float("nan")
    return float(np.asarray(np.corrcoef(values.T))[0, 1])


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
        stage: what is made of a scene of that kind, where it is not taken as it is.
        shape: of the clips.
        chance: what chance is of a case, its clip and a neighbour's, where it is neither.
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
    stage: Callable[[Scene], Scene] | None = None
    shape: ClipShape = SHAPE
    chance: Callable[[Case, Shown, Shown], Shown] | None = None

    def measurer(self, cases: Sequence[Case]) -> Callable[[Case, Shown], Measured]:
        """What measures one clip among ``cases``."""
        if self.beside is not None:
            return self.beside(cases)
        assert self.measure is not None
        return self.measure


def shuffled(claim: Claim, shown: Sequence[Shown], cases: Sequence[Case]) -> list[Shown]:
    """Everybody else's clip, or pictures with everybody else's sound, or what the claim says."""
    others = [*shown[1:], *shown[:1]]
    if claim.chance is not None:
        return [claim.chance(*them) for them in zip(cases, shown, others, strict=True)]
    if claim.shuffle == "clip":
        return others
    return [
        Shown(video=one.video, sound=other.sound) for one, other in zip(shown, others, strict=True)
    ]


def sewn(case: Case, first: Shown, second: Shown) -> Shown:
    """The first half of one clip and the second of another; 1 + 4k pictures are the first's."""
    del case
    pictures = 1 + 4 * ((len(first.video) - 1) // 8)
    samples = round(first.sound.shape[1] * pictures / len(first.video))
    return Shown(
        video=np.concatenate([first.video[:pictures], second.video[pictures:]]),
        sound=np.concatenate([first.sound[:, :samples], second.sound[:, samples:]], axis=1),
    )


def found_in(
    claim: Claim, cases: Sequence[Case], sets: Mapping[str, Sequence[Shown]]
) -> dict[str, list[Found]]:
    """Case by case what is found in each of several sets of clips shown in their place."""
    measure = claim.measurer(cases)

    def of(case: Case, one: Shown) -> Found:
        why = unfit(case, one)
        return {UNFIT: why} if why else dict(measure(case, fitted(case, one)))

    return {
        name: [of(case, one) for case, one in zip(cases, shown, strict=True)]
        for name, shown in sets.items()
    }


def measured(
    claim: Claim, cases: Sequence[Case], sets: Mapping[str, Sequence[Shown]]
) -> dict[str, dict[str, Interval]]:
    """Every row of the claim, for each of several sets of clips shown in place of the cases."""
    return {
        name: {row: pooled(found, row, statistic) for row, statistic in claim.rows.items()}
        for name, found in found_in(claim, cases, sets).items()
    }


def pooled(found: Sequence[Found], row: str, statistic: Statistic) -> Interval:
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


def scores_of(
    statistics: Mapping[str, Statistic],
    found: Mapping[str, Sequence[Found]],
    main: str = "truth",
) -> dict[str, Score]:
    """The rows of what was found in the set ``main``; the others, and truth, are its floors."""
    rows = {}
    for row, statistic in statistics.items():
        detector = ".detector." in row
        taken = {
            name: pooled(parts, row, statistic)
            for name, parts in found.items()
            if not detector or name == "truth"
        }
        value = taken["truth" if detector else main]
        why = "" if value.n else _why(found[main])
        floors = {name: one for name, one in taken.items() if name != main or main == "truth"}
        rows[row] = Score(value=value, floors={} if detector else floors, why=why)
    return rows


def _why(found: Sequence[Found]) -> str:
    """Why no clip gave a row."""
    told = next((str(one[UNFIT]) for one in found if UNFIT in one), "")
    return told or f"none of the {len(found)} clips shows what it is taken from"
