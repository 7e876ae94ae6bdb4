"""Sequential offload: layers visit the device one by one, so that a network larger than it runs.

A visit is a copy in, and a forgetting: what lies at home never changes, so nothing is copied back.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

_SMALL_BYTES = 1 << 16


class Offload:
    """Keeps the large linear layers of the blocks at home and everything else on ``device``.

    Layers, not blocks, are what visits: keys of a context are made by a block's attention before
    the block itself runs, and a layer is met on both ways.

    Args:
        network: that is to run on ``device``; its weights lie on the processor.
        blocks: the part of it whose layers visit.
        device: where it computes.
        small_bytes: layers up to this size stay there.

    Attributes:
        here_bytes: of visiting weights at this moment.
        most_bytes: the largest ``here_bytes`` there ever was.
        visits: copies made.
    """

    def __init__(
        self,
        network: nn.Module,
        blocks: nn.Module,
        device: torch.device,
        small_bytes: int = _SMALL_BYTES,
    ) -> None:
        self.device = device
        self.here_bytes = self.most_bytes = self.visits = 0
        self._home: dict[nn.Module, tuple[Tensor, ...]] = {}
        self._hooks: list[Any] = []
        for layer in blocks.modules():
            if isinstance(layer, nn.Linear) and _size(layer) > small_bytes:
                self._home[layer] = tuple(part.data for part in _parts(layer))
                self._hooks.append(layer.register_forward_pre_hook(self._arrive))
                self._hooks.append(layer.register_forward_hook(self._leave, always_call=True))
        if device.type == "cuda":
            self._home = {
                layer: tuple(part.pin_memory() for part in parts)
                for layer, parts in self._home.items()
            }
        self._settle(network)

    @property
    def home_bytes(self) -> int:
        """Of all layers that visit."""
        return sum(part.nbytes for parts in self._home.values() for part in parts)

    def end(self) -> None:
        """Put every layer back as it was and stop."""
        for hook in self._hooks:
            hook.remove()
        for layer in self._home:
            self._leave(layer)
        self._home = {}

    def _settle(self, network: nn.Module) -> None:
        """Bring all that does not visit to the device; visiting layers stay at home."""
        away = {id(part) for layer in self._home for part in _parts(layer)}
        for part in (*network.parameters(), *network.buffers()):
            if id(part) not in away:
                part.data = part.data.to(self.device)
        for layer in self._home:
            self._leave(layer)

    def _arrive(self, layer: nn.Module, _: Any) -> None:
        home = self._home[layer]
        for part, kept in zip(_parts(layer), home, strict=True):
            part.data = torch.empty_like(kept, device=self.device).copy_(kept, non_blocking=True)
        self.visits += 1
        self.here_bytes += sum(part.nbytes for part in home)
        self.most_bytes = max(self.most_bytes, self.here_bytes)

    def _leave(self, layer: nn.Module, *_: Any) -> None:
        home = self._home[layer]
        for part, kept in zip(_parts(layer), home, strict=True):
            if part.data.data_ptr() != kept.data_ptr():
                part.data = kept
        self.here_bytes = max(0, self.here_bytes - sum(part.nbytes for part in home))


def _parts(layer: nn.Linear | nn.Module) -> tuple[nn.Parameter, ...]:
    return tuple(layer.parameters(recurse=False))


def _size(layer: nn.Module) -> int:
    return sum(part.nbytes for part in _parts(layer))
