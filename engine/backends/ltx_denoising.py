"""The velocity of LTX-2.x under guidance, as the engine's samplers ask for it.

Shape letters: C channels, L latent frames, h w latent picture, M latent mels, A audio latents,
N tokens.

The loop is the engine's own: every token has a level of its own, so that first pictures, spans,
painted regions, kept modalities, history and partial edits are one mechanism here too. A picture
or clip that stands later in the film is shown as further tokens at its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from einops import rearrange
from torch import Tensor

from engine.backends.ltx_lattice import Window
from engine.backends.ltx_model import LtxModel, Words
from engine.diffusion.denoiser import Noisy
from engine.diffusion.guidance import Guidance, rescaled
from engine.models.signals import Latents

# Of the difference that guidance makes to the spread of the guess, this share is taken back (Lin
# et al. 2023, arXiv:2305.08891), as the weights' makers advise.
_RESCALE = 0.7


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Latents (1, C, L, h, w) that are shown to the network at a time of the film.

    Attributes:
        picture: of the film, where they begin; ``None`` is beside the film, on its own clock.
        scale: how many times smaller they are than the film's picture.
        weight: 1 shows them clean, 0 as noise.
    """

    latents: Tensor
    picture: int | None
    weight: float = 1.0
    scale: int = 1


class LtxDenoiser:
    """Velocities of picture and sound; words and places are prepared once."""

    def __init__(
        self,
        model: LtxModel,
        window: Window,
        words: tuple[Words, Words],
        guidance: Guidance,
        shown: tuple[Shown, ...] = (),
    ) -> None:
        self._model, self._window, self._guidance = model, window, guidance
        self._full, self._nothing = words
        self._shown = tuple(
            (_video_tokens(one.latents).to(model.device), min(1.0, one.weight)) for one in shown
        )
        network: Any = model.transformer
        frames, height, width = window.video_latents
        rate = float(window.rate)
        places = [
            network.rope.prepare_video_coords(1, frames, height, width, model.device, fps=rate)
        ]
        places += [self._places_of(network, one) for one in shown]
        self._video_places = torch.cat(places, dim=2)
        self._audio_places = network.audio_rope.prepare_audio_coords(
            1, window.audio_latents, model.device
        )
        self._scale = float(network.config.timestep_scale_multiplier)
        # From LTX-2.3 on a branch reads the other's level where it listens to it.
        self._crossed = bool(network.config.cross_attn_mod)

    @torch.inference_mode()
    def __call__(self, state: Noisy) -> Latents:
        """The guided velocity at ``state``."""
        guidance = self._guidance
        full = self._run(state, self._full)
        if guidance.passes == 1:
            return full
        unsaid = self._run(state, self._nothing) if guidance.takes_unsaid else None
        apart = self._run(state, self._full, apart=True) if guidance.takes_apart else None
        now, guided = state.latents, guidance.guided(full, unsaid, apart)
        levels = torch.tensor(state.video_sigma), torch.tensor(state.audio_sigma)
        return Latents(
            video=rescaled(now.video, levels[0], full.video, guided.video, _RESCALE),
            audio=rescaled(now.audio, levels[1], full.audio, guided.audio, _RESCALE),
        )

    def _run(self, state: Noisy, words: Words, *, apart: bool = False) -> Latents:
        model, window = self._model, self._window
        frames, height, width = window.video_latents
        video = _video_tokens(state.latents.video)
        levels = _levels(state.video_sigma, state.given_video, state.video_most)
        if levels.ndim == 1:
            levels = levels[:, None, None].expand(frames, height, width)
        levels = levels.flatten()
        own = len(levels)
        for tokens, weight in self._shown:
            video = torch.cat([video, tokens], dim=1)
            noise = torch.full((tokens.shape[1],), (1 - weight) * state.video_sigma)
            levels = torch.cat([levels, noise.to(levels.device)])
        heard = _levels(state.audio_sigma, state.given_audio, state.audio_most)
        sigma = torch.tensor([state.video_sigma], device=model.device) * self._scale
        audio_sigma = torch.tensor([state.audio_sigma], device=model.device) * self._scale
        network: Any = model.transformer
        seen, sounded = network(
            hidden_states=video.to(model.dtype),
            audio_hidden_states=rearrange(state.latents.audio, "b c m a -> b a (c m)").to(
                model.dtype
            ),
            encoder_hidden_states=words.video,
            audio_encoder_hidden_states=words.audio,
            timestep=levels[None] * self._scale,
            audio_timestep=heard[None] * self._scale,
            sigma=sigma,
            audio_sigma=audio_sigma,
            encoder_attention_mask=words.mask,
            audio_encoder_attention_mask=words.mask,
            num_frames=frames,
            height=height,
            width=width,
            fps=float(window.rate),
            audio_num_frames=window.audio_latents,
            video_coords=self._video_places,
            audio_coords=self._audio_places,
            isolate_modalities=apart,
            use_cross_timestep=self._crossed,
            return_dict=False,
        )
        return Latents(
            video=rearrange(
                seen[:, :own].float(), "b (l h w) c -> b c l h w", l=frames, h=height, w=width
            ),
            audio=rearrange(sounded.float(), "b a (c m) -> b c m a", m=window.lattice.audio_mels),
        )

    def _places_of(self, network: Any, one: Shown) -> Tensor:
        """Places of further tokens: their own in the picture, their time in the film."""
        frames, height, width = one.latents.shape[2:]
        device, rate = self._model.device, float(self._window.rate)
        places = network.rope.prepare_video_coords(1, frames, height, width, device, fps=rate)
        places[:, 1:] *= one.scale
        if one.picture is None:
            return places
        stride = self._window.lattice.time_stride
        begin = one.picture + stride * torch.arange(frames, device=device).repeat_interleave(
            height * width
        )
        places[0, 0, :, 0] = begin / rate
        places[0, 0, :, 1] = (begin + (stride if frames > 1 else 1)) / rate
        return places


def _video_tokens(latents: Tensor) -> Tensor:
    return rearrange(latents, "b c l h w -> b (l h w) c")


def _levels(sigma: float, given: Tensor, most: Tensor | None) -> Tensor:
    """A level for every latent: nothing where given, never above its ceiling."""
    level = torch.full(given.shape, sigma, device=given.device)
    if most is not None:
        level = torch.minimum(level, most)
    return torch.where(given, 0.0, level)
