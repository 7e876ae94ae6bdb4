"""Small experiments: variants of pretraining against their base, at equal compute.

Every variant learns from nothing for as many products as its base, by as many seeds. A seed sets
the first weights and draws clips, noise and tasks of every step, so what was learned by one seed is
compared with what the base learned by it. What is held out is measured alike for all.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from engine.data.latents import LatentStore
from engine.devices import keep_freed_memory
from engine.diffusion.schedules import draw_sigmas
from engine.errors import RequestError, TrainingError
from engine.models.transformer import TransformerConfig
from engine.training.batch import TaskMix
from engine.training.experiments_report import BASE, Cell, Findings, write_report
from engine.training.loop import Run
from engine.training.optim import build_optimiser
from engine.training.plan import planned
from engine.training.pretrain import LossWeights, PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.training.telling import say

_TIMED_STEPS = 4
_NEVER = 10**9


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What is trained and how: all that a variant may change.

    Attributes:
        batch: clips in a batch.
        shift: of the noise levels learned at, towards noise.
        reuse: how many times fewer clips are learned from, each so many times as often.
        half: products in bfloat16.
    """

    model: TransformerConfig
    config: LoopConfig
    batch: int
    mix: TaskMix = field(default_factory=TaskMix)
    weights: LossWeights = field(default_factory=LossWeights)
    shift: float = 2.0
    reuse: int = 1
    half: bool = False


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One change to the base, in words and as a function."""

    says: str
    change: Callable[[Setup], Setup]


def _weights(says: str, **changed: float) -> Variant:
    return Variant(
        says=says, change=lambda one: replace(one, weights=replace(one.weights, **changed))
    )


def _mix(says: str, **changed: float) -> Variant:
    return Variant(says=says, change=lambda one: replace(one, mix=replace(one.mix, **changed)))


def _stepped(says: str, change: Callable[[LoopConfig], LoopConfig]) -> Variant:
    return Variant(says=says, change=lambda one: replace(one, config=change(one.config)))


def _sized(says: str, heads: int, depth: float) -> Variant:
    """So many heads more in both branches, and so many times the depth."""

    def change(one: Setup) -> Setup:
        model, more = one.model, heads * one.model.head
        deep = max(1, round(model.depth * depth))
        sized = replace(
            model,
            width=max(model.head, model.width + more),
            audio_width=max(model.head, model.audio_width + more),
            depth=deep,
            truth_block=model.truth_block * deep // model.depth,
        )
        return replace(one, model=sized)

    return Variant(says=says, change=change)


VARIANTS: dict[str, Variant] = {
    "truth_off": _weights("nothing is learned from the world's truth", truth=0.0),
    "wider": _sized("a head wider, two thirds as deep", 1, 2 / 3),
    "deeper": _sized("a head narrower, half as deep again", -1, 3 / 2),
    "exchange_off": _mix("branches never hear one another", exchange_off=1.0),
    "sigma_even": Variant(
        says="noise levels not shifted", change=lambda one: replace(one, shift=1.0)
    ),
    "sigma_noisy": Variant(
        says="noise levels shifted twice as far",
        change=lambda one: replace(one, shift=2 * one.shift),
    ),
    "sigma_equal": _mix("both branches always as noisy as one another", equal=1.0),
    "sigma_apart": _mix("each branch always at a noise level of its own", equal=0.0),
    "rate_half": _stepped("half the learning rate", lambda one: replace(one, lr=one.lr / 2)),
    "rate_double": _stepped("twice the learning rate", lambda one: replace(one, lr=one.lr * 2)),
    "warmup_none": _stepped("no warm-up", lambda one: replace(one, warmup=1)),
    "warmup_long": _stepped(
        "three times the warm-up", lambda one: replace(one, warmup=3 * one.warmup)
    ),
    "ema_short": _stepped(
        "weights averaged over a fifth of the steps",
        lambda one: replace(one, ema=1 - 5 * (1 - one.ema)),
    ),
    "ema_long": _stepped(
        "weights averaged over five times the steps",
        lambda one: replace(one, ema=1 - (1 - one.ema) / 5),
    ),
    "batch_half": Variant(
        says="half as many clips a step, twice the steps",
        change=lambda one: replace(one, batch=max(1, one.batch // 2)),
    ),
    "batch_double": Variant(
        says="twice as many clips a step, half the steps",
        change=lambda one: replace(one, batch=one.batch * 2),
    ),
    "clips_quarter": Variant(
        says="a quarter of the clips, each four times as often",
        change=lambda one: replace(one, reuse=4 * one.reuse),
    ),
    "clips_few": Variant(
        says="a sixty-fourth of the clips, each 64 times as often",
        change=lambda one: replace(one, reuse=64 * one.reuse),
    ),
}


def chosen(names: Collection[str]) -> dict[str, Variant]:
    """The variants of these names, all where none is named.

    Raises:
        RequestError: if there is no such variant.
    """
    unknown = [name for name in names if name not in VARIANTS]
    if unknown:
        raise RequestError(
            f"There is no experiment {', '.join(unknown)}; choose of {', '.join(VARIANTS)}."
        )
    return {name: one for name, one in VARIANTS.items() if not names or name in names}


class ExperimentRecipe(PretrainRecipe):
    """Pretraining as a setup has it; ``seed`` draws its first weights."""

    name = "experiment"

    def __init__(self, store: LatentStore, setup: Setup, seed: int) -> None:
        self._shift, self._reuse = setup.shift, setup.reuse
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            super().__init__(
                store,
                replace(setup.config, seed=seed, minutes=math.inf, evaluate_every=_NEVER),
                model=setup.model,
                batch=setup.batch,
                mix=setup.mix,
                weights=setup.weights,
                half=setup.half,
                codecs=store.spec.codecs,
            )

    def sigmas(self, count: int, generator: torch.Generator) -> Tensor:
        return draw_sigmas(count, generator, self._shift)

    def rows(self, count: int, generator: torch.Generator) -> Tensor:
        rows = super().rows(count, generator) - self.held_out
        few = max(1, (self.store.ready() - self.held_out) // self._reuse)
        return rows % few + self.held_out

    def step_flops(self, device: torch.device) -> float:
        """Products of a step, counted."""
        module, generator = self.module.to(device), torch.Generator().manual_seed(0)
        plan = planned(
            module,
            self.batch,
            lambda: self.losses(module, 0, generator)["total"],
            of=self.batch,
        )
        return plan.flops * self.batch * self.config.accumulate


class Experiments:
    """Trains variants and their base, a cell (one of them by one seed) after the other.

    Seeds come after one another and variants within them, so that what was found so far compares
    all of them. Finished cells are kept in the folder's ``experiments.json`` and not trained again;
    one that was stopped goes on from its last save.

    Args:
        folder: of the run.
        store: of the clips, which is not to change meanwhile.
        base: what variants change.
        variants: by name.
        device: where.

    Raises:
        TrainingError: if the folder holds experiments on another base or other clips.
    """

    def __init__(
        self,
        folder: Path,
        store: LatentStore,
        base: Setup,
        variants: Mapping[str, Variant],
        device: torch.device,
    ) -> None:
        self.folder, self._store, self._device = folder, store, device
        # The table also tells of variants that earlier calls tried.
        told = VARIANTS | dict(variants)
        self._says = {BASE: "as it is trained"} | {name: one.says for name, one in told.items()}
        self._setups = {BASE: base} | {name: one.change(base) for name, one in variants.items()}
        self._step_flops: dict[str, float] = {}
        self.findings = Findings.there(folder, {"base": asdict(base), "clips": store.ready()})

    def conduct(self, seeds: int, minutes: float) -> bool:
        """Train every cell that is missing; whether all are there.

        The first call sets what a cell may compute, so that all cells of ``seeds`` seeds take about
        ``minutes``; later ones keep to it, whatever they add.
        """
        found = self.findings
        missing = [
            (name, seed)
            for seed in range(seeds)
            for name in self._setups
            if found.cell(name, seed) is None
        ]
        if not found.flops:
            found.flops = self._affordable(minutes * 60 / max(1, len(missing)))
            found.save(self.folder)
        say(
            f"experiments: {len(missing)} cells to train, {found.flops / 1e12:.3g} TFLOP each, "
            f"{len(found.cells)} are there"
        )
        began = time.monotonic()
        for done, (name, seed) in enumerate(missing, start=1):
            cell = self._trained(name, seed)
            if cell is None:
                return False
            found.cells.append(cell)
            found.save(self.folder)
            write_report(self.folder, found, self._says)
            left = (time.monotonic() - began) / done * (len(missing) - done) / 60
            say(
                f"experiments: {done} of {len(missing)} ({name}, seed {seed}): held out "
                f"{cell.held_out['loss']:.4f}, {left:.0f} min left"
            )
        write_report(self.folder, found, self._says)
        return True

    def _affordable(self, seconds: float) -> float:
        """Products that the base makes in ``seconds``, its last measurement among them."""
        keep_freed_memory()  # As a run does: steps are timed as they will be made.
        recipe = ExperimentRecipe(self._store, self._setups[BASE], 0)
        flops = recipe.step_flops(self._device)
        module, generator = recipe.module, torch.Generator().manual_seed(0)
        optimiser = build_optimiser(module, recipe.config)
        began = 0.0
        for step in range(1 + _TIMED_STEPS):
            loss = recipe.losses(module, step, generator)["total"]
            loss.backward()
            optimiser.step(recipe.config.lr)
            loss.item()
            if step == 0:  # It also reserves what later ones use again.
                began = time.monotonic()
        step_s = (time.monotonic() - began) / _TIMED_STEPS
        began = time.monotonic()
        recipe.evaluate(module)
        learning_s = seconds - (time.monotonic() - began)
        return flops * max(1.0, learning_s / step_s)

    def _trained(self, name: str, seed: int) -> Cell | None:
        """The cell, trained to its end, or nothing where it was stopped."""
        folder = self.folder / "cells" / f"{name} {seed}"
        recipe = ExperimentRecipe(self._store, self._setups[name], seed)
        if name not in self._step_flops:
            self._step_flops[name] = recipe.step_flops(self._device)
        flops = self._step_flops[name]
        steps = max(1, round(self.findings.flops / flops))
        recipe.config = replace(recipe.config, steps=steps)
        run = Run(recipe, folder, self._device)
        run.resume()
        try:
            run.train()
        except TrainingError as error:
            raise TrainingError(
                f"{error} It was the experiment {name}: the others are gone on with where --only "
                "names them."
            ) from error
        if run.stopped:
            return None
        last = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1]
        # Its page stays; nothing goes on from the weights.
        for weights in folder.glob("*.safetensors"):
            weights.unlink()
        return Cell(
            variant=name,
            seed=seed,
            steps=steps,
            flops=steps * flops,
            seconds=run.clock.seconds,
            held_out=json.loads(last)["held_out"],
        )
