from dataclasses import replace

import pytest
import torch

from engine.models.fine import FineConfig, FineStage
from engine.models.signals import Levels
from engine.models.transformer import DualTransformer
from engine.training.tiny import TRANSFORMER
from tests.engine.models.test_transformer import context_of, latents_of, levels_of, run

WITHOUT = replace(TRANSFORMER, fine=None)
WITH = replace(TRANSFORMER, fine=FineConfig(width=32, before=1, after=1))


def alive(module):
    generator = torch.Generator().manual_seed(0)
    for parameter in module.parameters():
        parameter.data.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return module.eval().requires_grad_(False)


def test_weights_that_learned_without_it_go_on_from_where_they_were():
    plain = alive(DualTransformer(WITHOUT))
    fine = DualTransformer(WITH).eval().requires_grad_(False)
    lacking = fine.load_state_dict(plain.state_dict(), strict=False)
    assert not lacking.unexpected_keys
    assert all(name.startswith("fine.") for name in lacking.missing_keys)
    first, second = (run(model, latents_of(), context=context_of()) for model in (plain, fine))
    assert torch.equal(first.video, second.video)
    assert torch.equal(first.audio, second.audio)


def test_once_alive_it_changes_the_picture_and_is_heard_by_the_sound():
    torch.manual_seed(0)
    fine = alive(DualTransformer(WITH))
    plain = DualTransformer(WITHOUT).eval().requires_grad_(False)
    plain.load_state_dict(fine.state_dict(), strict=False)
    first, second = (run(model, latents_of(), context=context_of()) for model in (plain, fine))
    assert (first.video - second.video).abs().max() > 0.01
    assert (first.audio - second.audio).abs().max() > 1e-4


def test_a_level_for_every_token_is_the_level_of_every_frame_where_all_agree():
    fine = alive(DualTransformer(WITH))
    latents, frame_levels = latents_of(), levels_of(0.3, 0.3)
    frames, height, width = latents.video.shape[2:]
    tokens, sounds = frames * height * width // 4, 2 * latents.audio.shape[-1]
    one = torch.full((2, 1), 0.3)
    by_token = Levels(
        video=one,
        audio=one,
        video_r=one,
        audio_r=one,
        video_index=torch.zeros(2, tokens, dtype=torch.long),
        audio_index=torch.zeros(2, sounds, dtype=torch.long),
    )
    first = run(fine, latents, levels=frame_levels, context=context_of())
    second = run(fine, latents, levels=by_token, context=context_of())
    assert torch.allclose(first.video, second.video, atol=1e-5)


@pytest.mark.parametrize("frame", [0, 2])
def test_what_is_seen_of_a_latent_frame_is_of_that_frame_alone(frame):
    stage = alive(FineStage(FineConfig(width=32, before=2, after=1), 8, 64))
    latents = torch.randn(1, 8, 3, 4, 6)
    other = latents.clone()
    other[:, :, frame] += 1
    level = torch.randn(1, 3, 64)
    (first, _), (second, _) = stage.look(latents, level), stage.look(other, level)
    changed = (first - second).abs().amax(dim=(0, 2, 3, 4)) > 0
    assert changed.tolist() == [index == frame for index in range(3)]


def test_a_latent_reaches_its_neighbours_and_no_further_than_its_blocks():
    stage = alive(FineStage(FineConfig(width=32, before=2, after=1), 8, 64))
    latents = torch.randn(1, 8, 1, 10, 10)
    other = latents.clone()
    other[..., 5, 5] += 1
    level = torch.randn(1, 1, 64)
    (first, _), (second, _) = stage.look(latents, level), stage.look(other, level)
    reached = (first - second).abs().amax(dim=(0, 1, 4)) > 1e-7
    expected = torch.zeros(10, 10, dtype=torch.bool)
    expected[3:8, 3:8] = True
    assert torch.equal(reached, expected)
