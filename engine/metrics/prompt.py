"""Whether a clip shows what its caption says: names read back from the pictures.

Of a clip with n bodies, n props, colours and materials are read (equal ones counted once), and the
share of the caption's names among them is the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.metrics.evidence import Evidence
from engine.metrics.matching import Interval, bootstrapped
from engine.metrics.reader import BODY_NAMES, CLIP_NAMES, Reading
from engine.world.scene import Scene

KINDS = (*CLIP_NAMES, *BODY_NAMES)


def names_of(scene: Scene) -> dict[str, list[str]]:
    """What a scene's full caption names, by kind."""
    said = {"set": [scene.set_name], "light": [scene.light], "camera": [scene.camera.move]}
    for kind in BODY_NAMES:
        said[kind] = sorted({getattr(body, kind) for body in scene.bodies})
    return said


def shares_read(reading: Reading, scene: Scene) -> dict[str, float]:
    """Per kind, the share of the scene's names among as many of the likeliest ones read."""
    return {
        kind: len(set(names) & set(reading.best(kind, len(names)))) / len(names)
        for kind, names in names_of(scene).items()
    }


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
        rows.append({kind: float(np.mean([one[kind] for one in shares])) for kind in KINDS})
    return _rows(rows)


def _rows(shares: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    table = {kind: np.array([one[kind] for one in shares]) for kind in KINDS}
    return {f"prompt.{kind}": _mean(values) for kind, values in table.items()}


def _mean(values: np.ndarray) -> Interval:
    return bootstrapped(len(values), lambda chosen: float(values[chosen].mean()))
