from dataclasses import replace

import pytest
import torch

from engine.errors import TrainingError
from engine.models.fine import FineConfig
from engine.training.loop import Run
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.training.tokens import TokensRecipe
from tests.engine.random_latents import MODEL

CPU = torch.device("cpu")
WITH = replace(MODEL, fine=FineConfig(width=16, before=1, after=1))
CONFIG = LoopConfig(steps=3, warmup=1, log_every=1, evaluate_every=3, lr=1e-2)


def test_all_but_the_fine_stage_learns(store, tmp_path):
    made = TokensRecipe(store, CONFIG, model=WITH, batch=2)
    before = {name: value.clone() for name, value in made.module.state_dict().items()}
    Run(made, tmp_path, CPU).train()
    changed = {
        name for name, value in made.module.state_dict().items()
        if not torch.equal(value, before[name])
    }  # fmt: skip
    assert {"video_out.weight", "audio_out.weight", "video_truth.weight"} <= changed
    assert not any(name.startswith("fine.") for name in changed)


def test_a_step_says_what_pretraining_would_say(store):
    torch.manual_seed(0)
    tokens = TokensRecipe(store, CONFIG, model=WITH, batch=2)
    whole = PretrainRecipe(store, CONFIG, model=WITH, batch=2)
    whole.module.load_state_dict(tokens.module.state_dict())
    assert tokens.evaluate(tokens.module) == whole.evaluate(whole.module)


def test_most_levels_are_high_and_some_are_not(store):
    made = TokensRecipe(store, CONFIG, model=WITH, batch=2)
    levels = made.sigmas(2000, torch.Generator().manual_seed(0))
    high = (levels > 0.5).float().mean()
    assert 0.85 < high < 0.97
    assert levels.min() < 0.2


def test_a_network_without_a_fine_stage_is_a_sentence(store):
    with pytest.raises(TrainingError, match="use pretrain"):
        TokensRecipe(store, CONFIG, model=MODEL)
