"""What is asked of a preset, and how a recipe is run for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from engine.errors import RequestError, TrainingError
from engine.training.group import Group, joined, processes
from engine.training.loop import Run, Shown, begin, clock_in
from engine.training.recipe import LoopConfig, Recipe
from engine.training.replicas import accompanied
from engine.training.run_weights import WEIGHTS, weights_of

# In the order in which a network goes through them.
STAGES = (
    *("pretrain", "tokens", "fine", "pretrain_tasks", "sft", "named"),
    *("flow_map", "flow_map_told", "strides", "policy"),
)
_COMPILING_PAYS_MINUTES = 15.0


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked of a preset.

    Attributes:
        run: folder of the run; what it builds on lies beside it.
        minutes: wall-clock budget, ``None`` for the preset's own.
        resume: go on from the run's saved state, if there is one.
        warm_start: weights to start from, with a fresh optimiser, where no saved state is gone on
            from.
        learning_rate: at its highest, ``None`` for the preset's own.
        replicas: processes of this machine that train together, ``None`` for as many as the run
            that is gone on from had.
        size: width and height in pixels of what is drawn, ``None`` for the preset's own.
        level: of the world that is drawn, ``None`` for the preset's own.
        verdicts: comparisons by the director, for the reward model.
        only, seeds: variants that experiments try, all where none is named, and by how many seeds.
    """

    run: Path
    device: torch.device
    minutes: float | None = None
    resume: bool = False
    warm_start: Path | None = None
    learning_rate: float | None = None
    replicas: int | None = None
    size: tuple[int, int] | None = None
    level: int | None = None
    verdicts: Path | None = None
    only: tuple[str, ...] = ()
    seeds: int = 3

    def set_rate(self, recipe: Recipe) -> None:
        """Step ``recipe`` at the learning rate that is named, if one is."""
        if self.learning_rate is not None:
            recipe.config = replace(recipe.config, lr=self.learning_rate)

    @property
    def from_weights(self) -> bool:
        """Whether the run begins with weights, or began with some where it is gone on with."""
        saved = Group().saved(self.run) if self.resume else None
        return self.warm_start is not None if saved is None else bool(clock_in(saved).drawn)

    def beside(self, name: str) -> Path:
        """The folder of a run that this one builds on: beside it, or beside the folder it is in."""
        here, above = (place / name for place in (self.run.parent, self.run.parent.parent))
        return above if above.is_dir() and not here.is_dir() else here

    def following(self, stage: str) -> Order:
        """Started from the weights that ``stage`` goes on from, if there are any.

        What is gone on from says how the network is built, so those are the run's own where it is
        resumed.
        """
        own = self.run / WEIGHTS
        if self.resume and own.is_file():
            return replace(self, warm_start=own)
        try:
            return replace(self, warm_start=self.latest(stage))
        except TrainingError:
            return self

    def latest(self, stage: str) -> Path:
        """The weights that ``stage`` begins from: those named, or of the last stage beside it.

        Raises:
            TrainingError: if no stage before it has any.
        """
        if self.warm_start is not None:
            return self.warm_start
        for earlier in reversed(STAGES[: STAGES.index(stage)]):
            found = weights_of(self.run.parent / earlier)
            if found.is_file():
                return found
        raise TrainingError(
            f"There are no weights to go on from beside {self.run}. Train pretrain there first, "
            "or name some with --warm-start FILE."
        )


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One thing that can be trained or prepared; ``make`` returns whether it came to its end.

    Attributes:
        learns: whether it trains something; it prepares what is learned from otherwise.
        together: whether several processes can train it.
        sized: whether what it draws can be of another size and level.
        warm: whether it takes weights that are named, to begin from or to draw for.
        timed: whether it is given minutes; it takes what it takes otherwise.
        placed: whether it computes on a device; the processor's cores draw otherwise.
        parts: folders within the run's own, each with a state of its own.
    """

    says: str
    make: Callable[[Order], bool]
    learns: bool = True
    together: bool = False
    sized: bool = False
    warm: bool = True
    timed: bool = True
    placed: bool = True
    parts: tuple[str, ...] = ()


def carry_out(name: str, preset: Preset, order: Order) -> bool:
    """Make what is ordered of the preset called ``name``; whether it came to its end.

    Raises:
        EngineError: if it is not to be had that way, cannot start or does not converge.
    """
    refuse_replicas(order)
    count = 1
    if _shares_processor(order):
        count = order.replicas or (_replicas_before(order) if order.resume else 1)
    if not preset.together and (count > 1 or processes()):
        raise RequestError(f"{name} is work for one process; leave out --replicas and torchrun.")
    with accompanied(count, partial(preset.make, order)):
        return preset.make(order)


def refuse_replicas(order: Order) -> None:
    """Refuse replicas where there is no processor that they could share.

    Raises:
        RequestError: if they are ordered there.
    """
    if order.replicas not in (None, 1) and not _shares_processor(order):
        raise RequestError(
            "--replicas share a processor; on cards, or several machines, start processes with: "
            "torchrun --nproc-per-node N -m engine train ..."
        )


def _shares_processor(order: Order) -> bool:
    return order.device.type == "cpu" and not processes()


def _replicas_before(order: Order) -> int:
    """How many processes the run that is gone on from had."""
    saved = Group().saved(order.run) or {}
    return int(saved.get("replicas", "1"))


def train(recipe: Recipe, order: Order, shown: Shown | None = None) -> bool:
    """Run ``recipe`` in the order's folder; whether it came to its end.

    ``shown`` draws what the network makes whenever it is evaluated.

    Raises:
        EngineError: if it cannot start from what it is told to, or does not converge.
    """
    with joined(order.device) as (group, device):
        run = Run(recipe, order.run, device, shown, group)
        begin(run, order.resume, order.warm_start)
        order.set_rate(recipe)
        run.train()
    return not run.stopped


def pays_to_compile(minutes: float) -> bool:
    """Whether a run is long enough for the minutes that compiling takes."""
    return minutes >= _COMPILING_PAYS_MINUTES


def stepped(order: Order, *, minutes: float, lr: float) -> LoopConfig:
    """How the transformer is stepped in every stage."""
    return LoopConfig(
        minutes=order.minutes or minutes,
        lr=lr,
        warmup=100,
        evaluate_every=250,
        log_every=10,
        ema=0.998,
        cooldown=0.4,
        optimiser="muon",
        save_every_s=180,
    )
