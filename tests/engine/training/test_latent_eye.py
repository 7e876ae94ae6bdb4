import pytest
import torch

from engine.data.latents import kinds_of_names
from engine.errors import TrainingError
from engine.models.latent_eye import LatentEyeConfig, load_latent_eye
from engine.training.latent_eye import LatentEyeRecipe
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from engine.world.scene import COLOURS, MATERIALS, PROPS

SIZES = LatentEyeConfig(channels=3, width=16)
NAMES = (*COLOURS, *PROPS, *MATERIALS)


def shown(store):
    """Where channel 0 is loud stands a ball, and a drum where channel 1 is."""
    store.video[:, :3] *= 0.1
    store.coverage[:] = 0
    latents = store.video[:, :, :, ::2, ::2].shape[2:]
    tokens = latents[0] * latents[1] * latents[2]
    for name, channel in (("ball", 0), ("drum", 1)):
        where = torch.arange(tokens) % 4 == channel
        store.coverage[:, where, NAMES.index(name)] = 255
        store.coverage[:, where, -1] = 255
        lattice = where.view(latents).repeat_interleave(2, 1).repeat_interleave(2, 2)
        store.video[:, channel][:, lattice] = 2
    return store


def test_names_are_learned_from_what_latents_show(store, tmp_path):
    torch.manual_seed(0)
    config = LoopConfig(steps=60, warmup=1, lr=1e-2, log_every=60, evaluate_every=60, ema=0.5)
    recipe = LatentEyeRecipe(shown(store), config, model=SIZES, batch=4)
    before = recipe.evaluate(recipe.module)
    Run(recipe, tmp_path / "run", torch.device("cpu")).train()
    after = recipe.evaluate(load_latent_eye(tmp_path / "run" / "weights.safetensors"))
    assert after["loss"] < 0.3 * before["loss"]
    assert after["prop@0.0"] > 0.95


def test_kinds_stand_where_the_store_has_them():
    kinds = kinds_of_names()
    assert NAMES[kinds["prop"]] == PROPS
    assert NAMES[kinds["material"]] == MATERIALS


def test_without_clips_to_learn_from_there_is_a_sentence(store):
    (store.folder / "ready").write_text("1")
    with pytest.raises(TrainingError, match="Too few clips"):
        LatentEyeRecipe(store, LoopConfig(), model=SIZES)
