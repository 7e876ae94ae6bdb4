import pytest
import torch

from engine.errors import TrainingError
from engine.training.pretrain import PretrainRecipe
from engine.training.tokens import TokensRecipe
from tests.engine.random_latents import MODEL
from tests.engine.training.parts import THREE_STEPS, WITH_FINE, learned_by


def test_all_but_the_fine_stage_learns(store, tmp_path):
    made = TokensRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    changed = learned_by(made, tmp_path)
    assert {"video_out.weight", "audio_out.weight", "video_truth.weight"} <= changed
    assert not any(name.startswith("fine.") for name in changed)


def test_a_step_says_what_pretraining_would_say(store):
    torch.manual_seed(0)
    tokens = TokensRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    whole = PretrainRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    whole.module.load_state_dict(tokens.module.state_dict())
    assert tokens.evaluate(tokens.module) == whole.evaluate(whole.module)


def test_most_levels_are_high_and_some_are_not(store):
    made = TokensRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2)
    levels = made.sigmas(2000, torch.Generator().manual_seed(0))
    high = (levels > 0.5).float().mean()
    assert 0.85 < high < 0.97
    assert levels.min() < 0.2


def test_a_network_without_a_fine_stage_is_a_sentence(store):
    with pytest.raises(TrainingError, match="use pretrain"):
        TokensRecipe(store, THREE_STEPS, model=MODEL)
