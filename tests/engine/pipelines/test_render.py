import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import TRACE, noise_for
from engine.diffusion.samplers import SAMPLERS
from engine.models.signals import Latents
from engine.pipelines import stages
from engine.pipelines.render import (
    Still,
    edit_sigma,
    plan_edit,
    plan_from_latent,
    plan_generation,
    run_plan,
    span_given,
)
from engine.pipelines.stages import (
    PictureReference,
    centre_square,
    decode_clip,
    encode_clip,
    fill_frame,
    step_picture,
    text_context,
)
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import loaded


def contexts():
    return text_context(loaded(), "a red ball", []), text_context(loaded(), "", [])


def plan(seed=0, steps=3, **more):
    return plan_generation(
        loaded(), SHAPE, contexts(), seed=seed, steps=steps, guidance=Guidance(), **more
    )


def end_of(made):
    *_, last = run_plan(loaded(), made)
    return last.latents


def source():
    return noise_for(SHAPE, (8, 8), 99)


def test_a_first_frame_is_kept_bit_for_bit():
    frame = torch.randn(1, 8, 1, 4, 4)
    assert torch.equal(end_of(plan(first_frame=frame)).video[:, :, :1], frame)


def test_an_edit_of_no_strength_gives_the_source_back_bit_for_bit():
    whole = (0, SHAPE.frames)
    kept = plan_edit(plan(), source(), picture_strength=0, sound_strength=0, span=whole)
    end = end_of(kept)
    assert torch.equal(end.video, source().video)
    assert torch.equal(end.audio, source().audio)
    sound = plan_edit(plan(), source(), picture_strength=0, sound_strength=0.8, span=whole)
    end = end_of(sound)
    assert torch.equal(end.video, source().video)
    assert not torch.equal(end.audio, source().audio)


def test_a_stronger_edit_goes_further():
    whole = (0, SHAPE.frames)
    far = []
    for strength in (0.2, 0.6, 1.0):
        made = plan_edit(
            plan(steps=4), source(), picture_strength=strength, sound_strength=0, span=whole
        )
        far.append((end_of(made).video - source().video).abs().mean().item())
    assert far == sorted(far)
    assert far[0] < 0.8 * far[-1]


def test_only_the_span_of_an_edit_changes():
    made = plan_edit(plan(), source(), picture_strength=1, sound_strength=1, span=(1, 5))
    end = end_of(made)
    assert torch.equal(end.video[:, :, [0, 2]], source().video[:, :, [0, 2]])
    assert not torch.equal(end.video[:, :, 1], source().video[:, :, 1])
    kept = made.given.audio
    assert torch.equal(end.audio[..., kept], source().audio[..., kept])


@pytest.mark.parametrize(
    ("span", "video"),
    [((0, 9), [0, 0, 0]), ((0, 1), [0, 1, 1]), ((4, 6), [1, 0, 0]), ((5, 9), [1, 1, 0])],
)
def test_the_lattice_rounds_a_span_outwards(span, video):
    assert span_given(source(), SHAPE, span).video.int().tolist() == video


@given(st.floats(min_value=0, max_value=1), st.floats(min_value=0, max_value=1))
def test_strength_is_a_rising_level(one, two):
    low, high = sorted((one, two))
    assert 0 <= edit_sigma(low) <= edit_sigma(high) <= 1
    assert edit_sigma(0) == 0
    assert edit_sigma(1) == 1


MEAN, LOOKS = 0.7, (2.0, 4.0, 8.0)
"""The looks of a world: about a mean, so many times as far apart as noise is loud."""


def kept_of(look, sigma):
    """What an exact network keeps of a source's look from a noise level on, in closed form."""
    clean = (1 - sigma) * look
    return clean / math.hypot(clean, sigma)


def left_of(look, strength):
    """The same by an edit: from its own level, by its own steps, of a network that is exact."""
    source = Latents(
        video=torch.full(noise_for(SHAPE, (8, 8), 0).video.shape, MEAN + look),
        audio=torch.full(noise_for(SHAPE, (8, 8), 0).audio.shape, MEAN + look),
    )
    quiet = Latents(video=source.video * 0, audio=source.audio * 0)
    begun = replace(plan(steps=60), start=quiet)
    whole = (0, SHAPE.frames)
    made = plan_edit(begun, source, picture_strength=strength, sound_strength=strength, span=whole)

    def velocity(state):
        def of(x, sigma):
            variance = ((1 - sigma) * look) ** 2 + sigma**2
            slope = (sigma - (1 - sigma) * look**2) / variance
            return slope * (x - (1 - sigma) * MEAN) - MEAN

        now = state.latents
        return Latents(
            video=of(now.video, state.video_sigma), audio=of(now.audio, state.audio_sigma)
        )

    *_, last = SAMPLERS["heun"](velocity, made.start, made.levels, made.given)
    end = last.latents
    assert torch.allclose(end.audio.mean(), end.video.mean(), atol=1e-3)
    return (end.video.mean().item() - MEAN) / look


@pytest.mark.parametrize("look", LOOKS)
def test_an_edit_keeps_of_its_source_what_its_strength_says(look):
    for strength in (0.3, 0.6, 0.9):
        wanted = kept_of(look, edit_sigma(strength))
        assert left_of(look, strength) == pytest.approx(wanted, abs=0.02)
    assert left_of(look, 1.0) == pytest.approx(0, abs=0.02)


def test_the_slider_is_even():
    """Every fifth of it changes about a fifth of what there is to change, over near and far looks.

    Without its curve the last fifth does nearly all.
    """

    def fifths(level):
        kept = [
            sum(kept_of(look, level(step / 5)) for look in LOOKS) / len(LOOKS) for step in range(6)
        ]
        return [before - after for before, after in itertools.pairwise(kept)]

    even, plain = fifths(edit_sigma), fifths(lambda strength: strength)
    assert sum(even) == pytest.approx(1)
    assert all(0.13 < part < 0.28 for part in even)
    assert plain[-1] > 0.6
    assert max(plain[:2]) < 0.05


def test_going_on_from_a_latent_starts_between_it_and_the_noise():
    noise = plan().start
    made = plan_from_latent(plan(), source(), noise, sigma=0.25)
    assert torch.allclose(made.start.video, 0.75 * source().video + 0.25 * noise.video)
    assert made.levels.video[0].item() == pytest.approx(0.25)
    assert made.levels.steps == 3


def test_going_on_from_an_edits_latent_starts_from_it_and_no_higher_than_the_edit():
    noise, preview = plan().start, noise_for(SHAPE, (8, 8), 98)
    strong, weak = (
        plan_edit(
            plan(),
            source(),
            picture_strength=strength,
            sound_strength=strength,
            span=(0, SHAPE.frames),
        )
        for strength in (0.9, 0.02)
    )
    made = plan_from_latent(strong, preview, noise, sigma=0.5)
    assert torch.allclose(made.start.video, 0.5 * preview.video + 0.5 * noise.video)
    made = plan_from_latent(weak, preview, noise, sigma=0.5)
    sigma = edit_sigma(0.02)
    assert made.levels.video[0].item() == pytest.approx(sigma)
    wanted = (1 - sigma) * preview.video + sigma * noise.video
    assert torch.allclose(made.start.video, wanted, atol=1e-6)


def test_a_keyframe_has_no_more_than_its_trace_of_noise_on_the_way_from_a_latent():
    still = Still(latent=torch.randn(1, 8, 1, 4, 4), frame=1)
    noise, made = plan().start, plan(stills=(still,))
    begun = plan_from_latent(made, source(), noise, sigma=0.5).start.video
    wanted = (1 - TRACE) * source().video[:, :, 1] + TRACE * noise.video[:, :, 1]
    assert torch.allclose(begun[:, :, 1], wanted, atol=1e-6)


@pytest.mark.parametrize("sampler", [*SAMPLERS, None])
def test_a_resumed_plan_ends_in_the_same_bits(sampler):
    made = plan(steps=4, sampler=sampler)
    steps = list(run_plan(loaded(), made))
    *_, again = run_plan(loaded(), made, resume=steps[1])
    assert torch.equal(again.latents.video, steps[-1].latents.video)
    assert torch.equal(again.latents.audio, steps[-1].latents.audio)


def test_evaluations_are_counted():
    made = replace(plan(steps=4), guidance=Guidance(text=2.0, coupling=2.0))
    assert made.evaluations == 12
    assert replace(made, sampler="heun").evaluations == 24


def test_a_clip_goes_through_the_codecs_in_its_shape():
    video = np.full((9, 32, 32, 3), 90, np.uint8)
    sound = np.zeros((2, SHAPE.samples - 100), np.float32)
    latents = encode_clip(loaded(), video, sound, SHAPE)
    assert latents.video.shape[2:] == SHAPE.video_latents
    pictures, heard = decode_clip(loaded(), latents, SHAPE)
    assert pictures.shape == video.shape
    assert heard.shape == (2, SHAPE.samples)
    assert step_picture(loaded(), latents, SHAPE).shape == (32, 32, 3)


def test_many_pictures_lie_on_the_disk(monkeypatch):
    latents = noise_for(SHAPE, (8, 8), 1)
    pictures, _ = decode_clip(loaded(), latents, SHAPE)
    monkeypatch.setattr(stages, "_IN_MEMORY_BYTES", 1000)
    mapped, _ = decode_clip(loaded(), latents, SHAPE)
    assert isinstance(mapped, np.memmap)
    assert np.array_equal(mapped, pictures)


def test_words_and_pictures_become_a_context():
    picture = np.zeros((40, 60, 3), np.uint8)
    shown = PictureReference(picture=picture, role="subject", slot=30)
    context = text_context(loaded(), "a ball", [shown])
    assert context.text.shape == (1, 4, 384)
    assert context.text_mask.all()
    assert context.roles.tolist() == [[0]]
    assert context.slots.tolist() == [[0]]  # The others were never trained.
    nothing = text_context(loaded(), "  ", [])
    assert not nothing.text_mask.any()
    assert nothing.roles.shape == (1, 0)


def test_pictures_are_cut_to_size_about_their_centre():
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, 20:60] = 255
    assert (centre_square(picture, 16) == 255).all()
    for width, height in ((64, 32), (32, 64), (160, 160)):
        filled = fill_frame(picture, width, height)
        assert filled.shape == (height, width, 3)
        assert (filled[:, width // 2] == 255).all()
