"""Previews of a network's own that are under way while it learns, one level a learning step.

The whole way from noise at every learning step would be eight evaluations for one or two that
teach something. Here previews are kept between learning steps, and each step takes a few of them
to their next level: every evaluation is one to learn from. The weights they were begun with are a
few steps older than those they end with, and hardly differ.

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from engine.diffusion.latent_state import quieter
from engine.diffusion.schedules import sampling_sigmas
from engine.models.reward_model import Words
from engine.models.signals import Latents
from engine.models.transformer import DualTransformer
from engine.pipelines.render import GUIDANCE, VIDEO_SHIFT
from engine.shapes import ClipShape
from engine.training.batch import Batch
from engine.training.guided_velocity import Velocity
from engine.training.policy_steps import euler

STEPS = 8
SIGMAS = tuple(sampling_sigmas(STEPS, VIDEO_SHIFT).tolist())


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Previews of what the clips of ``batch`` show, as they are before ``step`` of ``STEPS``."""

    batch: Batch
    latents: Latents
    step: int


def begun(batch: Batch, details: int) -> Preview:
    """At noise, as renders begin; the last ``details`` channels are quieter."""
    return Preview(batch=batch, latents=quieter(batch.noise, details), step=0)


def joined(batch: Batch, step: int, details: int) -> Preview:
    """Midway, where the clips themselves would be."""
    noise, sigma = begun(batch, details).latents, SIGMAS[step]
    latents = Latents(
        video=batch.clean.video.lerp(noise.video, sigma),
        audio=batch.clean.audio.lerp(noise.audio, sigma),
    )
    return Preview(batch=batch, latents=latents, step=step)


def stepped(
    module: DualTransformer, preview: Preview, shape: ClipShape, *, learns: bool, half: bool
) -> tuple[Latents, Preview]:
    """The clean latents that ``preview`` is going to, and it one level on, as renders guide it.

    Gradients, if it ``learns``, go back through the pass with everything, of this step alone.
    """
    batch, now = preview.batch, preview.latents
    words = Words(states=batch.context.text, mask=batch.context.text_mask)
    sigma, after = SIGMAS[preview.step], SIGMAS[preview.step + 1]
    device = batch.switch.device
    with torch.autocast(device.type, torch.bfloat16, enabled=half), torch.set_grad_enabled(learns):
        velocity = Velocity(module, shape, words, GUIDANCE, others_learn=False)
        guided = velocity(now, (sigma, after))
    clean = Latents(video=now.video - sigma * guided.video, audio=now.audio - sigma * guided.audio)
    settled = Latents(video=guided.video.detach(), audio=guided.audio.detach())
    onward = replace(preview, latents=euler(now, settled, after - sigma), step=preview.step + 1)
    return clean, onward
