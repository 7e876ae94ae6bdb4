"""Extensions and sequences as windows, and what stands clean in them."""

from dataclasses import replace

import pytest
import torch

from engine.conditioning.shots import shot_seed
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import TRACE, Given, noise_for
from engine.diffusion.prepared import PreparedCache
from engine.models.signals import Latents
from engine.pipelines.references import StreamReference
from engine.pipelines.render import GUIDANCE, Still, plan_edit, plan_generation, run_plan
from engine.pipelines.stages import decode_clip, text_context
from engine.pipelines.windows import history_of, plan_extension, plan_sequence
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import loaded

SHORT = replace(SHAPE, frames=5)


def plan(seed=0, shape=SHAPE, words="a red ball", **more):
    contexts = text_context(loaded(), words, []), text_context(loaded(), "", [])
    return plan_generation(loaded(), shape, contexts, seed=seed, steps=2, guidance=GUIDANCE, **more)


def end_of(made, **more):
    *_, last = run_plan(loaded(), made, **more)
    return last.latents


def source():
    return noise_for(SHAPE, (8, 8), 99)


@pytest.mark.parametrize("backward", [False, True])
def test_an_extension_keeps_history_clean_and_makes_a_clip_of_its_own(backward):
    history = history_of(source(), 12.0, backward=backward)
    made = plan_extension(plan(), history, backward=backward)
    end = end_of(made)
    (part,) = made.clips
    place = slice(3, None) if backward else slice(0, 2)
    assert torch.equal(end.video[:, :, place], history.latents.video)
    assert part.of(end).video.shape[2:] == SHAPE.video_latents
    assert part.of(end).audio.shape[-1] == SHAPE.audio_latents
    alone = end_of(plan())
    assert not torch.allclose(part.of(end).video, alone.video, atol=1e-4)


def test_history_is_the_sources_own_latents():
    ahead, back = (history_of(source(), 12.0, backward=way) for way in (False, True))
    assert torch.equal(ahead.latents.video, source().video[:, :, 1:])
    assert (ahead.pictures, ahead.begins) == (8, False)
    assert ahead.latents.audio.shape[-1] == 16
    assert torch.equal(back.latents.video, source().video[:, :, :2])
    assert (back.pictures, back.begins) == (5, True)


def test_the_sound_of_an_extension_is_decoded_with_what_is_heard_before_it():
    history = history_of(source(), 12.0, backward=False)
    made = plan_extension(plan(), history, backward=False)
    (part,) = made.clips
    latents = part.of(end_of(made))
    _, alone = decode_clip(loaded(), latents, SHAPE)
    _, sound = decode_clip(loaded(), latents, SHAPE, part.around)
    assert sound.shape == alone.shape == (2, SHAPE.samples)
    assert not (sound == alone).all()


def test_shots_that_were_not_learned_together_are_made_as_if_alone():
    plans = [plan(5), plan(shot_seed(5, 1), SHORT, "a blue drum falls")]
    both = plan_sequence(plans, across=False)
    end = end_of(both)
    for part, alone in zip(both.clips, plans, strict=True):
        assert torch.allclose(part.of(end).video, end_of(alone).video, atol=1e-4)
        assert torch.allclose(part.of(end).audio, end_of(alone).audio, atol=1e-4)


def test_shots_together_see_each_other_and_go_on_after_a_stop_bit_for_bit():
    plans = [plan(5), plan(shot_seed(5, 1), SHORT, "a blue drum falls")]
    both = plan_sequence(plans, across=True)
    steps = list(run_plan(loaded(), both))
    other = plan_sequence([plans[0], plan(77, SHORT, "a blue drum falls")], across=True)
    first = both.clips[0]
    assert not torch.equal(first.of(end_of(other)).video, first.of(steps[-1].latents).video)
    again = end_of(both, resume=steps[0])
    assert torch.equal(again.video, steps[-1].latents.video)
    assert torch.equal(again.audio, steps[-1].latents.audio)


def test_only_the_region_of_an_edit_changes():
    region = torch.zeros(SHAPE.video_latents, dtype=torch.bool)
    region[1:, :2, 2:] = True
    made = plan_edit(
        plan(), source(), picture_strength=1, sound_strength=0, span=(0, 9), region=region
    )
    end = end_of(made)
    kept = ~region.expand_as(end.video)
    assert torch.equal(end.video[kept], source().video[kept])
    assert not torch.equal(end.video[~kept], source().video[~kept])
    assert torch.equal(end.audio, source().audio)


def test_stills_hold_under_a_trace_and_a_soundtrack_is_kept():
    still = Still(latent=torch.randn(1, 8, 1, 4, 4), frame=2)
    track = torch.randn(1, 2, 8, SHAPE.audio_latents)
    made = plan(stills=(still,), soundtrack=track)
    end = end_of(made)
    assert torch.equal(end.audio, track)
    far = (end.video[:, :, 2:] - still.latent).abs().mean()
    other = (end_of(plan()).video[:, :, 2:] - still.latent).abs().mean()
    assert far < 0.3 * other
    assert TRACE > 0


def test_a_ceiling_is_where_a_latent_waits_for_the_sampler():
    noise = source()
    most = torch.tensor([1.0, 0.3, 0.0])
    given = replace(Given.nothing(noise), video_most=most)
    assert given.levels(0.8, 0.5)[0].tolist() == pytest.approx([0.8, 0.3, 0.0])
    assert given.levels(0.1, 0.5)[0].tolist() == pytest.approx([0.1, 0.1, 0.0])
    zeros = Latents(video=noise.video * 0, audio=noise.audio * 0)
    start = replace(given, clean=zeros).start(noise)
    assert torch.allclose(start.video[:, :, 1], 0.3 * noise.video[:, :, 1])


def streams():
    generator = torch.Generator().manual_seed(4)
    return (
        StreamReference(
            latents=torch.randn(1, 8, 3, 2, 2, generator=generator), role="motion", slot=1
        ),
        StreamReference(
            latents=torch.randn(1, 2, 8, 6, generator=generator), role="music", slot=2, weight=0.5
        ),
    )


def test_prepared_once_is_prepared_every_time():
    context = text_context(loaded(), "a red ball", [], streams(), SHAPE)
    nothing = text_context(loaded(), "", [])
    made = replace(plan(), context=context, nothing=nothing)
    cache = PreparedCache()
    one = end_of(made, prepared=cache)
    two = end_of(replace(made, context=replace(context)), prepared=cache)
    assert cache.made == 2
    three = end_of(made)
    assert torch.equal(one.video, two.video)
    assert torch.equal(one.video, three.video)
    assert torch.equal(one.audio, three.audio)
    model = loaded().transformer
    assert isinstance(Denoiser(model, SHAPE, context, nothing, Guidance()), Denoiser)
