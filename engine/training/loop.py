"""The one training loop: accumulate, clip, average, log, save, resume exactly.

A recipe brings the network, the batches and the losses. Batches depend only on the run's seed and
the step, so a resumed run sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.checkpoint import apply, load_tensors, save_tensors
from engine.devices import keep_freed_memory
from engine.errors import TrainingError, WeightsError
from engine.training.means import Means
from engine.training.optim import Ema, build_optimiser
from engine.training.plan import planned
from engine.training.run_page import png_of, write_run_page
from engine.training.telling import say, stop_signals


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
        bad_steps: steps with a loss that is not finite before the run gives up.
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


Shown = Callable[[nn.Module], NDArray[np.uint8]]


class Recipe(Protocol):
    """What a run trains."""

    @property
    def name(self) -> str:
        """Kind of the recipe; a run folder holds one kind."""
        ...

    @property
    def module(self) -> nn.Module:
        """The network."""
        ...

    @property
    def config(self) -> LoopConfig:
        """How it is stepped."""
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


@dataclass(kw_only=True)
class Clock:
    """Steps and seconds spent, over all parts of the run.

    Attributes:
        best: least held-out loss so far.
        bad: steps in a row whose loss was not finite.
        added: whether the run began with weights that lacked a part of the network.
    """

    step: int = 0
    seconds: float = 0.0
    best: float = math.inf
    bad: int = 0
    added: bool = False


class Run:
    """One training run in a folder.

    ``state.safetensors`` is all that a resumed run needs, ``weights.safetensors`` the averaged
    weights at the last save, ``best.safetensors`` those of the least held-out loss, and
    ``log.jsonl`` what ``page.html`` draws.

    Args:
        recipe: what is trained.
        folder: of the run.
        device: where.
        shown: draws a sheet (H, W, 3) of what the network makes now, for the page.

    Raises:
        TrainingError: on divergence; WeightsError: if saved state does not fit the recipe.
    """

    def __init__(
        self, recipe: Recipe, folder: Path, device: torch.device, shown: Shown | None = None
    ) -> None:
        keep_freed_memory()
        self.recipe, self._shown = recipe, shown
        self.folder = folder
        self.module = recipe.module.to(device)
        additions: tuple[str, ...] = getattr(recipe, "additions", ())
        self.optimiser = build_optimiser(self.module, recipe.config, additions)
        self.ema = Ema(self.module, recipe.config.ema)
        self.clock = Clock()
        self.device = device
        self.stopped = False
        self._means = Means()

    def resume(self) -> bool:
        """Load the run's saved state; whether there was one."""
        path = self.folder / "state.safetensors"
        if not path.is_file():
            return False
        tensors, metadata = load_tensors(path)
        if metadata.get("recipe") != self.recipe.name:
            raise WeightsError(
                f"{self.folder} holds a run of the recipe {metadata.get('recipe')!r}, "
                f"not of {self.recipe.name!r}. Choose another folder."
            )
        self.clock = Clock(**json.loads(metadata["clock"]))
        apply(self.module, _part(tensors, "model."), self.recipe.name)
        self.ema.load(_part(tensors, "ema."))
        self.optimiser.load_state(_part(tensors, "optim."))
        return True

    def warm_start(self, path: Path) -> None:
        """Take weights alone, where they fit; the optimiser starts fresh.

        What the network has learned to have since, the recipe's ``additions``, may be lacking.
        """
        tensors, _ = load_tensors(path)
        prefixes: tuple[str, ...] = getattr(self.recipe, "additions", ())
        own = self.module.state_dict().items()
        fresh = {key: value for key, value in own if key.startswith(prefixes)} if prefixes else {}
        apply(self.module, fresh | tensors, path.name)
        self.clock.added = not fresh.keys() <= tensors.keys()
        self.ema = Ema(self.module, self.recipe.config.ema)

    def train(self) -> None:
        """Run until the steps or minutes are spent, or Ctrl+C asks for a stop."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.recipe.config
        _write_json(self.folder / "config.json", asdict(config) | {"recipe": self.recipe.name})
        began = time.monotonic() - self.clock.seconds
        last_save = time.monotonic()
        self.module.train()
        forecast = None if self._spent() else _Forecast(self)
        with stop_signals(self._stop):
            while not self.stopped and not self._spent():
                parts = self._stepped()
                self.clock.step += 1
                self.clock.seconds = time.monotonic() - began
                self._report(parts)
                if forecast is not None:
                    forecast.heard()
                if time.monotonic() - last_save > config.save_every_s:
                    self.save()
                    last_save = time.monotonic()
        self.save()
        if not self.stopped:
            self._write_weights("weights")

    def progress(self) -> float:
        """Share of the run that is done, 0 to 1."""
        config = self.recipe.config
        by_time = self.clock.seconds / 60 / config.minutes if config.minutes < math.inf else 0
        return min(1.0, max(self.clock.step / config.steps, by_time))

    def save(self) -> None:
        """Write everything that a resumed run needs, and the averaged weights."""
        tensors = {f"model.{key}": value for key, value in self.module.state_dict().items()}
        tensors |= {f"ema.{key}": value for key, value in self.ema.state().items()}
        tensors |= {f"optim.{key}": value for key, value in self.optimiser.state().items()}
        metadata = {"recipe": self.recipe.name, "clock": json.dumps(asdict(self.clock))}
        save_tensors(self.folder / "state.safetensors", tensors, metadata)
        self._write_weights("weights")

    def _write_weights(self, name: str) -> None:
        with self.ema.applied(self.module):
            self.module.eval()
            self.recipe.finish(self.module)
            state = self.module.state_dict()
            save_tensors(self.folder / f"{name}.safetensors", state, self.recipe.metadata())
            self.module.train()

    def _spent(self) -> bool:
        return self.progress() >= 1

    def _stop(self) -> None:
        self.stopped = True

    def _stepped(self) -> dict[str, float]:
        try:
            return self._step()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise TrainingError(
                f"{self.device} has not enough memory for batches of {self.recipe.batch} clips. "
                f"What was saved last is in {self.folder}: go on from it with --resume where there "
                "is more, or close what else uses it."
            ) from error
        except torch.AcceleratorError as error:
            raise TrainingError(
                f"{self.device} stopped answering. What was saved last is in {self.folder}: go on "
                "from it with --resume, there or with --device cpu."
            ) from error

    def _step(self) -> dict[str, float]:
        config = self.recipe.config
        means = Means()
        for index in range(config.accumulate):
            seed = (config.seed * 1_000_003 + self.clock.step) * 64 + index
            generator = torch.Generator().manual_seed(seed)
            losses = self.recipe.losses(self.module, self.clock.step, generator)
            (losses["total"] / config.accumulate).backward()
            figures = {key: value.item() for key, value in losses.items()}
            if not math.isfinite(figures["total"]):
                self._bad_step()
                return figures
            means.add(figures)
        self.clock.bad = 0
        parts = means.take()
        norm = nn.utils.clip_grad_norm_(self.module.parameters(), config.clip)
        parts["grad_norm"] = norm.item()
        settled = config.settled if self.clock.added else 1.0
        self.optimiser.step(rate_at(config, self.clock.step, self.progress()), settled)
        self.ema.update(self.module, self.clock.step)
        return parts

    def _bad_step(self) -> None:
        self.clock.bad += 1
        self.optimiser.clear()
        if self.clock.bad > self.recipe.config.bad_steps:
            raise TrainingError(
                f"The loss has not been finite for {self.clock.bad} steps. The last good state is "
                f"in {self.folder}; go on from it with --resume and a lower learning rate."
            )

    def _report(self, parts: dict[str, float]) -> None:
        config, step = self.recipe.config, self.clock.step
        self._means.add(parts)
        if step % config.log_every and step != 1:
            return
        means = self._means.take()
        row: dict[str, Any] = {"step": step, "seconds": round(self.clock.seconds, 1)} | means
        if step % config.evaluate_every == 0:
            row["held_out"] = self._evaluated()
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        done = self.progress()
        left = self.clock.seconds * (1 - done) / max(done, 1e-6) / 60
        figures = _line({key: value for key, value in means.items() if "@" not in key})
        line = f"{self.recipe.name} step {step} ({done:.0%}, {left:.0f} min left) {figures}"
        held = _line(row.get("held_out", {}))
        say(line + (f" | held out: {held}" if held else ""))
        if held:
            write_run_page(self.folder, self.recipe.name)

    def _evaluated(self) -> dict[str, float]:
        """Held-out figures of the averaged weights, which are kept if there were none better."""
        with self.ema.applied(self.module):
            self.module.eval()
            figures = self.recipe.evaluate(self.module)
            if self._shown is not None:
                self._keep_sheet(self._shown(self.module))
            self.module.train()
        if figures["loss"] < self.clock.best:
            self.clock.best = figures["loss"]
            self._write_weights("best")
        return figures

    def _keep_sheet(self, sheet: NDArray[np.uint8]) -> None:
        folder = self.folder / "samples"
        folder.mkdir(exist_ok=True)
        (folder / f"step {self.clock.step:06d}.png").write_bytes(png_of(sheet))


class _Forecast:
    """Says what a run is about to do, and soon after what it will come to at its pace."""

    AFTER_STEPS = 12

    def __init__(self, run: Run) -> None:
        recipe, generator = run.recipe, torch.Generator().manual_seed(0)
        self._run = run
        self._plan = planned(
            run.module,
            recipe.batch * recipe.config.accumulate,
            lambda: recipe.losses(run.module, 0, generator)["total"],
            of=recipe.batch,
            tokens=recipe.tokens,
        )
        self._began, self._steps = 0.0, -1
        say(f"{run.recipe.name}: {self._plan.words()}")

    def heard(self) -> None:
        """A step is over. The first is not timed: code may have been compiled in it."""
        self._steps += 1
        if self._steps == 0:
            self._began = time.monotonic()
        if self._steps != self.AFTER_STEPS:
            return
        clock, config = self._run.clock, self._run.recipe.config
        left = (config.steps - clock.step, config.minutes * 60 - clock.seconds)
        passed = time.monotonic() - self._began
        say(f"{self._run.recipe.name}: {self._plan.forecast(self._steps, passed, left)}")


def rate_at(config: LoopConfig, step: int, progress: float) -> float:
    """Warm up linearly, hold, then fall linearly to a twentieth over the last share of the run."""
    warm = min(1.0, (step + 1) / max(1, config.warmup))
    falling = min(1.0, max(0.05, (1 - progress) / config.cooldown))
    return config.lr * warm * falling


def _line(figures: dict[str, float]) -> str:
    return " ".join(f"{key} {value:.4f}" for key, value in figures.items())


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
