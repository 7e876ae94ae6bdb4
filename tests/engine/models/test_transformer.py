import copy
from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from engine.diffusion.prepared import content_of
from engine.models.exchange import Exchange, Reading
from engine.models.signals import Latents, Levels
from engine.models.transformer import Context, DualTransformer, token_places
from engine.shapes import ClipShape
from engine.training.tiny import TRANSFORMER

SHAPE = ClipShape(width=32, height=32, frames=9, rate=Fraction(12))


@pytest.fixture(scope="module")
def model():
    """Every weight alive, as after training."""
    torch.manual_seed(0)
    model = DualTransformer(TRANSFORMER).eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.add_(torch.randn_like(parameter) * 0.05)
    return model


def latents_of(batch=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    frames, height, width = SHAPE.video_latents
    return Latents(
        video=torch.randn(batch, 8, frames, height, width, generator=generator),
        audio=torch.randn(batch, 2, 8, SHAPE.audio_latents, generator=generator),
    )


def levels_of(video=0.5, audio=0.5, batch=2):
    picture = torch.full((batch, SHAPE.video_latents[0]), video)
    sound = torch.full((batch, SHAPE.audio_latents), audio)
    return Levels(video=picture, audio=sound, video_r=picture, audio_r=sound)


def context_of(batch=2, seed=0, words=5, roles=(0,)):
    generator = torch.Generator().manual_seed(seed)
    return Context(
        text=torch.randn(batch, 6, 384, generator=generator),
        text_mask=(torch.arange(6) < words).expand(batch, -1),
        references=torch.randn(batch, len(roles), 8, 8, 8, generator=generator),
        roles=torch.tensor([roles] * batch),
        slots=torch.arange(len(roles)).expand(batch, -1),
    )


def run(model, latents, *, levels=None, context=None, switch=1.0):
    batch = len(latents.video)
    return model(
        latents,
        levels or levels_of(batch=batch),
        model.prepare(context or context_of(batch)),
        model.places(SHAPE),
        torch.full((batch,), switch),
    )


def test_a_prediction_has_the_shape_of_the_latents(model):
    latents = latents_of()
    result = run(model, latents)
    assert result.video.shape == latents.video.shape
    assert result.audio.shape == latents.audio.shape
    tokens = SHAPE.video_tokens[0] * SHAPE.video_tokens[1] * SHAPE.video_tokens[2]
    assert result.video_truth.shape == (2, tokens, TRANSFORMER.truths)
    assert result.audio_truth.shape == (2, 2 * SHAPE.audio_latents, 1)


def test_a_new_model_predicts_nothing():
    result = run(DualTransformer(TRANSFORMER), latents_of())
    assert not result.video.any()
    assert not result.audio.any()


def test_the_branches_hear_each_other_and_the_switch_parts_them(model):
    one = latents_of()
    other_sound = replace(one, audio=latents_of(seed=1).audio)
    other_picture = replace(one, video=latents_of(seed=1).video)
    assert not torch.allclose(run(model, one).video, run(model, other_sound).video, atol=1e-4)
    assert not torch.allclose(run(model, one).audio, run(model, other_picture).audio, atol=1e-4)
    apart = run(model, one, switch=0.0)
    assert torch.equal(apart.video, run(model, other_sound, switch=0.0).video)
    assert torch.equal(apart.audio, run(model, other_picture, switch=0.0).audio)


def test_the_switch_is_per_sample(model):
    latents = latents_of()
    context, places = model.prepare(context_of()), model.places(SHAPE)
    mixed = model(latents, levels_of(), context, places, torch.tensor([1.0, 0.0]))
    both, none = run(model, latents), run(model, latents, switch=0.0)
    assert torch.allclose(mixed.video[0], both.video[0], atol=1e-5)
    assert torch.allclose(mixed.video[1], none.video[1], atol=1e-5)


def test_gates_of_the_exchange_start_at_zero():
    exchange = Exchange(64, 32, 32, 1, 64)
    video, audio = torch.randn(1, 4, 64), torch.randn(1, 6, 32)
    rotation = [(torch.ones(n, 16), torch.zeros(n, 16)) for n in (4, 6)]
    reading = Reading(
        places=(rotation[0], rotation[1]),
        levels=torch.randn(1, 1, 128),
        switch=torch.ones(1, 1, 1),
    )
    seen = exchange(video, audio, reading)
    assert torch.equal(seen[0], video)
    assert torch.equal(seen[1], audio)


def test_samples_do_not_see_each_other(model):
    both = run(model, latents_of())
    first = Latents(video=latents_of().video[:1], audio=latents_of().audio[:1])
    context = context_of()
    alone = replace(
        context,
        text=context.text[:1],
        text_mask=context.text_mask[:1],
        references=context.references[:1],
        roles=context.roles[:1],
        slots=context.slots[:1],
    )
    assert torch.allclose(run(model, first, context=alone).video[0], both.video[0], atol=1e-4)


def test_a_context_prepared_once_serves_every_level(model):
    latents, context, places = latents_of(), context_of(), model.places(SHAPE)
    prepared = model.prepare(context)
    for level in (0.9, 0.3):
        levels = levels_of(level, level)
        once = model(latents, levels, prepared, places, torch.ones(2))
        again = run(model, latents, levels=levels, context=context)
        assert torch.equal(once.video, again.video)
        assert torch.equal(once.audio, again.audio)


def test_words_matter_and_padding_does_not(model):
    latents, context = latents_of(), context_of(words=5)
    padded = context.text.clone()
    padded[:, 5:] = 77
    same = run(model, latents, context=replace(context, text=padded))
    assert torch.allclose(run(model, latents, context=context).video, same.video, atol=1e-5)
    other = run(model, latents, context=context_of(seed=3))
    assert not torch.allclose(same.video, other.video, atol=1e-4)


def test_an_empty_place_for_a_reference_is_not_seen(model):
    latents, context = latents_of(), context_of(roles=(-1,))
    other = replace(context, references=context.references + 5)
    one, two = (run(model, latents, context=c).video for c in (context, other))
    assert torch.allclose(one, two, atol=1e-5)
    shown = replace(context, roles=torch.zeros_like(context.roles))
    assert not torch.allclose(one, run(model, latents, context=shown).video, atol=1e-4)


def test_words_alone_bring_no_empty_places(model):
    latents, context = latents_of(), context_of(roles=(-1,))
    words = Context.of_words(context.text, context.text_mask, 8)
    assert model.prepare(words).mask.shape[-1] == 1 + context.text.shape[1]
    found = run(model, latents, context=words).video
    assert torch.allclose(found, run(model, latents, context=context).video, atol=1e-5)


def test_a_render_predicts_what_training_does_and_leaves_what_it_is_given(model):
    latents, levels, places = latents_of(), levels_of(), model.places(SHAPE)
    context, switch = model.prepare(context_of()), torch.ones(2)
    learned = model(latents, levels, context, places, switch)
    given = (latents, levels, context, places)
    kept = copy.deepcopy(given)
    with torch.inference_mode():
        rendered = model(latents, levels, context, places, switch)
    assert torch.allclose(rendered.video, learned.video, atol=1e-5)
    assert torch.allclose(rendered.audio, learned.audio, atol=1e-5)
    assert content_of(*given) == content_of(*kept)


def test_levels_are_per_latent_frame(model):
    latents = latents_of()
    levels = levels_of()
    first = levels.video.clone()
    first[:, 0] = 0
    given = replace(levels, video=first, video_r=first)
    assert not torch.allclose(
        run(model, latents).video[:, :, 0], run(model, latents, levels=given).video[:, :, 0]
    )


def test_bfloat16_stays_near(model):
    latents = latents_of()
    exact = run(model, latents).video
    with torch.autocast("cpu", torch.bfloat16):
        rough = run(model, latents).video.float()
    assert (rough - exact).square().mean().sqrt() < 0.05 * exact.square().mean().sqrt() + 0.01


def test_places_are_seconds_and_picture_heights():
    wide = ClipShape(width=64, height=32, frames=9, rate=Fraction(12))
    video, audio = token_places(wide)
    assert video.shape == (3 * 2 * 4, 3)
    assert audio.shape == (2 * wide.audio_latents, 2)
    assert video[:, 0].max() < wide.duration_s
    assert video[:, 2].max() == pytest.approx(0.75)
    assert audio[0].tolist() == pytest.approx([1 / 48, -1.0])
    assert audio[1].tolist() == pytest.approx([1 / 48, 1.0])
    assert video[:, 1].sum().item() == pytest.approx(0, abs=1e-6)
