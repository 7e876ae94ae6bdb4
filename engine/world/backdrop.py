"""The set behind the bodies: layers that pass the camera by their nearness.

Shape letters: T pictures, K pictures at a time, H height, W width.

Layers are drawn once a shot on sheets as wide as the camera's travel and resampled for every
picture; a still camera needs no resampling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from engine.world.camera import layer_views
from engine.world.canvas import Canvas
from engine.world.scene import CameraPath, Scene
from engine.world.sets import SET_LAYERS, draw_layer
from engine.world.weather import weather_layer
from engine.world.windows import pictures_at_once

# Few are resampled at a time, so that they stay in a processor's cache.
RESAMPLED_AT_ONCE = 100_000


def draw_backdrop(video: Tensor, scene: Scene, path: CameraPath, camera: np.ndarray) -> None:
    """Fill (T, H, W, 3) with the set and the weather upon it, as a camera sees them in one shot."""
    _, height, width, _ = video.shape
    for part, seen in seen_layers(scene, path, camera, height, width, video.device):
        colour = _as_bytes(_stacked(seen))
        video[part] = colour.view(-1, height, width, 3)


def seen_layers(
    scene: Scene,
    path: CameraPath,
    camera: np.ndarray,
    height: int,
    width: int,
    device: torch.device | str,
) -> Iterator[tuple[slice, list[Tensor]]]:
    """The layers of a set, back to front, as some of a shot's pictures at a time see them.

    Args:
        scene: whose set it is.
        path: the camera of the shot.
        camera: (T, 3) where it is in each picture.
        height: of the pictures in pixels.
        width: the same.
        device: where the layers are drawn.

    Yields:
        Which pictures, and each layer's (4, K * H, W) premultiplied colour and coverage in them;
        all pictures at once with K = 1 where the camera is still.
    """
    frames = len(camera)
    still = bool((camera == camera[:1]).all())
    layers = SET_LAYERS[scene.set_name]
    seen_from = camera[:1] if still else camera
    views = [layer_views(seen_from, path, it.nearness, width / height) for it in layers]
    device = torch.device(device)
    sheets = [_sheet(scene, index, view, height, width, device) for index, view in enumerate(views)]
    if still:
        yield slice(0, frames), [sheet.pixels[:, :height, :width] for sheet in sheets]
        return
    # A camera that only travels sideways leaves the rows where they are.
    take = _slid if bool((camera[:, 1:] == camera[0, 1:]).all()) else _resampled
    for part in pictures_at_once(frames, height * width, RESAMPLED_AT_ONCE):
        yield (
            part,
            [
                take(sheet, view[part], height, width)
                for sheet, view in zip(sheets, views, strict=True)
            ],
        )


def _sheet(
    scene: Scene, index: int, views: np.ndarray, height: int, width: int, device: torch.device
) -> Canvas:
    """A layer drawn over all that the views see, at the finest view's pixel size."""
    pitch = float(views[:, 2].min()) / height
    left, top = float(views[:, 0].min()), float(views[:, 1].max())
    right = float((views[:, 0] + views[:, 2] * width / height).max())
    bottom = float((views[:, 1] - views[:, 2]).min())
    canvas = Canvas(
        left=left,
        top=top,
        pitch=pitch,
        width=ceil((right - left) / pitch - 1e-6) + 1,
        height=ceil((top - bottom) / pitch - 1e-6),
        device=device,
    )
    draw_layer(canvas, scene.set_name, scene.light, scene.seed, index)
    layers = SET_LAYERS[scene.set_name]
    floor = index == len(layers) - 1
    weather_layer(canvas, scene, layers[index].nearness, floor=floor)
    return canvas


def _slid(sheet: Canvas, views: np.ndarray, height: int, width: int) -> Tensor:
    """(4, T * H, W) what (T, 3) views of one height see of a sheet with their pixel size."""
    seen = torch.empty(4, len(views), height, width, device=sheet.pixels.device)
    for number, left in enumerate(views[:, 0]):
        offset = max(0.0, float(left - sheet.left) / sheet.pitch)
        whole = min(int(offset), sheet.pixels.shape[2] - width - 1)
        first = sheet.pixels[:, :height, whole : whole + width]
        second = sheet.pixels[:, :height, whole + 1 : whole + 1 + width]
        torch.lerp(first, second, min(1.0, offset - whole), out=seen[:, number])
    return seen.view(4, -1, width)


def _resampled(sheet: Canvas, views: np.ndarray, height: int, width: int) -> Tensor:
    """(4, T * H, W) what each of (T, 3) views sees of a sheet."""
    _, rows, columns = sheet.pixels.shape
    step = views[:, 2:] / height
    x = views[:, :1] + step * (np.arange(width) + 0.5)
    y = views[:, 1:2] - step * (np.arange(height) + 0.5)
    across = (x - sheet.left) / (sheet.pitch * columns) * 2.0 - 1.0
    along = (sheet.top - y) / (sheet.pitch * rows) * 2.0 - 1.0
    grid = torch.empty(len(views), height, width, 2, device=sheet.pixels.device)
    grid[..., 0] = torch.from_numpy(across.astype(np.float32)).to(grid.device)[:, None, :]
    grid[..., 1] = torch.from_numpy(along.astype(np.float32)).to(grid.device)[:, :, None]
    return grid_sample(
        sheet.pixels[None],
        grid.view(1, -1, width, 2),
        mode="bilinear",
        padding_mode="border",
        align_corners=False,
    )[0]


def _stacked(layers: Sequence[Tensor]) -> Tensor:
    """(3, ...) colour of (4, ...) premultiplied layers, back to front; the last is overwritten."""
    colour = layers[0][:3]
    for layer in layers[1:]:
        colour = torch.addcmul(layer[:3], colour, 1.0 - layer[3:])
    return colour


def _as_bytes(colour: Tensor) -> Tensor:
    """(3, ..., W) in 0..1 as bytes (..., W, 3)."""
    return (colour * 255.0 + 0.5).clamp_(0.0, 255.0).to(torch.uint8).movedim(0, -1)
