"""What the dual-branch transformer is given, and what it says.

Shape letters: B batch, C latent channels, L video latent frames, h w latent picture, A audio
latents per channel, V video tokens, M context tokens, S shots, K distinct levels, D width.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Latents:
    """One sample of both modalities: video (B, C, L, h, w) and audio (B, 2, C, A)."""

    video: Tensor
    audio: Tensor

    def on(self, device: torch.device) -> Latents:
        """The same on ``device``."""
        return Latents(video=self.video.to(device), audio=self.audio.to(device))


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Noise levels: sigma and r of video per latent frame (B, L), of audio per latent (B, A).

    A last axis of one spreads over all frames or latents. With an index they are few distinct
    levels (B, K) instead, each embedded once, and every token says which is its own.

    Attributes:
        video_index, audio_index: (B, V) and (B, 2A), the level of every token.
        video_shot, audio_shot: (K,) the shot whose words a level is for.
        guidance: (B,) the scale that a step is guided by, for a network that is told it.
    """

    video: Tensor
    audio: Tensor
    video_r: Tensor
    audio_r: Tensor
    video_index: Tensor | None = None
    audio_index: Tensor | None = None
    video_shot: Tensor | None = None
    audio_shot: Tensor | None = None
    guidance: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class PreparedContext:
    """A context's keys and values, which hold for every step of a request.

    Attributes:
        mask, audio_mask: (B, 1, 1, M) for each branch, added to the scores.
        pooled: (B, D), or per shot (B, S, D).
        shots, audio_shots: (M,) the shot that a token is for, -1 for all; ``None`` is one shot.
    """

    video_keys: tuple[tuple[Tensor, Tensor], ...]
    audio_keys: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor
    audio_mask: Tensor
    pooled: Tensor
    shots: Tensor | None = None
    audio_shots: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Velocities of both branches, and what the truth heads saw (B, V, truths) and (B, 2A, 1)."""

    video: Tensor
    audio: Tensor
    video_truth: Tensor
    audio_truth: Tensor
