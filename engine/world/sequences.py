"""A scene that is cut, as shots of their own: each 1 + 4k pictures, with its part of the sound.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.shapes import SAMPLE_RATE_HZ, ClipShape, nearest_legal_frames
from engine.world.clips import make_clips
from engine.world.cuts import sequence_lengths, spans
from engine.world.scene import Scene
from engine.world.truth import Truth


@dataclass(frozen=True, kw_only=True)
class ShotClip:
    """One shot of a sequence.

    Attributes:
        video: (T, H, W, 3) uint8.
        masks: (T, H, W) uint8 as in ``Clips``.
        audio: (2, S) float32: its part of a sound that goes on through the cuts.
        truth: of its pictures; times count from the start of the sequence.
        start_s: when it begins in the sequence.
    """

    video: Tensor
    masks: Tensor
    audio: Tensor
    truth: Truth
    start_s: float


def make_sequence(
    scene: Scene,
    shape: ClipShape,
    *,
    lengths: Sequence[int] = (),
    device: torch.device | str = "cpu",
) -> tuple[ShotClip, ...]:
    """Draw and sound a scene as one clip for each of its shots.

    Args:
        scene: with its shots.
        shape: size, rate, and about how many pictures the shots have together.
        lengths: pictures of each shot, 1 + 4k each; by default by the shots' weights.
        device: where to draw.
    """
    counts = tuple(lengths) or sequence_lengths(scene, shape.frames)
    whole = sum(counts)
    longer = ClipShape(
        width=shape.width,
        height=shape.height,
        frames=nearest_legal_frames(whole)[1],
        rate=shape.rate,
    )
    fixed = tuple(
        replace(shot, frames=count) for shot, count in zip(scene.shots, counts, strict=False)
    )
    clips = make_clips([replace(scene, shots=fixed)], longer, device)
    rate = float(shape.rate)
    shots = []
    for part in spans(counts):
        first = round(part.start * SAMPLE_RATE_HZ / shape.rate)
        last = round(part.stop * SAMPLE_RATE_HZ / shape.rate)
        shots.append(
            ShotClip(
                video=clips.video[0, part],
                masks=clips.masks[0, part],
                audio=clips.audio[0, :, first:last],
                truth=clips.truths[0].pictures(part),
                start_s=part.start / rate,
            )
        )
    return tuple(shots)
