import dataclasses
import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import api
from engine.diffusion.latent_state import Given, mixed, noise_for, spread
from engine.diffusion.samplers import EVALUATIONS, SAMPLERS, Schedule, dpm, euler, heun
from engine.diffusion.schedules import draw_sigmas, sampling_sigmas, shifted
from engine.models.signals import Latents
from engine.training.tiny import SHAPE

SPREAD, MEAN = 0.5, 0.7


def gaussian_velocity(state):
    """The exact velocity where the data are normal: mean 0.7, deviation 0.5."""

    def of(x, sigma):
        variance = (1 - sigma) ** 2 * SPREAD**2 + sigma**2
        centred = x - (1 - sigma) * MEAN
        return (sigma - (1 - sigma) * SPREAD**2) / variance * centred - MEAN

    return Latents(
        video=of(state.latents.video, state.video_sigma),
        audio=of(state.latents.audio, state.audio_sigma),
    )


def levels_of(steps, video_shift=1.0, audio_shift=2.0):
    return Schedule(
        video=sampling_sigmas(steps, video_shift), audio=sampling_sigmas(steps, audio_shift)
    )


def start(seed=0):
    return noise_for(SHAPE, (8, 8), seed)


def end_of(sampler, steps, **more):
    noise = start()
    *_, last = sampler(gaussian_velocity, noise, levels_of(steps), Given.nothing(noise), **more)
    return last.latents


def error(latents):
    """Distance from the exact end, where the flow takes a standard normal: 0.7 + 0.5 x."""
    noise = start()
    video = (latents.video - (MEAN + SPREAD * noise.video)).abs().max()
    return max(video.item(), (latents.audio - (MEAN + SPREAD * noise.audio)).abs().max().item())


@pytest.mark.parametrize(
    ("name", "order", "steps"),
    [("euler", 1, 64), ("heun", 2, 64), ("dpm++", 2, 256)],
)
def test_samplers_converge_to_the_exact_solution_in_their_order(name, order, steps):
    sampler = SAMPLERS[name]
    coarse, fine = error(end_of(sampler, steps // 2)), error(end_of(sampler, steps))
    assert fine < 0.15 / order**3
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.5)


def test_a_step_that_looks_back_is_as_good_as_two_passes():
    """Of as many passes of the network, and far better than a step that does not look back."""
    assert error(end_of(dpm, 16)) < 0.2 * error(end_of(euler, 16))
    assert error(end_of(dpm, 16)) < error(end_of(heun, 8))


def test_the_second_order_step_is_the_papers():
    """Algorithm 2 in its own terms: alpha, sigma, lambda and the ratio of their growths."""
    noise, levels = start(), levels_of(5, 1.0, 1.0)
    one, two, three = itertools.islice(
        dpm(gaussian_velocity, noise, levels, Given.nothing(noise)), 1, 4
    )
    t = [level.double() for level in levels.video[2:5]]
    growth = [(s * (1 - r) / (r * (1 - s))).log() for s, r in itertools.pairwise(t)]
    ratio = growth[0] / growth[1]
    leaning = (1 + 1 / (2 * ratio)) * three.denoised.video - two.denoised.video / (2 * ratio)
    alpha, shrunk = 1 - t[2], torch.exp(-growth[1])
    wanted = t[2] / t[1] * two.latents.video - alpha * (shrunk - 1) * leaning
    assert torch.allclose(three.latents.video, wanted.float(), atol=1e-5)
    # From level 1 there is nothing yet to lean on.
    k = levels.video[2] / levels.video[1]
    begun = next(iter(dpm(gaussian_velocity, noise, levels, Given.nothing(noise)))).latents.video
    assert torch.allclose(one.latents.video, k * begun + (1 - k) * one.denoised.video, atol=1e-5)


@pytest.mark.parametrize("sampler", SAMPLERS.values())
def test_what_waits_under_a_ceiling_ends_where_it_should(sampler):
    noise, clean = start(), start(1)
    most = torch.ones(noise.video.shape[2])
    most[1] = 0.3
    given_ = Given(
        clean=clean,
        video=torch.zeros(len(most), dtype=torch.bool),
        audio=torch.zeros(noise.audio.shape[-1], dtype=torch.bool),
        video_most=most,
    )

    def of(state):
        sigma = spread(given_.levels(state.video_sigma, state.audio_sigma)[0])
        whole = dataclasses.replace(state, video_sigma=sigma)
        return gaussian_velocity(whole)

    first = given_.start(noise)
    *_, last = sampler(of, first, levels_of(40), given_)
    spot = (1 - 0.3) * SPREAD / math.hypot(0.7 * SPREAD, 0.3)
    wanted = MEAN + spot * (first.video[:, :, 1] - 0.7 * MEAN) / 0.7
    assert (last.latents.video[:, :, 1] - wanted).abs().mean() < 0.03
    assert (first.video[:, :, 1] - wanted).abs().mean() > 0.1


@pytest.mark.parametrize("sampler", SAMPLERS.values())
def test_a_constant_velocity_is_exact_in_one_step(sampler):
    noise = start()
    target = Latents(video=noise.video * 0 + 2, audio=noise.audio * 0 - 1)

    def straight(state):
        del state
        return Latents(video=noise.video - target.video, audio=noise.audio - target.audio)

    (only,) = sampler(straight, noise, levels_of(1), Given.nothing(noise))
    assert torch.allclose(only.latents.video, target.video, atol=1e-5)
    assert torch.allclose(only.denoised.audio, target.audio, atol=1e-5)


@pytest.mark.parametrize("sampler", SAMPLERS.values())
def test_started_again_from_a_step_it_ends_in_the_same_bits(sampler):
    noise, levels = start(), levels_of(6)
    steps = list(sampler(gaussian_velocity, noise, levels, Given.nothing(noise)))
    assert [step.index for step in steps] == [1, 2, 3, 4, 5, 6]
    *_, again = sampler(gaussian_velocity, noise, levels, Given.nothing(noise), steps[3])
    assert torch.equal(again.latents.video, steps[-1].latents.video)
    assert torch.equal(again.latents.audio, steps[-1].latents.audio)


@pytest.mark.parametrize("sampler", SAMPLERS.values())
def test_given_latents_are_kept_bit_for_bit(sampler):
    noise, clean = start(), start(1)
    video = torch.zeros(noise.video.shape[2], dtype=torch.bool)
    audio = torch.zeros(noise.audio.shape[-1], dtype=torch.bool)
    video[0] = audio[3:7] = True
    given_ = Given(clean=clean, video=video, audio=audio)
    steps = list(sampler(gaussian_velocity, given_.put(noise), levels_of(4), given_))
    for step in steps:
        for latents in (step.latents, step.denoised):
            assert torch.equal(latents.video[:, :, 0], clean.video[:, :, 0])
            assert torch.equal(latents.audio[..., 3:7], clean.audio[..., 3:7])
    assert not torch.equal(steps[-1].latents.video[:, :, 1], clean.video[:, :, 1])


def test_the_same_seed_gives_the_same_noise_whatever_the_other_branch():
    one, again, other = start(3), start(3), start(4)
    assert torch.equal(one.video, again.video)
    assert not torch.equal(one.video, other.video)
    wide = noise_for(SHAPE, (16, 8), 3)
    assert torch.equal(one.audio, wide.audio)
    assert not torch.equal(one.video[0, 0].flatten()[:8], one.audio.flatten()[:8])


def test_mixing_goes_from_clean_to_noise():
    noise, clean = start(), start(1)
    assert torch.equal(mixed(clean, noise, 0.0, 1.0).video, clean.video)
    assert torch.equal(mixed(clean, noise, 0.0, 1.0).audio, noise.audio)


STEPS = st.integers(min_value=1, max_value=60)
SHIFTS = st.floats(min_value=0.5, max_value=8)
STARTS = st.floats(min_value=0.01, max_value=1)


@settings(max_examples=60, deadline=None)
@given(STEPS, SHIFTS, STARTS)
def test_levels_fall_from_the_start_to_nothing(steps, shift, first):
    sigmas = sampling_sigmas(steps, shift, first)
    assert len(sigmas) == steps + 1
    assert sigmas[0].item() == pytest.approx(first, rel=1e-5)
    assert sigmas[-1].item() == 0
    assert (sigmas.diff() < 0).all()


def test_a_shift_of_one_is_even():
    assert torch.allclose(sampling_sigmas(4, 1.0), torch.tensor([1, 0.75, 0.5, 0.25, 0]))
    assert sampling_sigmas(8, 3.0)[4] > 0.5


@pytest.mark.parametrize(("steps", "first"), [(0, 1.0), (4, 0.0), (4, 1.5), (-1, 0.5)])
def test_impossible_levels_are_refused(steps, first):
    with pytest.raises(ValueError, match="steps"):
        sampling_sigmas(steps, 2.0, first)


def test_training_levels_lie_in_their_range_and_lean_to_noise():
    sigmas = draw_sigmas(4000, torch.Generator().manual_seed(0))
    assert sigmas.min() >= 1e-3
    assert sigmas.max() <= 1
    assert 0.55 < sigmas.mean() < 0.7
    assert (sigmas < 0.1).any()


def test_shifting_keeps_the_ends():
    ends = torch.tensor([0.0, 1.0])
    assert torch.equal(shifted(ends, 3.0), ends)


def test_there_is_a_sampler_for_every_name_that_a_request_can_have():
    assert tuple(SAMPLERS) == tuple(EVALUATIONS) == api.SAMPLERS
