import pytest
import torch

from engine.errors import TrainingError
from engine.models.latent_clock import LatentClockConfig, load_latent_clock
from engine.training.latent_clock import LatentClockRecipe, f1
from engine.training.loop import Run
from engine.training.recipe import LoopConfig


def sizes(store) -> LatentClockConfig:
    return LatentClockConfig(channels=3, audio_channels=store.audio.shape[2], width=16, depth=1)


def told(store):
    """One onset a clip, loud where it is heard; the latent frame it is seen in is loud too."""
    store.video[:, :3] *= 0.1
    store.audio[:] *= 0.1
    store.onsets[:] = 0
    latents, frames = store.audio.shape[-1], store.video.shape[2]
    generator = torch.Generator().manual_seed(0)
    for index in range(len(store.video)):
        when = int(torch.randint(2, latents, (), generator=generator))
        frame = min(frames - 1, 1 + (when - 2) // 8)
        store.onsets[index, 2 * when] = 255
        store.audio[index, :, 0, when] = 3
        store.video[index, (when - 2) % 8 // 3, frame] = 3
    return store


def test_time_is_learned_from_both(store, tmp_path):
    torch.manual_seed(0)
    config = LoopConfig(steps=150, warmup=1, lr=2e-2, log_every=150, evaluate_every=150, ema=0.5)
    recipe = LatentClockRecipe(told(store), config, model=sizes(store), batch=4)
    Run(recipe, tmp_path / "run", torch.device("cpu")).train()
    after = recipe.evaluate(load_latent_clock(tmp_path / "run" / "weights.safetensors"))
    assert min(after["heard@0.0"], after["seen@0.0"]) > 0.9


def test_f1_forgives_one_latent_and_no_more():
    onsets = torch.tensor([[0.0, 0, 1, 0, 0, 0, 0, 0]])
    sure = torch.full((1, 8), -9.0)
    assert f1(sure.index_fill(1, torch.tensor([3]), 9.0), onsets) == 1
    assert f1(sure.index_fill(1, torch.tensor([4]), 9.0), onsets) == 0


def test_without_clips_to_learn_from_there_is_a_sentence(store):
    (store.folder / "ready").write_text("1")
    with pytest.raises(TrainingError, match="Too few clips"):
        LatentClockRecipe(store, LoopConfig(), model=sizes(store))
