"""The one training loop: accumulate, clip, average, log, save, resume exactly.

A recipe brings the network, the batches and the losses, a group the other processes, if there are
any. Batches depend only on the run's seed, the weights it began with, the step and the process: a
resumed run sees what an uninterrupted one would have seen, and one that goes on from another's
weights sees other batches than those they were learned from.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from engine.checkpoint import load_tensors, save_tensors, sha256
from engine.devices import keep_freed_memory
from engine.errors import TrainingError, WeightsError, memory_ran_out
from engine.metrics.run_page import forget_after, png_of, write_run_page
from engine.training.group import Group, ProcessLostError
from engine.training.means import Means
from engine.training.optim import build_optimiser
from engine.training.plan import planned, product_rate
from engine.training.recipe import EXPLODED, Clock, Recipe, additions, rate_at
from engine.training.telling import say, stop_signals

Shown = Callable[[nn.Module], NDArray[np.uint8]]
_LOG = "log.jsonl"


def batch_seed(seed: int, step: int, turn: int) -> int:
    """What the batch of a run's ``step`` is drawn by that is number ``turn`` of all processes'.

    A generator of the processor takes 32 bits of it. Turns go in lots of 64 beside the steps, and
    the golden ratio of 2**32 keeps the lots apart: sixteen of them meet in no run of two million
    steps.
    """
    return (seed * 1_000_003 + step) * 64 + turn % 64 + turn // 64 * 0x9E3779B1


def clock_in(saved: Mapping[str, str]) -> Clock:
    """The clock of a run that says this of itself."""
    return Clock(**json.loads(saved["clock"]))


class Run:
    """One training run in a folder.

    ``state.safetensors`` (or ``state``, in shares) is all that a resumed run needs,
    ``weights.safetensors`` the averaged weights at the last save, ``best.safetensors`` those of the
    least held-out loss, and ``log.jsonl`` what ``page.html`` draws. The first process of a group
    writes and speaks.

    Args:
        recipe: what is trained.
        folder: of the run.
        device: where.
        shown: draws a sheet (H, W, 3) of what the network makes now, for the page.
        group: of the processes that train it; this one alone by default.

    Raises:
        TrainingError: on divergence; WeightsError: if saved state does not fit the recipe.
    """

    def __init__(
        self,
        recipe: Recipe,
        folder: Path,
        device: torch.device,
        shown: Shown | None = None,
        group: Group | None = None,
    ) -> None:
        keep_freed_memory()
        self.recipe, self._shown = recipe, shown
        self.folder = folder
        self.group = group or Group()
        self.module = recipe.module.to(device)
        self.group.prepare(self.module)
        self.optimiser = build_optimiser(self.module, recipe.config, additions(recipe))
        self.ema = self.group.ema(self.module, recipe.config.ema)
        self.clock = Clock()
        self.device = device
        self.stopped = False
        self._means = Means()

    def resume(self) -> bool:
        """Load the run's saved state; whether there was one.

        Raises:
            WeightsError: if it is of another recipe, does not fit, or is damaged.
        """
        saved = self.group.saved(self.folder)
        if saved is None:
            return False
        if saved.get("recipe") != self.recipe.name:
            raise WeightsError(
                f"{self.folder} holds a run of the recipe {saved.get('recipe')!r}, "
                f"not of {self.recipe.name!r}. Choose another folder."
            )
        self.clock = clock_in(saved)
        if "lr" in saved:  # A run that began from weights may have begun at a rate of its own.
            self.recipe.config = replace(self.recipe.config, lr=float(saved["lr"]))
        self.group.restore(self.folder, self.module, self.ema, self.optimiser)
        if self.group.first:
            forget_after(self.folder / _LOG, self.clock.step)
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
        self.group.fill(self.module, fresh | tensors, path.name)
        self.clock.added = not fresh.keys() <= tensors.keys()
        self.clock.drawn = int(sha256(path)[:8], 16)
        self.ema = self.group.ema(self.module, self.recipe.config.ema)

    def train(self) -> None:
        """Run until the steps or minutes are spent, or Ctrl+C asks for a stop."""
        config = self.recipe.config
        if self.group.first:
            self.folder.mkdir(parents=True, exist_ok=True)
            told = asdict(config) | {"recipe": self.recipe.name, "replicas": self.group.count}
            _write_json(self.folder / "config.json", told)
        began = time.monotonic() - self.clock.seconds
        saved = time.monotonic()
        self.module.train()
        with self._in_sentences(), stop_signals(self._stop, aloud=self.group.first):
            forecast = None if self._spent() else _Forecast(self)
            while not self._over():
                due = self.group.told(time.monotonic() - saved) > config.save_every_s
                loss, norm = self._gradients()
                # A loss is that of the weights before the step, which are saved once it is heard.
                if due and math.isfinite(norm) and self.clock.good(loss):
                    self.save()
                    saved = time.monotonic()
                self._take(loss, norm)
                self.clock.step += 1
                self.clock.seconds = self.group.told(time.monotonic() - began)
                self._report()
                if forecast is not None:
                    forecast.heard()
            self._end()
            # What comes next in another process finds everything written.
            self.group.told(self.clock.seconds)

    def progress(self) -> float:
        """Share of the run that is done, 0 to 1."""
        return self.clock.progress(self.recipe.config)

    def save(self) -> None:
        """Write everything that a resumed run needs, and the averaged weights."""
        metadata = {
            "recipe": self.recipe.name,
            "clock": json.dumps(asdict(self.clock)),
            "lr": str(self.recipe.config.lr),
            "replicas": str(self.group.count),
        }
        self.group.save(self.folder, self.module, self.ema, self.optimiser, metadata)
        self._write_weights("weights")

    def _write_weights(self, name: str) -> None:
        if not self.group.measures:
            return
        with self.ema.applied(self.module):
            self.module.eval()
            self.recipe.finish(self.module)
            state = {key: self.group.whole(one) for key, one in self.module.state_dict().items()}
            if self.group.first:
                save_tensors(self.folder / f"{name}.safetensors", state, self.recipe.metadata())
            self.module.train()

    def _spent(self) -> bool:
        return self.progress() >= 1

    def _over(self) -> bool:
        """Whether the run is at its end, or any process was asked to stop."""
        self.stopped = self.group.mean(float(self.stopped)) > 0
        return self.stopped or self._spent()

    def _stop(self) -> None:
        self.stopped = True

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        """What machines run out of, as errors that say how to go on."""
        try:
            yield
        except (MemoryError, RuntimeError) as error:
            if memory_ran_out(error):
                raise TrainingError(
                    f"{self.device} has not enough memory for batches of {self.recipe.batch} "
                    f"clips. What was saved last is in {self.folder}: go on from it with --resume "
                    "where there is more, or close what else uses it."
                ) from error
            if self.group.lost(error):
                raise self._alone() from error
            if isinstance(error, torch.AcceleratorError):
                raise TrainingError(
                    f"{self.device} stopped answering. What was saved last is in {self.folder}: "
                    "go on from it with --resume, there or with --device cpu."
                ) from error
            raise

    def _alone(self) -> ProcessLostError:
        """Keep what can be kept, and say that another process has ended."""
        kept = "What was saved last"
        if self.group.first and not self.group.divided and not self.clock.high:
            # Processes wait for one another before a step, so this one's is whole.
            self.save()
            kept = f"The run up to step {self.clock.step}"
        return ProcessLostError(
            f"A process that trained beside this one has ended, perhaps for want of memory. {kept} "
            f"is in {self.folder}: go on from it with --resume."
        )

    def _end(self) -> None:
        """Save the last step; what is far worse than it was does not replace what was saved."""
        if not self.clock.high:
            self.save()
        elif not self.stopped:
            self._give_up(f"The loss is more than {EXPLODED} times what it was as the run ends.")

    def _give_up(self, why: str) -> NoReturn:
        there = self.group.saved(self.folder) is not None
        raise TrainingError(
            f"{why} The last good state is in {self.folder}; go on from it with --resume and a "
            "lower --learning-rate."
            if there
            else f"{why} Nothing had been saved before; begin again with a lower --learning-rate."
        )

    def _gradients(self) -> tuple[float, float]:
        """Loss of the weights as they are, and norm of its gradients, which lie in them."""
        config, group = self.recipe.config, self.group
        total = 0.0
        for index in range(config.accumulate):
            turn = group.rank * config.accumulate + index
            seed = batch_seed(config.seed + self.clock.drawn, self.clock.step, turn)
            generator = torch.Generator().manual_seed(seed)
            losses = self.recipe.losses(self.module, self.clock.step, generator)
            (losses["total"] / config.accumulate).backward()
            self._means.add({key: value.item() for key, value in losses.items()})
            total += losses["total"].item() / config.accumulate
        total, norm = group.mean(total), math.nan
        if math.isfinite(total):
            group.average(self.module)
            norm = group.whole(
                nn.utils.clip_grad_norm_(self.module.parameters(), config.clip)
            ).item()
        self._means.add({"grad_norm": norm})
        return total, norm

    def _take(self, loss: float, norm: float) -> None:
        """Step by the gradients, or pass over them where they are no numbers."""
        config = self.recipe.config
        if not math.isfinite(norm):
            self.optimiser.clear()
            self.clock.bad += 1
            if self.clock.bad > config.bad_steps:
                self._give_up(f"The loss has not been finite for {self.clock.bad} steps.")
            return
        self._watch(loss)
        if self.clock.high > config.bad_steps:
            self._give_up(
                f"The loss has been more than {EXPLODED} times what it was for {self.clock.high} "
                "steps."
            )
        settled = config.settled if self.clock.added else 1.0
        self.optimiser.step(rate_at(config, self.clock.step, self.progress()), settled)
        self.ema.update(self.module, self.clock.step)

    def _watch(self, loss: float) -> None:
        """Hear the loss of a step that is being taken, an error that should become less."""
        self.clock.watch(loss)

    def _report(self) -> None:
        config, step = self.recipe.config, self.clock.step
        last = self._spent()
        if step % config.log_every and step != 1 and not last:
            return
        means, self._means = self.group.merged(self._means).take(), Means()
        row: dict[str, Any] = {"step": step, "seconds": round(self.clock.seconds, 1)} | means
        if last or step % config.evaluate_every == 0:
            row["held_out"] = self._evaluated()
        if self.group.first:
            self._tell(row)

    def _tell(self, row: dict[str, Any]) -> None:
        """Write a row of the log, say it, and draw the page where there is more to see."""
        with (self.folder / _LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        done, held = self.progress(), _line(row.get("held_out", {}))
        left = self.clock.seconds * (1 - done) / max(done, 1e-6) / 60
        shown = {key: one for key, one in row.items() if isinstance(one, float) and "@" not in key}
        del shown["seconds"]
        line = f"{self.recipe.name} step {row['step']} ({done:.0%}, {left:.0f} min left) "
        say(line + _line(shown) + (f" | held out: {held}" if held else ""))
        if held:
            write_run_page(self.folder, self.recipe.name)

    def _evaluated(self) -> dict[str, float]:
        """Held-out figures of the averaged weights, which are kept if there were none better."""
        figures: dict[str, float] = {}
        if self.group.measures:
            with self.ema.applied(self.module):
                self.module.eval()
                figures = self.recipe.evaluate(self.module)
                if self._shown is not None:
                    self._keep_sheet(self._shown(self.module))
                self.module.train()
        loss = self.group.told(figures.get("loss", math.inf))
        if math.isfinite(loss) and loss <= self.clock.best:
            self.clock.best = loss
            self._write_weights("best")
        return figures

    def _keep_sheet(self, sheet: NDArray[np.uint8]) -> None:
        if not self.group.first:
            return
        folder = self.folder / "samples"
        folder.mkdir(exist_ok=True)
        (folder / f"step {self.clock.step:06d}.png").write_bytes(png_of(sheet))


def begin(run: Run, resume: bool, warm_start: Path | None) -> None:
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
            recipe.batch * recipe.config.accumulate * run.group.count,
            lambda: recipe.losses(run.module, 0, generator)["total"],
            of=recipe.batch,
            tokens=recipe.tokens,
        )
        self._began, self._steps = 0.0, -1
        if run.group.first:
            beside = f", {run.group.count} processes" if run.group.count > 1 else ""
            say(f"{run.recipe.name}: {self._plan.words()}{beside}")

    def heard(self) -> None:
        """A step is over. The first is not timed: code may have been compiled in it."""
        self._steps += 1
        if self._steps == 0:
            self._began = time.monotonic()
        if self._steps != self.AFTER_STEPS or not self._run.group.first:
            return
        clock, config = self._run.clock, self._run.recipe.config
        left = (config.steps - clock.step, config.minutes * 60 - clock.seconds)
        passed = time.monotonic() - self._began
        reached = product_rate(self._run.device) * self._run.group.count
        told = self._plan.forecast(self._steps, passed, left, reached)
        say(f"{self._run.recipe.name}: {told}")


def _line(figures: dict[str, float]) -> str:
    return " ".join(f"{key} {value:.4f}" for key, value in figures.items())


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
