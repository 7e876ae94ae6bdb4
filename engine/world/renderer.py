"""Scenes drawn as pictures.

Shape letters: B scenes, T pictures, H height, W width, N bodies, S side of a body's square.

The set is drawn first (``engine.world.backdrop``), then the bodies, each within a square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from torch import Tensor

from engine.shapes import ClipShape
from engine.world.backdrop import draw_backdrop
from engine.world.camera import is_plain
from engine.world.cast_render import draw_cast
from engine.world.cuts import cameras, spans
from engine.world.light import LIGHT_TABLE
from engine.world.matter import half_height_m
from engine.world.projection import FLOOR_SHARE, picture_times_s
from engine.world.props import draw_body
from engine.world.scene import VIEW_HEIGHT_M, CameraPath, Scene
from engine.world.truth import Truth
from engine.world.weather import draw_falling
from engine.world.windows import Windows, pictures_at_once


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Rendered clips.

    Attributes:
        video: (B, T, H, W, 3) uint8, red green blue as shown.
        masks: (B, T, H, W) uint8: 0 the set, 1..N one more than the index of the body in front.
    """

    video: Tensor
    masks: Tensor


def render(
    scenes: Sequence[Scene],
    truths: Sequence[Truth],
    shape: ClipShape,
    device: torch.device | str = "cpu",
) -> Pictures:
    """Draw scenes; each clip is the same alone or in a batch.

    Args:
        scenes: B scenes.
        truths: what ``simulate`` says of each.
        shape: size and length; the truths have its pictures.
        device: where to draw and leave the pictures.
    """
    size = (len(scenes), shape.frames, shape.height, shape.width)
    video = torch.empty(*size, 3, dtype=torch.uint8, device=device)
    masks = torch.zeros(size, dtype=torch.uint8, device=device)
    with torch.inference_mode():
        times_s = picture_times_s(shape.frames, float(shape.rate))
        for index, (scene, truth) in enumerate(zip(scenes, truths, strict=True)):
            parts = spans(truth.shot_frames or (shape.frames,))
            for part, path in zip(parts, cameras(scene), strict=False):
                seen = truth.pictures(part) if len(parts) > 1 else truth
                _draw_shot(video[index, part], masks[index, part], scene, path, seen, times_s[part])
    return Pictures(video=video, masks=masks)


def _draw_shot(
    video: Tensor,
    masks: Tensor,
    scene: Scene,
    path: CameraPath,
    truth: Truth,
    times_s: np.ndarray,
) -> None:
    """Fill the (T, H, W, 3) pictures and (T, H, W) masks of one shot."""
    draw_backdrop(video, scene, path, truth.camera)
    draw_falling(video, scene, truth.camera, times_s, behind=True)
    floor = _floor_rows(path, truth.camera)
    parts = list(pictures_at_once(len(video), video.shape[1] * video.shape[2]))
    for part in parts:
        _draw_shadows(video[part], scene, truth.pictures(part), floor[part])
    if scene.cast:
        draw_cast(video, masks, scene, truth, times_s)
    for part in parts:
        _draw_bodies(video[part], masks[part], scene, truth.pictures(part))
    draw_falling(video, scene, truth.camera, times_s, behind=False)


def _floor_rows(path: CameraPath, camera: np.ndarray) -> np.ndarray:
    """(T,) where the floor line lies in the pictures, 0 the top and 1 the bottom."""
    if is_plain(path):
        return np.full(len(camera), 1.0 - FLOOR_SHARE)
    seen = camera.astype(np.float64)
    return 0.5 + seen[:, 1] * seen[:, 2] / VIEW_HEIGHT_M


@dataclass(frozen=True, kw_only=True)
class _Patches:
    """Squares of pixels around a moving point, wholly inside the pictures.

    Attributes:
        around: (T, S, S) pixels of (T, H, W).
        right, up: (T, 1, S) and (T, S, 1) pixels from the point.
    """

    around: Windows
    right: Tensor
    up: Tensor


def _patches(
    centres: np.ndarray, reach: tuple[float, float], height: int, width: int, device: torch.device
) -> _Patches:
    """The rectangles of pixels that reach as far as given around (T, 2) picture coordinates."""
    starts, sides = [], []
    places = centres.astype(np.float64) * (width, height)
    for axis, size in ((0, width), (1, height)):
        side = min(size, 2 * ceil(reach[axis]) + 3)
        start = np.floor(places[:, axis] - 0.5 * side + 0.5)
        starts.append(np.clip(start, 0, size - side).astype(np.int64))
        sides.append(side)
    around = Windows(tops=starts[1], lefts=starts[0], height=sides[1], width=sides[0])
    right = (around.columns + 0.5 - places[:, :1]).astype(np.float32)
    up = (places[:, 1:] - around.rows - 0.5).astype(np.float32)
    return _Patches(
        around=around,
        right=torch.from_numpy(right).to(device)[:, None, :],
        up=torch.from_numpy(up).to(device)[:, :, None],
    )


def _blend(video: Tensor, patches: _Patches, colour: Tensor, opacity: Tensor) -> None:
    """Lay colour (..., 3) in 0..1 over patches of (T, H, W, 3) bytes by its (T, S, S) opacity."""
    under = patches.around.take(video).float()
    mixed = under + (colour * 255.0 - under) * opacity[..., None]
    patches.around.put(video, (mixed + 0.5).to(torch.uint8))


def _column(values: np.ndarray, device: torch.device) -> Tensor:
    """(T,) as a float (T, 1, 1)."""
    return torch.from_numpy(values.astype(np.float32)).to(device)[:, None, None]


def _draw_shadows(video: Tensor, scene: Scene, truth: Truth, floor: np.ndarray) -> None:
    """A soft shadow on the floor below each body, fainter and wider the higher it is."""
    _, height, width, _ = video.shape
    light = LIGHT_TABLE[scene.light]
    tone = torch.tensor([0.10 * gain for gain in light.gain], device=video.device)
    for index, body in enumerate(scene.bodies):
        radius = truth.extents[:, index].astype(np.float64) * height
        above = truth.positions_m[:, index, 1] - half_height_m(body)
        lift = np.clip(above / body.radius_m, 0.0, 6.0)
        half = radius * (1.05 + 0.12 * lift)
        place = np.stack([truth.centres[:, index, 0], floor + 0.012], axis=1)
        reach = (float(half.max()), 0.28 * float(half.max()))
        patches = _patches(place, reach, height, width, video.device)
        across = patches.right / _column(half, video.device)
        along = patches.up / _column(0.26 * half, video.device)
        rest = (1.0 - across * across - along * along).clamp(min=0.0)
        dark = _column(light.shadow * 1.5 / (1.0 + 0.8 * lift), video.device)
        _blend(video, patches, tone, (rest * dark).clamp(max=light.shadow * 1.35))


def _draw_bodies(video: Tensor, masks: Tensor, scene: Scene, truth: Truth) -> None:
    """Bodies in their order, later ones in front."""
    _, height, width, _ = video.shape
    light = LIGHT_TABLE[scene.light]
    for index, body in enumerate(scene.bodies):
        radius = truth.extents[:, index].astype(np.float64) * height
        # The corners of what is square reach beyond the half extent.
        reach = 1.16 * float(radius.max())
        patches = _patches(truth.centres[:, index], (reach, reach), height, width, video.device)
        unit = _column(1.0 / radius, video.device)
        u, v = torch.broadcast_tensors(patches.right * unit, patches.up * unit)
        drawn = draw_body(
            body, light, u, v, _column(truth.angles_rad[:, index], video.device), unit
        )
        _blend(video, patches, drawn[..., :3], drawn[..., 3])
        under = patches.around.take(masks)
        names = torch.where(drawn[..., 4] >= 0.5, index + 1, under).to(torch.uint8)
        patches.around.put(masks, names)
