from dataclasses import replace

import pytest
import torch

from engine.diffusion.denoiser import Denoiser, Noisy, levels_of
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import noise_for
from engine.pipelines.stages import text_context
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import loaded


class StoppedError(Exception):
    pass


def state_of(first_given=False):
    noise = noise_for(SHAPE, (8, 8), 0)
    video = torch.zeros(noise.video.shape[2], dtype=torch.bool)
    video[0] = first_given
    return Noisy(
        latents=noise,
        video_sigma=0.8,
        audio_sigma=0.4,
        given_video=video,
        given_audio=torch.zeros(noise.audio.shape[-1], dtype=torch.bool),
    )


def denoiser(guidance, heard=lambda: None):
    model = loaded()
    full, nothing = (text_context(model, words, []) for words in ("a red ball falls", ""))
    return Denoiser(model.transformer, SHAPE, full, nothing, guidance, heard)


def velocity(**guidance):
    return denoiser(Guidance(**guidance))(state_of())


@pytest.mark.parametrize(
    ("guidance", "passes"),
    [
        (Guidance(), 1),
        (Guidance(text=3.0), 2),
        (Guidance(text=3.0, coupling=1.5), 3),
        (Guidance(text=3.0, coupling=1.5, exchange=False), 2),
    ],
)
def test_passes_are_counted_as_they_are_made(guidance, passes):
    seen = []
    made = denoiser(guidance)
    hook = made._model.register_forward_pre_hook(lambda _, args: seen.append(len(args[0].video)))
    try:
        made(state_of())
    finally:
        hook.remove()
    assert made.passes == guidance.passes == passes == sum(seen)
    assert len(seen) == 1


def test_passes_made_together_say_what_they_say_one_by_one(monkeypatch):
    guidance = Guidance(text=3.0, coupling=1.5)
    together = denoiser(guidance)(state_of())
    monkeypatch.setattr("engine.diffusion.denoiser._TOGETHER_TOKENS", 0)
    apart = denoiser(guidance)(state_of())
    assert torch.allclose(together.video, apart.video, atol=1e-5)
    assert torch.allclose(together.audio, apart.audio, atol=1e-5)


def test_a_stop_is_heard_before_every_pass():
    def stop():
        raise StoppedError

    with pytest.raises(StoppedError):
        denoiser(Guidance(), stop)(state_of())


def test_guidance_is_a_line_through_both_predictions():
    one, two, three = (velocity(text=scale).video for scale in (1.0, 2.0, 3.0))
    assert not torch.allclose(one, two, atol=1e-4)
    assert torch.allclose(three - two, two - one, atol=1e-4)


def test_coupling_pushes_away_from_the_branches_apart():
    apart, plain, pushed = (
        velocity(exchange=False).audio,
        velocity().audio,
        velocity(coupling=2.0).audio,
    )
    assert torch.allclose(pushed - plain, plain - apart, atol=1e-4)


def test_given_latents_are_at_level_zero():
    levels = levels_of(state_of(first_given=True))
    assert levels.video[0].tolist() == pytest.approx([0, 0.8, 0.8])
    assert levels.audio.unique().tolist() == pytest.approx([0.4])
    assert levels.video_r is levels.video


def test_a_flow_map_is_told_where_its_steps_go():
    state = replace(state_of(), video_r=0.5, audio_r=0.1)
    told = []
    made = denoiser(Guidance(strides=True))
    hook = made._model.register_forward_pre_hook(lambda _, args: told.append(args[1]))
    try:
        stride = made(state)
        plain = denoiser(Guidance())(state)
    finally:
        hook.remove()
    assert told[0].video_r.unique().tolist() == pytest.approx([0.5])
    assert told[0].audio_r.unique().tolist() == pytest.approx([0.1])
    assert torch.equal(told[1].video_r, told[1].video)
    assert not torch.equal(stride.video, plain.video)


def test_a_flow_map_is_told_how_strongly_words_are_followed():
    told = []
    made = denoiser(Guidance(strides=True, told=4.0))
    hook = made._model.register_forward_pre_hook(lambda _, args: told.append(args[1]))
    try:
        made(state_of())
    finally:
        hook.remove()
    assert made.passes == 1
    assert told[0].guidance.tolist() == [4.0]


def test_a_flow_map_goes_nowhere_where_the_picture_is_given():
    state = replace(state_of(first_given=True), video_r=0.5)
    made = denoiser(Guidance(strides=True))
    told = []
    hook = made._model.register_forward_pre_hook(lambda _, args: told.append(args[1]))
    try:
        made(state)
    finally:
        hook.remove()
    assert told[0].video_r[0].tolist() == pytest.approx(
        [0.0] + [0.5] * (SHAPE.video_latents[0] - 1)
    )
