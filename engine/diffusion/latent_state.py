"""The latent state of a render: noise from a seed, what is given, and mixing to a level.

Shape letters: B batch, C latent channels, L video latent frames, h w latent picture, A audio
latents.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.transformer import Latents
from engine.shapes import ClipShape


def noise_for(shape: ClipShape, channels: tuple[int, int], seed: int) -> Latents:
    """One sample of noise, drawn on the processor so that every device starts from the same.

    Picture and sound have generators of their own: changing one's size leaves the other alone.
    """
    frames, height, width = shape.video_latents
    picture = torch.Generator().manual_seed(seed)
    sound = torch.Generator().manual_seed(seed ^ 0x5EED_50DA)
    return Latents(
        video=torch.randn(1, channels[0], frames, height, width, generator=picture),
        audio=torch.randn(1, 2, channels[1], shape.audio_latents, generator=sound),
    )


@dataclass(frozen=True, kw_only=True)
class Given:
    """Latents that stay as they are: clean values and where they hold.

    Attributes:
        clean: values, anything where not given.
        video, audio: (L,) and (A,) bool.
    """

    clean: Latents
    video: Tensor
    audio: Tensor

    @staticmethod
    def nothing(like: Latents) -> Given:
        """Nothing is given."""
        return Given(
            clean=like,
            video=torch.zeros(like.video.shape[2], dtype=torch.bool),
            audio=torch.zeros(like.audio.shape[-1], dtype=torch.bool),
        )

    def put(self, latents: Latents) -> Latents:
        """``latents`` with the given values in their places, bit for bit."""
        video = self.video.to(latents.video.device).view(1, 1, -1, 1, 1)
        audio = self.audio.to(latents.audio.device).view(1, 1, 1, -1)
        return Latents(
            video=torch.where(video, self.clean.video.to(latents.video.device), latents.video),
            audio=torch.where(audio, self.clean.audio.to(latents.audio.device), latents.audio),
        )


def mixed(clean: Latents, noise: Latents, video_sigma: float, audio_sigma: float) -> Latents:
    """``(1 - sigma) clean + sigma noise`` per branch."""
    return Latents(
        video=(1 - video_sigma) * clean.video + video_sigma * noise.video,
        audio=(1 - audio_sigma) * clean.audio + audio_sigma * noise.audio,
    )
