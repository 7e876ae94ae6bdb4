"""The latent eye: names what is to be seen in latents, token by token, without words to go by.

Shape letters: B batch, C loud latent channels, L video latent frames, h w latent picture,
V = L * h/2 * w/2 video tokens, N names, W width.

It is no part of what renders. Training looks through it: it is small and smooth, so that what it
sees can be asked of a network by its gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.checkpoint import load_network
from engine.shapes import PATCH

KIND = "latent_eye"


@dataclass(frozen=True, kw_only=True)
class LatentEyeConfig:
    """Sizes of the eye.

    Attributes:
        channels: the first so many of the latents' are looked at; details are not.
        names: values per token.
    """

    channels: int = 32
    width: int = 96
    names: int = 22


class LatentEye(nn.Module):
    """Three convolutions on latents, each added to the one before, and names of patches of them."""

    def __init__(self, config: LatentEyeConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.enter = nn.Conv2d(config.channels, width, 3, padding=1)
        self.more = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.name = nn.Conv2d(width, config.names, PATCH, stride=PATCH)

    def forward(self, latents: Tensor) -> Tensor:
        """(B, >=C, L, h, w) to logits (B, V, N)."""
        named = self.name(self.features(latents)[-1])
        return rearrange(named, "(b l) n h w -> b (l h w) n", l=latents.shape[2])

    def features(self, latents: Tensor) -> list[Tensor]:
        """What each layer sees of (B, >=C, L, h, w): (B L, W, h, w)."""
        frames = rearrange(latents[:, : self.config.channels], "b c l h w -> (b l) c h w")
        seen = [F.gelu(self.enter(frames))]
        for layer in self.more:
            seen.append(seen[-1] + F.gelu(layer(seen[-1])))
        return seen


def load_latent_eye(path: Path) -> LatentEye:
    """The eye in ``path``, to look and not to learn.

    Raises:
        WeightsError: if it is missing, damaged or of another kind.
    """

    def build(plain: dict[str, Any]) -> LatentEye:
        return LatentEye(LatentEyeConfig(**plain))

    return load_network(path, KIND, build, "an eye for latents")[0]
