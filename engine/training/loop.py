"""The one training loop: accumulate, clip, average, log, save, resume exactly.

A recipe brings the network, the batches and the losses. Batches depend only on the run's seed and
the step, so a resumed run sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.checkpoint import apply, load_tensors, save_tensors
from engine.devices import keep_freed_memory
from engine.errors import TrainingError, WeightsError, memory_ran_out
from engine.training.means import Means
from engine.training.optim import Ema, build_optimiser
from engine.training.plan import planned
from engine.training.recipe import Clock, Recipe, additions, rate_at
from engine.training.run_page import png_of, write_run_page
from engine.training.telling import say, stop_signals

Shown = Callable[[nn.Module], NDArray[np.uint8]]


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
        self.optimiser = build_optimiser(self.module, recipe.config, additions(recipe))
        self.ema = Ema(self.module, recipe.config.ema)
        self.clock = Clock()
        self.device = device
        self.stopped = False
        self._means = Means()

    def resume(self) -> bool:
        """Load the run's saved state; whether there was one.

        Raises:
            WeightsError: if it is of another recipe, does not fit, or is damaged.
        """
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

        What the network has learned to have since, the recipe's ``additions``, may be lacking or
        of another size; it is then as it is made.
        """
        tensors, _ = load_tensors(path)
        new = additions(self.recipe)
        own = self.module.state_dict().items()
        fresh = {key: value for key, value in own if key.startswith(new)}
        for key in fresh.keys() & tensors.keys():
            if fresh[key].shape != tensors[key].shape:
                del tensors[key]
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
        return self.clock.progress(self.recipe.config)

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
        except (MemoryError, RuntimeError) as error:
            if memory_ran_out(error):
                raise TrainingError(
                    f"{self.device} has not enough memory for batches of {self.recipe.batch} "
                    f"clips. What was saved last is in {self.folder}: go on from it with --resume "
                    "where there is more, or close what else uses it."
                ) from error
            if isinstance(error, torch.AcceleratorError):
                raise TrainingError(
                    f"{self.device} stopped answering. What was saved last is in {self.folder}: "
                    "go on from it with --resume, there or with --device cpu."
                ) from error
            raise

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
                self.optimiser.clear()
                self.clock.spoil(config, self.folder)
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

    def _report(self, parts: dict[str, float]) -> None:
        config, step = self.recipe.config, self.clock.step
        self._means.add(parts)
        last = self._spent()
        if step % config.log_every and step != 1 and not last:
            return
        means = self._means.take()
        row: dict[str, Any] = {"step": step, "seconds": round(self.clock.seconds, 1)} | means
        if last or step % config.evaluate_every == 0:
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


class Startable(Protocol):
    """A run that can begin elsewhere than at nothing."""

    def resume(self) -> bool:
        """Load the run's saved state; whether there was one."""
        ...

    def warm_start(self, path: Path) -> None:
        """Take weights alone."""
        ...


def begin(run: Startable, resume: bool, warm_start: Path | None) -> None:
    """Go on from what ``run`` has saved, if asked and there is any; else start from weights.

    A run that was stopped before its first save so begins as it would have the first time.

    Raises:
        EngineError: if the state or the weights do not fit.
    """
    if resume and run.resume():
        return
    if warm_start is not None:
        run.warm_start(warm_start)


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


def _line(figures: dict[str, float]) -> str:
    return " ".join(f"{key} {value:.4f}" for key, value in figures.items())


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
