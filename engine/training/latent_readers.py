"""What trainings of small networks that read latents share: encoded clips, many of them noisy.

They are to read the clean guesses of a network that is learning, which are never quite clean.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.errors import TrainingError
from engine.training.recipe import LoopConfig

MEASURED_NOISE = (0.0, 0.3)
_NOISY, _MOST_NOISE = 0.6, 0.5


class LatentReaderRecipe:
    """Training of ``module``, a reader of the kind ``name``, on stored clips.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        module: what learns to read; its ``config`` are sizes.
        batch: clips a step.

    Raises:
        TrainingError: if no clip is encoded to learn from.
    """

    name: str
    tokens = 0
    module: Any

    def __init__(
        self, store: LatentStore, config: LoopConfig, module: nn.Module, batch: int
    ) -> None:
        self.store, self.config, self.batch = store, config, batch
        self.held_out = store.held_out
        self.learned = store.ready() - self.held_out
        if self.learned < 1:
            raise TrainingError(f"Too few clips are encoded in {store.folder}. Wait for more.")
        self.module = module

    def metadata(self) -> dict[str, str]:
        """Kind, sizes and the codecs whose latents are read."""
        config = json.dumps(asdict(self.module.config))
        return {"kind": self.name, "config": config, "codecs": self.store.spec.codecs}

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    def drawn(self, generator: torch.Generator) -> tuple[np.ndarray, Tensor]:
        """Clips of a batch to learn from, and how noisy each is to be (B,)."""
        rows = torch.randint(self.learned, (self.batch,), generator=generator) + self.held_out
        noise = _MOST_NOISE * torch.rand(self.batch, generator=generator)
        noise *= torch.rand(self.batch, generator=generator) < _NOISY
        return rows.numpy(), noise

    def measured(self, level: float) -> tuple[np.ndarray, Tensor]:
        """The held-out clips, all as noisy as ``level``."""
        return np.arange(self.held_out), torch.full((self.held_out,), level)


def noisy(clean: np.ndarray, noise: Tensor, generator: torch.Generator) -> Tensor:
    """Latents (B, ...) of a store at the levels ``noise`` (B,)."""
    latents = torch.from_numpy(clean.astype(np.float32))
    level = noise.view(-1, *(1 for _ in latents.shape[1:]))
    return latents.lerp(torch.randn(latents.shape, generator=generator), level)
