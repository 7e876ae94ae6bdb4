"""Dense truth maps of a clip, and how they are shown: depth, motion and outlines.

Shape letters: T pictures, H height, W width, N bodies.

Nearness is the share of a point's passing by that a travelling camera sees, 1 at the floor line and
0 endlessly far: inverse depth, in units of the distance to the floor line. Motion is the way, in
pixels, of what each pixel shows until the next picture. A puppet's limbs are given the motion of
its whole; props turn and grow as they are seen to.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
import torch
from torch import Tensor

from engine.shapes import ClipShape
from engine.world.backdrop import seen_layers
from engine.world.camera import layer_views
from engine.world.cuts import cameras, spans
from engine.world.scene import CameraPath, Scene
from engine.world.sets import SET_LAYERS
from engine.world.truth import Truth

# Where the set's last layer is said to be, so that what stands before it is told from it.
FLOOR_NEARNESS = 0.85


@dataclass(frozen=True, kw_only=True)
class DenseTruth:
    """What is known of every pixel of one clip.

    Attributes:
        nearness: (T, H, W) float32, 0 endlessly far to 1 at the floor line.
        motion: (T, H, W, 2) float32 pixels to the right and down until the next picture.
        moves: (T,) bool: whether there is a next picture in the same shot.
    """

    nearness: Tensor
    motion: Tensor
    moves: Tensor


def dense_truth(scene: Scene, truth: Truth, masks: Tensor, shape: ClipShape) -> DenseTruth:
    """The maps of one clip.

    Args:
        scene: what was drawn.
        truth: of the clip, as ``make_clips`` gives it.
        masks: (T, H, W) of the same.
        shape: of the same.
    """
    size = (shape.frames, shape.height, shape.width)
    nearness = torch.empty(size)
    motion = torch.zeros(*size, 2)
    moves = torch.ones(shape.frames, dtype=torch.bool)
    parts = spans(truth.shot_frames or (shape.frames,))
    for part, path in zip(parts, cameras(scene), strict=False):
        layer = _front_layers(scene, path, truth.camera[part], shape)
        shown = [min(it.nearness, FLOOR_NEARNESS) for it in SET_LAYERS[scene.set_name]]
        nearness[part] = torch.tensor(shown)[layer]
        motion[part] = _set_motion(scene, path, truth.camera[part], layer, shape)
        moves[part.stop - 1] = False
    nearness[masks.cpu() > 0] = 1.0
    _lay_bodies(motion, truth, masks.cpu(), shape)
    _lay_cast(motion, scene, masks.cpu(), shape)
    motion[~moves] = 0.0
    return DenseTruth(nearness=nearness, motion=motion, moves=moves)


def _front_layers(scene: Scene, path: CameraPath, camera: np.ndarray, shape: ClipShape) -> Tensor:
    """(T, H, W) which layer of the set is seen at each pixel."""
    height, width = shape.height, shape.width
    front = torch.zeros(len(camera), height, width, dtype=torch.long)
    for part, seen in seen_layers(scene, path, camera, height, width, "cpu"):
        here = torch.zeros(seen[0].shape[1:], dtype=torch.long)
        for index, layer in enumerate(seen[1:], start=1):
            here[layer[3] >= 0.5] = index
        front[part] = here.view(-1, height, width)
    return front


def _set_motion(
    scene: Scene, path: CameraPath, camera: np.ndarray, layer: Tensor, shape: ClipShape
) -> Tensor:
    """(T, H, W, 2) how the set passes by; nothing in the last picture."""
    ways = []
    column = np.arange(shape.width) + 0.5
    row = np.arange(shape.height) + 0.5
    for it in SET_LAYERS[scene.set_name]:
        view = layer_views(camera, path, it.nearness, shape.width / shape.height)
        after = np.concatenate([view[1:], view[-1:]])
        step, next_step = view[:, 2:] / shape.height, after[:, 2:] / shape.height
        across = (view[:, :1] + step * column - after[:, :1]) / next_step - column
        along = (after[:, 1:2] - view[:, 1:2] + step * row) / next_step - row
        size = (len(camera), shape.height, shape.width)
        ways.append(
            np.stack(
                [np.broadcast_to(across[:, None], size), np.broadcast_to(along[..., None], size)],
                axis=-1,
            )
        )
    stacked = torch.from_numpy(np.stack(ways).astype(np.float32))
    index = layer[None, ..., None].expand(1, *layer.shape, 2)
    return stacked.gather(0, index)[0]


def _lay_bodies(motion: Tensor, truth: Truth, masks: Tensor, shape: ClipShape) -> None:
    size = np.array([shape.width, shape.height], dtype=np.float64)
    for picture in range(shape.frames - 1):
        for body in range(truth.centres.shape[1]):
            inside = masks[picture] == body + 1
            if not inside.any():
                continue
            here, there = (truth.centres[picture + k, body] * size for k in (0, 1))
            turn = float(truth.angles_rad[picture + 1, body] - truth.angles_rad[picture, body])
            grow = float(truth.extents[picture + 1, body] / truth.extents[picture, body])
            motion[picture][inside] = _rigid(inside, here, there, turn, grow)


def _rigid(inside: Tensor, here: np.ndarray, there: np.ndarray, turn: float, grow: float) -> Tensor:
    """(K, 2) way of the pixels of something that moves, turns counter-clockwise and grows."""
    rows, columns = inside.nonzero(as_tuple=True)
    right, down = columns + 0.5 - here[0], rows + 0.5 - here[1]
    cos, sin = np.cos(turn) * grow, np.sin(turn) * grow
    x = there[0] + cos * right + sin * down - (columns + 0.5)
    y = there[1] - sin * right + cos * down - (rows + 0.5)
    return torch.stack([x, y], dim=1).float()


def _lay_cast(motion: Tensor, scene: Scene, masks: Tensor, shape: ClipShape) -> None:
    """Puppets, by the motion of the middle of what is seen of them."""
    first = len(scene.bodies) + 1
    for number in range(len(scene.cast)):
        for picture in range(shape.frames - 1):
            inside, after = (masks[picture + k] == first + number for k in (0, 1))
            if not inside.any() or not after.any():
                continue
            here, there = (part.nonzero().double().mean(dim=0) for part in (inside, after))
            motion[picture][inside] = (there - here).flip(0).float()


def show_depth(dense: DenseTruth) -> Tensor:
    """(T, H, W, 3) uint8: near is bright."""
    grey = (dense.nearness.clamp(0.0, 1.0) * 255.0 + 0.5).to(torch.uint8)
    return grey[..., None].expand(*grey.shape, 3).contiguous()


def show_motion(dense: DenseTruth, *, full_px: float | None = None) -> Tensor:
    """(T, H, W, 3) uint8: the way's direction as hue, its length as strength; white is still.

    Args:
        dense: the maps.
        full_px: length of full strength; by default a twentieth of the width.
    """
    x, y = dense.motion[..., 0], dense.motion[..., 1]
    full = full_px or dense.motion.shape[2] / 20.0
    strength = (torch.hypot(x, y) / full).clamp(0.0, 1.0)[..., None]
    angle = torch.atan2(y, x)[..., None]
    hues = torch.tensor([0.0, 2.0 * pi / 3.0, 4.0 * pi / 3.0])
    colour = 0.5 + 0.5 * torch.cos(angle - hues)
    return ((1.0 - strength * (1.0 - colour)) * 255.0 + 0.5).to(torch.uint8)


def show_outline(masks: Tensor, subject: int) -> Tensor:
    """(T, H, W, 3) uint8: one subject of the masks in white on black."""
    shown = (masks == subject + 1).to(torch.uint8) * 255
    return shown[..., None].expand(*shown.shape, 3).contiguous()
