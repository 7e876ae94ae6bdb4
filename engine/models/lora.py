"""Low-rank adapters (LoRA): a small file that teaches frozen weights something of one's own.

After Hu et al. 2021, arXiv:2106.09685: beside every large matrix W of the blocks stands a product
of two narrow ones, ``up @ down``, which starts as nothing and alone is trained. An adapter names
the weights that it was trained on by their contents and is refused beside any others.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.checkpoint import load_tensors
from engine.errors import WeightsError
from engine.models.transformer import DualTransformer

ADAPTER = "adapter.safetensors"
KIND = "lora"
# The entry of an adapter's metadata that lists the words of the captions it learned.
WORDS = "words"
_DOWN, _UP = "down", "up"


class Adapted(nn.Module):
    """A frozen layer and what is learned beside it."""

    def __init__(self, layer: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.layer, self.scale = layer, scale
        like = layer.weight
        self.down = nn.Parameter(torch.empty(rank, layer.in_features, device=like.device))
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank, device=like.device))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        return self.layer(x) + self.scale * ((x @ self.down.T) @ self.up.T)


def attach(model: DualTransformer, rank: int, scale: float = 1.0) -> None:
    """Freeze ``model`` and put adapters beside the matrices of its blocks.

    From then on its state is the adapters' alone, so that runs save and resume nothing else.
    """
    model.requires_grad_(False)
    for name, layer in _layers(model):
        holder, _, attribute = name.rpartition(".")
        setattr(model.get_submodule(holder), attribute, Adapted(layer, rank, scale))
    model.register_state_dict_post_hook(_only_adapters)
    model.register_load_state_dict_post_hook(_base_is_there)


def merge(model: DualTransformer, path: Path, base: str) -> None:
    """Add the adapter in ``path`` to the weights of ``model``, whose contents hash to ``base``.

    Raises:
        WeightsError: if it is damaged, no adapter, or was trained on other weights.
    """
    tensors, metadata = load_tensors(path)
    if metadata.get("kind") != KIND:
        raise WeightsError(f"{path.name} does not hold an adapter of this engine.")
    if metadata.get("base") != base:
        raise WeightsError(
            f"{path.name} was trained on other weights ({metadata.get('base', '')[:16]}) than "
            f"those it lies beside ({base[:16]}). Put it beside the weights it was trained on."
        )
    try:
        scale = float(metadata["scale"])
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path.name} does not say how loud its adapter is.") from error
    layers = dict(_layers(model))
    with torch.no_grad():
        for name, (down, up) in _pairs(tensors, path.name).items():
            if name not in layers:
                raise WeightsError(f"The adapter {path.name} is for a layer {name}, unknown here.")
            weight = layers[name].weight
            if (up.shape[0], down.shape[1]) != weight.shape or up.shape[1] != down.shape[0]:
                raise WeightsError(
                    f"The adapter of {name} in {path.name} is {up.shape[0]}x{down.shape[1]}, "
                    f"but the layer is {weight.shape[0]}x{weight.shape[1]}."
                )
            added = scale * (up.float() @ down.float())
            if not added.isfinite().all():
                raise WeightsError(f"The adapter of {name} in {path.name} is not finite.")
            weight += added.to(weight.device, weight.dtype)


def _layers(model: DualTransformer) -> list[tuple[str, nn.Linear]]:
    """The matrices of the blocks that run once a token; gates and levels stay as they are."""
    return [
        (name, layer)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name.startswith("blocks.") and not name.endswith("gate")
    ]


def _pairs(tensors: dict[str, Tensor], file: str) -> dict[str, tuple[Tensor, Tensor]]:
    names = {name.rpartition(".")[0] for name in tensors}
    wanted = {f"{name}.{part}" for name in names for part in (_DOWN, _UP)}
    if not names or wanted != set(tensors):
        odd = min(wanted ^ set(tensors), default="")
        raise WeightsError(f"The adapter {file} is incomplete: {odd or 'it is empty'}.")
    if any(tensor.ndim != 2 for tensor in tensors.values()):
        raise WeightsError(f"The adapter {file} holds something other than matrices.")
    return {name: (tensors[f"{name}.{_DOWN}"], tensors[f"{name}.{_UP}"]) for name in names}


def _only_adapters(module: nn.Module, state: dict[str, Tensor], prefix: str, _extra: Any) -> None:
    del module, prefix
    for name in list(state):
        if name.rpartition(".")[2] not in (_DOWN, _UP):
            del state[name]


def _base_is_there(_module: nn.Module, keys: Any) -> None:
    keys.missing_keys[:] = [
        name for name in keys.missing_keys if name.rpartition(".")[2] in (_DOWN, _UP)
    ]
