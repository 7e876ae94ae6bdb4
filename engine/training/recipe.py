"""What a run trains and how it is stepped, for one process and for several."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

# A loss that has grown so much, and stays so, has left what was learned.
EXPLODED = 10


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """How a run is stepped.

    Attributes:
        steps: optimiser steps in all; the learning rate falls over the last ``cooldown`` share.
        minutes: wall-clock budget of the whole run (all resumed parts together); whichever of the
            two ends first ends the run, and the fall of the learning rate follows it.
        accumulate: batches per optimiser step.
        settled: share of the learning rate for what a warm start brought, where the network has
            learned to have more since: what is new gets all of it.
        bad_steps: steps with a loss that is not finite, or far above what it was, before the run
            gives up.
    """

    steps: int = 10**9
    minutes: float = math.inf
    lr: float = 1e-3
    warmup: int = 100
    cooldown: float = 0.3
    weight_decay: float = 0.01
    clip: float = 1.0
    accumulate: int = 1
    settled: float = 0.1
    ema: float = 0.999
    optimiser: str = "adamw"
    save_every_s: float = 120.0
    log_every: int = 20
    evaluate_every: int = 500
    seed: int = 0
    bad_steps: int = 20


class Recipe(Protocol):
    """What a run trains.

    Attributes:
        config: how it is stepped.
    """

    config: LoopConfig

    @property
    def name(self) -> str:
        """Kind of the recipe; a run folder holds one kind."""
        ...

    @property
    def module(self) -> nn.Module:
        """The network."""
        ...

    @property
    def batch(self) -> int:
        """Clips in a batch."""
        ...

    @property
    def tokens(self) -> int:
        """Tokens of a clip in all branches; 0 where there are none."""
        ...

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """Losses of one batch; ``total`` is the one that is minimised.

        Names with an ``@`` go to the log alone; NaN says that the batch could not measure it.
        """
        ...

    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Held-out figures; ``loss`` among them decides what is best."""
        ...

    def metadata(self) -> dict[str, str]:
        """What the weights file says about itself."""
        ...

    def finish(self, module: nn.Module) -> None:
        """Set what follows from trained weights, such as normalisation."""
        ...


def additions(recipe: Recipe) -> tuple[str, ...]:
    """Beginnings of names of what the network has learned to have since weights were made.

    A warm start may lack them. Few recipes have any.
    """
    return getattr(recipe, "additions", ())


@dataclass(kw_only=True)
class Clock:
    """Steps and seconds spent, over all parts of the run.

    Attributes:
        best: least held-out loss so far.
        bad: steps in a row whose loss or gradients were not finite.
        usual, least: smoothed loss, and the least that it has been.
        high: steps in a row whose loss was many times the least.
        added: whether the run began with weights that lacked a part of the network.
        drawn: what batches are drawn by beside the run's own seed: of the weights it began with.
    """

    step: int = 0
    seconds: float = 0.0
    best: float = math.inf
    bad: int = 0
    usual: float = math.nan
    least: float = math.inf
    high: int = 0
    added: bool = False
    drawn: int = 0

    def progress(self, config: LoopConfig) -> float:
        """Share of the run that is done, 0 to 1."""
        by_time = self.seconds / 60 / config.minutes
        return min(1.0, max(self.step / config.steps, by_time))

    def good(self, loss: float) -> bool:
        """Whether weights of such a loss are as good as they were."""
        return math.isfinite(loss) and not loss > EXPLODED * self.least > 0

    def watch(self, loss: float) -> None:
        """Hear the loss of a step that is being taken."""
        self.bad = 0
        self.usual = loss if math.isnan(self.usual) else self.usual + 0.05 * (loss - self.usual)
        self.least = min(self.least, self.usual)
        self.high = 0 if self.good(loss) else self.high + 1


def rate_at(config: LoopConfig, step: int, progress: float) -> float:
    """Warm up linearly, hold, then fall linearly to a twentieth over the last share of the run."""
    warm = min(1.0, (step + 1) / max(1, config.warmup))
    falling = min(1.0, max(0.05, (1 - progress) / config.cooldown))
    return config.lr * warm * falling
