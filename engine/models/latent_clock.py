"""The latent clock: reads when things happen in latents, from the picture and from the sound.

Shape letters: B batch, C loud latent channels, L video latent frames, h w latent picture, A audio
latents, W width.

It is no part of what renders, and neither half knows of the other: what they disagree about is
what a training that looks through it can ask a network to mend. Small and smooth, as the latent
eye is. A contact anywhere in the picture is a contact: places are joined by a noisy or, as the
instances of a bag are (Maron and Lozano-Pérez 1997, multiple-instance learning).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.checkpoint import load_network
from engine.shapes import TIME_STRIDE

KIND = "latent_clock"
_REACH = 3
# So that hundreds of places that know nothing yet are no contact together.
_RARE = -7.0


@dataclass(frozen=True, kw_only=True)
class LatentClockConfig:
    """Sizes of the clock.

    Attributes:
        channels: the first so many of the picture's latents are looked at; details are not.
        audio_channels: of each side of the sound.
        per_picture: audio latents that a picture lasts.
        depth: times that neighbours, in time and in the picture, are looked at.
    """

    channels: int = 32
    audio_channels: int = 16
    per_picture: int = 2
    width: int = 64
    depth: int = 3


class LatentClock(nn.Module):
    """When bodies are seen to touch, and when they are heard to."""

    def __init__(self, config: LatentClockConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.enter = nn.Conv2d(config.channels, width, _REACH, padding=1)
        self.look = nn.ModuleList(_Look(width) for _ in range(config.depth))
        self.seen_at = nn.Conv2d(width, TIME_STRIDE * config.per_picture, 1)
        self.listen = nn.ModuleList(
            nn.Conv1d(2 * config.audio_channels if first else width, width, 5, padding=2)
            for first in (True, False)
        )
        self.heard_at = nn.Conv1d(width, 1, _REACH, padding=1)

    def seen(self, video: Tensor) -> Tensor:
        """Logits (B, A) of a contact in each audio latent's time, from (B, >=C, L, h, w)."""
        count, frames = len(video), video.shape[2]
        latents = rearrange(video[:, : self.config.channels], "b c l h w -> (b l) c h w")
        known = F.gelu(self.enter(latents))
        for look in self.look:
            known = look(known, frames)
        anywhere = F.softplus(self.seen_at(known) + _RARE).sum((2, 3)).clamp_min(1e-6)
        # The logit of 1 - exp(-anywhere).
        logits = anywhere + torch.log(-torch.expm1(-anywhere))
        whole = logits.view(count, frames * TIME_STRIDE * self.config.per_picture)
        # The first latent frame is one picture.
        return whole[:, (TIME_STRIDE - 1) * self.config.per_picture :]

    def heard(self, audio: Tensor) -> Tensor:
        """Logits (B, A) of an onset in each audio latent, from (B, 2, C, A)."""
        known = audio.flatten(1, 2)
        for layer in self.listen:
            known = F.gelu(layer(known))
        return self.heard_at(known).squeeze(1)


class _Look(nn.Module):
    """Neighbours in time, then in the picture, each added to what was known."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.time = nn.Conv1d(width, width, _REACH, padding=1)
        self.place = nn.Conv2d(width, width, _REACH, padding=1)

    def forward(self, known: Tensor, frames: int) -> Tensor:
        """(B L, W, h, w) to the same shape."""
        height, width = known.shape[2:]
        lines = rearrange(known, "(b l) w h v -> (b h v) w l", l=frames)
        moved = rearrange(F.gelu(self.time(lines)), "(b h v) w l -> (b l) w h v", h=height, v=width)
        known = known + moved
        return known + F.gelu(self.place(known))


def load_latent_clock(path: Path) -> LatentClock:
    """The clock in ``path``, to read and not to learn.

    Raises:
        WeightsError: if it is missing, damaged or of another kind.
    """

    def build(plain: dict[str, Any]) -> LatentClock:
        return LatentClock(LatentClockConfig(**plain))

    return load_network(path, KIND, build, "a clock for latents")[0]
