"""Latents of a clip at a multiple of its size, made a group of pictures at a time.

Shape letters: C latent channels, L latent frames, h w latent picture, T pictures, H W picture.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from engine.errors import WeightsError
from engine.pipelines.model import Model
from engine.pipelines.streaming import decode_pictures
from engine.shapes import GRID, TIME_STRIDE, ClipShape


@torch.inference_mode()
def at_scale(
    model: Model,
    latents: Tensor,
    shape: ClipShape,
    scale: int,
    heard: Callable[[], None] = lambda: None,
) -> Tensor:
    """Latents (1, C, L, h, w) of a clip of ``shape`` at ``scale`` times its size.

    ``heard`` is called before every latent frame and may raise.

    Raises:
        WeightsError: if the weights have nothing that enlarges.
    """
    if scale == 1:
        return latents
    upsampler, vae = model.upsampler, model.codecs.video
    if upsampler is None:
        raise WeightsError(
            "The take is larger than these weights make: what enlarges it is missing. "
            "Render it again."
        )
    wanted, made = shape.times(scale).video_latents, 0
    whole = torch.empty(1, latents.shape[1], *wanted)
    for pictures in decode_pictures(model, latents, shape, heard=heard):
        for group in _groups(pictures, first=made == 0):
            heard()
            large = upsampler(group[None, None].to(model.device))
            whole[:, :, made : made + 1] = vae.encode_groups(_on_grid(large))
            made += 1
    return whole


def _groups(pictures: Tensor, *, first: bool) -> Tensor:
    """uint8 (T, H, W, 3) as (L, 3, 4, H, W) in -1..1; a clip's first picture stands for four."""
    if first:
        pictures = torch.cat([pictures[:1].expand(TIME_STRIDE - 1, -1, -1, -1), pictures])
    groups = rearrange(pictures, "(l t) h w c -> l c t h w", t=TIME_STRIDE)
    return groups.float() / 127.5 - 1


def _on_grid(groups: Tensor) -> Tensor:
    """(1, 1, 3, 4, H, W) with its edges repeated to the grid of the tokens."""
    height, width = groups.shape[-2:]
    pad = (0, -width % GRID, 0, -height % GRID)
    return F.pad(groups[0], (*pad, 0, 0), mode="replicate")[None] if any(pad) else groups
