"""The processes that train one network: one alone, or several that each see clips of their own.

A run says the same things to its group in every process, in the same order. What stands here is
the group of one process; ``Replicas`` keep the whole network each and average their gradients,
``training.shards`` divides it. N processes that accumulate A batches see what one process sees that
accumulates N * A.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from engine.checkpoint import apply, load_tensors, read_metadata, save_tensors
from engine.errors import TrainingError
from engine.training.means import Means
from engine.training.optim import Ema, Optimiser

STATE = "state.safetensors"
# While the first process measures what is held out, the others wait.
PATIENCE = datetime.timedelta(hours=1)
# What torch says in a plain RuntimeError when the other end of a connection is not there.
_GONE = ("Connection closed", "Connection reset", "Broken pipe", "Timed out", "timed out")


class ProcessLostError(TrainingError):
    """Another process of the run has ended."""


class Group:
    """One process alone, which is the first.

    Attributes:
        rank, count: which of how many processes this is.
        divided: whether a process holds but its share of the network, so that all of them must
            take part where it is used.
    """

    divided = False

    def __init__(self) -> None:
        self.rank, self.count = 0, 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    @property
    def measures(self) -> bool:
        """Whether this process uses the network where one would do."""
        return self.first or self.divided

    def prepare(self, module: nn.Module) -> None:
        """Make the network that this process made the group's."""

    def ema(self, module: nn.Module, decay: float) -> Ema:
        """An average of the weights of ``module`` as they are."""
        return Ema(module, decay)

    def average(self, module: nn.Module) -> None:
        """Make every process's gradients the mean of all."""

    def mean(self, value: float) -> float:
        """The mean of every process's ``value``."""
        return value

    def told(self, value: float) -> float:
        """The first process's ``value``."""
        return value

    def merged(self, means: Means) -> Means:
        """The means over the figures of all processes."""
        return means

    def whole(self, tensor: Tensor) -> Tensor:
        """All of a tensor of which every process may have a share."""
        return tensor

    def saved(self, folder: Path) -> dict[str, str] | None:
        """What a run that was saved in ``folder`` says of itself, if there is one.

        Raises:
            WeightsError: if it is damaged.
        """
        path = folder / STATE
        return read_metadata(path) if path.is_file() else None

    def save(
        self,
        folder: Path,
        module: nn.Module,
        ema: Ema,
        optimiser: Optimiser,
        metadata: dict[str, str],
    ) -> None:
        """Write everything that a resumed run needs.

        Raises:
            WeightsError: if it cannot be written; what was there is whole then.
        """
        if self.first:
            save_tensors(folder / STATE, state_of(module, ema, optimiser), metadata)

    def restore(self, folder: Path, module: nn.Module, ema: Ema, optimiser: Optimiser) -> None:
        """Take back what ``save`` wrote.

        Raises:
            WeightsError: if it does not fit or is damaged.
        """
        tensors, _ = load_tensors(folder / STATE)
        apply(module, _part(tensors, "model."), str(folder / STATE))
        ema.load(_part(tensors, "ema."))
        optimiser.load_state(_part(tensors, "optim."))

    def fill(self, module: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
        """Copy the tensors of a file called ``name`` into the network.

        Raises:
            WeightsError: naming the first that does not fit.
        """
        apply(module, tensors, name)

    def lost(self, error: BaseException) -> bool:
        """Whether ``error`` says that another process has ended."""
        del error
        return False


class Replicas(Group):
    """Processes that hold the whole network each; the first one writes and measures."""

    def __init__(self) -> None:
        super().__init__()
        self.rank, self.count = dist.get_rank(), dist.get_world_size()

    def prepare(self, module: nn.Module) -> None:
        """Every process made its own; the first one's is everybody's."""
        for tensor in module.state_dict().values():
            dist.broadcast(tensor, 0)

    @torch.no_grad()
    def average(self, module: nn.Module) -> None:
        """One sum of all gradients, and of whether there are any: what nobody used has none."""
        parameters = [one for one in module.parameters() if one.requires_grad]
        device = parameters[0].device
        there = torch.tensor([one.grad is not None for one in parameters], device=device)
        flat = torch.cat(
            [
                *(_gradient(one).float().flatten() for one in parameters),
                there.float(),
            ]
        )
        dist.all_reduce(flat)
        *means, used = flat.split([*(one.numel() for one in parameters), len(parameters)])
        for one, mean, any_used in zip(parameters, means, used.tolist(), strict=True):
            if any_used:
                one.grad = (mean / self.count).view_as(one).to(one.dtype)

    def mean(self, value: float) -> float:
        return self._summed([value])[0] / self.count

    def told(self, value: float) -> float:
        tensor = torch.tensor([value], dtype=torch.float64, device=_where())
        dist.broadcast(tensor, 0)
        return tensor.item()

    def merged(self, means: Means) -> Means:
        names = sorted(means.sums)
        sums = self._summed([means.sums[name] for name in names])
        counts = self._summed([float(means.counts[name]) for name in names])
        every = Means()
        summed, counted = (dict(zip(names, values, strict=True)) for values in (sums, counts))
        every.sums = {name: summed[name] for name in means.sums}
        every.counts = {name: round(counted[name]) for name in means.sums}
        return every

    def lost(self, error: BaseException) -> bool:
        return process_lost(error)

    @staticmethod
    def _summed(values: list[float]) -> list[float]:
        tensor = torch.tensor(values, dtype=torch.float64, device=_where())
        dist.all_reduce(tensor)
        return tensor.tolist()


def process_lost(error: BaseException) -> bool:
    """Whether ``error``, raised by one of several processes, says that another has ended."""
    said = str(error)
    return isinstance(error, dist.DistError | RuntimeError) and any(one in said for one in _GONE)


def state_of(module: nn.Module, ema: Ema, optimiser: Optimiser) -> dict[str, Tensor]:
    """Every tensor that a resumed run needs, under names that tell them apart."""
    tensors = {f"model.{key}": value for key, value in module.state_dict().items()}
    tensors |= {f"ema.{key}": value for key, value in ema.state().items()}
    return tensors | {f"optim.{key}": value for key, value in optimiser.state().items()}


def processes() -> int:
    """How many processes ``torchrun`` has started, this one among them; 0 where it is alone."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    return count if count > 1 else 0


@contextmanager
def joined(device: torch.device) -> Iterator[tuple[Group, torch.device]]:
    """Within the block: the group that this process belongs to, and the device that is its own.

    Replicas of this machine have met before (``training.replicas``); ``torchrun`` starts processes
    that meet here. On accelerators they divide the network, on processors each holds all of it.

    Raises:
        TrainingError: if the processes do not find one another.
    """
    if dist.is_initialized():
        yield Replicas(), device
        return
    if not processes():
        yield Group(), device
        return
    own = device
    if device.type == "cuda":
        own = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(own)
    with meeting(own, dist.init_process_group):
        if own.type == "cpu":
            yield Replicas(), own
        else:
            from engine.training.shards import Shards

            yield Shards(), own


@contextmanager
def meeting(device: torch.device, meet: Callable[..., None]) -> Iterator[None]:
    """Within the block the processes that ``meet`` can speak to one another.

    Raises:
        TrainingError: if they do not find one another.
    """
    try:
        meet("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise TrainingError(
            f"The processes of this run did not find one another ({error}). Start them with "
            "--replicas N on one machine, or with: torchrun --nproc-per-node N -m engine train ..."
        ) from error
    try:
        yield
    finally:
        dist.destroy_process_group()


def _gradient(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def _where() -> torch.device:
    """Where numbers travel: what carries the tensors of a card takes no others."""
    name = "cuda" if dist.get_backend() == "nccl" else "cpu"
    return torch.device(name)


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
