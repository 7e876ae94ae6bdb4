import numpy as np
import pytest
import torch

from engine.data.clips import ClipStore, StoreSpec, fill
from engine.models.audio_vae import AudioVAE, AudioVAEConfig
from engine.models.codecs import encodes, load_codecs
from engine.models.video_vae import VideoVAEConfig
from engine.models.vocoder import VocoderConfig
from engine.training.audio_vae import AudioVAERecipe, VocoderRecipe, spectral_loss
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from engine.training.video_vae import VideoVAERecipe

CPU = torch.device("cpu")
CONFIG = LoopConfig(steps=3, warmup=1, log_every=1, evaluate_every=3, lr=1e-3)
AUDIO = AudioVAEConfig(channels=8, width=32, blocks=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Sixty clips, whose pictures and sounds stand in for drawn ones: only shapes matter here."""
    folder = tmp_path_factory.mktemp("clips")
    spec = StoreSpec(clips=2, first_seed=0, levels=(1,), width=32, height=32, frames=25)
    fill(folder, spec)
    drawn = ClipStore.open(folder)
    many = StoreSpec(clips=60, first_seed=0, levels=(1,), width=32, height=32, frames=25)
    whole = ClipStore(tmp_path_factory.mktemp("many"), many, "w+")
    rows = np.arange(60) % 2
    whole.video[:] = drawn.video[rows]
    whole.masks[:] = drawn.masks[rows]
    whole.audio[:] = drawn.audio[rows]
    lines = "".join(f'{{"index": {index}}}\n' for index in range(60))
    (whole.folder / "records-0.jsonl").write_text(lines)
    return whole


def of_pictures(store):
    small = VideoVAEConfig(channels=8, width=16, deep=32, blocks=1)
    return VideoVAERecipe(store, CONFIG, model=small, batch=2, crop=32, frames=5)


def test_the_codecs_train_one_after_the_other_into_what_loads(store, tmp_path):
    video = of_pictures(store)
    audio = AudioVAERecipe(store, CONFIG, model=AUDIO, batch=2, latents=6)
    codec = AudioVAE(AUDIO)
    vocoder = VocoderRecipe(
        store,
        CONFIG,
        codec,
        model=VocoderConfig(width=32, blocks=1, refine=1),
        batch=2,
        latents=6,
    )
    for recipe in (video, audio, vocoder):
        folder = tmp_path / recipe.name
        Run(recipe, folder, CPU).train()
        assert "held_out" in (folder / "log.jsonl").read_text()
        (folder / "weights.safetensors").replace(tmp_path / f"{recipe.name}.safetensors")
    codecs = load_codecs(tmp_path)
    assert len(codecs.hash) == 16


def test_training_the_decoder_leaves_latents_alone(store, tmp_path):
    recipe = of_pictures(store)
    before = {
        name: value.clone()
        for name, value in recipe.module.state_dict().items()
        if name.startswith(("project", "shift", "scale"))
    }
    Run(recipe, tmp_path, CPU).train()
    for name, value in before.items():
        assert torch.equal(recipe.module.state_dict()[name], value)


def test_the_decoder_of_sound_learns_alone_where_latents_have_a_meaning(store, tmp_path):
    first = AudioVAERecipe(store, CONFIG, model=AUDIO, batch=2, latents=6)
    Run(first, tmp_path / "first", CPU).train()
    recipe = AudioVAERecipe(store, CONFIG, model=AUDIO, batch=2, latents=6, frozen=True)
    run = Run(recipe, tmp_path / "second", CPU)
    run.warm_start(tmp_path / "first" / "weights.safetensors")
    before = {name: value.clone() for name, value in recipe.module.state_dict().items()}
    run.train()
    changed = {
        name
        for name, value in recipe.module.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert changed
    assert not any(encodes("audio_vae", name) for name in changed)


def test_a_batch_of_sound_is_a_function_of_its_generator(store):
    batches = AudioVAERecipe(store, CONFIG, model=AUDIO, batch=2, latents=6).batches
    one, two = (batches.draw(torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)
    assert one.shape == (2, 2, 6000)
    assert one.abs().max() <= 1


def test_the_spectral_loss_is_zero_for_the_same_sound_and_grows_with_distance():
    sound = torch.randn(1, 4096, generator=torch.Generator().manual_seed(0))
    assert spectral_loss(sound, sound).item() == 0
    near, far = (spectral_loss(sound * gain, sound).item() for gain in (0.9, 0.5))
    assert 0 < near < far
