"""Whether a cut film is cut as planned: ``shots`` rows.

- ``shots.cuts``: F1 of the cuts seen against the planned ones, within a picture, and
  ``shots.cut_error``: distance in seconds of a planned cut from the nearest one seen, at most 0.5.
- ``shots.identity``: share of those seen again in a later shot who look more like themselves in the
  first than like 19 others do.
- ``shots.camera``: correlation of the camera's way within each shot with the planned one, as the
  true render's is measured, over all shots in which it moves.
- ``shots.axis``: share of shots whose left and right are the planned ones, and not exchanged: the
  picture is held against the true render and its mirror image.
- ``shots.drift``: over 8 shots of one scene, colours' distance from the first shot's, per shot, in
  shares of the range; planned light is the same throughout.

Detectors: ``seeing.cuts_seen``, ``looks_of``, ``camera_steps``, whose own errors are the rows' on
truth. Shots and who is in them are known.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.metrics.claims.cases import Case, Shown, long_shape
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.seeing import alike, camera_steps, cuts_seen, looks_of, luma, unlike
from engine.metrics.matching import match
from engine.world.camera import is_plain
from engine.world.cuts import spans
from engine.world.scene import CameraPath, Scene, Shot

AMONG = 20
SHOTS = 8
SHOT_FRAMES = 8
_AT_MOST_S = 0.5


def cut_measures(case: Case, shown: Shown) -> Measured:
    """Cuts, camera and axis of one clip."""
    rate = float(case.shape.rate)
    found = [t / rate for t in cuts_seen(shown.video)]
    wanted = list(case.truth.cuts_s)
    rows: dict[str, ArrayLike] = {}
    if wanted:
        rows["shots.cuts"] = match(found, wanted, window_s=1.01 / rate).f1
        rows["shots.cut_error"] = [
            min([_AT_MOST_S, *(abs(t - cut) for t in found)]) for cut in wanted
        ]
    camera, axis = [], []
    parts = spans(case.truth.shot_frames or (len(shown.video),))
    for shot, part in zip(case.scene.shots, parts, strict=False):
        video, true = shown.video[part], case.answer.video[part]
        axis.append(float(_same_way(video, true)))
        if part.stop - part.start >= 8 and not (is_plain(shot.camera) and _still(shot.camera)):
            camera.append(alike(camera_steps(video), camera_steps(true)))
    return rows | {"shots.camera": camera, "shots.axis": axis}


def _still(path: CameraPath) -> bool:
    return path.x_start_m == path.x_end_m and path.zoom_start == path.zoom_end


def _same_way(video: NDArray[np.uint8], true: NDArray[np.uint8]) -> bool:
    seen, asked = luma(video).mean(axis=0), luma(true).mean(axis=0)
    return alike(seen, asked) >= alike(seen, asked[:, ::-1])


def _in_shot(case: Case, shown: Shown, part: slice, subject: int) -> NDArray[np.float64] | None:
    region = case.masks[part] == subject + 1
    return looks_of(list(shown.video[part]), list(region))


def identity_beside(cases: Sequence[Case]) -> Callable[[Case, Shown], Measured]:
    """Who is seen again, among the first shots of all cases."""
    known: dict[tuple[int, int], NDArray[np.float64]] = {}
    for case in cases:
        for subject in _cast(case):
            for part in spans(case.truth.shot_frames)[:1]:
                found = _in_shot(case, case.answer, part, subject)
                if found is not None:
                    known[id(case), subject] = found

    def measure(case: Case, shown: Shown) -> Measured:
        others = [one for key, one in known.items() if key[0] != id(case)]
        random.Random(case.scene.seed).shuffle(others)
        kept = []
        parts = spans(case.truth.shot_frames)
        for subject in _cast(case):
            first = _in_shot(case, shown, parts[0], subject)
            for part in parts[1:]:
                again = _in_shot(case, shown, part, subject)
                if first is None or again is None:
                    continue
                own = unlike(again, first)
                far = [unlike(again, one) for one in others[: AMONG - 1]]
                kept.append(float(own < min(far, default=1.0)))
        return {"shots.identity": kept}

    return measure


def _cast(case: Case) -> range:
    first = len(case.scene.bodies)
    return range(first, first + len(case.scene.cast))


CUTS = Claim(
    name="shots.cuts",
    kind="cut",
    measure=cut_measures,
    rows={
        "shots.cuts": mean,
        "shots.cut_error": mean,
        "shots.camera": mean,
        "shots.axis": mean,
    },
)
IDENTITY = Claim(
    name="shots.identity",
    kind="cut",
    beside=identity_beside,
    rows={"shots.identity": mean},
)


def eight_shots(scene: Scene) -> Scene:
    """A scene in eight shots, near and far by turns."""
    wide = Shot(camera=CameraPath(), frames=SHOT_FRAMES)
    near = replace(wide, camera=CameraPath(zoom_start=1.2, zoom_end=1.2), link="wide to close")
    shots = tuple(near if k % 2 else wide for k in range(SHOTS))
    shots = (replace(shots[0], frames=SHOT_FRAMES + 1), *shots[1:])
    return replace(scene, shots=shots, camera=CameraPath())


def drift_measures(case: Case, shown: Shown) -> Measured:
    """Colours' way from the first shot, per shot, beyond what the true clip does."""
    parts = spans(case.truth.shot_frames)
    means = [_colours(shown.video[part], case.masks[part]) for part in parts]
    true = [_colours(case.answer.video[part], case.masks[part]) for part in parts]
    away = [
        float(np.abs((one - means[0]) - (it - true[0])).mean())
        for one, it in zip(means, true, strict=True)
    ]
    return {"shots.drift": max(away[1:])}


def _colours(video: NDArray[np.uint8], masks: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(6,) mean and spread of the ground's colours, 0..1."""
    free = video[masks == 0].astype(np.float64) / 255
    return np.concatenate([free.mean(axis=0), free.std(axis=0)])


DRIFT = Claim(
    name="shots.drift",
    kind="cut",
    measure=drift_measures,
    rows={"shots.drift": mean},
    most=16,
    stage=eight_shots,
    shape=long_shape((SHOTS * SHOT_FRAMES + 1) / 12),
    retake=False,
)
