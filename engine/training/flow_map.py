"""Fine-tuning into a flow map: whole steps of a preview learned from many guided passes.

Shape letters: B batch, C latent channels, L video latent frames, A audio latents.

The network that takes (sigma, r) learns, for r below sigma, the average velocity with which its
own guided flow goes from sigma to r, so that a preview of 4 to 8 steps without guidance passes
arrives where guided ones do (flow map distillation, Boffi et al. 2024, arXiv:2406.07507;
shortcut models, Frans et al. 2024, arXiv:2410.12557, take their own two half steps instead of the
frozen teacher's). The teacher walks from noise to previews of its own (``training.walks``), since
what it meets on its way is not what clips under noise look like. At r = sigma the network is to
say what the teacher says, which keeps the full render as it was: clips alone would have it unlearn
whatever it was tuned to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.diffusion.guidance import Guidance
from engine.models.context import Context, ReferenceTokens
from engine.models.pathways import (
    FIRST_TRAINED,
    FLOW_MAP,
    TOLD_GUIDANCE,
    TOLD_SCALES,
    trained_entry,
)
from engine.models.signals import Latents, Levels
from engine.models.transformer import DualTransformer
from engine.training.batch import Batch
from engine.training.pretrain import Forward, LossWeights, PretrainRecipe, evaluate
from engine.training.recipe import LoopConfig
from engine.training.tasks import TasksRecipe
from engine.training.walks import Stride, Walk

_SEEN = 64
# Walks that are made before anything is learned from them.
_FIRST = 2


@dataclass(frozen=True, kw_only=True)
class Strides:
    """Which strides are learned, and how the teacher walks them.

    Attributes:
        share: of a batch that is taught strides; the rest stays at r = sigma.
        least, most: steps of the previews whose strides they are; the teacher makes ``most`` steps
            at least on any way.
        clips: that the teacher walks at a time.
        walks: under way at once; each goes on by one step in a learning step.
        kept: strides of so many clips each that are remembered; the newest takes the place of the
            oldest, and each is learned from a few times.
        guidance: of the teacher, folded into the strides.
        told: whether words are followed by a scale of its own in every clip, which the network is
            told (guidance distillation, Meng et al. 2023, arXiv:2210.03142).
    """

    share: float = 0.75
    least: int = 4
    most: int = 8
    clips: int = 4
    walks: int = 2
    kept: int = 256
    guidance: Guidance
    told: bool = False


class FlowMapRecipe(PretrainRecipe):
    """``PretrainRecipe`` with strides that a frozen teacher, the network as it was, walks.

    Args:
        store: of the clips whose words are walked from.
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
        self.taught = batch if alone else max(1, round(batch * strides.share))
        self._walks: list[Walk | None] = [None] * strides.walks
        self._kept: deque[Stride] = deque(maxlen=strides.kept)
        self._held_out_strides: list[Stride] = []
        if alone:
            self.module.requires_grad_(False)
            for level in (self.module.video_level, self.module.audio_level):
                if not teacher.config.anchored:
                    level.anchor()
                level.stride.requires_grad_(True)

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """Strides that are remembered, and velocities where none is taken."""
        assert isinstance(module, DualTransformer)
        del step
        device = next(module.parameters()).device
        # A run that is gone on from walks anew.
        for _ in range(1 if self._kept else _FIRST * self.strides.most):
            self._go_on(generator, device)
        drawn = max(1, self.taught // self._clips)
        places = torch.randint(len(self._kept), (drawn,), generator=generator).tolist()
        errors = [self._stride_error(module, self._kept[at], self._forward) for at in places]
        strides, count = torch.stack(errors).mean(), self.batch - self.taught
        moved = torch.zeros(())
        if count:
            rows = self.rows(count, generator)
            moved = self._moved(module, rows, generator, self._forward)
        share = self.taught / self.batch
        total = share * strides + (1 - share) * moved
        return {"total": total, "strides": strides.detach(), "moved": moved.detach()}

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """The errors of strides on held-out clips, and of velocities from the teacher's."""
        assert isinstance(module, DualTransformer)
        rows = torch.arange(min(_SEEN, self.held_out))
        generator = torch.Generator().manual_seed(0)
        moved = self._moved(module, rows, generator, evaluate).item()
        if not self._held_out_strides:
            self._held_out_strides = list(
                self._held_out(generator, next(module.parameters()).device)
            )
        errors = [self._stride_error(module, it, evaluate) for it in self._held_out_strides]
        strides = torch.stack(errors).mean().item()
        return {"loss": moved + strides, "strides": strides, "moved": moved}

    def metadata(self) -> dict[str, str]:
        """As in pretraining; the flow map is trained beside what the teacher had learned."""
        more = {FLOW_MAP, TOLD_GUIDANCE} if self.strides.told else {FLOW_MAP}
        return super().metadata() | trained_entry({*self.learned, *more})

    @property
    def _clips(self) -> int:
        return min(self.strides.clips, self.taught)

    def _go_on(self, generator: torch.Generator, device: torch.device) -> None:
        """One step of every walk that is under way, or of a new one in its place."""
        for place, walk in enumerate(self._walks):
            now = walk
            if now is None or now.arrived:
                rows = self.rows_worded(self._clips, generator)
                now = self._set_out(rows, generator, device)
            self._walks[place], stride = self._stepped(now)
            if stride is not None:
                self._kept.append(stride)

    def _held_out(self, generator: torch.Generator, device: torch.device) -> Iterator[Stride]:
        """Whole walks of held-out clips, to previews of the most steps."""
        rows = self.worded(torch.arange(self.held_out))[: 2 * self._clips]
        walk = self._set_out(rows, generator, device, self.strides.most)
        while not walk.arrived:
            walk, stride = self._stepped(walk)
            if stride is not None:
                yield stride

    def _set_out(
        self,
        rows: Tensor,
        generator: torch.Generator,
        device: torch.device,
        steps: int | None = None,
    ) -> Walk:
        """A walk of the clips ``rows`` at its beginning, to a preview of ``steps`` or any."""
        strides = self.strides
        if steps is None:
            span = (strides.least, strides.most + 1)
            steps = int(torch.randint(*span, (), generator=generator))
        batch = self.draw(rows, generator, device)
        batch = replace(batch, switch=torch.ones_like(batch.switch))
        scales = self._scales(len(rows), generator, device)
        return Walk.begun(
            batch, steps, -(-strides.most // steps), self.module.config.details, scales
        )

    def _stepped(self, walk: Walk) -> tuple[Walk, Stride | None]:
        """One step of the teacher; ``walk`` then, and a stride where one has come to its end."""
        self.teacher.to(walk.batch.switch.device)
        here = walk.levels(walk.step)
        return walk.on(self._guided(walk.latents, here, walk.batch, walk.scales))

    def _moved(
        self, module: DualTransformer, rows: Tensor, generator: torch.Generator, forward: Forward
    ) -> Tensor:
        """How far what ``module`` says where no stride is taken is from what the teacher says."""
        device = next(module.parameters()).device
        batch = self.draw(rows, generator, device)
        noisy = self.noisy(batch)
        self.teacher.to(device)
        return self._error(module, (noisy, batch), self._said(noisy, batch), forward)

    def _scales(
        self, count: int, generator: torch.Generator, device: torch.device
    ) -> Tensor | None:
        """(B,) scales that clips are guided by, where the network is told them."""
        if not self.strides.told:
            return None
        low, high = TOLD_SCALES
        return (low + (high - low) * torch.rand(count, generator=generator)).to(device)

    @torch.no_grad()
    def _guided(
        self, state: Latents, levels: Levels, batch: Batch, scales: Tensor | None = None
    ) -> Latents:
        """The teacher's guided velocity (see ``Denoiser``).

        ``scales`` (B,) are of words, in the place of the one that all clips have.
        """
        guidance = self.strides.guidance
        asked = replace(batch, levels=levels)
        nothing, off = _without(batch.context), torch.zeros_like(batch.switch)
        full = self._said(state, asked)
        unsaid = self._said(state, replace(asked, context=nothing))
        apart = self._said(state, replace(asked, switch=off))
        if scales is not None:
            guidance = replace(guidance, text=2.0)
            unsaid = _away(full, unsaid, scales - 1)
        return guidance.guided(
            full, unsaid, apart, (state.video, levels.video[:, None, :, None, None])
        )

    @torch.no_grad()
    def _said(self, noisy: Latents, batch: Batch) -> Latents:
        """The teacher's velocity."""
        result = self.predict(self.teacher, noisy, batch, evaluate)
        return Latents(video=result.video.float(), audio=result.audio.float())

    def _stride_error(self, module: DualTransformer, stride: Stride, forward: Forward) -> Tensor:
        return self._error(module, (stride.noisy, stride.batch), stride.average, forward)

    def _error(
        self,
        module: DualTransformer,
        asked: tuple[Latents, Batch],
        target: Latents,
        forward: Forward,
    ) -> Tensor:
        """Of what ``module`` says; ``forward`` is built for one size of batch, or ``evaluate``."""
        noisy, batch = asked
        errors = self._errors(self.predict(module, noisy, batch, forward), batch, target=target)
        return errors.video.mean() + self.weights.audio * errors.audio.mean()


class FlowMapTasksRecipe(FlowMapRecipe, TasksRecipe):
    """The same beside tasks, for weights that learned tasks."""


def _away(full: Latents, unsaid: Latents, by: Tensor) -> Latents:
    """What is ``by`` (B,) times as far from ``full`` as ``unsaid`` is: a scale of 2 goes so far."""
    video, audio = by.view(-1, 1, 1, 1, 1), by.view(-1, 1, 1, 1)
    return Latents(
        video=full.video - video * (full.video - unsaid.video),
        audio=full.audio - audio * (full.audio - unsaid.audio),
    )


def _without(context: Context) -> Context:
    """Neither words nor references."""
    return replace(
        context,
        text_mask=torch.zeros_like(context.text_mask),
        roles=torch.full_like(context.roles, -1),
        clips=tuple(_unshown(one) for one in context.clips),
        tracks=tuple(_unshown(one) for one in context.tracks),
    )


def _unshown(reference: ReferenceTokens) -> ReferenceTokens:
    return replace(reference, roles=torch.full_like(reference.roles, -1))
