"""Training over several accelerators: every process holds a share of the weights.

``torchrun`` starts the processes and says which is which. PyTorch's fully sharded data parallelism
(``fully_shard``) divides weights, gradients and moments; distributed checkpoints save every share
where it lies and can be read by another number of processes. They need a folder that all of them
can read and write.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch import Tensor, nn
from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
from torch.distributed.tensor import DTensor, distribute_tensor

from engine.checkpoint import apply
from engine.errors import WeightsError
from engine.models.dual_block import DualBlock
from engine.models.signals import Prediction, PreparedContext
from engine.models.transformer import DualTransformer
from engine.training.group import Replicas, state_of
from engine.training.optim import Ema, Optimiser

FOLDER, SAID = "state", "run.json"


class Shards(Replicas):
    """Processes that hold a share each and must all take part wherever the network is used."""

    divided = True

    def prepare(self, module: nn.Module) -> None:
        """The first process's network, divided."""
        super().prepare(module)
        shard(module)

    def ema(self, module: nn.Module, decay: float) -> Ema:
        return _ShardedEma(module, decay)

    def average(self, module: nn.Module) -> None:
        """Gradients were averaged on their way back."""

    def whole(self, tensor: Tensor) -> Tensor:
        return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor

    def saved(self, folder: Path) -> dict[str, str] | None:
        path = folder / FOLDER / SAID
        try:
            return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        except ValueError as error:
            raise _unreadable(folder) from error

    def save(
        self,
        folder: Path,
        module: nn.Module,
        ema: Ema,
        optimiser: Optimiser,
        metadata: dict[str, str],
    ) -> None:
        part, whole = folder / f"{FOLDER}.part", folder / FOLDER
        if self.first:
            shutil.rmtree(part, ignore_errors=True)
        dist.barrier()
        dcp.save(state_of(module, ema, optimiser), checkpoint_id=part)
        if self.first:
            (part / SAID).write_text(json.dumps(metadata), encoding="utf-8")
            shutil.rmtree(whole, ignore_errors=True)
            part.replace(whole)
        dist.barrier()

    def restore(self, folder: Path, module: nn.Module, ema: Ema, optimiser: Optimiser) -> None:
        try:
            reader = dcp.FileSystemReader(folder / FOLDER)
            _warm_up(module, optimiser, set(reader.read_metadata().state_dict_metadata))
            tensors: dict[str, Any] = state_of(module, ema, optimiser)
            dcp.load(tensors, storage_reader=reader)
        except (OSError, RuntimeError, KeyError, ValueError, dcp.api.CheckpointException) as error:
            raise _unreadable(folder) from error

    def fill(self, module: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
        shares = dict(tensors)
        for key, own in module.state_dict().items():
            given = shares.get(key)
            if isinstance(own, DTensor) and given is not None and given.shape == own.shape:
                given = given.to(own.device, own.dtype)
                shares[key] = distribute_tensor(given, own.device_mesh, own.placements)
        apply(module, shares, name)


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
    # What stays gathered after a pass would not see the averaged weights that are put in for
    # measuring, nor the others afterwards.
    fully_shard(module, reshard_after_forward=True)
    if isinstance(module, DualTransformer):
        register_fsdp_forward_method(module, "prepare")


_TREES: set[type] = set()


def _as_tree(value: type) -> None:
    """Let sharding see the tensors inside a value, whose gradients tell it when to gather."""
    if value not in _TREES:
        _TREES.add(value)
        torch.export.register_dataclass(value)


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


def _warm_up(module: nn.Module, optimiser: Optimiser, saved: set[str]) -> None:
    """Make the moments that were saved: they do not exist before an optimiser's first step."""
    known = {name.rpartition("/")[0] for name in saved}
    for name, parameter in module.named_parameters():
        if f"optim.{name}" in known:
            parameter.grad = torch.zeros_like(parameter)
    optimiser.step(0.0)


def _share(tensor: Tensor) -> Tensor:
    """What this process has of a tensor."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _unreadable(folder: Path) -> WeightsError:
    return WeightsError(
        f"What was saved in {folder} does not fit this network or is damaged. "
        "Choose another folder, or start again without --resume."
    )
