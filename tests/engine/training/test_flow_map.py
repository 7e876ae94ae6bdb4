import json
from dataclasses import replace

import pytest
import torch

from engine.checkpoint import save_tensors
from engine.diffusion.guidance import Guidance
from engine.models.pathways import FLOW_MAP, TOLD_GUIDANCE, TOLD_SCALES, trained_of
from engine.models.signals import Latents, Prediction
from engine.models.transformer import DualTransformer
from engine.pipelines.model import load_transformer
from engine.training.flow_map import FlowMapRecipe, Strides
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL

CPU = torch.device("cpu")
STRIDES = Strides(share=0.5, guidance=Guidance(text=3.0, coupling=2.0))


@pytest.fixture
def teacher():
    """A network whose every output is alive."""
    torch.manual_seed(3)
    model = DualTransformer(MODEL)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return model


def recipe(store, teacher, strides=STRIDES, alone=False, **config):
    settings = {"steps": 6, "lr": 3e-3, "warmup": 1, "log_every": 2, "evaluate_every": 3}
    loop = LoopConfig(**(settings | config))
    return FlowMapRecipe(store, loop, teacher, strides, alone=alone, batch=4)


def test_strides_are_those_of_previews(store, teacher):
    here, there = recipe(store, teacher)._ends(64, torch.Generator().manual_seed(0))
    assert (here > there).all()
    assert here.max() == 1
    assert there.min() == 0


def test_the_average_velocity_is_where_the_teacher_went(store, teacher):
    made = recipe(store, teacher, replace(STRIDES, substeps=1))
    walked = made._walk(torch.arange(4), torch.Generator().manual_seed(1), CPU)
    # One substep from its beginning: the average is the guided velocity there.
    direct = made._guided(walked.noisy, replace_r(walked.batch.levels), walked.batch)
    moving = walked.batch.levels.video > walked.batch.levels.video_r
    error = (direct.video - walked.average.video).abs().amax(dim=(1, 3, 4))
    assert error[moving].max() < 1e-3


def replace_r(levels):
    return replace(levels, video_r=levels.video, audio_r=levels.audio)


def test_guidance_is_the_denoisers(store, teacher):
    plain = recipe(store, teacher, replace(STRIDES, guidance=Guidance()))
    batch = plain.draw(torch.arange(2), torch.Generator().manual_seed(1), CPU)
    noisy = plain.noisy(batch)
    alone = plain.predict(
        plain.teacher, noisy, replace(batch, switch=torch.ones(2)), plain._forward
    )
    assert torch.allclose(plain._guided(noisy, batch.levels, batch).video, alone.video, atol=1e-5)


def test_a_network_that_knows_the_strides_has_no_error(store, teacher):
    made = recipe(store, teacher)
    walked = made._walk(torch.arange(3), torch.Generator().manual_seed(2), CPU)

    def knows(module, noisy, levels, context, places, switch):
        assert (levels.video_r <= levels.video).all()
        return Prediction(
            video=walked.average.video,
            audio=walked.average.audio,
            video_truth=torch.zeros(()),
            audio_truth=torch.zeros(()),
        )

    made._forward = knows
    assert made._stride_error(made.module, walked) < 1e-9


def test_strides_are_learned_and_the_weights_say_so(store, teacher, tmp_path):
    # The teacher has learned nothing yet: velocities to learn beside would pull elsewhere.
    made = recipe(store, teacher, replace(STRIDES, share=1.0), steps=40)
    Run(made, tmp_path / "run", CPU).train()
    # Of the clips that are learned from: the others are noise like them, and tell nothing.
    rows = (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    strides = [json.loads(row)["strides"] for row in rows]
    assert sum(strides[-5:]) < 0.8 * sum(strides[:5])
    assert FLOW_MAP in trained_of(made.metadata())
    for one, two in zip(teacher.parameters(), made.teacher.parameters(), strict=True):
        assert torch.equal(one, two)


TOLD = replace(STRIDES, told=True)


def test_a_clip_is_guided_by_a_scale_of_its_own(store, teacher):
    made = recipe(store, teacher, TOLD)
    batch = made.draw(torch.arange(2), torch.Generator().manual_seed(1), CPU)
    noisy = made.noisy(batch)
    both = made._guided(noisy, batch.levels, batch, torch.tensor([1.0, 5.0]))
    for row, scale in enumerate((1.0, 5.0)):
        alike = replace(TOLD, guidance=replace(TOLD.guidance, text=scale))
        alone = recipe(store, teacher, alike)._guided(noisy, batch.levels, batch)
        assert torch.allclose(both.video[row], alone.video[row], atol=1e-4)
        assert torch.allclose(both.audio[row], alone.audio[row], atol=1e-4)


def test_the_network_is_told_the_scale_and_hears_nothing_of_it_at_first(store, teacher):
    made = recipe(store, teacher, TOLD)
    walked = made._walk(torch.arange(4), torch.Generator().manual_seed(1), CPU)
    scales = walked.batch.levels.guidance
    assert scales is not None
    assert (scales >= TOLD_SCALES[0]).all()
    assert (scales <= TOLD_SCALES[1]).all()
    assert len(scales.unique()) == 4

    def said(scale):
        levels = replace(walked.batch.levels, guidance=scale)
        asked = replace(walked.batch, levels=levels)
        return made.predict(made.module, walked.noisy, asked, made._forward).video

    assert torch.equal(said(scales), said(None))
    made._stride_error(made.module, walked).backward()
    last = dict(made.module.named_parameters())["video_scale.scale.2.weight"]
    assert last.grad is not None
    assert last.grad.abs().max() > 0
    with torch.no_grad():
        last += torch.randn(last.shape, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(said(scales), said(scales.flip(0)), atol=1e-4)


def test_weights_that_are_told_say_so_and_are_read_as_such(store, teacher, tmp_path):
    made = recipe(store, teacher, TOLD)
    assert {FLOW_MAP, TOLD_GUIDANCE} <= trained_of(made.metadata())
    save_tensors(tmp_path / "weights.safetensors", made.module.state_dict(), made.metadata())
    read, _ = load_transformer(tmp_path / "weights.safetensors")
    assert read.config.guided
    assert read.video_scale is not None
    assert TOLD_GUIDANCE not in trained_of(recipe(store, teacher).metadata())


def test_strides_alone_are_learned_with_the_full_render_as_it_was_to_the_bit(
    store, teacher, tmp_path
):
    made = recipe(store, teacher, alone=True, steps=40)
    batch = made.draw(torch.arange(4), torch.Generator().manual_seed(1), CPU)
    before = made.predict(made.module, made.noisy(batch), batch, made._forward)
    given = made.predict(teacher, made.noisy(batch), batch, made._forward)
    assert torch.allclose(before.video, given.video, atol=1e-5)
    assert torch.allclose(before.audio, given.audio, atol=1e-5)
    Run(made, tmp_path / "run", CPU).train()
    after = made.predict(made.module, made.noisy(batch), batch, made._forward)
    assert torch.equal(before.video, after.video)
    assert torch.equal(before.audio, after.audio)
    rows = (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    strides = [json.loads(row)["strides"] for row in rows]
    assert sum(strides[-5:]) < 0.97 * sum(strides[:5])
    learned = made.module.video_level.stride.state_dict()["2.weight"]
    assert not torch.equal(learned, teacher.video_level.stride.state_dict()["2.weight"])


def test_what_the_teacher_had_learned_stays_learned(store, teacher):
    config, learned = LoopConfig(steps=1), {"subject", "tags", "extend"}
    made = FlowMapRecipe(store, config, teacher, STRIDES, learned=learned, batch=4)
    assert trained_of(made.metadata()) == {*learned, FLOW_MAP}


def test_what_is_given_stands_still(store, teacher):
    made = recipe(store, teacher)
    made.mix = replace(made.mix, first_frame=1.0, one_clean=0.0)
    walked = made._walk(torch.arange(4), torch.Generator().manual_seed(1), CPU)
    assert isinstance(walked.noisy, Latents)
    assert (walked.batch.levels.video[:, 0] == 0).all()
    assert torch.equal(walked.noisy.video[:, :, 0], walked.batch.clean.video[:, :, 0])


def test_a_teacher_whose_heads_know_colours_alone_is_learned_from(store):
    torch.manual_seed(0)
    made = recipe(store, DualTransformer(replace(MODEL, truths=9)))
    losses = made.losses(made.module, 0, torch.Generator().manual_seed(0))
    assert torch.isfinite(losses["total"])
