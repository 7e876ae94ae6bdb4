"""Fine-tuning into a flow map: whole steps of a preview learned from many small guided ones.

Shape letters: B batch, C latent channels, L video latent frames, A audio latents.

The network that takes (sigma, r) learns, for r below sigma, the average velocity with which its
own guided flow goes from sigma to r, so that a preview of 4 to 8 steps without guidance passes
arrives where the full render does (flow map distillation, Boffi et al. 2024, arXiv:2406.07507;
shortcut models, Frans et al. 2024, arXiv:2410.12557, take their own two half steps instead of the
frozen teacher's). The rest of a batch stays at r = sigma, which keeps the full render as it was.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.diffusion.guidance import Guidance
from engine.diffusion.schedules import sampling_sigmas
from engine.models.pathways import (
    FIRST_TRAINED,
    FLOW_MAP,
    TOLD_GUIDANCE,
    TOLD_SCALES,
    trained_entry,
)
from engine.models.signals import Latents, Levels
from engine.models.transformer import Context, DualTransformer
from engine.training.batch import Batch
from engine.training.pretrain import LossWeights, PretrainRecipe, evaluate
from engine.training.recipe import LoopConfig

_SEEN = 64


@dataclass(frozen=True, kw_only=True)
class Strides:
    """Which strides are learned, and how the teacher walks them.

    Attributes:
        share: of a batch that is taught strides; the rest stays at r = sigma.
        least, most: steps of the previews whose strides they are.
        substeps: of the teacher within a stride.
        guidance: of the teacher, folded into the strides.
        told: whether words are followed by a scale of its own in every clip, which the network is
            told (guidance distillation, Meng et al. 2023, arXiv:2210.03142).
    """

    share: float = 0.5
    least: int = 4
    most: int = 8
    substeps: int = 3
    guidance: Guidance
    told: bool = False


class FlowMapRecipe(PretrainRecipe):
    """``PretrainRecipe`` with strides that a frozen teacher, the network as it was, walks.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        teacher: what is fine-tuned, as it is.
        strides: which are learned.
        learned: pathways that the teacher was trained on.
        alone: learn in what tells strides apart and leave all else: the full render then stays as
            it was to the bit, and less can be learned.
        batch, weights, compiled, half, codecs: as of ``PretrainRecipe``.
    """

    name = "flow_map"

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        teacher: DualTransformer,
        strides: Strides,
        *,
        batch: int = 32,
        weights: LossWeights | None = None,
        compiled: bool = False,
        alone: bool = False,
        half: bool | None = None,
        codecs: str = "",
        learned: Collection[str] = FIRST_TRAINED,
    ) -> None:
        super().__init__(
            store,
            config,
            model=replace(
                teacher.config,
                guided=strides.told or teacher.config.guided,
                anchored=alone or teacher.config.anchored,
            ),
            batch=batch,
            weights=weights,
            compiled=compiled,
            half=half,
            codecs=codecs,
            learned=learned,
        )
        self.strides = strides
        self.teacher = teacher.eval().requires_grad_(False)
        self.module.load_state_dict(teacher.state_dict(), strict=False)
        self.taught = max(1, round(batch * strides.share))
        if alone:
            self.taught = batch
            self.module.requires_grad_(False)
            for level in (self.module.video_level, self.module.audio_level):
                if not teacher.config.anchored:
                    level.anchor()
                level.stride.requires_grad_(True)

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch: velocities where they are, and strides."""
        assert isinstance(module, DualTransformer)
        del step
        plain_count = self.batch - self.taught
        plain = self.velocity_losses(module, plain_count, generator) if plain_count else {}
        rows = self.rows(self.taught, generator)
        walked = self._walk(rows, generator, next(module.parameters()).device)
        strides = self._stride_error(module, walked)
        share = self.taught / self.batch
        total = share * strides + (1 - share) * plain.get("total", torch.zeros(()))
        return plain | {"total": total, "strides": strides}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Velocity errors as in pretraining, and the error of strides on held-out clips."""
        assert isinstance(module, DualTransformer)
        figures = super().evaluate(module)
        rows = torch.arange(min(_SEEN, self.held_out))
        generator = torch.Generator().manual_seed(0)
        walked = self._walk(rows, generator, next(module.parameters()).device)
        figures["strides"] = self._stride_error(module, walked).item()
        figures["velocity"] = figures["loss"]
        return figures | {"loss": figures["velocity"] + figures["strides"]}

    def metadata(self) -> dict[str, str]:
        """As in pretraining; the flow map is trained beside what the teacher had learned."""
        more = {FLOW_MAP, TOLD_GUIDANCE} if self.strides.told else {FLOW_MAP}
        return super().metadata() | trained_entry({*self.learned, *more})

    def _walk(self, rows: Tensor, generator: torch.Generator, device: torch.device) -> Walked:
        """Clips at random levels and where the teacher's guided flow takes them from there."""
        self.teacher.to(device)
        here, there = self._ends(len(rows), generator)
        batch = self.draw(rows, generator, device)
        batch = replace(batch, switch=torch.ones_like(batch.switch))
        scales = self._scales(len(rows), generator, device)
        given = (batch.levels.video == 0, batch.levels.audio == 0)
        start = _at(here.to(device), given)
        noisy = self.noisy(replace(batch, levels=start))
        state, now = noisy, here
        for index in range(self.strides.substeps):
            after = here + (there - here) * (index + 1) / self.strides.substeps
            velocity = self._guided(state, _at(now.to(device), given), batch, scales)
            stride = _at(after.to(device), given), _at(now.to(device), given)
            state = _moved(state, velocity, *stride)
            now = after
        end = _at(there.to(device), given)
        return Walked(
            batch=replace(
                batch,
                levels=replace(start, video_r=end.video, audio_r=end.audio, guidance=scales),
            ),
            noisy=noisy,
            average=_average(noisy, state, start, end),
        )

    def _ends(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """(B,) levels from and to which strides go: neighbours in the grid of some preview."""
        steps = torch.randint(
            self.strides.least, self.strides.most + 1, (count,), generator=generator
        )
        ends = []
        for number in steps.tolist():
            index = int(torch.randint(number, (), generator=generator))
            ends.append(sampling_sigmas(number)[index : index + 2])
        here, there = torch.stack(ends).unbind(1)
        return here, there

    def _scales(
        self, count: int, generator: torch.Generator, device: torch.device
    ) -> Tensor | None:
        """(B,) scales that clips are guided by, where the network is told them."""
        if not self.strides.told:
            return None
        low, high = TOLD_SCALES
        return (low + (high - low) * torch.rand(count, generator=generator)).to(device)

    def _guided(
        self, state: Latents, levels: Levels, batch: Batch, scales: Tensor | None = None
    ) -> Latents:
        """The teacher's guided velocity (see ``Denoiser``), its passes as one batch.

        ``scales`` (B,) are of words, in the place of the one that all clips have.
        """
        guidance = self.strides.guidance
        nothing = _without(batch.context)
        passes = [(batch.context, 1.0), (nothing, 1.0), (batch.context, 0.0)]
        asked = Batch(
            clean=_repeated(batch.clean, 3),
            noise=batch.noise,
            levels=Levels(
                video=levels.video.repeat(3, 1),
                audio=levels.audio.repeat(3, 1),
                video_r=levels.video_r.repeat(3, 1),
                audio_r=levels.audio_r.repeat(3, 1),
            ),
            context=_joined([context for context, _ in passes]),
            switch=torch.cat([torch.full_like(batch.switch, switch) for _, switch in passes]),
            coverage=batch.coverage,
            onsets=batch.onsets,
        )
        with torch.no_grad():
            result = self.predict(self.teacher, _repeated(state, 3), asked, evaluate)
        seen, heard = result.video.float().chunk(3), result.audio.float().chunk(3)
        full, unsaid, apart = (
            Latents(video=video, audio=audio) for video, audio in zip(seen, heard, strict=True)
        )
        if scales is not None:
            guidance = replace(guidance, text=2.0)
            unsaid = _away(full, unsaid, scales - 1)
        return guidance.guided(
            full, unsaid, apart, (state.video, levels.video[:, None, :, None, None])
        )

    def _stride_error(self, module: DualTransformer, walked: Walked) -> Tensor:
        result = self.predict(module, walked.noisy, walked.batch, self._forward)
        errors = self._errors(result, walked.batch, target=walked.average)
        return errors.video.mean() + self.weights.audio * errors.audio.mean()


@dataclass(frozen=True, kw_only=True)
class Walked:
    """Strides of a teacher.

    Attributes:
        batch: with the strides' levels.
        noisy: where they begin.
        average: velocity of each, per latent.
    """

    batch: Batch
    noisy: Latents
    average: Latents


def _at(sigma: Tensor, given: tuple[Tensor, Tensor]) -> Levels:
    """Levels (B,) for all frames and latents but those that are given."""
    video = torch.where(given[0], 0.0, sigma[:, None])
    audio = torch.where(given[1], 0.0, sigma[:, None])
    return Levels(video=video, audio=audio, video_r=video, audio_r=audio)


def _moved(state: Latents, velocity: Latents, there: Levels, here: Levels) -> Latents:
    video = (there.video - here.video)[:, None, :, None, None]
    audio = (there.audio - here.audio)[:, None, None]
    return Latents(
        video=state.video + video * velocity.video, audio=state.audio + audio * velocity.audio
    )


def _average(start: Latents, end: Latents, here: Levels, there: Levels) -> Latents:
    """What takes ``start`` to ``end`` in one step; where nothing moves it does not count."""
    video = (there.video - here.video)[:, None, :, None, None].clamp_max(-1e-6)
    audio = (there.audio - here.audio)[:, None, None].clamp_max(-1e-6)
    return Latents(video=(end.video - start.video) / video, audio=(end.audio - start.audio) / audio)


def _away(full: Latents, unsaid: Latents, by: Tensor) -> Latents:
    """What is ``by`` (B,) times as far from ``full`` as ``unsaid`` is: a scale of 2 goes so far."""
    video, audio = by.view(-1, 1, 1, 1, 1), by.view(-1, 1, 1, 1)
    return Latents(
        video=full.video - video * (full.video - unsaid.video),
        audio=full.audio - audio * (full.audio - unsaid.audio),
    )


def _without(context: Context) -> Context:
    return replace(
        context,
        text_mask=torch.zeros_like(context.text_mask),
        roles=torch.full_like(context.roles, -1),
    )


def _joined(contexts: list[Context]) -> Context:
    first = contexts[0]
    names = ("text", "text_mask", "references", "roles", "slots")
    return replace(
        first, **{name: torch.cat([getattr(one, name) for one in contexts]) for name in names}
    )


def _repeated(latents: Latents, times: int) -> Latents:
    return Latents(
        video=latents.video.repeat(times, 1, 1, 1, 1), audio=latents.audio.repeat(times, 1, 1, 1)
    )
