"""Whether an edit does what it says and nothing else: ``v2v`` rows.

- ``v2v.response``: how far the answer went from the source to the true result, as a share of the
  way (projection), where the two differ by more than 6%: 0 not done, 1 done.
- ``v2v.outside_psnr_db``: against the source, everywhere else, 60 dB at most.
- ``v2v.layout``: correlation of the edges outside; ``v2v.camera_px``: distance of the camera's
  ways in source and answer; ``v2v.events``: onsets of the source met by the answer's within 60 ms,
  in edits that leave what happens alone.
- ``v2v.identity_distance``: of everybody and everything that the edit is not about, how unlike it
  has become its own looks in the source (0 alike to 1), in the same edits.
- ``v2v.evenness``: 1 less the largest distance of the responses over a ladder of strengths from
  equal steps. On the world the ladder fades from the source to what is shown.

The mask of what may change comes from the two true renders; edits of the whole picture (light,
place, weather) have nothing outside and give the other rows alone. Detectors: edges, the camera by
least squares, the ear, colours from top to bottom (``seeing.looks_of``); each one's own error is
the row's value on truth.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.seeing import alike, camera_steps, looks_of, luma, unlike
from engine.metrics.matching import match
from engine.metrics.onsets import hear

LADDER = (0.25, 0.5, 0.75, 1.0)
_CHANGED = 15
_LEAST_OUTSIDE = 0.2
_BEST_DB = 60.0
_LOOKED_AT = 5
STEADY = ("light", "set", "colour", "hat")


def changed(case: Case) -> NDArray[np.bool_]:
    """(T, H, W) where the true result differs from the source."""
    difference = np.abs(case.answer.video.astype(np.int16) - case.source.video).max(axis=-1)
    return difference > _CHANGED


def outside(case: Case) -> NDArray[np.bool_]:
    """(T, H, W) what an edit must leave alone, some pixels from what it changes."""
    kernel = np.ones((5, 5), np.uint8)
    grown = [cv2.dilate(one.astype(np.uint8), kernel) for one in changed(case)]
    return np.stack(grown) == 0


def response(case: Case, video: NDArray[np.uint8]) -> float:
    """The share of the way from source to result; NaN where the picture does not change."""
    where = changed(case)
    if where.sum() < 20:
        return float("nan")
    asked = (case.answer.video.astype(np.float64) - case.source.video)[where]
    done = (video.astype(np.float64) - case.source.video)[where]
    return float((asked * done).sum() / np.square(asked).sum())


def evenness(responses: Sequence[float]) -> float:
    """How evenly responses to equal steps of strength grow: 1 even, 0 all at once."""
    steps = np.diff([0.0, *responses])
    total = float(np.abs(steps).sum())
    if total < 1e-6:
        return 0.0
    equal = 1 / len(steps)
    return 1.0 - float(np.abs(steps / total - equal).max()) / (1 - equal)


def edit_measures(case: Case, shown: Shown) -> Measured:
    """Every row of one edit."""
    assert case.task is not None
    source, kind = case.source, case.task.task.edit
    done = response(case, shown.video)
    # Above the whole way is as wrong as below it.
    rows: dict[str, ArrayLike] = {"v2v.response": 1.0 - abs(1.0 - done)}
    if np.isfinite(done):
        faded = [_faded(source.video, shown.video, share) for share in LADDER]
        rows["v2v.evenness"] = evenness([response(case, one) for one in faded])
    left = outside(case)
    if left.mean() >= _LEAST_OUTSIDE:
        error = np.square(shown.video.astype(np.float64) - source.video).mean(axis=-1)[left].mean()
        rows["v2v.outside_psnr_db"] = min(_BEST_DB, 10 * np.log10(255**2 / max(error, 1e-9)))
        rows["v2v.layout"] = layout(source.video, shown.video, left)
    way = camera_steps(shown.video) - camera_steps(source.video)
    rows["v2v.camera_px"] = float(np.abs(way[:, :2]).mean()) * case.shape.width / 20
    if kind in STEADY:
        wanted = [one.time_s for one in hear(source.sound)]
        found = [one.time_s for one in hear(shown.sound)]
        if wanted:
            rows["v2v.events"] = match(found, wanted).f1
        rows["v2v.identity_distance"] = identity_distances(case, shown)
    return rows


def identity_distances(case: Case, shown: Shown) -> list[float]:
    """How unlike the source's everybody's looks are whom an edit is not about."""
    assert case.task is not None
    at = np.linspace(0, len(case.masks) - 1, _LOOKED_AT).round().astype(int)
    distances = []
    for subject in range(len(case.scene.bodies) + len(case.scene.cast)):
        if subject in case.task.task.subjects:
            continue
        region = list(case.masks[at] == subject + 1)
        before, after = (looks_of(list(one.video[at]), region) for one in (case.source, shown))
        if before is not None and after is not None:
            distances.append(unlike(before, after))
    return distances


def _faded(first: NDArray[np.uint8], second: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    mixed = first.astype(np.float32) * (1 - share) + second.astype(np.float32) * share
    return (mixed + 0.5).astype(np.uint8)


def layout(first: NDArray[np.uint8], second: NDArray[np.uint8], where: NDArray[np.bool_]) -> float:
    """Correlation of the edges of two clips, where they are to be alike."""
    edges = []
    for video in (first, second):
        grey = luma(video)
        across, down = np.diff(grey, axis=2)[:, :-1], np.diff(grey, axis=1)[:, :, :-1]
        edges.append(np.hypot(across, down)[where[:, :-1, :-1]].astype(np.float64))
    return alike(*edges)


EDIT = Claim(
    name="v2v",
    kind="edit",
    measure=edit_measures,
    rows={
        "v2v.response": mean,
        "v2v.evenness": mean,
        "v2v.outside_psnr_db": mean,
        "v2v.layout": mean,
        "v2v.camera_px": mean,
        "v2v.events": mean,
        "v2v.identity_distance": mean,
    },
    retake=False,
)
