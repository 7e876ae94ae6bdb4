"""A denoiser: the transformer with its context prepared, as samplers see it.

Shape letters: B batch, C latent channels, L video latent frames, h w latent picture, A audio
latents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import spread
from engine.diffusion.prepared import PreparedCache, together
from engine.models.layout import Layout, layout_of
from engine.models.signals import Latents, Levels, PreparedContext
from engine.models.transformer import Context, DualTransformer, Places
from engine.shapes import PATCH, ClipShape

# A clip this small leaves most of a pass to overheads, and three passes at once take the time of
# two; a larger one would only need three times the memory.
_TOGETHER_TOKENS = 2_000

Heard = Callable[[], None]
"""Called between passes of the network; raises to stop a render."""


@dataclass(frozen=True, kw_only=True)
class Noisy:
    """A state on its way: latents, and the level of each branch's tokens that are not given.

    Attributes:
        given_video, given_audio: (L,) or (L, h, w), and (A,) bool, True where the latent is given,
            clean.
        video_most, audio_most: ceilings of the levels, in the same shapes.
        video_r, audio_r: levels that the step goes to, for a flow map.
    """

    latents: Latents
    video_sigma: float
    audio_sigma: float
    given_video: Tensor
    given_audio: Tensor
    video_most: Tensor | None = None
    audio_most: Tensor | None = None
    video_r: float = 0.0
    audio_r: float = 0.0


def levels_of(state: Noisy, shots: tuple[Tensor, Tensor] | None = None) -> Levels:
    """Levels of the tokens: zero where given, and never above their ceilings.

    A level per latent frame where that is all there is; else the few distinct levels, and for
    every token which is its own. ``shots`` (V,) and (2A,) tell shots of one window apart.
    """
    batch = len(state.latents.video)
    video = _levels(state.video_sigma, state.given_video, state.video_most)
    audio = _levels(state.audio_sigma, state.given_audio, state.audio_most)
    if video.ndim == 1 and shots is None:
        video, audio = video.expand(batch, -1), audio.expand(batch, -1)
        return Levels(video=video, audio=audio, video_r=video, audio_r=audio)
    height, width = state.latents.video.shape[-2:]
    if video.ndim == 1:
        video = video[:, None, None].expand(-1, height, width)
    seen = _distinct(video[:, ::PATCH, ::PATCH].flatten(), shots[0] if shots else None, batch)
    heard = _distinct(audio.repeat_interleave(2), shots[1] if shots else None, batch)
    return Levels(
        video=seen[0],
        audio=heard[0],
        video_r=seen[0],
        audio_r=heard[0],
        video_index=seen[1],
        audio_index=heard[1],
        video_shot=seen[2],
        audio_shot=heard[2],
    )


def _levels(sigma: float, given: Tensor, most: Tensor | None) -> Tensor:
    if most is None:
        return torch.where(given, 0.0, sigma)
    return torch.where(given, 0.0, most.clamp_max(sigma))


def _distinct(
    levels: Tensor, shots: Tensor | None, batch: int
) -> tuple[Tensor, Tensor, Tensor | None]:
    """(B, K) levels, (B, N) which of them is a token's, (K,) the shot that each is for."""
    parts = levels if shots is None else torch.stack([shots.to(levels.dtype), levels], dim=1)
    few, index = torch.unique(parts, return_inverse=True, dim=0)
    index = index.expand(batch, -1)
    if shots is None:
        return few.expand(batch, -1), index, None
    return few[:, 1].expand(batch, -1), index, few[:, 0].long()


class Denoiser:
    """Velocities of both branches under guidance; conditions are prepared once.

    Args:
        model: the network.
        shape: of the clip, or a window of several runs.
        context: words and references.
        nothing: the context without them, for the pass that words are guided away from.
        guidance: how strongly.
        heard: called before every evaluation; raises to stop.
        prepared: contexts that were prepared before; its own otherwise.
        dtype: of the numbers to compute in.
    """

    def __init__(
        self,
        model: DualTransformer,
        shape: ClipShape | Layout,
        context: Context,
        nothing: Context,
        guidance: Guidance,
        heard: Heard = lambda: None,
        prepared: PreparedCache | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self._model, self._guidance, self._heard, self._dtype = model, guidance, heard, dtype
        self._places: Places = model.places(shape)
        layout = layout_of(shape) if isinstance(shape, ClipShape) else shape
        self._clips = [run.latents for run in layout.runs]
        prepared = prepared or PreparedCache()
        exchange = float(guidance.exchange)
        with self._numbers(next(model.parameters()).device):
            full = prepared.of(model, context)
            self._runs = [(full, exchange)]
            if guidance.takes_unsaid:
                self._runs.append((prepared.of(model, nothing), exchange))
            if guidance.takes_apart:
                self._runs.append((full, 0.0))
        self._together: tuple[PreparedContext, list[float]] | None = None
        joined = together([one for one, _ in self._runs]) if len(self._runs) > 1 else None
        if joined is not None and joined.mask.shape[0] == len(self._runs):
            self._together = joined, [switch for _, switch in self._runs]

    @property
    def passes(self) -> int:
        """Evaluations of the network per call."""
        return self._guidance.passes

    @torch.inference_mode()
    def __call__(self, state: Noisy) -> Latents:
        """The guided velocity at ``state``."""
        guidance, passes = self._guidance, self._passes(state)
        level = _levels(state.video_sigma, state.given_video, state.video_most)
        return guidance.guided(
            passes[0],
            passes[1] if guidance.takes_unsaid else None,
            passes[-1] if guidance.takes_apart else None,
            (state.latents.video, spread(level)),
            self._clips,
        )

    def _passes(self, state: Noisy) -> list[Latents]:
        """With everything; without words, if asked for; without the exchange, if asked for."""
        tokens = state.latents.video[0, 0].numel() // PATCH**2
        alone = len(state.latents.video) == 1
        if self._together is not None and alone and tokens <= _TOGETHER_TOKENS:
            context, switches = self._together
            all_ = self._run(state, context, switches)
            return [
                Latents(video=video[None], audio=audio[None])
                for video, audio in zip(all_.video, all_.audio, strict=True)
            ]
        return [self._run(state, context, [switch]) for context, switch in self._runs]

    def _numbers(self, device: torch.device) -> torch.autocast:
        """Half-width numbers where they were chosen."""
        half = self._dtype != torch.float32
        return torch.autocast(device.type, dtype=torch.bfloat16, enabled=half)

    def _run(self, state: Noisy, context: PreparedContext, switches: list[float]) -> Latents:
        """One evaluation: the state under each of the switches of a batch."""
        self._heard()
        batch = len(switches) if len(switches) > 1 else len(state.latents.video)
        now = Latents(
            video=state.latents.video.expand(batch, -1, -1, -1, -1),
            audio=state.latents.audio.expand(batch, -1, -1, -1),
        )
        switch = torch.tensor(switches, device=now.video.device).expand(batch)
        levels = levels_of(replace(state, latents=now), self._places.shots)
        if self._guidance.strides:
            told = self._guidance.told
            levels = replace(
                levels,
                video_r=levels.video.clamp_max(state.video_r),
                audio_r=levels.audio.clamp_max(state.audio_r),
                guidance=None if told is None else torch.full_like(switch, told),
            )
        with self._numbers(switch.device):
            result = self._model(now, levels, context, self._places, switch)
        return Latents(video=result.video.float(), audio=result.audio.float())
