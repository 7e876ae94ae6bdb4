"""Training over several processes: every process holds a share of the weights and of the clips.

``torchrun`` starts the processes and says which is which. PyTorch's fully sharded data parallelism
(``fully_shard``) divides weights, gradients and moments; distributed checkpoints save every share
where it lies and can be read by another number of processes.

A run of N processes that accumulate A batches sees what one process sees that accumulates N * A.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch import Tensor, nn
from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
from torch.distributed.tensor import DTensor, distribute_tensor

from engine.checkpoint import load_tensors, save_tensors
from engine.errors import TrainingError, WeightsError
from engine.models.dual_block import DualBlock
from engine.models.signals import Prediction, PreparedContext
from engine.models.transformer import DualTransformer
from engine.training.loop import begin
from engine.training.means import Means
from engine.training.optim import Ema, build_optimiser
from engine.training.recipe import Clock, Recipe, additions, rate_at
from engine.training.telling import say, stop_signals

_STATE, _CLOCK = "state", "clock.json"


def processes() -> int:
    """How many processes train together, as ``torchrun`` says; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def joined(device: torch.device) -> Iterator[torch.device]:
    """Within the block this process is one of those that ``torchrun`` started; its own device.

    Raises:
        TrainingError: if the processes do not find one another.
    """
    own = device
    if device.type == "cuda":
        own = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(own)
    try:
        dist.init_process_group("nccl" if own.type == "cuda" else "gloo")
    except (RuntimeError, ValueError) as error:
        raise TrainingError(
            f"The processes of this run did not find one another ({error}). Start them with: "
            "torchrun --nproc-per-node N -m engine train ..."
        ) from error
    try:
        yield own
    finally:
        dist.destroy_process_group()


def shard(module: nn.Module) -> None:
    """Divide the weights of ``module`` over the processes, block by block.

    A block's attention is a part of its own: its context's keys are made before the block runs.
    """
    for value in (Prediction, PreparedContext):
        _as_tree(value)
    if isinstance(module, DualTransformer):
        for block in module.blocks:
            assert isinstance(block, DualBlock)
            for branch in (block.video, block.audio):
                fully_shard(branch.attention)
                register_fsdp_forward_method(branch.attention, "context_keys")
            fully_shard(block)
    fully_shard(module)
    if isinstance(module, DualTransformer):
        register_fsdp_forward_method(module, "prepare")


_TREES: set[type] = set()


def _as_tree(value: type) -> None:
    """Let sharding see the tensors inside a value, whose gradients tell it when to gather."""
    if value not in _TREES:
        _TREES.add(value)
        torch.export.register_dataclass(value)


class DistributedRun:
    """One run of several processes in one folder, which all of them can read and write.

    ``state`` holds the shares, ``weights.safetensors`` the averaged weights as a single process
    would have written them, and ``log.jsonl`` the losses averaged over the processes.

    Raises:
        TrainingError: on divergence; WeightsError: if saved state does not fit the recipe.
    """

    def __init__(self, recipe: Recipe, folder: Path, device: torch.device) -> None:
        self.recipe, self.folder, self.device = recipe, folder, device
        self.rank, self.count = dist.get_rank(), dist.get_world_size()
        self.module = recipe.module.to(device)
        # Every process made its own; the first one's are everybody's.
        for tensor in self.module.state_dict().values():
            dist.broadcast(tensor, 0)
        shard(self.module)
        self.optimiser = build_optimiser(self.module, recipe.config, additions(recipe))
        self.ema = _ShardedEma(self.module, recipe.config.ema)
        self.clock, self.stopped = Clock(), False
        self._means = Means()

    def resume(self) -> bool:
        """Load the run's saved shares, whoever saved them; whether there were any.

        Raises:
            WeightsError: if they are of another recipe, do not fit, or are damaged.
        """
        if not (self.folder / _STATE / _CLOCK).is_file():
            return False
        said = json.loads((self.folder / _STATE / _CLOCK).read_text(encoding="utf-8"))
        if said["recipe"] != self.recipe.name:
            raise WeightsError(
                f"{self.folder} holds a run of the recipe {said['recipe']!r}, "
                f"not of {self.recipe.name!r}. Choose another folder."
            )
        self.clock = Clock(**said["clock"])
        try:
            reader = dcp.FileSystemReader(self.folder / _STATE)
            self._warm_up(set(reader.read_metadata().state_dict_metadata))
            dcp.load(self._tensors(), storage_reader=reader)
        except (OSError, RuntimeError, KeyError, ValueError, dcp.api.CheckpointException) as error:
            raise WeightsError(
                f"What was saved in {self.folder} does not fit this network or is damaged. "
                "Choose another folder, or start again without --resume."
            ) from error
        return True

    def warm_start(self, path: Path) -> None:
        """Take weights alone; the optimiser starts fresh, and what was added since stays new.

        Raises:
            WeightsError: if a tensor is missing or of another shape.
        """
        tensors, _ = load_tensors(path)
        for key, value in self.module.state_dict().items():
            if key not in tensors or tensors[key].shape != value.shape:
                if key.startswith(additions(self.recipe)):
                    self.clock.added = True
                    continue
                raise WeightsError(f"The weights of {path.name} do not fit in the tensor {key}.")
            whole = tensors[key].to(self.device, value.dtype)
            if isinstance(value, DTensor):
                mesh, placements = value.device_mesh, value.placements
                value.copy_(distribute_tensor(whole, mesh, placements))
            else:
                value.copy_(whole)
        self.ema = _ShardedEma(self.module, self.recipe.config.ema)

    def train(self) -> None:
        """Run until the steps or minutes are spent, or any process is asked to stop."""
        if self.rank == 0:
            self.folder.mkdir(parents=True, exist_ok=True)
            config = asdict(self.recipe.config) | {"recipe": self.recipe.name}
            path = self.folder / "config.json"
            path.write_text(json.dumps(config, indent=1), encoding="utf-8")
            say(f"{self.recipe.name}: {self.count} processes")
        began, saved = time.monotonic() - self.clock.seconds, time.monotonic()
        self.module.train()
        with stop_signals(self._stop):
            while not self._agreed(self.stopped or self.clock.progress(self.recipe.config) >= 1):
                parts = self._step()
                self.clock.step += 1
                self.clock.seconds = time.monotonic() - began
                self._report(parts)
                if self._agreed(time.monotonic() - saved > self.recipe.config.save_every_s):
                    self.save()
                    saved = time.monotonic()
        self.stopped = self._agreed(self.stopped)
        self.save()

    def save(self) -> None:
        """Write every share where it lies, and the whole averaged weights."""
        part, whole = self.folder / f"{_STATE}.part", self.folder / _STATE
        if self.rank == 0:
            shutil.rmtree(part, ignore_errors=True)
        dist.barrier()
        dcp.save(self._tensors(), checkpoint_id=part)
        if self.rank == 0:
            said = {"recipe": self.recipe.name, "clock": asdict(self.clock)}
            (part / _CLOCK).write_text(json.dumps(said), encoding="utf-8")
            shutil.rmtree(whole, ignore_errors=True)
            part.replace(whole)
        averaged = {key: _whole(value) for key, value in self.ema.state().items()}
        if self.rank == 0:
            path = self.folder / "weights.safetensors"
            save_tensors(path, averaged, self.recipe.metadata())
        dist.barrier()

    def _tensors(self) -> dict[str, Any]:
        tensors = {f"model.{key}": value for key, value in self.module.state_dict().items()}
        tensors |= {f"ema.{key}": value for key, value in self.ema.state().items()}
        return tensors | {f"optim.{key}": one for key, one in self.optimiser.state().items()}

    def _warm_up(self, saved: set[str]) -> None:
        """Make the moments that were saved: they do not exist before an optimiser's first step."""
        known = {name.rpartition("/")[0] for name in saved}
        for name, parameter in self.module.named_parameters():
            if f"optim.{name}" in known:
                parameter.grad = torch.zeros_like(parameter)
        self.optimiser.step(0.0)

    def _step(self) -> dict[str, float]:
        config, sums = self.recipe.config, Counter[str]()
        for index in range(config.accumulate):
            turn = self.rank * config.accumulate + index
            seed = (config.seed * 1_000_003 + self.clock.step) * 64 + turn
            generator = torch.Generator().manual_seed(seed)
            losses = self.recipe.losses(self.module, self.clock.step, generator)
            (losses["total"] / config.accumulate).backward()
            sums.update({key: value.item() for key, value in losses.items() if "@" not in key})
        parts = self._averaged(sums)
        if not math.isfinite(parts["total"]):
            self.optimiser.clear()
            self.clock.spoil(config, self.folder)
            return parts
        self.clock.bad = 0
        norm = nn.utils.clip_grad_norm_(self.module.parameters(), config.clip)
        parts["grad_norm"] = _whole(norm).item()
        settled = config.settled if self.clock.added else 1.0
        rate = rate_at(config, self.clock.step, self.clock.progress(config))
        self.optimiser.step(rate, settled)
        self.ema.update(self.module, self.clock.step)
        return parts

    def _averaged(self, sums: Counter[str]) -> dict[str, float]:
        """Means over the batches of all processes."""
        names = sorted(sums)
        values = torch.tensor([sums[name] for name in names], device=self.device)
        dist.all_reduce(values)
        batches = self.count * self.recipe.config.accumulate
        return dict(zip(names, (values / batches).tolist(), strict=True))

    def _agreed(self, asked: bool) -> bool:
        """Whether any process asks for it: all must do the same."""
        flag = torch.tensor(float(asked), device=self.device)
        dist.all_reduce(flag, op=dist.ReduceOp.MAX)
        return bool(flag.item())

    def _report(self, parts: dict[str, float]) -> None:
        self._means.add(parts)
        if self.rank or (self.clock.step % self.recipe.config.log_every and self.clock.step != 1):
            return
        means = self._means.take()
        row = {"step": self.clock.step, "seconds": round(self.clock.seconds, 1)} | means
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        say(f"{self.recipe.name} step {self.clock.step}: total {means['total']:.4f}")

    def _stop(self) -> None:
        self.stopped = True


class _ShardedEma(Ema):
    """The average of every process's share."""

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Move towards the weights of ``module``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for key, value in module.state_dict().items():
            kept, now = _share(self._shadow[key]), _share(value)
            if value.is_floating_point():
                kept.lerp_(now, 1 - decay)
            else:
                kept.copy_(now)


def _share(tensor: Tensor) -> Tensor:
    """What this process has of a tensor."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _whole(tensor: Tensor) -> Tensor:
    """All of a tensor of which every process has a share; all of them must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def train_together(
    recipe: Recipe, folder: Path, device: torch.device, resume: bool, warm_start: Path | None
) -> bool:
    """Run ``recipe`` in ``folder`` as one of the processes; whether it came to its end.

    Raises:
        EngineError: as ``DistributedRun``.
    """
    with joined(device) as own:
        run = DistributedRun(recipe, folder, own)
        begin(run, resume, warm_start)
        run.train()
        return not run.stopped
