"""A batch of the transformer's training: clean clips, noise and everything they are given.

Shape letters: B batch, L video latent frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.signals import Latents, Levels
from engine.models.transformer import Context


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Clean latents with noise, levels, context and truths, ready for the network.

    Attributes:
        free: (B, L) bool, False where a latent frame is not to be learned although it is noisy.
    """

    clean: Latents
    noise: Latents
    levels: Levels
    context: Context
    switch: Tensor
    coverage: Tensor
    onsets: Tensor
    free: Tensor | None = None


def moved_to(batch: Batch, device: torch.device) -> Batch:
    """The batch with every tensor on ``device``."""
    if device.type == "cpu":
        return batch

    def moved(value: object) -> object:
        if isinstance(value, Tensor):
            return value.to(device, non_blocking=True)
        if isinstance(value, tuple):
            return tuple(moved(one) for one in value)
        if value is None:
            return None
        return type(value)(**{key: moved(item) for key, item in vars(value).items()})

    result = moved(batch)
    assert isinstance(result, Batch)
    return result
