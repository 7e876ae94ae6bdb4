"""Whether depth, motion and outlines are shown as they are: ``perception`` rows.

``perception.depth_error`` is the mean distance of nearness, on its range of 0 to 1;
``perception.flow_px`` the mean end-point error (Baker et al. 2011, "A database and evaluation
methodology for optical flow") of the motion that the colours say, in pixels, both
ways limited to what full colour stands for; ``perception.mask_iou`` intersection over union of the
outlined subject. Read from the picture by inverting how ``engine.world.maps`` shows them; what
bytes round off is the detector's error, and is what truth itself scores.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.metrics.claims.cases import Case, Shown
from engine.metrics.claims.rows import Claim, Measured, mean
from engine.metrics.claims.seeing import luma

_HUES = np.array([0.0, 2 * np.pi / 3, 4 * np.pi / 3])


def motion_shown(video: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(T, H, W, 2) pixels right and down that the colours of shown motion stand for."""
    colour = video.astype(np.float64) / 255
    full = video.shape[2] / 20
    x, y = (colour * np.cos(_HUES)).sum(-1), (colour * np.sin(_HUES)).sum(-1)
    return np.stack([x, y], axis=-1) * full / 0.75


def perception_measures(case: Case, shown: Shown) -> Measured:
    """The row of what is asked for in one case."""
    assert case.task is not None
    task, dense = case.task.task, case.task.dense
    if task.ask == "depth" and dense is not None:
        return {"perception.depth_error": np.abs(luma(shown.video) - dense.nearness.numpy()).mean()}
    if task.ask == "motion" and dense is not None:
        full = shown.video.shape[2] / 20
        true = dense.motion.numpy().astype(np.float64)
        length = np.linalg.norm(true, axis=-1, keepdims=True)
        true = true * np.minimum(1.0, full / np.maximum(length, 1e-9))
        off = np.linalg.norm(motion_shown(shown.video) - true, axis=-1)
        return {"perception.flow_px": off[dense.moves.numpy()].mean()}
    if task.ask == "outline":
        true = case.masks == task.subjects[0] + 1
        seen = luma(shown.video) > 0.5
        either = (true | seen).sum()
        return {"perception.mask_iou": (true & seen).sum() / either if true.any() else np.nan}
    return {}


PERCEPTION = Claim(
    name="perception",
    kind="perception",
    measure=perception_measures,
    rows={
        "perception.depth_error": mean,
        "perception.flow_px": mean,
        "perception.mask_iou": mean,
    },
    retake=False,
)
