"""The guided velocity as training asks for it: of a batch of clips, and with gradients.

The same sum as ``Denoiser``'s, which serves renders and keeps no gradients.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from engine.diffusion.denoiser import Noisy, levels_of
from engine.diffusion.guidance import Guidance
from engine.models.reward_model import Words
from engine.models.signals import Latents, PreparedContext
from engine.models.transformer import Context, DualTransformer
from engine.shapes import ClipShape


class Velocity:
    """The guided velocity of clips, with gradients where they are asked for.

    Args:
        module: the network.
        shape: of the clips.
        words: what they are to show.
        guidance: how strongly.
        others_learn: whether gradients go back through the passes that guidance leads away from.
    """

    def __init__(
        self,
        module: DualTransformer,
        shape: ClipShape,
        words: Words,
        guidance: Guidance,
        *,
        others_learn: bool = True,
    ) -> None:
        self._others_learn = others_learn
        self._module, self._guidance = module, guidance
        self._places = module.places(shape)
        self._full = module.prepare(context_of(module, words, spoken=True))
        self._nothing = (
            module.prepare(context_of(module, words, spoken=False))
            if guidance.takes_unsaid
            else None
        )

    def __call__(self, latents: Latents, step: tuple[float, float]) -> Latents:
        """At ``latents``, both of whose branches go from the first level of ``step`` to the second.

        Only a flow map, which is asked for strides, sees where they go.
        """
        guidance = self._guidance
        full = self._run(latents, step, self._full, guidance.exchange)
        unsaid, apart = None, None
        with torch.set_grad_enabled(self._others_learn and torch.is_grad_enabled()):
            if self._nothing is not None:
                unsaid = self._run(latents, step, self._nothing, guidance.exchange)
            if guidance.takes_apart:
                apart = self._run(latents, step, self._full, False)
        level = latents.video.new_full((1, 1, 1, 1, 1), step[0])
        return guidance.guided(full, unsaid, apart, (latents.video, level))

    def _run(
        self,
        latents: Latents,
        step: tuple[float, float],
        context: PreparedContext,
        exchange: bool,
    ) -> Latents:
        device = latents.video.device
        sigma, after = step
        state = Noisy(
            latents=latents,
            video_sigma=sigma,
            audio_sigma=sigma,
            given_video=torch.zeros(latents.video.shape[2], dtype=torch.bool, device=device),
            given_audio=torch.zeros(latents.audio.shape[-1], dtype=torch.bool, device=device),
        )
        switch = torch.full((len(latents.video),), float(exchange), device=device)
        levels = levels_of(state, self._places.shots)
        if self._guidance.strides:
            ends = levels.video.clamp_max(after), levels.audio.clamp_max(after)
            told = self._guidance.told
            levels = replace(
                levels,
                video_r=ends[0],
                audio_r=ends[1],
                guidance=None if told is None else torch.full_like(switch, told),
            )
        result = self._module(latents, levels, context, self._places, switch)
        return Latents(video=result.video.float(), audio=result.audio.float())


def context_of(module: DualTransformer, words: Words, *, spoken: bool) -> Context:
    """What ``module`` is told, or, where nothing is ``spoken``, what it is guided away from."""
    mask = words.mask if spoken else torch.zeros_like(words.mask)
    return Context.of_words(words.states, mask, module.config.channels)
