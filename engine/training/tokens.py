"""Training of the tokens' blocks alone, at high noise: what says where a body is and what it is.

A clip whose noise is taken away from 0.67 on keeps its forms, one that begins at 0.8 loses half of
them: what goes wrong is decided above, where the fine stage has little to add. It is taken as it
is, and a step takes 9.6 instead of 15.0 GFLOP a clip of the small network. Some levels are low all
the same, so that what the blocks do there is not forgotten; ``fine`` follows.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engine.data.latents import LatentStore
from engine.errors import TrainingError
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig

_FROM, _SHARE = 0.5, 0.7


class TokensRecipe(PretrainRecipe):
    """Pretraining of which all but the fine stage learns.

    Args:
        store: of the clips to learn from.
        config: how it is stepped.
        more: as of ``PretrainRecipe``.

    Raises:
        TrainingError: if the network has no fine stage.
    """

    name = "tokens"

    def __init__(self, store: LatentStore, config: LoopConfig, **more: Any) -> None:
        super().__init__(store, config, **more)
        stage = self.module.fine
        if stage is None:
            raise TrainingError("This network has no fine stage to leave as it is: use pretrain.")
        stage.requires_grad_(False)
        stage.apart = True

    def sigmas(self, count: int, generator: torch.Generator) -> Tensor:
        usual = super().sigmas(count, generator)
        high = _FROM + (1 - _FROM) * torch.rand(count, generator=generator)
        return torch.where(torch.rand(count, generator=generator) < _SHARE, high, usual)
