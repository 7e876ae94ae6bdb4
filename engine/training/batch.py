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
class TaskMix:
    """Shares of the tasks, drawn per clip.

    Attributes:
        first_frame: the first picture is given, clean.
        subject: a picture of the first body is given as a reference.
        one_clean: one of the two modalities is given, clean.
        equal: both branches have the same noise level (otherwise each its own).
        no_text, no_reference: conditions dropped for guidance.
        exchange_off: the exchange is switched off, for the independent baseline and guidance.
    """

    first_frame: float = 0.25
    subject: float = 0.3
    one_clean: float = 0.12
    equal: float = 0.7
    no_text: float = 0.1
    no_reference: float = 0.1
    exchange_off: float = 0.08


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
