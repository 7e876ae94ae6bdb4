"""Whether a clip shows what its caption says, names read back from the pictures: ``prompt`` rows.

``prompt.set``, ``.light``, ``.camera`` and ``.action`` are shares of clips whose one name is read
back; of a clip with n bodies n of each of ``prompt.prop``, ``.colour`` and ``.material`` are read
(equal ones counted once), and the share of the caption's names among them is the score.
``prompt.count`` is the share of clips with as many bodies seen at once as there are, read without
being told. Chance holds every caption against all the other clips. Names that the reader never
learned, of sets and moves from level 2 on, are asked of no clip. Weather is in ``claims.air``.

Detectors: the reader's networks, trained on truth (``reader``, ``looks``). Their own errors are the
rows' value on truth, and ``prompt.detector.recall`` and ``.precision`` of the bodies found against
the true masks.

Shape letters: N clips, T pictures, H height, W width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.metrics.evidence import Evidence
from engine.metrics.looks import BODY_NAMES
from engine.metrics.matching import Interval, bootstrapped
from engine.metrics.moves import moments
from engine.metrics.reader import CLIP_NAMES, Reading
from engine.world.scene import Scene

KINDS = (*CLIP_NAMES, *BODY_NAMES)
ROWS = (*KINDS, "count")
# Of a body's largest mask in the clip at least this share is seen where it has to be found, and
# what is found lies within this many of its radii of the middle of what is seen.
_SHOWN = 0.3
_NEAR = 0.75


def names_of(scene: Scene) -> dict[str, list[str]]:
    """What a scene's full caption names of what the reader knows, by kind."""
    said: dict[str, set[str]] = {
        "set": {scene.set_name},
        "light": {scene.light},
        "camera": {scene.camera.move},
        "action": {scene.action},
    }
    for kind in BODY_NAMES:
        said[kind] = {getattr(body, kind) for body in scene.bodies}
    known = CLIP_NAMES | BODY_NAMES
    return {kind: sorted(names & set(known[kind])) for kind, names in said.items()}


def shares_read(reading: Reading, scene: Scene) -> dict[str, float]:
    """Per kind, the share of the scene's names among as many of the likeliest ones read.

    NaN where it has none that the reader knows.
    """
    shares = {
        kind: len(set(names) & set(reading.best(kind, len(names)))) / len(names)
        if names
        else float("nan")
        for kind, names in names_of(scene).items()
    }
    return shares | {"count": float(reading.count == len(scene.bodies))}


def prompt_scores(evidence: Evidence) -> dict[str, Interval]:
    """Shares read back, by kind."""
    return _rows(
        [
            shares_read(reading, scene)
            for reading, scene in zip(evidence.readings, evidence.scenes, strict=True)
        ]
    )


def prompt_chance(evidence: Evidence) -> dict[str, Interval]:
    """Expected shares of shuffled pairs: every caption against all the other clips."""
    rows = []
    count = len(evidence)
    for index, scene in enumerate(evidence.scenes):
        others = [evidence.readings[k] for k in range(count) if k != index]
        shares = [shares_read(reading, scene) for reading in others or evidence.readings]
        rows.append({kind: float(np.mean([one[kind] for one in shares])) for kind in ROWS})
    return _rows(rows)


def found_errors(evidence: Evidence, masks: NDArray[np.uint8]) -> dict[str, Interval]:
    """The finder's own error: bodies found in the truth's pictures against their masks.

    Args:
        evidence: read from the world's own clips.
        masks: (N, T, H, W), 0 the set, from 1 the bodies and then the cast, which nobody looks for.
    """
    counts = np.array(
        [
            _finds(reading, np.where(mask > len(scene.bodies), 0, mask))
            for reading, mask, scene in zip(evidence.readings, masks, evidence.scenes, strict=True)
        ]
    )

    def share(column: int) -> Interval:
        def of(chosen: np.ndarray) -> float:
            hits, there = counts[chosen, 0].sum(), counts[chosen, column].sum()
            return float(hits / there) if there else float("nan")

        return bootstrapped(len(counts), of)

    return {"prompt.detector.recall": share(1), "prompt.detector.precision": share(2)}


def _finds(reading: Reading, masks: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Bodies found, bodies shown, and everything found, in one clip's moments."""
    bodies = [masks == index for index in range(1, int(masks.max(initial=0)) + 1)]
    largest = [int(body.sum(axis=(1, 2)).max()) for body in bodies]
    hits = shown = found = 0
    for moment, time in enumerate(moments(len(masks))):
        here = [one for track in reading.tracks for one in track.sightings if one.time == moment]
        found += len(here)
        for body, most in zip(bodies, largest, strict=True):
            rows, columns = np.nonzero(body[time])
            if not len(rows) or len(rows) < _SHOWN * most:
                continue
            shown += 1
            x, y = columns.mean() + 0.5, rows.mean() + 0.5
            near = [np.hypot(one.x - x, one.y - y) < _NEAR * one.radius for one in here]
            hits += any(near)
    return hits, shown, found


def _rows(shares: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    table = {kind: np.array([one[kind] for one in shares]) for kind in ROWS}
    return {f"prompt.{kind}": _mean(values[np.isfinite(values)]) for kind, values in table.items()}


def _mean(values: np.ndarray) -> Interval:
    return bootstrapped(len(values), lambda chosen: float(values[chosen].mean()))
