import torch

from engine.diffusion.latent_state import DETAIL_NOISE
from engine.training.previews import SIGMAS, STEPS, begun, joined, stepped
from tests.engine.training.test_named import recipe, two_clips


def test_previews_begin_as_renders_do(store):
    batch = two_clips(recipe(store), 1.0)
    preview = begun(batch, details=1)
    assert torch.equal(preview.latents.video[:, :-1], batch.noise.video[:, :-1])
    assert torch.equal(preview.latents.video[:, -1:], DETAIL_NOISE * batch.noise.video[:, -1:])
    assert torch.equal(preview.latents.audio, batch.noise.audio)


def test_what_joins_midway_is_as_noisy_as_its_level(store):
    batch = two_clips(recipe(store), 1.0)
    preview = joined(batch, 3, details=0)
    assert preview.step == 3
    expected = batch.clean.audio.lerp(batch.noise.audio, SIGMAS[3])
    assert torch.equal(preview.latents.audio, expected)


def test_the_last_step_ends_where_it_said_it_would(store):
    made = recipe(store)
    for head in (made.module.video_out, made.module.audio_out):
        torch.nn.init.normal_(head.weight, std=0.1)
    preview, shape = begun(two_clips(made, 1.0), details=1), store.spec.shape
    clean = preview.latents
    for _ in range(STEPS):
        clean, preview = stepped(made.module, preview, shape, learns=False, half=False)
    assert preview.step == STEPS
    assert torch.allclose(clean.video, preview.latents.video, atol=1e-5)
    assert torch.allclose(clean.audio, preview.latents.audio, atol=1e-5)


def test_only_the_step_itself_is_learned_from(store):
    made = recipe(store)
    preview = begun(two_clips(made, 1.0), details=1)
    clean, onward = stepped(made.module, preview, store.spec.shape, learns=True, half=False)
    assert clean.video.requires_grad
    assert clean.audio.requires_grad
    assert not onward.latents.video.requires_grad
    assert not onward.latents.audio.requires_grad
