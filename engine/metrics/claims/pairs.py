"""Whether two who do the same do it in time with each other: ``physics.pair_lag_ms``.

Two of the cast jump at once, on the left and the right of a camera that stands. The way up and
down of all that moves is followed in either half of the picture, and the row is the shift, within
500 ms, at which both ways fit best. Chance is one half of a clip beside the other half of
another's. The idea is that of SyncNet's offset (Chung and Zisserman 2016), with ways in place of
embeddings; the detector's own error is the row's value on truth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.seeing import alike, luma

_REACH_S = 0.5
_FINE_S = 0.01
_CHANGED = 0.05


def pair_measures(case: Case, shown: Shown) -> Measured:
    """The lag between the left and the right one of a pair."""
    middle = _middle(case)
    video = luma(shown.video)
    ways = [_heights(half) for half in (video[:, :, :middle], video[:, :, middle:])]
    if any(way is None for way in ways):
        return {}
    left, right = (np.asarray(way) for way in ways)
    times = case.times_s
    lags = np.arange(-_REACH_S, _REACH_S + 1e-6, _FINE_S)
    inside = (times >= times[0] + _REACH_S) & (times <= times[-1] - _REACH_S)
    fits = np.array([alike(left[inside], np.interp(times + lag, times, right)[inside])
                     for lag in lags])  # fmt: skip
    if not np.isfinite(fits).any():
        return {}
    near = np.flatnonzero(fits >= np.nanmax(fits) - 0.01)
    return {"physics.pair_lag_ms": 1000 * float(np.abs(lags[near]).min())}


def _middle(case: Case) -> int:
    """The column between the two."""
    x = [float(one.ground[:, 0].mean()) for one in case.truth.cast[:2]]
    width = case.shape.width
    return int(np.clip(round(float(np.mean(x)) * width), width // 4, 3 * width // 4))


def _heights(half: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """(T,) where what is not always there is, in shares of the height; nothing where none is."""
    off = np.maximum(np.abs(half - np.median(half, axis=0)) - _CHANGED, 0)
    total = off.sum(axis=(1, 2))
    rows = (np.arange(half.shape[1]) + 0.5) / half.shape[1]
    seen = total > 0.25
    if seen.sum() < len(half) // 3:
        return None
    at = np.flatnonzero(seen)
    return np.interp(np.arange(len(half)), at, (off.sum(axis=2) @ rows)[seen] / total[seen])


def halves(case: Case, first: Shown, second: Shown) -> Shown:
    """The left half of one clip and the right half of another."""
    video = first.video.copy()
    middle = _middle(case)
    video[:, :, middle:] = second.video[:, :, middle:]
    return Shown(video=video, sound=first.sound)


PAIRS = Claim(
    name="physics.pair",
    kind="pair",
    measure=pair_measures,
    rows={"physics.pair_lag_ms": mean},
    chance=halves,
    static=True,
)
