"""The latent state of a render: noise from a seed, what is given, and mixing to a level.

Shape letters: B batch, C latent channels, L video latent frames, h w latent picture, A audio
latents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.models.signals import Latents
from engine.models.transformer import TransformerConfig
from engine.shapes import ClipShape

# Pictures that stand in a clip keep a trace of noise, so that stills do not freeze its motion.
TRACE = 0.05
# Of the noise of details so much is begun with. What the network cannot tell of them stays as noisy
# as it began, which is speckle on bodies. Chosen on scenes that no score is measured on.
DETAIL_NOISE = 0.7


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


def starting_noise(config: TransformerConfig, shape: ClipShape, seeds: Iterable[int]) -> Latents:
    """Where renders begin, a clip for each of ``seeds``."""
    channels = (config.channels, config.audio_channels)
    noises = [noise_for(shape, channels, seed) for seed in seeds]
    noise = Latents(
        video=torch.cat([one.video for one in noises]),
        audio=torch.cat([one.audio for one in noises]),
    )
    return quieter(noise, config.details)


def quieter(noise: Latents, details: int) -> Latents:
    """``noise`` as renders begin with it, less in the last ``details`` channels of the picture.

    Than there was in training (temperature below 1, as in Kingma and Dhariwal 2018,
    arXiv:1807.03039): fewer different details, likelier ones.
    """
    video = noise.video.clone()
    video[:, video.shape[1] - details :] *= DETAIL_NOISE
    return Latents(video=video, audio=noise.audio)


@dataclass(frozen=True, kw_only=True)
class Given:
    """Latents that stay as they are, and how noisy the others may ever be.

    One mechanism serves first and last pictures, keyframes, spans, painted regions, kept
    modalities, history and partial edits: a token's level is the sampler's, but never above its
    own ceiling; a ceiling of 0 is a value that stays bit for bit.

    Attributes:
        clean: values, anything where not given.
        video: (L,) or, on the lattice of tokens, (L, h, w) bool.
        audio: (A,) bool.
        video_most, audio_most: ceilings of the same shapes, 0 to 1; ``None`` is 1 everywhere.
    """

    clean: Latents
    video: Tensor
    audio: Tensor
    video_most: Tensor | None = None
    audio_most: Tensor | None = None

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
        video = spread(self.video.to(latents.video.device))
        audio = self.audio.to(latents.audio.device).view(1, 1, 1, -1)
        return Latents(
            video=torch.where(video, self.clean.video.to(latents.video.device), latents.video),
            audio=torch.where(audio, self.clean.audio.to(latents.audio.device), latents.audio),
        )

    def levels(self, video_sigma: float, audio_sigma: float) -> tuple[Tensor, Tensor]:
        """Levels of the latents, shaped as ``video`` and ``audio``, at the sampler's levels."""
        return (
            _capped(video_sigma, self.video, self.video_most),
            _capped(audio_sigma, self.audio, self.audio_most),
        )

    def start(self, noise: Latents, video_sigma: float = 1.0, audio_sigma: float = 1.0) -> Latents:
        """The state at the first level: what is known under as much noise as it may have."""
        picture, sound = self.levels(video_sigma, audio_sigma)
        video, audio = spread(picture), sound.view(1, 1, 1, -1)
        return self.put(
            Latents(
                video=(1 - video) * self.clean.video + video * noise.video,
                audio=(1 - audio) * self.clean.audio + audio * noise.audio,
            )
        )

    def on(self, device: torch.device) -> Given:
        """The same on ``device``; clean values follow where they are used."""
        most = (self.video_most, self.audio_most)
        video, audio = (None if one is None else one.to(device) for one in most)
        return replace(
            self,
            video=self.video.to(device),
            audio=self.audio.to(device),
            video_most=video,
            audio_most=audio,
        )


def spread(video: Tensor) -> Tensor:
    """(L,) or (L, h, w) over samples and channels: (1, 1, L, 1, 1) or (1, 1, L, h, w)."""
    return video.view(1, 1, *video.shape, *(1,) * (3 - video.ndim))


def _capped(sigma: float, given: Tensor, most: Tensor | None) -> Tensor:
    level = torch.full(given.shape, sigma, device=given.device)
    if most is not None:
        level = torch.minimum(level, most.to(given.device))
    return torch.where(given, 0.0, level)


def mixed(clean: Latents, noise: Latents, video_sigma: float, audio_sigma: float) -> Latents:
    """``(1 - sigma) clean + sigma noise`` per branch."""
    return Latents(
        video=(1 - video_sigma) * clean.video + video_sigma * noise.video,
        audio=(1 - audio_sigma) * clean.audio + audio_sigma * noise.audio,
    )
