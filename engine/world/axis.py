"""Shots from the other side of the line of action: left and right exchanged, seen and heard.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from torch import Tensor

from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.cast_truth import PuppetTruth
from engine.world.cuts import spans
from engine.world.scene import Scene
from engine.world.truth import Truth


def crossed_pictures(scene: Scene, truth: Truth) -> np.ndarray:
    """(T,) bool: which pictures are seen from the far side of the axis."""
    crossed = np.zeros(len(truth.camera), dtype=bool)
    for shot, part in zip(scene.shots, spans(truth.shot_frames), strict=False):
        crossed[part] = shot.side < 0
    return crossed


def cross_axis(
    scene: Scene, truth: Truth, shape: ClipShape, video: Tensor, masks: Tensor, audio: Tensor
) -> Truth:
    """Exchange left and right in the shots that cross the axis.

    Args:
        scene: whose shots say on which side they stand.
        truth: of the clip, as if all shots stood on the audience's side.
        shape: of the clip.
        video: (T, H, W, 3), changed in place.
        masks: (T, H, W), changed in place.
        audio: (2, S), changed in place.

    Returns:
        The truth of what is seen and heard now; metres stay those of the set.
    """
    crossed = crossed_pictures(scene, truth)
    if not crossed.any():
        return truth
    for shot, part in zip(scene.shots, spans(truth.shot_frames), strict=False):
        if shot.side < 0:
            video[part] = video[part].flip(2)
            masks[part] = masks[part].flip(2)
            first, last = (
                round(at * SAMPLE_RATE_HZ / shape.rate) for at in (part.start, part.stop)
            )
            audio[:, first:last] = audio[:, first:last].flip(0)
    rate = float(shape.rate)

    def at(time_s: float) -> bool:
        return bool(crossed[min(int(time_s * rate), len(crossed) - 1)])

    contacts = tuple(
        replace(one, x_pan=1.0 - one.x_pan) if at(one.time_s) else one for one in truth.contacts
    )
    return replace(
        truth,
        centres=_mirrored(truth.centres, crossed),
        contacts=contacts,
        cast=tuple(_puppet(one, crossed, rate) for one in truth.cast),
    )


def _mirrored(places: np.ndarray, crossed: np.ndarray) -> np.ndarray:
    """(T, ..., 2) picture coordinates with x exchanged in some pictures."""
    turned = places.copy()
    turned[crossed, ..., 0] = 1.0 - turned[crossed, ..., 0]
    return turned


def _puppet(truth: PuppetTruth, crossed: np.ndarray, rate: float) -> PuppetTruth:
    def at(time_s: float) -> bool:
        return bool(crossed[min(int(time_s * rate), len(crossed) - 1)])

    return replace(
        truth,
        ground=_mirrored(truth.ground, crossed),
        head=_mirrored(truth.head, crossed),
        hands=_mirrored(truth.hands, crossed),
        feet=_mirrored(truth.feet, crossed),
        facing=np.where(crossed, -truth.facing, truth.facing).astype(truth.facing.dtype),
        pan=np.where(crossed, 1.0 - truth.pan, truth.pan).astype(truth.pan.dtype),
        steps=tuple(
            replace(one, x_pan=1.0 - one.x_pan) if at(one.time_s) else one for one in truth.steps
        ),
        touches=tuple(
            replace(one, x_pan=1.0 - one.x_pan) if at(one.time_s) else one for one in truth.touches
        ),
    )
