"""Sounds of contacts damaged on purpose, each in steps that a row of what is read must fall by.

As ``claims.damage`` does with the rows of claims: the pictures are the truth's and are read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.damage import LATER, Fall
from engine.metrics.claims.spoilt import flipped, later
from engine.metrics.evidence import ClipSet, Evidence
from engine.metrics.matching import Interval
from engine.metrics.onsets import hear
from engine.metrics.stereo import stereo_scores
from engine.metrics.sync import sync_scores


@dataclass(frozen=True, kw_only=True)
class SoundDamage:
    """One way of spoiling the sound of clips.

    Attributes:
        row: that has to fall.
        steps: how much, ascending; 0, nothing, goes before.
        do: sounds (N, 2, S), spoilt by so much.
        score: the rows of evidence.
    """

    row: str
    steps: tuple[float, ...]
    do: Callable[[NDArray[np.float32], float], NDArray[np.float32]]
    score: Callable[[Evidence], Mapping[str, Interval]]


SOUND_DAMAGES: Mapping[str, SoundDamage] = {
    "contacts later": SoundDamage(row="sync.lag_ms", steps=LATER, do=later, score=sync_scores),
    "contacts flipped": SoundDamage(
        row="stereo.error", steps=(0.5, 1.0), do=flipped, score=stereo_scores
    ),
}


def sounds_fallen(seen: Evidence, clips: ClipSet, keeps: Callable[[str], bool]) -> list[Fall]:
    """What becomes of every damage's row, step by step.

    Args:
        seen: read from the truth's own ``clips``.
        clips: whose sounds are spoilt.
        keeps: whether a row is asked for.
    """
    found = []
    for name, damage in SOUND_DAMAGES.items():
        if not keeps(damage.row):
            continue
        values = []
        for step in (0.0, *damage.steps):
            heard = tuple(hear(sound) for sound in damage.do(clips.sound, step))
            values.append(damage.score(replace(seen, heard=heard))[damage.row])
        found.append(Fall.of(name, damage.row, values))
    return found
