"""Whether sound comes from where bodies touch, pan against x: ``stereo`` rows.

``stereo.correlation`` is Pearson's between the pan of an onset and the place of the contact it
belongs to (within 120 ms), and ``stereo.error`` their mean distance, in picture widths: both run
from 0 at the left edge to 1 at the right. Chance takes the places of the next clip's contacts.

Detectors: the reader's contacts and the level of what an onset adds to either channel
(``onsets.pan_at``, by constant-power panning). Their own errors are ``stereo.detector.seen`` and
``stereo.detector.heard``, the same rows of each alone against the true contacts.

Shape letters: P pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.metrics.evidence import Evidence
from engine.metrics.matching import Interval, bootstrapped, pairs
from engine.world.truth import Contact

# A sound may be late and still be somewhere.
REACH_S = 0.12


def stereo_scores(evidence: Evidence, places: Evidence | None = None) -> dict[str, Interval]:
    """Pans of onsets against the places of the contacts they belong to.

    Args:
        evidence: whose onsets and contacts are paired in time.
        places: whose contacts' places are used, for chance: the k-th pair of a clip takes the place
            of the k-th sure contact there.
    """
    found = [_clip_pairs(evidence, index) for index in range(len(evidence))]
    if places is not None:
        found = [_replaced(pair, places, index) for index, pair in enumerate(found)]
    return _scores("stereo", found)


def place_errors(evidence: Evidence, truth: Sequence[Sequence[Contact]]) -> dict[str, Interval]:
    """The reader's own error in x, on the truth's pictures."""
    found = []
    for index, contacts in enumerate(truth):
        seen = evidence.seen(index)
        near = pairs([s.time_s for s in seen], [c.time_s for c in contacts], REACH_S)
        found.append(np.array([(seen[i].x, contacts[j].x_pan) for i, j in near]).reshape(-1, 2))
    return _scores("stereo.detector.seen", found)


def pan_errors(evidence: Evidence, truth: Sequence[Sequence[Contact]]) -> dict[str, Interval]:
    """The ear's own error in pan, on the truth's sound."""
    found = []
    for index, contacts in enumerate(truth):
        heard, audible = evidence.heard[index], [c for c in contacts if c.audible]
        near = pairs([h.time_s for h in heard], [c.time_s for c in audible], REACH_S)
        found.append(np.array([(heard[i].pan, audible[j].x_pan) for i, j in near]).reshape(-1, 2))
    return _scores("stereo.detector.heard", found)


def _clip_pairs(evidence: Evidence, index: int) -> np.ndarray:
    """(P, 2) pan and x."""
    seen, heard = evidence.seen(index), evidence.heard[index]
    near = pairs([h.time_s for h in heard], [s.time_s for s in seen], REACH_S)
    return np.array([(heard[i].pan, seen[j].x) for i, j in near]).reshape(-1, 2)


def _replaced(found: np.ndarray, places: Evidence, index: int) -> np.ndarray:
    others = places.seen(index)
    if not others or not len(found):
        return np.zeros((0, 2))
    x = [others[k % len(others)].x for k in range(len(found))]
    return np.column_stack([found[:, 0], x])


def _scores(name: str, found: Sequence[np.ndarray]) -> dict[str, Interval]:
    def joined(chosen: np.ndarray) -> np.ndarray:
        return np.concatenate([found[index] for index in chosen])

    def correlation(chosen: np.ndarray) -> float:
        both = joined(chosen)
        if len(both) < 3 or both.std(axis=0).min() < 1e-6:
            return float("nan")
        return float(np.corrcoef(both.T)[0, 1])

    def error(chosen: np.ndarray) -> float:
        both = joined(chosen)
        return float(np.abs(both[:, 0] - both[:, 1]).mean()) if len(both) else float("nan")

    count = len(found)
    return {
        f"{name}.correlation": bootstrapped(count, correlation),
        f"{name}.error": bootstrapped(count, error),
    }
