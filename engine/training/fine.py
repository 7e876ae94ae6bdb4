"""Training of the fine stage alone: what clears noise and finishes outlines.

The tokens' blocks are taken as they are: nothing is learned through them, so that all of a step
goes to where the faults are, on bodies and in the loud channels. Forms are read in those alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engine.data.latents import LatentStore
from engine.errors import TrainingError
from engine.training.batch import TaskMix
from engine.training.pretrain import LossWeights, PretrainRecipe
from engine.training.recipe import LoopConfig

_LEVELS = (0.03, 0.9)
_WEIGHTS = LossWeights(body=15.0, details=0.3)
_MIX = TaskMix(first_frame=0.15, one_clean=0.0, exchange_off=0.0)


class FineRecipe(PretrainRecipe):
    """Pretraining of which only the fine stage learns.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        more: as of ``PretrainRecipe``.

    Raises:
        TrainingError: if the network has no fine stage.
    """

    name = "fine"

    def __init__(self, store: LatentStore, config: LoopConfig, **more: Any) -> None:
        super().__init__(store, config, mix=_MIX, weights=_WEIGHTS, **more)
        stage = self.module.fine
        if stage is None:
            raise TrainingError("This network has no fine stage to train.")
        self.module.requires_grad_(False)
        stage.requires_grad_(True)
        # What it tells the tokens comes back only through their blocks.
        stage.to_tokens.requires_grad_(False)
        stage.apart = True

    def sigmas(self, count: int, generator: torch.Generator) -> Tensor:
        low, high = _LEVELS
        return low + (high - low) * torch.rand(count, generator=generator)
