"""Whole clips of the world, and pictures of its props alone.

Shape letters: B scenes, T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
import torch
from torch import Tensor

from engine.shapes import ClipShape
from engine.world.axis import cross_axis
from engine.world.canvas import Canvas, Colour
from engine.world.cast_sheet import puppet_picture
from engine.world.foley import synthesise
from engine.world.light import LIGHT_TABLE
from engine.world.physics import simulate
from engine.world.props import draw_body
from engine.world.renderer import render
from engine.world.scene import Scene
from engine.world.truth import Truth

GROUND_TOP: Colour = (0.86, 0.86, 0.85)
GROUND_FOOT: Colour = (0.72, 0.72, 0.72)


@dataclass(frozen=True, kw_only=True)
class Clips:
    """Clips with picture, sound and truth.

    Attributes:
        scenes, truths: B of each.
        video: (B, T, H, W, 3) uint8.
        masks: (B, T, H, W) uint8: 0 the set, 1..N one more than the index of the body in front.
        audio: (B, 2, S) float32 in -1..1, left and right.
    """

    scenes: tuple[Scene, ...]
    truths: tuple[Truth, ...]
    video: Tensor
    masks: Tensor
    audio: Tensor


def make_clips(
    scenes: Sequence[Scene], shape: ClipShape, device: torch.device | str = "cpu"
) -> Clips:
    """Simulate, draw and sound scenes; the tensors are left on ``device``."""
    truths = simulate(scenes, shape)
    pictures = render(scenes, truths, shape, device)
    audio = torch.from_numpy(synthesise(scenes, truths, shape)).to(device)
    for index, scene in enumerate(scenes):
        if any(shot.side < 0 for shot in scene.shots):
            media = (pictures.video[index], pictures.masks[index], audio[index])
            truths[index] = cross_axis(scene, truths[index], shape, *media)
    return Clips(
        scenes=tuple(scenes),
        truths=tuple(truths),
        video=pictures.video,
        masks=pictures.masks,
        audio=audio,
    )


def subject_picture(
    scene: Scene, body_index: int, width: int, height: int, seed: int
) -> np.ndarray:
    """A subject of a scene alone on plain ground, in a pose and size of its own.

    Args:
        scene: where the subject plays.
        body_index: which of its bodies or, counted on from them, of its cast.
        width: of the picture in pixels.
        height: the same.
        seed: draws the pose, the size and the place.

    Returns:
        (H, W, 3) uint8.
    """
    if body_index >= len(scene.bodies):
        puppet = scene.cast[body_index - len(scene.bodies)]
        return puppet_picture(puppet.identity, width, height, seed)
    random = np.random.default_rng((seed, body_index))
    side = min(width, height)
    radius = side * float(random.uniform(0.27, 0.38))
    angle = float(random.uniform(-pi, pi))
    column = 0.5 * width + side * float(random.uniform(-0.06, 0.06))
    row = 0.5 * height + side * float(random.uniform(-0.06, 0.02))
    # Heights count from the prop's centre in its half extents, so the canvas is its own measure.
    canvas = Canvas(
        left=-column / radius, top=row / radius, pitch=1.0 / radius, width=width, height=height
    )
    canvas.wash([(-1.6, GROUND_FOOT), (0.0, GROUND_TOP), (1.6, GROUND_TOP)])
    canvas.glow(0.0, -1.02, 1.15, 0.28, (0.30, 0.30, 0.32), 0.55)
    u, v = torch.broadcast_tensors(canvas.x[None, None, :], canvas.y[None])
    drawn = draw_body(
        scene.bodies[body_index],
        LIGHT_TABLE["day"],
        u,
        v,
        torch.full((1, 1, 1), angle),
        torch.full((1, 1, 1), 1.0 / radius),
    )[0]
    ground = canvas.pixels[:3].movedim(0, -1)
    colour = torch.lerp(ground, drawn[..., :3], drawn[..., 3:4])
    return (colour * 255.0 + 0.5).to(torch.uint8).numpy()
