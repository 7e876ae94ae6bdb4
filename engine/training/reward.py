"""Training of the reward model on pairs of clips: alone by Bradley-Terry with ties, and compared.

Shape letters: B pairs, H heads (judgements).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.models.reward_model import (
    HEADS,
    Judged,
    RewardConfig,
    RewardModel,
    Words,
    davidson,
    reward_metadata,
)
from engine.models.signals import Latents
from engine.models.text_encoder import TextEncoder
from engine.training.preferences import (
    KeptPairs,
    Mixture,
    Pair,
    Pairs,
    PairSource,
    batched,
    shuffled,
)
from engine.training.preferences_latents import LatentPairs
from engine.training.preferences_verdicts import read_verdicts
from engine.training.recipe import LoopConfig

# Keeps scores near zero, where nothing else holds them: only differences are learned.
_ANCHOR = 1e-3
_MEASURED_AT_ONCE = 8


class RewardRecipe:
    """Both forms of the reward on pairs from ``source``.

    Args:
        source: of pairs to train on and, apart from them, to measure with.
        config: of the loop.
        model: sizes of the network.
        tokens: of one clip, for the plan.
        batch: pairs a step.
        measured: pairs that are held out for every evaluation.
        codecs: hash of the codecs of the latents.
        rate: pictures a second of the clips.
    """

    name = "reward"

    def __init__(
        self,
        source: PairSource,
        config: LoopConfig,
        *,
        model: RewardConfig,
        tokens: int = 0,
        batch: int = 16,
        measured: int = 120,
        codecs: str = "",
        rate: float = 12.0,
    ) -> None:
        self.source, self.config, self.batch = source, config, batch
        self.tokens, self.codecs, self.rate = 2 * tokens, codecs, rate
        self.module = RewardModel(model)
        drawn = source.draw(measured, torch.Generator().manual_seed(1), held_out=True)
        self.held_out = shuffled(drawn, torch.Generator().manual_seed(2))

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of pairs, each in a random order."""
        del step
        assert isinstance(module, RewardModel)
        drawn = self.source.draw(self.batch, generator, held_out=False)
        pairs = batched(shuffled(drawn, generator)).on(next(module.parameters()).device)
        alone, compared, scores = both_forms(module, pairs, self.rate)
        rows = torch.arange(len(pairs), device=pairs.heads.device)
        bradley_terry = -alone[rows, pairs.outcomes].mean()
        comparative = F.cross_entropy(compared, pairs.outcomes)
        total = bradley_terry + comparative + _ANCHOR * scores.square().mean()
        figures = {"total": total, "bradley_terry": bradley_terry, "comparative": comparative}
        with torch.no_grad():
            return figures | _by_head(right(alone, pairs.outcomes), pairs)

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Loss and accuracies on held-out pairs; chance is a half, and ties do not count."""
        assert isinstance(module, RewardModel)
        figures: dict[str, float] = {}
        parts = measured(module, self.held_out, self.rate)
        figures["loss"] = float(-parts.alone.gather(1, parts.pairs.outcomes[:, None]).mean())
        figures["compared_loss"] = float(F.cross_entropy(parts.compared, parts.pairs.outcomes))
        for form, values in (("alone", parts.alone), ("compared", parts.compared)):
            hits = right(values, parts.pairs.outcomes)
            for name, value in _by_head(hits, parts.pairs).items():
                figures[f"{form}/{name.removeprefix('right@')}"] = float(value)
        return {name: value for name, value in figures.items() if math.isfinite(value)}

    def metadata(self) -> dict[str, str]:
        """Kind and sizes of the network and the codecs it belongs to."""
        return reward_metadata(self.module.config, self.codecs)

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""


def reward_recipe(
    store: LatentStore,
    drawn: KeptPairs | None,
    config: LoopConfig,
    *,
    verdicts: Path | None = None,
    text: TextEncoder | None = None,
    batch: int = 16,
    measured: int = 120,
    model: RewardConfig | None = None,
) -> RewardRecipe:
    """The recipe on pairs of stored clips, drawn pairs and the director's verdicts.

    Half of what is learned from are the director's verdicts, where there are any.

    Raises:
        EngineError: if there are too few clips, or the verdicts cannot be read.
    """
    spec, shape = store.spec, store.spec.shape
    sources: list[tuple[PairSource, float]] = [(LatentPairs(store), 0.5)]
    if drawn is not None:
        sources.append((drawn, 0.5))
    if verdicts is not None:
        channels = (spec.channels, spec.audio_channels)
        own = read_verdicts(verdicts, text or TextEncoder(), channels, shape.video_latents)
        sources.append((own, 1.0 if drawn is not None else 0.5))
    sizes = model or RewardConfig(channels=spec.channels, audio_channels=spec.audio_channels)
    return RewardRecipe(
        Mixture(sources=tuple(sources)),
        config,
        model=sizes,
        tokens=shape.audio_latents + math.prod(shape.video_tokens) // 2,
        batch=batch,
        measured=measured,
        codecs=spec.codecs,
        rate=float(shape.rate),
    )


class Measured:
    """What a model says of pairs: log-probabilities alone and compared (B, 3), differences (B,)."""

    def __init__(self, pairs: Pairs, alone: Tensor, compared: Tensor, scores: Tensor) -> None:
        self.pairs, self.alone, self.compared = pairs, alone, compared
        self.differences = scores[0] - scores[1]


@torch.no_grad()
def measured(module: RewardModel, pairs: Sequence[Pair], rate: float = 12.0) -> Measured:
    """What ``module`` says of ``pairs``."""
    device = next(module.parameters()).device
    parts = []
    for start in range(0, len(pairs), _MEASURED_AT_ONCE):
        few = batched(pairs[start : start + _MEASURED_AT_ONCE]).on(device)
        parts.append(tuple(one.cpu() for one in both_forms(module, few, rate)))
    alone, compared = (torch.cat([part[index] for part in parts]) for index in range(2))
    scores = torch.cat([part[2] for part in parts], dim=1)
    return Measured(batched(pairs), alone, compared, scores)


def both_forms(module: RewardModel, pairs: Pairs, rate: float) -> tuple[Tensor, Tensor, Tensor]:
    """What the model says of each pair on the axis that it is for.

    Returns:
        Log-probabilities (B, 3) from the two scores, the same from the comparison, and the scores
        (2, B).
    """
    count = len(pairs)
    both = Latents(
        video=torch.cat([pairs.first.video, pairs.second.video]),
        audio=torch.cat([pairs.first.audio, pairs.second.audio]),
    )
    words = Words(states=pairs.words.states.repeat(2, 1, 1), mask=pairs.words.mask.repeat(2, 1))
    judged = module.judge(both, words, rate)
    rows = torch.arange(count, device=pairs.heads.device)
    scores = module.scores(judged).unflatten(0, (2, count))[:, rows, pairs.heads]
    alone = davidson(scores[0] - scores[1], module.log_ties[pairs.heads])
    first, second = (
        Judged(judgements=judged.judgements[part], moments=judged.moments[part])
        for part in (slice(count), slice(count, None))
    )
    compared = module.compare(first, second, pairs.words)[rows, pairs.heads]
    return alone, compared.log_softmax(dim=-1), scores


def right(values: Tensor, outcomes: Tensor) -> Tensor:
    """(B,) 1 where (B, 3) sides with the winner, 0 where it does not, NaN where there is none."""
    ahead = (values[:, 0] > values[:, 2]).float()
    hits = torch.where(outcomes == 0, ahead, 1 - ahead)
    return torch.where(outcomes == 1, torch.nan, hits)


def _by_head(hits: Tensor, pairs: Pairs) -> dict[str, Tensor]:
    return {
        f"right@{name}": hits[pairs.heads == index].nanmean() for index, name in enumerate(HEADS)
    }
