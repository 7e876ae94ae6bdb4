"""Optimisers and the running average of weights.

``muon`` orthogonalises the momentum of every matrix (Jordan et al. 2024, "Muon") and leaves
vectors, embeddings and convolutions to AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from engine.training.muon import Muon
from engine.training.recipe import LoopConfig


class Optimiser:
    """One or two torch optimisers stepped together, with a flat state for safetensors."""

    def __init__(self, module: nn.Module, parts: list[torch.optim.Optimizer]) -> None:
        self.parts = parts
        self._names: dict[Tensor, str] = {
            parameter: name for name, parameter in module.named_parameters()
        }

    def step(self, lr: float, settled: float = 1.0) -> None:
        """One step at learning rate ``lr``; gradients are cleared.

        ``settled`` is the share of it for what is not an addition to weights that had learned.
        """
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = lr if group["added"] else lr * settled
            part.step()
        self.clear()

    def clear(self) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """Every tensor of the state under ``parameter/key``."""
        tensors: dict[str, Tensor] = {}
        for part in self.parts:
            for parameter, values in part.state.items():
                for key, value in values.items():
                    tensors[f"{self._names[parameter]}/{key}"] = torch.as_tensor(value)
        return tensors

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Take back what ``state`` gave."""
        for part in self.parts:
            for group in part.param_groups:
                for parameter in group["params"]:
                    prefix = self._names[parameter] + "/"
                    found = {
                        key[len(prefix) :]: value.to(parameter.device).clone()
                        for key, value in tensors.items()
                        if key.startswith(prefix)
                    }
                    if found:
                        if "step" in found:
                            found["step"] = found["step"].cpu()
                        part.state[parameter] = found


def build_optimiser(
    module: nn.Module, config: LoopConfig, additions: tuple[str, ...] = ()
) -> Optimiser:
    """The optimiser that ``config.optimiser`` names: ``adamw`` or ``muon``.

    ``additions`` are beginnings of the names of what weights may lack that a run starts from.
    """
    fused = next(module.parameters()).device.type in ("cuda", "cpu")
    new = {parameter for name, parameter in module.named_parameters() if name.startswith(additions)}
    matrices, others = (
        _groups(parameters, new) for parameters in _split(module, config.optimiser == "muon")
    )
    parts: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            others, lr=config.lr, betas=(0.9, 0.98), weight_decay=config.weight_decay, fused=fused
        )
    ]
    if matrices:
        parts.append(Muon(matrices, lr=config.lr, weight_decay=config.weight_decay))
    return Optimiser(module, parts)


def _groups(parameters: list[Tensor], new: Container[Tensor]) -> list[dict[str, Any]]:
    """Groups of an optimiser: what was there before and what was added, where there is any."""
    split = ([one for one in parameters if (one in new) is added] for added in (False, True))
    return [
        {"params": group, "added": added}
        for group, added in zip(split, (False, True), strict=True)
        if group
    ]


def _split(module: nn.Module, use_muon: bool) -> tuple[list[Tensor], list[Tensor]]:
    embeddings = {
        parameter
        for layer in module.modules()
        if isinstance(layer, nn.Embedding)
        for parameter in layer.parameters()
    }
    matrices, others = [], []
    for parameter in module.parameters():
        if not parameter.requires_grad:
            continue
        whole = parameter.ndim == 2 and min(parameter.shape) >= 32 and parameter not in embeddings
        (matrices if use_muon and whole else others).append(parameter)
    return matrices, others


class Ema:
    """An exponential average of the weights, with a shorter memory at the start of a run."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self._shadow = {key: value.detach().clone() for key, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Move towards the weights of ``module``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        floats: list[Tensor] = []
        targets: list[Tensor] = []
        for key, value in module.state_dict().items():
            if value.is_floating_point():
                floats.append(self._shadow[key])
                targets.append(value)
            else:
                self._shadow[key].copy_(value)
        torch._foreach_lerp_(floats, targets, 1 - decay)

    @contextmanager
    def applied(self, module: nn.Module) -> Iterator[None]:
        """Within the block ``module`` has the averaged weights."""
        kept = {key: value.detach().clone() for key, value in module.state_dict().items()}
        module.load_state_dict(self._shadow)
        try:
            yield
        finally:
            module.load_state_dict(kept)

    def state(self) -> dict[str, Tensor]:
        """The averaged weights."""
        return self._shadow

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Take back what ``state`` gave."""
        for key, value in tensors.items():
            self._shadow[key].copy_(value)
