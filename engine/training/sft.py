"""Fine-tuning on curated scenes: the best made of what the world draws, at a gentle rate.

After pretraining on everything, a model learns from examples chosen for how they are made (as Emu
of Dai et al. 2023, arXiv:2309.15807, from few and excellent pictures): clean compositions, sharp
contacts, legible cuts, balanced sound. ``engine.world.curation`` chooses them by the world's truth.
What is drawn and lost is that of pretraining.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from engine.data.latents import LatentStore
from engine.models.transformer import TransformerConfig
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.training.tasks import TasksRecipe


class SftRecipe(PretrainRecipe):
    """Pretraining on a store of curated clips.

    Args:
        store: of curated clips.
        config: how it is stepped.
        model: sizes of the network.
        usual: what was learned from before, whose held-out error is measured beside the curated.
        more: as of ``PretrainRecipe``.
    """

    name = "sft"

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        *,
        model: TransformerConfig,
        usual: LatentStore | None = None,
        **more: Any,
    ) -> None:
        super().__init__(store, config, model=model, **more)
        self._usual: PretrainRecipe | None = None
        if usual is not None:
            beside = copy.copy(self)
            beside.store, beside.held_out = usual, usual.held_out
            self._usual = beside

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Velocity errors on held-out curated clips, and the ``usual`` clips' beside them."""
        figures = super().evaluate(module)
        if self._usual is not None:
            figures["usual"] = self._usual.held_out_errors(module)["loss"]
        return figures


class SftTasksRecipe(SftRecipe, TasksRecipe):
    """The same on curated tasks, for weights that learned tasks."""
