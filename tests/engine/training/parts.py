"""Recipes that learn in a part of a network, and what of it they changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from engine.models.fine import FineConfig
from engine.training.loop import Run
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL

WITH_FINE = replace(MODEL, fine=FineConfig(width=16, before=1, after=1))
THREE_STEPS = LoopConfig(steps=3, warmup=1, log_every=1, evaluate_every=3, lr=1e-2)


def learned_by(recipe: PretrainRecipe, folder: Path) -> set[str]:
    """The weights that a short run of ``recipe`` changes."""
    before = {name: value.clone() for name, value in recipe.module.state_dict().items()}
    Run(recipe, folder, torch.device("cpu")).train()
    after = recipe.module.state_dict()
    return {name for name, value in after.items() if not torch.equal(value, before[name])}
