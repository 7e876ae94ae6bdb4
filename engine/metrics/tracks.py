"""Bodies found in single pictures, followed through a clip.

Shape letters: T pictures, h w cells of 4 x 4 pixels, V names of bodies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# How much unlike in looks counts as how many radii away.
_UNLIKE = 2.0
_FARTHEST = 4.0
_GAP = 3


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A body found in one picture.

    Attributes:
        time: index of the picture.
        x, y: its centre right and down, in pixels.
        radius: in pixels.
        surety: of the finder, 0 to 1.
        logits: (V,) of its names.
    """

    time: int
    x: float
    y: float
    radius: float
    surety: float
    logits: NDArray[np.float32]


@dataclass(kw_only=True)
class Track:
    """One body through a clip: its sightings in order of time."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def surety(self) -> float:
        """That of all sightings together: how many pictures' worth of body this is."""
        return sum(one.surety for one in self.sightings)

    @property
    def logits(self) -> NDArray[np.float32]:
        """(V,) the mean over all sightings, by their surety."""
        weights = [one.surety for one in self.sightings]
        return np.average([one.logits for one in self.sightings], axis=0, weights=weights)

    def expected(self, time: int) -> tuple[float, float]:
        """Where the body should be in picture ``time``, going on as it went."""
        last = self.sightings[-1]
        if len(self.sightings) < 2:
            return last.x, last.y
        before = self.sightings[-2]
        ahead = min((time - last.time) / (last.time - before.time), 1.5)
        return last.x + ahead * (last.x - before.x), last.y + ahead * (last.y - before.y)


def peaks(heat: NDArray[np.float32], least: float, most: int = 4) -> list[tuple[int, int, float]]:
    """Rows, columns and values of the ``most`` highest cells of (h, w) above all around them."""
    padded = np.pad(heat, 1, constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    highest = heat >= windows.max(axis=(-1, -2))
    rows, columns = np.nonzero(highest & (heat >= least))
    order = np.argsort(-heat[rows, columns], kind="stable")[:most]
    return [(int(rows[k]), int(columns[k]), float(heat[rows[k], columns[k]])) for k in order]


def apart(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Of one picture's sightings those that do not lie on a surer one."""
    kept: list[Sighting] = []
    for one in sorted(sightings, key=lambda s: -s.surety):
        if all(_distance(one, (k.x, k.y)) > 0.6 * max(1.0, k.radius / one.radius) for k in kept):
            kept.append(one)
    return kept


def follow(sightings: Sequence[Sighting], step: int = 1) -> list[Track]:
    """Join sightings to tracks, picture by picture, the best fitting pairs first.

    Args:
        sightings: of a clip, in order of time.
        step: pictures between those that were looked at.
    """
    tracks: list[Track] = []
    for time in sorted({one.time for one in sightings}):
        now = [one for one in sightings if one.time == time]
        open_ = [t for t in tracks if time - t.sightings[-1].time <= _GAP * step]
        costs = sorted(
            (_cost(track, one), a, b) for a, track in enumerate(open_) for b, one in enumerate(now)
        )
        taken: set[int] = set()
        grown: set[int] = set()
        for cost, a, b in costs:
            if cost > _FARTHEST or a in grown or b in taken:
                continue
            open_[a].sightings.append(now[b])
            grown.add(a)
            taken.add(b)
        tracks += [Track(sightings=[one]) for b, one in enumerate(now) if b not in taken]
    return tracks


def _distance(one: Sighting, place: tuple[float, float]) -> float:
    return float(np.hypot(one.x - place[0], one.y - place[1])) / one.radius


def _cost(track: Track, one: Sighting) -> float:
    """Radii from where it should be, and unlikeness of looks from 0 to ``_UNLIKE``."""
    way = min(
        _distance(one, track.expected(one.time)),
        _distance(one, (track.sightings[-1].x, track.sightings[-1].y)),
    )
    a, b = _shares(track.logits), _shares(one.logits)
    return way + _UNLIKE * (1 - float(np.minimum(a, b).sum() / a.sum()))


def _shares(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
