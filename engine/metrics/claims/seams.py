"""Whether an extension goes on from what it is given: ``extension`` rows.

At the seam, in the middle of the clip, each row is a jump beside the usual change around it, as a
share of both: 0 nothing, 0.5 as usual, towards 1 a jump. ``position_jump``: change of the picture;
``velocity_jump``: of the motion between pictures (second difference); ``colour_jump``: of the mean
colours; ``level_jump``: of the loudness of 40 ms, band by band; ``phase_jump``: of the sample from
what linear prediction by the 32 before expects. ``extension.drift`` is the way of the colours' mean
and spread per second over a long single pass (15 s), beyond the truth's own.

Measured directly; the rows' own error is their value on truth, where nothing is sewn. A codec makes
no seams, so of it they say what they say of truth, but for chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown, long_shape
from engine.metrics.claims.rows import Claim, Measured, mean, sewn
from engine.metrics.onsets import band_power
from engine.shapes import SAMPLE_RATE_HZ

LONG_S = 15.0
_AROUND = 4
_BLOCK = SAMPLE_RATE_HZ // 25
_PREDICTORS = 32
_LEARNED = 1600
# Power of a band that is as good as silent.
_QUIET = 1e-4


def seam_of(case: Case) -> int:
    """The first new picture: 1 + 4k are given."""
    return 1 + 4 * ((len(case.masks) - 1) // 8)


def _beside(changes: NDArray[np.float64], at: int, around: int) -> float:
    """A change beside the usual one about it."""
    near = np.concatenate([changes[max(0, at - around) : at], changes[at + 1 : at + 1 + around]])
    usual = float(np.median(near)) + 1e-6 * float(np.abs(changes).max() + 1e-12)
    return float(changes[at] / max(changes[at] + usual, 1e-12))


def seam_measures(case: Case, shown: Shown) -> Measured:
    """The five jumps of one clip."""
    seam = seam_of(case)
    small = shown.video[:, ::2, ::2].astype(np.float64)
    first = np.abs(np.diff(small, axis=0)).mean(axis=(1, 2, 3)) + 0.05
    second = np.abs(np.diff(small, n=2, axis=0)).mean(axis=(1, 2, 3)) + 0.05
    colour = np.abs(np.diff(small.mean(axis=(1, 2)), axis=0)).mean(axis=1) + 0.02
    sample = round(seam * SAMPLE_RATE_HZ / float(case.shape.rate))
    return {
        "extension.position_jump": _beside(first, seam - 1, _AROUND),
        "extension.velocity_jump": _beside(second, seam - 2, _AROUND),
        "extension.colour_jump": _beside(colour, seam - 1, _AROUND),
        "extension.level_jump": level_jump(shown.sound, sample),
        "extension.phase_jump": phase_jump(shown.sound, sample),
    }


def level_jump(sound: NDArray[np.float32], sample: int) -> float:
    """Change of the bands' levels at a sample beside that between blocks of 40 ms around."""
    start = sample - (sample // _BLOCK) * _BLOCK
    blocks = (sound.shape[1] - start) // _BLOCK
    whole = sound[:, start : start + blocks * _BLOCK].reshape(len(sound), blocks, _BLOCK)
    levels = 10 * np.log10(band_power(whole).sum(axis=0) + _QUIET)
    change = np.abs(np.diff(levels, axis=0)).mean(axis=1) + 0.1
    return _beside(change, (sample - start) // _BLOCK - 1, 8)


def phase_jump(sound: NDArray[np.float32], sample: int) -> float:
    """The prediction's error at a sample beside its usual one (Burg's problem, least squares)."""
    mono = sound.mean(axis=0).astype(np.float64)
    part = mono[sample - _LEARNED : sample + 64]
    if len(part) < _LEARNED + 64 or part.std() < 1e-6:
        return float("nan")
    frames = np.lib.stride_tricks.sliding_window_view(part, _PREDICTORS + 1)
    known, wanted = frames[:, :-1], frames[:, -1]
    learned = _LEARNED - _PREDICTORS
    square = known[:learned].T @ known[:learned] + 1e-9 * np.eye(_PREDICTORS)
    weights = np.linalg.solve(square, known[:learned].T @ wanted[:learned])
    error = np.abs(wanted - known @ weights)
    usual = float(np.percentile(error[learned // 2 : learned], 90)) + 1e-6
    worst = float(error[learned : learned + 8].max())
    return worst / (worst + usual)


SEAM = Claim(
    name="extension.seam",
    kind="cast",
    measure=seam_measures,
    rows={
        "extension.position_jump": mean,
        "extension.velocity_jump": mean,
        "extension.colour_jump": mean,
        "extension.level_jump": mean,
        "extension.phase_jump": mean,
    },
    chance=sewn,
)


def drift_measures(case: Case, shown: Shown) -> Measured:
    """The way of the colours over a long clip, a second, beyond the truth's."""
    rate = round(float(case.shape.rate))
    away = _seconds(shown.video, rate) - _seconds(case.answer.video, rate)
    away = away - away[:1]
    times = np.arange(len(away)) - (len(away) - 1) / 2
    slopes = (times @ away) / (times @ times)
    return {"extension.drift": float(np.abs(slopes).mean())}


def _seconds(video: NDArray[np.uint8], rate: int) -> NDArray[np.float64]:
    """(seconds, 6) mean and spread of the colours, 0..1."""
    whole = video[: len(video) // rate * rate, ::2, ::2].astype(np.float64) / 255
    parts = whole.reshape(-1, rate, *whole.shape[1:])
    return np.concatenate([parts.mean(axis=(1, 2, 3)), parts.std(axis=(1, 2, 3))], axis=1)


DRIFT = Claim(
    name="extension.drift",
    kind="cast",
    measure=drift_measures,
    rows={"extension.drift": mean},
    most=16,
    shape=long_shape(LONG_S),
    retake=False,
)
