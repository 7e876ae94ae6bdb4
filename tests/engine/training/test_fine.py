import pytest
import torch

from engine.errors import TrainingError
from engine.training.fine import FineRecipe
from engine.training.pretrain import PretrainRecipe
from tests.engine.random_latents import MODEL
from tests.engine.training.parts import THREE_STEPS, WITH_FINE, learned_by


def test_the_fine_stage_learns_and_nothing_else_does(store, tmp_path):
    made = FineRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    changed = learned_by(made, tmp_path)
    assert changed
    assert all(name.startswith("fine.") for name in changed)
    assert not any("to_tokens" in name for name in changed)


def test_a_step_says_what_pretraining_would_say(store):
    torch.manual_seed(0)
    alone = FineRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    whole = PretrainRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    whole.module.load_state_dict(alone.module.state_dict())
    assert alone.evaluate(alone.module) == whole.evaluate(whole.module)


def test_levels_are_those_at_which_outlines_are_drawn(store):
    made = FineRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    levels = made.sigmas(500, torch.Generator().manual_seed(0))
    assert levels.min() > 0
    assert 0.8 < levels.max() < 0.95


def test_a_network_without_one_is_a_sentence(store):
    with pytest.raises(TrainingError, match="no fine stage"):
        FineRecipe(store, THREE_STEPS, model=MODEL)
