import numpy as np
import pytest
import torch

from engine.data.clips import StoreSpec
from engine.data.doubles import fill_doubles
from engine.models.codecs import load_codecs
from engine.models.upsampler import UpsamplerConfig, load_upsampler
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from engine.training.upsampler import UpsamplerRecipe
from tests.engine.tiny_model import tiny_folder

SPEC = StoreSpec(clips=8, first_seed=0, levels=(1,), width=48, height=32, frames=5)
CONFIG = LoopConfig(
    steps=60, warmup=3, log_every=20, evaluate_every=60, lr=4e-3, ema=0.9, cooldown=0.5
)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    codecs = load_codecs(tiny_folder())
    store = fill_doubles(tmp_path_factory.mktemp("doubles"), SPEC)
    model = UpsamplerConfig(width=16, blocks=1)
    return UpsamplerRecipe(store, CONFIG, codecs, model=model, batch=8, crop=16, groups=2)


def test_a_batch_is_a_function_of_its_generator(recipe):
    one, two, other = (
        recipe.losses(recipe.module, 0, torch.Generator().manual_seed(seed))["total"].item()
        for seed in (3, 3, 4)
    )
    assert one == two != other


def test_small_pictures_are_spoilt_each_clip_differently(recipe):
    clean = recipe.codecs.encode_video(torch.from_numpy(np.array(recipe.store.small.video)))
    spoilt = recipe._spoilt(clean.clone(), torch.Generator().manual_seed(0))
    apart = (spoilt - clean).flatten(1).std(dim=1)
    assert 0 < apart.min() < 0.7 * apart.max()
    assert apart.max() < 0.2


def test_it_learns_what_interpolation_does_not_know(recipe, tmp_path):
    before = _error(recipe, recipe.module)
    Run(recipe, tmp_path, torch.device("cpu")).train()
    after = _error(recipe, load_upsampler(tmp_path / "weights.safetensors", recipe.codecs.hash))
    assert after < 0.985 * before


@torch.no_grad()
def _error(recipe, module):
    """Of what is trained, on the same crops: eight clips' PSNR is chance within a few steps."""
    batches = (torch.Generator().manual_seed(seed) for seed in range(6))
    return sum(recipe.losses(module, 0, batch)["total"].item() for batch in batches)
