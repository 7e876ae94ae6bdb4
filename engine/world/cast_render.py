"""Puppets drawn into pictures: shadow, body, head and what they wear, in the scene's light.

Shape letters: T pictures, H height, W width.
"""

from __future__ import annotations

from math import ceil

import numpy as np
import torch
from torch import Tensor

from engine.world.actions_pose import Pose, perform
from engine.world.cast import Identity
from engine.world.cast_body import draw_body, paint_of
from engine.world.cast_face import draw_face
from engine.world.cast_frame import frame
from engine.world.cast_head import draw_ears, draw_skull, make_head
from engine.world.cast_shapes import Sheet
from engine.world.cast_wear import (
    draw_accessory_on_head,
    draw_at_neck,
    draw_back_hair,
    draw_front_hair,
    draw_hat,
)
from engine.world.light import LIGHT_TABLE, Light
from engine.world.scene import VIEW_HEIGHT_M, Scene
from engine.world.truth import Truth
from engine.world.windows import Windows, pictures_at_once

# How far a puppet reaches from the point it stands on, in its heights.
ASIDE, ABOVE, BELOW = 0.62, 1.50, 0.08


def draw_puppet(
    identity: Identity,
    pose: Pose,
    light: Light,
    right_m: np.ndarray,
    up_m: np.ndarray,
    pixel_m: np.ndarray,
) -> Tensor:
    """One puppet at T instants.

    Args:
        identity: who.
        pose: how it stands.
        light: what grades it.
        right_m: (T, W) places of the columns, metres from the point of the floor below it.
        up_m: (T, H) places of the rows.
        pixel_m: (T,) size of a pixel in metres.

    Returns:
        (4, T, H, W) premultiplied colour as shown, and coverage, in the processor's memory.
    """
    body = frame(identity)
    sheet = Sheet(right_m, up_m, pixel_m, pose.lean)
    paint = paint_of(identity, light)
    head = make_head(sheet, identity, body, pose, paint)
    draw_back_hair(head)  # behind the shoulders, or long hair would hang down the chest as a beard
    draw_body(sheet, identity, body, pose, paint)
    draw_ears(head)
    draw_at_neck(sheet, head, body, pose)
    draw_skull(head)
    if identity.species == "frog":  # whose eyes stand where a hat sits, and look over it
        draw_hat(head)
        draw_ears(head)
    draw_face(head)
    draw_front_hair(head)
    if identity.species != "frog":
        draw_hat(head)
    draw_accessory_on_head(head)
    return sheet.pixels


def window(
    place_px: np.ndarray, scale_px: np.ndarray, height_m: float, leans: bool, size: tuple[int, int]
) -> tuple[Windows, np.ndarray, np.ndarray]:
    """The rectangle of pixels around a puppet, wholly inside the pictures.

    Args:
        place_px: (T, 2) column and row of the point of the floor below it.
        scale_px: (T,) pixels a metre.
        height_m: the puppet's.
        leans: whether it may lie on the floor.
        size: height and width of the pictures.

    Returns:
        The rectangle; (T, w) and (T, h) pixels to the right of the point and above it.
    """
    high, wide = size
    reach = (ABOVE if leans else ASIDE) * height_m * float(scale_px.max())
    above = ABOVE * height_m * float(scale_px.max())
    below = (0.3 if leans else BELOW) * height_m * float(scale_px.max())
    columns = min(wide, 2 * ceil(reach) + 2)
    rows = min(high, ceil(above + below) + 2)
    left = np.clip(np.floor(place_px[:, 0] - 0.5 * columns), 0, wide - columns).astype(np.int64)
    top = np.clip(np.floor(place_px[:, 1] - above), 0, high - rows).astype(np.int64)
    around = Windows(tops=top, lefts=left, height=rows, width=columns)
    right, up = around.columns + 0.5 - place_px[:, :1], place_px[:, 1:] - around.rows - 0.5
    return around, right, up


def lay_puppet(
    video: Tensor,
    mask: Tensor | None,
    number: int,
    identity: Identity,
    pose: Pose,
    light: Light,
    place_px: np.ndarray,
    scale_px: np.ndarray,
) -> None:
    """Lay a puppet over pictures.

    Args:
        video: (T, H, W, 3) bytes, drawn over.
        mask: (T, H, W) bytes, or None where nobody asks.
        number: what it is called in the mask.
        identity: who.
        pose: how it stands in each picture.
        light: what grades it.
        place_px: (T, 2) column and row of the point of the floor below it.
        scale_px: (T,) pixels a metre.
    """
    leans = bool(np.abs(pose.lean).max() > 1e-6)
    height_m = identity.height_m
    above = np.maximum(pose.height_m, 0.0)
    around, right, up = window(
        place_px,
        scale_px,
        height_m + float(above.max()) / ABOVE,
        leans,
        (video.shape[1], video.shape[2]),
    )
    pixel = 1.0 / scale_px.astype(np.float64)
    right_m, up_m = right * pixel[:, None], up * pixel[:, None]
    drawn = draw_puppet(identity, pose, light, right_m, up_m, pixel).to(video.device)
    under = around.take(video).float()
    over = drawn[:3].movedim(0, -1) * 255.0
    mixed = (under * (1.0 - drawn[3, ..., None]) + over + 0.5).clamp(0, 255).to(torch.uint8)
    around.put(video, mixed)
    if mask is not None:
        names = torch.where(drawn[3] >= 0.5, number, around.take(mask)).to(torch.uint8)
        around.put(mask, names)


def lay_shadow(
    video: Tensor,
    pose: Pose,
    light: Light,
    width_m: float,
    place_px: np.ndarray,
    scale_px: np.ndarray,
) -> None:
    """A soft shadow on the floor, fainter and wider the higher the puppet is."""
    high, wide = video.shape[1:3]
    lift = np.clip(pose.height_m / 0.3, 0.0, 4.0)
    lying = np.abs(np.sin(pose.lean))
    half = width_m * (1.0 + 0.25 * lift + 1.2 * lying) * scale_px
    middle = place_px[:, 0] - np.sin(pose.lean) * 1.8 * width_m * scale_px
    flat = 0.22 * width_m * scale_px
    left, right = int((middle - half).min()) - 1, int((middle + half).max()) + 2
    top, foot = int((place_px[:, 1] - flat).min()) - 1, int((place_px[:, 1] + flat).max()) + 2
    left, right = max(0, left), min(wide, right)
    top, foot = max(0, top), min(high, foot)
    if top >= foot or left >= right:
        return
    columns = torch.arange(left, right, device=video.device) + 0.5
    rows = torch.arange(top, foot, device=video.device) + 0.5

    def column(value: np.ndarray) -> Tensor:
        return torch.from_numpy(value.astype(np.float32)).to(video.device)[:, None, None]

    across = (columns[None, None, :] - column(middle)) / column(half)
    along = (rows[None, :, None] - column(place_px[:, 1])) / column(flat)
    rest = (1.0 - across * across - along * along).clamp(min=0.0)
    dark = (rest * column(light.shadow * 1.5 / (1.0 + 0.7 * lift))).clamp(max=1.3 * light.shadow)
    tone = torch.tensor([25.5 * gain for gain in light.gain], device=video.device)
    part = video[:, top:foot, left:right].float()
    part += (tone - part) * dark[..., None]
    video[:, top:foot, left:right] = (part + 0.5).to(torch.uint8)


def draw_cast(
    video: Tensor, masks: Tensor, scene: Scene, truth: Truth, times_s: np.ndarray
) -> None:
    """Draw all puppets of a scene over its set, with their shadows.

    Args:
        video: (T, H, W, 3) bytes, drawn over.
        masks: (T, H, W) bytes; puppets are counted on from the bodies.
        scene: whose cast it is.
        truth: what is known of these pictures.
        times_s: (T,) the instants of the pictures.
    """
    _, high, wide, _ = video.shape
    light = LIGHT_TABLE[scene.light]
    scale = high * truth.camera[:, 2].astype(np.float64) / VIEW_HEIGHT_M
    poses = [perform(puppet, times_s, scene.bodies) for puppet in scene.cast]
    places = [known.ground.astype(np.float64) * (wide, high) for known in truth.cast]
    stand = [
        (puppet.identity, pose, place)
        for puppet, pose, place in zip(scene.cast, poses, places, strict=True)
    ]
    for part in pictures_at_once(len(video), high * wide):
        for who, pose, place in stand:
            step = pose.pictures(part)
            lay_shadow(video[part], step, light, 0.24 * who.height_m, place[part], scale[part])
        for number, (who, pose, place) in enumerate(stand, start=len(scene.bodies) + 1):
            step = pose.pictures(part)
            drawn = (video[part], masks[part])
            lay_puppet(*drawn, number, who, step, light, place[part], scale[part])
