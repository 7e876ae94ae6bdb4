from dataclasses import replace

import pytest
import torch

from engine.errors import TrainingError
from engine.models.fine import FineConfig
from engine.training.fine import FineRecipe
from engine.training.loop import Run
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL

CPU = torch.device("cpu")
WITH = replace(MODEL, fine=FineConfig(width=16, before=1, after=1))
CONFIG = LoopConfig(steps=3, warmup=1, log_every=1, evaluate_every=3, lr=1e-2)


def test_the_fine_stage_learns_and_nothing_else_does(store, tmp_path):
    made = FineRecipe(store, CONFIG, model=WITH, batch=2)
    before = {name: value.clone() for name, value in made.module.state_dict().items()}
    Run(made, tmp_path, CPU).train()
    changed = {
        name for name, value in made.module.state_dict().items()
        if not torch.equal(value, before[name])
    }  # fmt: skip
    assert changed
    assert all(name.startswith("fine.") for name in changed)
    assert not any("to_tokens" in name for name in changed)


def test_a_step_says_what_pretraining_would_say(store):
    torch.manual_seed(0)
    alone = FineRecipe(store, CONFIG, model=WITH, batch=2)
    whole = PretrainRecipe(store, CONFIG, model=WITH, batch=2)
    whole.module.load_state_dict(alone.module.state_dict())
    assert alone.evaluate(alone.module) == whole.evaluate(whole.module)


def test_levels_are_low(store):
    made = FineRecipe(store, CONFIG, model=WITH, batch=2)
    levels = made.sigmas(500, torch.Generator().manual_seed(0))
    assert levels.min() > 0
    assert levels.max() < 0.8


def test_a_network_without_one_is_a_sentence(store):
    with pytest.raises(TrainingError, match="no fine stage"):
        FineRecipe(store, CONFIG, model=MODEL)
