"""What a run's network makes of fixed prompts from fixed noise, so that a person sees it learn.

Shape letters: P prompts, T pictures, H height, W width, S samples, C latent channels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from engine.diffusion.denoiser import Denoiser
from engine.diffusion.latent_state import Given, starting_noise
from engine.diffusion.samplers import Schedule, euler
from engine.diffusion.schedules import sampling_sigmas
from engine.models.codecs import Codecs
from engine.models.signals import Latents
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import Context, DualTransformer
from engine.pipelines.render import GUIDANCE
from engine.shapes import ClipShape

PROMPTS = (
    "a red rubber ball drops in the park by day",
    "a yellow wooden drum is tossed on the beach at sunset, static camera",
    "a blue glass bottle hits a white stone crate on a city street at night",
    "the camera pans left: an orange metal bell rolls on the kitchen floor",
)
_PICTURES = 6
_STEPS = 8
_SOUND_PX = 24
_LINE = (255, 176, 32)


class FixedPrompts:
    """Draws a sheet: a prompt a row, pictures of the clip above the loudness of left and right."""

    def __init__(
        self,
        codecs: Codecs,
        text: TextEncoder,
        shape: ClipShape,
        prompts: Sequence[str] = PROMPTS,
    ) -> None:
        self._codecs, self._shape = codecs, shape
        longest = max(text.token_count(prompt) for prompt in prompts)
        self._states, self._mask = text.batch(list(prompts), longest)

    @torch.inference_mode()
    def __call__(self, module: nn.Module) -> NDArray[np.uint8]:
        """The sheet (H, W, 3) of ``module`` as it is."""
        assert isinstance(module, DualTransformer)
        latents = self._sampled(module)
        video = self._codecs.decode_video(latents.video, self._shape.width, self._shape.height)
        sound = self._codecs.decode_audio(latents.audio, self._shape.samples)
        rows = [
            _row(pictures, channels)
            for pictures, channels in zip(video.cpu().numpy(), sound.cpu().numpy(), strict=True)
        ]
        return np.concatenate(rows)

    def _sampled(self, module: DualTransformer) -> Latents:
        device = next(module.parameters()).device
        noise = starting_noise(module.config, self._shape, range(len(self._states))).on(device)
        denoiser = Denoiser(
            module, self._shape, self._words(module), self._words(module, False), GUIDANCE
        )
        sigmas = sampling_sigmas(_STEPS)
        given = Given.nothing(noise).on(device)
        latents = noise
        for step in euler(denoiser, noise, Schedule(video=sigmas, audio=sigmas), given):
            latents = step.latents
        return latents

    def _words(self, module: DualTransformer, spoken: bool = True) -> Context:
        device = next(module.parameters()).device
        states, mask = self._states.clone().to(device), (self._mask & spoken).to(device)
        return Context.of_words(states, mask, module.config.channels)


def _row(video: NDArray[np.uint8], sound: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Pictures of (T, H, W, 3) side by side over the loudness of (2, S)."""
    chosen = np.linspace(0, len(video) - 1, _PICTURES).round().astype(int)
    pictures = np.concatenate([video[time] for time in chosen], axis=1)
    width = pictures.shape[1]
    drawn = np.zeros((2, _SOUND_PX, width, 3), dtype=np.uint8)
    for channel, samples in zip(drawn, sound, strict=True):
        pieces = np.array_split(np.abs(samples), width)
        loud = np.array([piece.max(initial=0) for piece in pieces])
        tall = (loud.clip(0, 1) ** 0.5 * _SOUND_PX).round()
        channel[_SOUND_PX - np.arange(_SOUND_PX)[:, None] <= tall] = _LINE
    return np.concatenate([pictures, *drawn])
