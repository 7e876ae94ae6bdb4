"""Fine-tuning until what was named is seen, and what is seen is heard.

Velocities of clips that are given teach a network what stands in them, and at the levels where
outlines are decided an error of form costs next to nothing: words are understood, and a drum comes
out as a crate. Here the network makes previews of its own from noise, guided as renders are, and
at every level the clean latents that it says it is going to are shown to an eye that knows no
words (``models.latent_eye``), and to a clock that reads when bodies touch, once from the picture
and once from the sound (``models.latent_clock``). What the eye misses of the names that were said,
and what the clock finds apart, goes back through that one pass (ReFL, Xu et al. 2023,
arXiv:2304.05977, with the world's facts in place of people's preferences; cf. DRaFT, Clark et al.
2023, arXiv:2309.17400). The judge's reader and ear are others, which look at pictures and listen to
samples; no score is taken with these.

Beside it the network learns from clips as before, and is asked that where bodies are they look to
the eye as they are (a perceptual loss on latents, Berrada et al. 2024, arXiv:2411.04873).

Shape letters: B clips, C latent channels, L video latent frames, h w latent picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.models.latent_clock import LatentClock
from engine.models.latent_eye import LatentEye
from engine.models.signals import Latents, Prediction
from engine.models.transformer import DualTransformer, on_latents
from engine.training.batch import Batch
from engine.training.events_told import apart
from engine.training.latent_clock import by_latents
from engine.training.names_seen import Asked, judged
from engine.training.pretrain import LossWeights, PretrainRecipe
from engine.training.previews import STEPS, Preview, begun, joined, stepped
from engine.training.recipe import LoopConfig
from engine.training.tasks import TasksRecipe

_WEIGHTS = LossWeights(details=0.5, onset=5.0)
# Beside bodies, of what the eye sees of a clip.
_GROUND = 0.05


@dataclass(frozen=True, kw_only=True)
class Previews:
    """How previews are made while learning, and what they count.

    Attributes:
        clips: of a batch of them.
        batches: under way at once, at levels of their own; each goes on by one in a learning step.
        named: share in the loss of what the eye misses in them.
        timed: share of what the clock finds apart.
        alike: of how unlike to the eye bodies of given clips become.
    """

    clips: int = 8
    batches: int = 3
    named: float = 0.08
    timed: float = 0.02
    alike: float = 1.0


class NamedRecipe(PretrainRecipe):
    """Pretraining, with an eye that looks for what was said and a clock that waits for the sound.

    Args:
        store: of the clips to learn from, whose words are what previews are made of.
        config: how it is stepped.
        eye: what looks; it does not learn.
        clock: what tells the time; it does not learn either.
        previews: what they look at.
        batch: given clips a step, beside the previews.
        more: as of ``PretrainRecipe``.

    A run that is gone on from begins its previews anew.
    """

    name = "named"

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        eye: LatentEye,
        clock: LatentClock,
        *,
        previews: Previews | None = None,
        batch: int = 6,
        **more: Any,
    ) -> None:
        super().__init__(store, config, batch=batch, weights=_WEIGHTS, **more)
        self.eye, self.clock = eye, clock
        self.previews = previews or Previews()
        self._under_way: list[Preview] = []

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips, and previews' next levels."""
        assert isinstance(module, DualTransformer)
        losses = super().losses(module, step, generator)
        if not self._under_way:
            self._under_way = list(self._spread(module, generator))
        missed: list[dict[str, Tensor]] = []
        for place, preview in enumerate(self._under_way):
            now = self._opened(module, generator) if preview.step == STEPS else preview
            clean, self._under_way[place] = self._step(module, now, learns=True)
            missed.append(self._missed(clean, now.batch))
        means = {name: torch.stack([one[name] for one in missed]).mean() for name in missed[0]}
        total = self.previews.named * means["named"] + self.previews.timed * means["timed"]
        losses["total"] = losses["total"] + total
        return losses | {name: mean.detach() for name, mean in means.items()}

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
        """What pretraining measures; the loss is what is missed in held-out clips' previews.

        The velocity's errors stand beside it, and rise: a guess that can be named is no mean.
        """
        assert isinstance(module, DualTransformer)
        figures = super().evaluate(module)
        rows = self.worded(torch.arange(self.held_out))[: 2 * self.previews.clips]
        generator = torch.Generator().manual_seed(0)
        preview = begun(self._asked(module, rows, generator), module.config.details)
        missed: list[dict[str, Tensor]] = []
        while preview.step < STEPS:
            clean, onward = self._step(module, preview, learns=False)
            if preview.step:
                missed.append(self._missed(clean, preview.batch))
            preview = onward
        means = {name: sum(one[name].item() for one in missed) / len(missed) for name in missed[0]}
        loss = self.previews.named * means["named"] + self.previews.timed * means["timed"]
        return figures | {"velocity": figures["loss"], "loss": loss} | means

    def _missed(self, clean: Latents, batch: Batch) -> dict[str, Tensor]:
        """What eye and clock miss in ``clean``, and its parts."""
        names = judged(self.eye(clean.video), Asked.of(batch), frames=clean.video.shape[2])
        times = apart(
            self.clock.seen(clean.video), self.clock.heard(clean.audio), by_latents(batch.onsets)
        )
        return {
            "named": names.total,
            "timed": times.total,
            "form": names.form.detach(),
            "amount": names.amount.detach(),
            "apart": times.heard.detach(),
            "fewer": times.fewer.detach(),
        }

    def _asked(self, module: DualTransformer, rows: Tensor, generator: torch.Generator) -> Batch:
        """What the clips ``rows`` show, to preview."""
        return self.draw(rows, generator, next(module.parameters()).device, level=1.0)

    def _drawn(self, module: DualTransformer, generator: torch.Generator) -> Batch:
        return self._asked(module, self.rows_worded(self.previews.clips, generator), generator)

    def _spread(self, module: DualTransformer, generator: torch.Generator) -> Iterator[Preview]:
        """The first previews, some of them midway, so that all levels are learned from alike."""
        for place in range(self.previews.batches):
            batch, step = self._drawn(module, generator), 1 + place * STEPS // self.previews.batches
            yield joined(batch, min(step, STEPS - 1), module.config.details)

    def _opened(self, module: DualTransformer, generator: torch.Generator) -> Preview:
        """New previews past their first level: from noise alone nothing is to be seen yet."""
        preview = begun(self._drawn(module, generator), module.config.details)
        return self._step(module, preview, learns=False)[1]

    def _step(
        self, module: DualTransformer, preview: Preview, *, learns: bool
    ) -> tuple[Latents, Preview]:
        return stepped(module, preview, self.store.spec.shape, learns=learns, half=self._half())

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


class NamedTasksRecipe(NamedRecipe, TasksRecipe):
    """The same beside tasks, for weights that learned tasks: previews are of words alone."""
