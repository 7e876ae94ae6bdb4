"""Whether the weather is the one asked for: ``prompt.weather``.

The share of clips that are most like the weather asked for, of the case's own place drawn in all
four of them with nobody there. They are told apart by what falls, away from cast and bodies (how
far brightness is from the mean of the pictures before and after, and how much more it changes
across than down, as streaks do), and by contrast and colours from top to bottom of what stands
still. Indoors, weather is behind the windows; where there is no air there is none. Chance is a
neighbour's clip.

Detector: the nearest of four drawings, by those figures over their spread; its own error is the
row's value on truth, which is none of the drawings: their seed, with clouds, drops and window
panes, is another.

Shape letters: T pictures, H height, W width, K figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown, scene_cases
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.seeing import luma
from engine.world.places import ALWAYS_CLEAR
from engine.world.scene import WEATHERS

_OTHER_AIR = 1 << 29
_BANDS = 6
_FAINT = 1e-3
# Differences of the drawings below these tell nothing.
_LEAST = (0.15, 0.15, 0.1, 0.01, *((0.02,) * 3 * _BANDS))


def weather_beside(cases: Sequence[Case]) -> Callable[[Case, Shown], Measured]:
    """Clips against their own places in every weather, drawn once."""
    known: dict[int, NDArray[np.float64]] = {}
    for case in cases:
        if case.scene.set_name in ALWAYS_CLEAR:
            continue
        alone = replace(
            case.scene, seed=case.scene.seed + _OTHER_AIR, bodies=(), cast=(), music=None, shots=()
        )
        drawn = scene_cases([replace(alone, weather=one) for one in WEATHERS], case.shape)
        known[id(case)] = np.stack([figures(one.answer.video, one.masks) for one in drawn])

    def measure(case: Case, shown: Shown) -> Measured:
        if id(case) not in known:
            return {}
        read = WEATHERS[nearest(figures(shown.video, case.masks), known[id(case)])]
        return {"prompt.weather": float(read == case.scene.weather)}

    return measure


def nearest(seen: NDArray[np.float64], drawn: NDArray[np.float64]) -> int:
    """Which of (4, K) is nearest to (K,)."""
    spread = np.maximum(drawn.std(axis=0), _LEAST)
    return int(np.square((drawn - seen) / spread).sum(axis=1).argmin())


def figures(video: NDArray[np.uint8], masks: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(K,) what tells weather in pictures (T, H, W, 3), away from what masks (T, H, W) cover."""
    grey, free = luma(video), masks == 0
    sudden = grey[1:-1] - 0.5 * (grey[:-2] + grey[2:])
    sudden[~(free[1:-1] & free[:-2] & free[2:])] = 0
    across, down = (np.abs(np.diff(sudden, axis=axis)).mean() for axis in (2, 1))
    stepped = np.where(free[1:] & free[:-1], np.diff(grey, axis=0), 0)
    still = np.median(video, axis=0).astype(np.float64) / 255
    colours = [part.mean(axis=(0, 1)) for part in np.array_split(still, _BANDS)]
    return np.concatenate(
        [
            [
                np.log(np.sqrt(np.square(sudden).mean()) + _FAINT),
                np.log(np.sqrt(np.square(stepped).mean()) + _FAINT),
                np.log((across + _FAINT) / (down + _FAINT)),
                luma((255 * still).astype(np.uint8)).std(),
            ],
            *colours,
        ]
    )


WEATHER = Claim(
    name="prompt.weather", kind="cast", beside=weather_beside, rows={"prompt.weather": mean}
)
