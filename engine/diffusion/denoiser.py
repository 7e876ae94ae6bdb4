"""A denoiser: the transformer with its context prepared, as samplers see it.

Shape letters: B batch, C latent channels, L video latent frames, h w latent picture, A audio
latents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.transformer import (
    Context,
    DualTransformer,
    Latents,
    Levels,
    Places,
    PreparedContext,
)
from engine.shapes import ClipShape

Heard = Callable[[], None]
"""Called between passes of the network; raises to stop a render."""


@dataclass(frozen=True, kw_only=True)
class Noisy:
    """A state on its way: latents, and the level of each branch's tokens that are not given.

    Attributes:
        given_video, given_audio: (L,) and (A,) bool, True where the latent is given, clean.
    """

    latents: Latents
    video_sigma: float
    audio_sigma: float
    given_video: Tensor
    given_audio: Tensor


def levels_of(state: Noisy) -> Levels:
    """Per-latent levels: zero where given."""
    batch = len(state.latents.video)
    video = torch.where(state.given_video, 0.0, state.video_sigma).expand(batch, -1)
    audio = torch.where(state.given_audio, 0.0, state.audio_sigma).expand(batch, -1)
    return Levels(video=video, audio=audio, video_r=video, audio_r=audio)


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """How strongly words and coupling are followed.

    Attributes:
        text: scale over the pass without conditions; 1 takes no such pass.
        coupling: scale over the pass with the exchange off; 1 takes no such pass.
        exchange: False renders with the exchange off throughout (the independent baseline).
    """

    text: float = 1.0
    coupling: float = 1.0
    exchange: bool = True

    @property
    def passes(self) -> int:
        """Evaluations of the network per step."""
        return 1 + (self.text != 1) + (self.coupling != 1 and self.exchange)


class Denoiser:
    """Velocities of both branches under guidance; conditions are prepared once.

    The guided velocity is ``v + (text - 1)(v - v_nothing) + (coupling - 1)(v - v_apart)``
    (classifier-free guidance, Ho and Salimans 2022, arXiv:2207.12598; the second term pushes
    towards what the branches say together).
    """

    def __init__(
        self,
        model: DualTransformer,
        shape: ClipShape,
        context: Context,
        nothing: Context,
        guidance: Guidance,
        heard: Heard = lambda: None,
    ) -> None:
        self._model, self._guidance, self._heard = model, guidance, heard
        self._places: Places = model.places(shape)
        with torch.inference_mode():
            self._full: PreparedContext = model.prepare(context)
            self._nothing: PreparedContext | None = (
                model.prepare(nothing) if guidance.text != 1 else None
            )

    @property
    def passes(self) -> int:
        """Evaluations of the network per call."""
        return self._guidance.passes

    @torch.inference_mode()
    def __call__(self, state: Noisy) -> Latents:
        """The guided velocity at ``state``."""
        guidance = self._guidance
        full = self._run(state, self._full, guidance.exchange)
        video, audio = full.video, full.audio
        if self._nothing is not None:
            other = self._run(state, self._nothing, guidance.exchange)
            video = video + (guidance.text - 1) * (full.video - other.video)
            audio = audio + (guidance.text - 1) * (full.audio - other.audio)
        if guidance.coupling != 1 and guidance.exchange:
            apart = self._run(state, self._full, False)
            video = video + (guidance.coupling - 1) * (full.video - apart.video)
            audio = audio + (guidance.coupling - 1) * (full.audio - apart.audio)
        return Latents(video=video, audio=audio)

    def _run(self, state: Noisy, context: PreparedContext, exchange: bool) -> Latents:
        self._heard()
        batch = len(state.latents.video)
        switch = torch.full((batch,), float(exchange), device=state.latents.video.device)
        result = self._model(state.latents, levels_of(state), context, self._places, switch)
        return Latents(video=result.video.float(), audio=result.audio.float())
