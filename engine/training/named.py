"""Fine-tuning until what was named is seen: an eye's gradient on the network's own previews.

Velocities of clips that are given teach a network what stands in them, and at the levels where
outlines are decided an error of form costs next to nothing: words are understood, and a drum comes
out as a crate. Here the network walks through previews of its own from noise, under guidance as
renders are, and at some of their levels the clean latents that it says it is going to are shown to
an eye that knows no words (``models.latent_eye``). What the eye misses of the names that were said
goes back through that one pass (ReFL, Xu et al. 2023, arXiv:2304.05977, with the world's names in
place of people's preferences; cf. DRaFT, Clark et al. 2023, arXiv:2309.17400). The judge's reader
is another network, which looks at pictures; no score is taken with this eye.

Beside it the network learns from clips as before, and is asked that where bodies are they look to
the eye as they are (a perceptual loss on latents, Berrada et al. 2024, arXiv:2411.04873).

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture, V video
tokens, N names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import DETAIL_NOISE
from engine.diffusion.schedules import sampling_sigmas
from engine.models.latent_eye import LatentEye
from engine.models.reward_model import Words
from engine.models.signals import Latents, Prediction
from engine.models.transformer import DualTransformer, on_latents
from engine.pipelines.render import GUIDANCE, VIDEO_SHIFT
from engine.training.batch import Batch
from engine.training.guided_velocity import Velocity
from engine.training.names_seen import Asked, judged
from engine.training.policy_steps import euler
from engine.training.pretrain import LossWeights, PretrainRecipe
from engine.training.recipe import LoopConfig

_STEPS = 8
_WEIGHTS = LossWeights(details=0.5)
# By words alone: the pass without the exchange says nothing of forms.
_GUIDANCE = Guidance(text=GUIDANCE.text, rescale=GUIDANCE.rescale)
# Beside bodies, of what the eye sees of a clip.
_GROUND = 0.05


@dataclass(frozen=True, kw_only=True)
class Previews:
    """How previews are made while learning, and what they count.

    Attributes:
        clips: made in a batch.
        looks: levels of each at which the eye looks, drawn anew for every batch.
        share: of what the eye misses in them, in the loss.
        alike: of how unlike to the eye bodies of given clips become, in the loss.
    """

    clips: int = 8
    looks: int = 3
    share: float = 0.08
    alike: float = 1.0


class NamedRecipe(PretrainRecipe):
    """Pretraining, and an eye that looks for what was said.

    Args:
        store: of the clips to learn from, whose words are what previews are made of.
        config: how it is stepped.
        eye: what looks; it does not learn.
        previews: what it looks at.
        batch: given clips a step, beside the previews.
        more: as of ``PretrainRecipe``.
    """

    name = "named"

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        eye: LatentEye,
        *,
        previews: Previews | None = None,
        batch: int = 6,
        **more: Any,
    ) -> None:
        super().__init__(store, config, batch=batch, weights=_WEIGHTS, **more)
        self.eye, self.previews = eye, previews or Previews()

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips, and one of previews."""
        assert isinstance(module, DualTransformer)
        losses = super().losses(module, step, generator)
        device = next(module.parameters()).device
        batch = self.draw(self.rows(self.previews.clips, generator), generator, device, level=1.0)
        looks = torch.randperm(_STEPS - 1, generator=generator)[: self.previews.looks] + 1
        missed = self._missed(module, batch, set(looks.tolist()))
        losses["total"] = losses["total"] + self.previews.share * missed
        return losses | {"named": missed.detach()}

    def losses_of(self, batch: Batch, noisy: Latents, result: Prediction) -> dict[str, Tensor]:
        """What pretraining asks, and that bodies look to the eye as they are."""
        losses = super().losses_of(batch, noisy, result)
        level = batch.levels.video[:, None, :, None, None]
        unlike = self._unlike(batch, noisy.video - level * result.video.float())
        return losses | {
            "total": losses["total"] + self.previews.alike * unlike,
            "unlike": unlike.detach(),
        }

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """What pretraining measures; the loss is what the eye misses in held-out clips' previews.

        The velocity's errors stand beside it, and rise: a guess that can be named is no mean.
        """
        assert isinstance(module, DualTransformer)
        figures = super().evaluate(module)
        rows = torch.arange(min(self.held_out, 2 * self.previews.clips))
        generator = torch.Generator().manual_seed(0)
        batch = self.draw(rows, generator, next(module.parameters()).device, level=1.0)
        missed = self._missed(module, batch, set(range(1, _STEPS))).item()
        return figures | {"velocity": figures["loss"], "loss": missed, "named": missed}

    def _missed(self, module: DualTransformer, batch: Batch, looks: set[int]) -> Tensor:
        """What the eye misses in previews of ``batch``, a mean over the steps ``looks``."""
        asked = Asked.of(batch)
        seen = [
            judged(self.eye(clean), asked, frames=clean.shape[2]).total
            for clean in self._previewed(module, batch, looks)
        ]
        return torch.stack(seen).mean()

    def _previewed(
        self, module: DualTransformer, batch: Batch, looks: set[int]
    ) -> Iterator[Tensor]:
        """The clean latents (B, C, L, h, w) that previews go to, at the steps ``looks``.

        Gradients go back through the pass with words, of that step alone.
        """
        words = Words(states=batch.context.text, mask=batch.context.text_mask)
        half = torch.autocast(batch.switch.device.type, torch.bfloat16, enabled=self._half())
        with half:
            velocity = Velocity(module, self.store.spec.shape, words, _GUIDANCE, both_ways=False)
        latents = self._starting(module, batch)
        sigmas = sampling_sigmas(_STEPS, VIDEO_SHIFT).tolist()
        for step in range(max(looks) + 1):
            sigma, after = sigmas[step], sigmas[step + 1]
            with half, torch.set_grad_enabled(step in looks and torch.is_grad_enabled()):
                guided = velocity(latents, (sigma, after))
            if step in looks:
                yield latents.video - sigma * guided.video
            now = Latents(video=guided.video.detach(), audio=guided.audio.detach())
            latents = euler(latents, now, after - sigma)

    def _starting(self, module: DualTransformer, batch: Batch) -> Latents:
        """Noise as renders begin with."""
        video = batch.noise.video.clone()
        loud = video.shape[1] - module.config.details
        video[:, loud:] *= DETAIL_NOISE
        return replace(batch.noise, video=video)

    def _unlike(self, batch: Batch, clean: Tensor) -> Tensor:
        """How unlike the clips what the eye sees of ``clean`` is, where bodies are.

        A mean over its layers, in each feature's own variance; the ground counts a little.
        """
        tokens = self.store.spec.shape.video_tokens
        bodies = rearrange(on_latents(batch.coverage[..., -1:], tokens), "b c l h w -> (b l) c h w")
        noisy = (batch.levels.video > 0).float().reshape(-1, 1, 1, 1)
        weight = (_GROUND + F.max_pool2d(bodies, 3, 1, 1)) * noisy
        with torch.no_grad():
            truths = self.eye.features(batch.clean.video)
        off = torch.zeros((), device=clean.device)
        for truth, made in zip(truths, self.eye.features(clean), strict=True):
            variance = truth.var(dim=(0, 2, 3), keepdim=True) + 1e-3
            error = ((made - truth).square() / variance).mean(1, keepdim=True)
            off = off + (error * weight).sum() / weight.sum().clamp_min(1e-6)
        return off / len(truths)
