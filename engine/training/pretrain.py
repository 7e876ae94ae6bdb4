"""Pretraining of the dual-branch transformer by flow matching on both modalities.

Shape letters: B batch, C latent channels, L video latent frames, A audio latents, V video tokens,
M text tokens.

Tasks are drawn per clip: words alone, words and the first picture, words and a subject's picture,
sound for a given picture, picture for a given sound. Each condition is dropped on its own for
guidance. Truth heads read the tokens of a middle block and predict which colours cover a token and
where contacts begin (in the spirit of REPA, Yu et al. 2024, arXiv:2410.06940, with the world's
truth in place of a pretrained encoder).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.data.limits import limits_entry, limits_of
from engine.diffusion.schedules import draw_sigmas
from engine.errors import TrainingError
from engine.models.pathways import FIRST_TRAINED, FLOW_MAP, TOLD_GUIDANCE, trained_entry
from engine.models.signals import Latents, Levels, Prediction, PreparedContext
from engine.models.transformer import (
    Context,
    DualTransformer,
    Places,
    TransformerConfig,
    on_latents,
)
from engine.training.batch import Batch, TaskMix, moved_to
from engine.training.recipe import LoopConfig
from engine.training.truth_heads import truth_loss
from engine.training.velocity_errors import Errors, Seen, Weighed, loss_of, seen_apart

_MEASURED = 256
_HELD_OUT_LEVELS = (0.2, 0.5, 0.8)


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """What counts how much.

    Attributes:
        body: extra weight of tokens that a body covers.
        onset: extra weight of audio latents in which a contact begins, half of it on the next.
        details: of the codec's detail channels, beside 1 for the loud ones.
        truth: of the truth heads: what a token sees is most of what there is to learn.
    """

    audio: float = 1.0
    body: float = 8.0
    onset: float = 3.0
    details: float = 1.0
    truth: float = 0.8


Forward = Callable[[DualTransformer, Latents, Levels, Context, Places, Tensor], Prediction]


class PretrainRecipe:
    """Flow matching on stored latents.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        model: sizes of the network.
        compiled: build the network's code once, in minutes, to step in half the time.
        half: products in bfloat16; ``None`` is on an accelerator only.
        codecs: hash of those that made the store's latents, for the weights to tell.
        learned: pathways that the weights it starts from were trained on; strides are unlearned.
    """

    name = "pretrain"
    additions: tuple[str, ...] = ("fine.", "video_truth.")

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        *,
        model: TransformerConfig,
        batch: int = 32,
        mix: TaskMix | None = None,
        weights: LossWeights | None = None,
        compiled: bool = False,
        half: bool | None = None,
        codecs: str = "",
        learned: Collection[str] = FIRST_TRAINED,
    ) -> None:
        self.store, self.config, self.batch = store, config, batch
        self.learned = frozenset(learned) - {FLOW_MAP, TOLD_GUIDANCE}
        self.mix, self.weights = mix or TaskMix(), weights or LossWeights()
        self.codecs, self.half = codecs, half
        self.held_out = store.held_out
        self.module = DualTransformer(model)
        shape = store.spec.shape
        self.tokens = math.prod(shape.video_tokens) + 2 * shape.audio_latents
        self._set_deviations()
        self._places: Places | None = None
        self._forward: Forward = torch.compile(evaluate, dynamic=False) if compiled else evaluate

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips."""
        del step
        assert isinstance(module, DualTransformer)
        return self.velocity_losses(module, self.batch, generator)

    def velocity_losses(
        self, module: DualTransformer, count: int, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Losses of ``count`` clips, each at its own levels."""
        batch = self.draw(self.rows(count, generator), generator, next(module.parameters()).device)
        noisy = self.noisy(batch)
        return self.losses_of(batch, noisy, self.predict(module, noisy, batch, self._forward))

    def losses_of(self, batch: Batch, noisy: Latents, result: Prediction) -> dict[str, Tensor]:
        """Losses of what the network said of ``batch``, whose clips are ``noisy`` at its levels."""
        del noisy
        errors = self._errors(result, batch)
        video, audio = errors.video.mean(), errors.audio.mean()
        truth = truth_loss(result, batch)
        total = video + self.weights.audio * audio + self.weights.truth * truth
        whole = {"total": total, "video": video, "audio": audio, "truth": truth}
        with torch.no_grad():
            return whole | seen_apart(errors, self._seen(batch))

    def rows(self, count: int, generator: torch.Generator) -> Tensor:
        """(count,) places of clips to learn from.

        Raises:
            TrainingError: if none is encoded yet.
        """
        ready = self.store.ready() - self.held_out
        if ready < 1:
            raise TrainingError(
                f"Only {self.store.ready()} clips are encoded in {self.store.folder}; "
                f"training needs more than {self.held_out}. Wait for more of them."
            )
        return torch.randint(ready, (count,), generator=generator) + self.held_out

    def worded(self, rows: Tensor) -> Tensor:
        """Those of ``rows`` whose words tell what is seen and heard."""
        return rows

    def rows_worded(self, count: int, generator: torch.Generator) -> Tensor:
        """(count,) places of clips to learn from whose words tell what is seen and heard.

        Raises:
            TrainingError: if there is none.
        """
        ready = self.worded(torch.arange(self.held_out, self.store.ready()))
        if not len(ready):
            raise TrainingError(
                f"No clip in {self.store.folder} that is learned from says in words what it shows; "
                "previews are made of such words. Encode more of them."
            )
        return ready[torch.randint(len(ready), (count,), generator=generator)]

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Velocity error on held-out clips at fixed noise, per branch and noise level.

        ``loss`` is their mean, and ``loss@learned`` that of as many clips that are learned from,
        under the same noise: where it is far below, clips are known by heart and new ones wanted.
        ``bodies`` are the picture's errors where bodies are, and no part of it.
        """
        figures = self.held_out_errors(module)
        learned = range(self.held_out, min(2 * self.held_out, self.store.ready()))
        if learned:
            figures["loss@learned"] = loss_of(self._velocity_errors(module, learned))
        return figures

    def held_out_errors(self, module: nn.Module) -> dict[str, float]:
        """The held-out clips' part of ``evaluate``."""
        errors = self._velocity_errors(module, range(self.held_out))
        return errors | {"loss": loss_of(errors)}

    def _velocity_errors(self, module: nn.Module, rows: range) -> dict[str, float]:
        """Errors of the clips ``rows``, the same noise for every run of rows."""
        assert isinstance(module, DualTransformer)
        device = next(module.parameters()).device
        figures: dict[str, float] = {}
        for level in _HELD_OUT_LEVELS:
            sums = torch.zeros(3)
            for first in range(0, len(rows), 64):
                few = torch.tensor(rows[first : first + 64])
                generator = torch.Generator().manual_seed(first)
                batch = self.draw(few, generator, device, level)
                result = self.predict(module, self.noisy(batch), batch, evaluate)
                errors = self._errors(result, batch, plain=True)
                means = [errors.video.mean(), errors.audio.mean(), errors.bodies.mean()]
                sums += torch.stack(means).cpu() * len(few)
            named = zip(("video", "audio", "bodies"), sums / len(rows), strict=True)
            figures |= {f"{name}@{level}": float(mean) for name, mean in named}
        return figures

    def metadata(self) -> dict[str, str]:
        """What the network is, its codecs, what it was trained on and what it can make."""
        told = {
            "kind": "dual_transformer",
            "config": json.dumps(asdict(self.module.config)),
            "codecs": self.codecs,
        }
        told |= trained_entry(self.learned)
        return told | limits_entry(limits_of(self.store.spec.shape, self.store.spec.level))

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    def _set_deviations(self) -> None:
        """Tell the network how quiet the detail channels are, as far as clips are encoded."""
        details = self.module.config.details
        known = min(self.store.ready(), _MEASURED)
        if self.module.precondition is None or not known:
            return
        quiet = torch.from_numpy(self.store.video[:known, -details:].astype(np.float32))
        self.module.precondition.deviation.copy_(quiet.std(dim=(0, 2, 3, 4)).clamp_min(1e-3))

    def draw(
        self,
        rows: Tensor,
        generator: torch.Generator,
        device: torch.device,
        level: float | None = None,
    ) -> Batch:
        """Tasks, levels and noise for the clips ``rows``; a fixed ``level`` means plain text."""
        index = rows.numpy()
        clean = Latents(
            video=torch.from_numpy(self.store.video[index]).float(),
            audio=torch.from_numpy(self.store.audio[index]).float(),
        )
        noise = Latents(
            video=torch.randn(clean.video.shape, generator=generator),
            audio=torch.randn(clean.audio.shape, generator=generator),
        )
        return moved_to(
            Batch(
                clean=clean,
                noise=noise,
                levels=self._levels(clean, generator, level),
                context=self._context(index, generator, level is not None),
                switch=(self._chance(len(index), 1 - self.mix.exchange_off, generator)).float()
                if level is None
                else torch.ones(len(index)),
                coverage=torch.from_numpy(self.store.coverage[index]).float() / 255,
                onsets=torch.from_numpy(self.store.onsets[index]).float() / 255,
            ),
            device,
        )

    def sigmas(self, count: int, generator: torch.Generator) -> Tensor:
        """(count,) noise levels to learn at."""
        return draw_sigmas(count, generator)

    def _levels(self, clean: Latents, generator: torch.Generator, level: float | None) -> Levels:
        count, frames, latents = len(clean.video), clean.video.shape[2], clean.audio.shape[-1]
        if level is not None:
            video = torch.full((count, frames), level)
            audio = torch.full((count, latents), level)
            return Levels(video=video, audio=audio, video_r=video, audio_r=audio)
        picture = self.sigmas(count, generator)
        equal = self._chance(count, self.mix.equal, generator)
        sound = torch.where(equal, picture, self.sigmas(count, generator))
        given = torch.rand(count, generator=generator)
        picture = torch.where(given < self.mix.one_clean / 2, 0.0, picture)
        given_sound = (given >= self.mix.one_clean / 2) & (given < self.mix.one_clean)
        sound = torch.where(given_sound, 0.0, sound)
        video = picture[:, None].repeat(1, frames)
        first = self._chance(count, self.mix.first_frame, generator)
        video[:, 0] = torch.where(first, 0.0, video[:, 0])
        audio = sound[:, None].repeat(1, latents)
        return Levels(video=video, audio=audio, video_r=video, audio_r=audio)

    def _context(self, index: np.ndarray, generator: torch.Generator, plain: bool) -> Context:
        states = torch.from_numpy(self.store.text[index]).float()
        lengths = torch.from_numpy(self.store.lengths[index]).long()
        count = len(states)
        spoken = torch.ones(count, dtype=torch.bool)
        shown = torch.zeros(count, dtype=torch.bool)
        if not plain:
            spoken = self._chance(count, 1 - self.mix.no_text, generator)
            shown = self._chance(count, self.mix.subject * (1 - self.mix.no_reference), generator)
        mask = (torch.arange(states.shape[1]) < lengths[:, None]) & spoken[:, None]
        pictures = torch.from_numpy(self.store.references[index]).float()
        return Context(
            text=states,
            text_mask=mask,
            references=pictures,
            roles=torch.where(shown, 0, -1)[:, None],
            slots=torch.zeros(count, 1, dtype=torch.long),
        )

    @staticmethod
    def noisy(batch: Batch) -> Latents:
        """The clips of ``batch`` at their levels."""
        video, audio = batch.levels.video[:, None, :, None, None], batch.levels.audio[:, None, None]
        return Latents(
            video=batch.clean.video.lerp(batch.noise.video, video),
            audio=batch.clean.audio.lerp(batch.noise.audio, audio),
        )

    def predict(
        self, module: DualTransformer, noisy: Latents, batch: Batch, forward: Forward
    ) -> Prediction:
        """What ``module`` says of ``noisy`` at the levels and in the context of ``batch``."""
        if self._places is None:
            self._places = module.places(self.store.spec.shape)
        with torch.autocast(batch.switch.device.type, torch.bfloat16, enabled=self._half()):
            return forward(module, noisy, batch.levels, batch.context, self._places, batch.switch)

    @staticmethod
    def _seen(batch: Batch) -> Seen:
        video = batch.levels.video
        return Seen(
            video=video.amax(1),
            audio=batch.levels.audio.amax(1),
            first=(video[:, 0] == 0) & (video.amax(1) > 0),
            words=batch.context.text_mask.any(1),
            subject=(batch.context.roles >= 0).any(1),
        )

    def _errors(
        self,
        result: Prediction,
        batch: Batch,
        plain: bool = False,
        target: Latents | None = None,
    ) -> Errors:
        """Squared velocity errors; clean tokens do not count, covered ones count more.

        Args:
            result: what the network said.
            batch: what it was asked.
            plain: measure the loud channels, everywhere alike.
            target: what it should have said, if not the velocity from noise to clean.
        """
        if target is None:
            target = Latents(
                video=batch.noise.video - batch.clean.video,
                audio=batch.noise.audio - batch.clean.audio,
            )
        body = on_latents(batch.coverage[..., -1:], self.store.spec.shape.video_tokens)[:, 0]
        noisy_v = (batch.levels.video > 0).float()[:, :, None, None]
        if batch.free is not None:
            noisy_v = noisy_v * batch.free[:, :, None, None]
        square = (result.video.float() - target.video).square()
        loud = square.shape[1] - self.module.config.details
        error = square[:, :loud].mean(dim=1)
        if loud < square.shape[1] and not plain:
            error = error + self.weights.details * square[:, loud:].mean(dim=1)
        video = Weighed.of(error, noisy_v * (1 + (0 if plain else self.weights.body) * body))
        bodies = Weighed.of(error, noisy_v * body)
        onset = batch.onsets.unflatten(1, (-1, 2)).amax(dim=2)
        late = 0.5 * F.pad(onset[:, :-1], (1, 0))
        extra = 0 if plain else self.weights.onset * torch.maximum(onset, late)
        square = (result.audio.float() - target.audio).square()
        noisy_a = (batch.levels.audio > 0).float()
        audio = Weighed.of(square.mean(dim=(1, 2)), noisy_a * (1 + extra))
        return Errors(video=video, audio=audio, bodies=bodies)

    def _half(self) -> bool:
        if self.half is not None:
            return self.half
        return next(self.module.parameters()).device.type == "cuda"

    @staticmethod
    def _chance(count: int, share: float, generator: torch.Generator) -> Tensor:
        return torch.rand(count, generator=generator) < share


def evaluate(
    module: DualTransformer,
    noisy: Latents,
    levels: Levels,
    context: Context,
    places: Places,
    switch: Tensor,
) -> Prediction:
    """One evaluation with its context prepared in place, so that both are compiled as one."""
    prepared: PreparedContext = module.prepare(context)
    return module(noisy, levels, prepared, places, switch)
