"""Panning: where a sound stands between left and right.

The stereo panner of the W3C's Web Audio API: what leaves one side arrives on the other, so that
nothing of a take that sounds on the right is lost when it is moved to the left. A source of one
channel keeps its power wherever it stands.

Shape letters: S samples.
"""

from __future__ import annotations

from math import cos, hypot, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Sides = tuple[float, float, float, float]
"""How much of left and of right goes to the left, then of left and of right to the right."""

AS_IT_IS: Sides = (1.0, 0.0, 0.0, 1.0)


def sides(*pans: float, is_mono: bool = False) -> Sides:
    """What pans (-1 left, 1 right) do, one after the other."""
    if not any(pans):
        return AS_IT_IS
    whole = np.eye(2)
    for pan in pans:
        whole = _panned(pan) @ whole
    if is_mono:
        left, right = whole.sum(axis=1)
        whole *= sqrt(2) / hypot(left, right)
    (a, b), (c, d) = whole.tolist()
    return a, b, c, d


def panned(sound: NDArray[np.float32], to: Sides) -> NDArray[np.float32]:
    """``sound`` (2, S) in its place; each sample by itself, so that no block is heard."""
    if to == AS_IT_IS:
        return sound
    a, b, c, d = (np.float32(share) for share in to)
    left, right = sound
    return np.stack([left * a + right * b, left * c + right * d])


def _panned(pan: float) -> NDArray[np.float64]:
    if not pan:
        return np.eye(2)
    pan = min(1.0, max(-1.0, pan))
    turn = (pan + 1 if pan < 0 else pan) * pi / 2
    near, far = round(cos(turn), 12), round(sin(turn), 12)  # silence is silence
    return np.array([[1.0, near], [0.0, far]] if pan < 0 else [[near, 0.0], [far, 1.0]])
