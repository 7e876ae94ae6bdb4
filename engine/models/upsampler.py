"""The upsampler: finished latents at twice the size, in one pass.

Shape letters: B batch, L latent frames, H W picture, F width.

A latent cell is 8x8 pixels in four pictures: what is missing from a larger picture is missing at
edges, and edges are where pixels are. So latents are decoded, every group of four pictures is
enlarged, and the result is encoded again; the encoder is linear, so that nothing else happens to it
on the way. The four pictures of a group are channels of one another, which keeps them in step.
What is learned is added to a bicubic interpolation: a few residual blocks at the small size and a
shuffle at the end (Shi et al. 2016, arXiv:1609.05158), trained on decoded pictures of latents as
samplers leave them, so that what they leave goes as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.checkpoint import load_network
from engine.errors import WeightsError
from engine.models.layers import zeroed
from engine.shapes import TIME_STRIDE

UPSAMPLER = "upsampler.safetensors"
KIND = "latent_upsampler"
SCALE = 2
_GROUP = 3 * TIME_STRIDE


@dataclass(frozen=True, kw_only=True)
class UpsamplerConfig:
    """Sizes of the upsampler.

    Attributes:
        width: channels of the blocks.
        blocks: residual blocks of two convolutions.
    """

    width: int = 32
    blocks: int = 2


class Upsampler(nn.Module):
    """Groups of four pictures at twice the size."""

    def __init__(self, config: UpsamplerConfig) -> None:
        super().__init__()
        self.config = config
        self.enter = nn.Conv2d(_GROUP, config.width, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(config.width) for _ in range(config.blocks))
        self.leave = nn.Conv2d(config.width, _GROUP * SCALE**2, 3, padding=1)
        zeroed(self.leave)

    def forward(self, groups: Tensor) -> Tensor:
        """(B, L, 3, 4, H, W) in about -1..1 to (B, L, 3, 4, 2H, 2W)."""
        pictures = groups.flatten(2, 3).flatten(0, 1)
        x = self.enter(pictures.contiguous(memory_format=torch.channels_last))
        for block in self.blocks:
            x = block(x)
        learned = F.pixel_shuffle(self.leave(F.silu(x)), SCALE)
        large = F.interpolate(pictures, scale_factor=SCALE, mode="bicubic") + learned
        return large.unflatten(0, groups.shape[:2]).unflatten(2, groups.shape[2:4])


class _Block(nn.Module):
    """Two 3x3 convolutions; starts as nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        zeroed(self.second)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, H, W) to the same shape."""
        return x + self.second(F.silu(self.first(F.silu(x))))


def load_upsampler(path: Path, codecs: str) -> Upsampler:
    """The upsampler in ``path``, made for pictures of the codecs of hash ``codecs``.

    Raises:
        WeightsError: if it is missing, damaged, or of other codecs.
    """

    def build(plain: dict[str, Any]) -> Upsampler:
        return Upsampler(UpsamplerConfig(**plain))

    upsampler, metadata = load_network(path, KIND, build, "an upsampler")
    if metadata.get("codecs") != codecs:
        raise WeightsError(
            f"{path.name} was trained on other codecs ({metadata.get('codecs')}) than those "
            f"beside it ({codecs}). Use the one it came with, or take it away."
        )
    return upsampler
