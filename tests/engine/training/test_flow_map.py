import json
from dataclasses import replace

import pytest
import torch

from engine.checkpoint import save_tensors
from engine.data.tasks import TRACED
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import DETAIL_NOISE, TRACE
from engine.models.pathways import FLOW_MAP, TOLD_GUIDANCE, TOLD_SCALES, trained_of
from engine.models.signals import Prediction
from engine.models.transformer import DualTransformer
from engine.pipelines.model import load_transformer
from engine.training.flow_map import FlowMapRecipe, FlowMapTasksRecipe, Strides, _without
from engine.training.loop import Run
from engine.training.pretrain import evaluate
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL
from tests.engine.tiny_tasks import MODEL as WITH_PATHWAYS
from tests.engine.tiny_tasks import tiny_tasks

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


def walked(made, rows, seed=1, steps=8):
    """Every stride of a walk of the clips ``rows``."""
    rows = torch.arange(rows)
    walk, strides = made._set_out(rows, torch.Generator().manual_seed(seed), CPU, steps), []
    while not walk.arrived:
        walk, stride = made._stepped(walk)
        strides += [stride] if stride is not None else []
    return strides


def test_a_teacher_sets_out_for_previews_of_every_number_of_steps(store, teacher):
    made, generator = recipe(store, teacher), torch.Generator().manual_seed(0)
    walks = [made._set_out(torch.arange(1), generator, CPU) for _ in range(64)]
    ways = {((len(walk.sigmas) - 1) // walk.span, walk.span) for walk in walks}
    # However few strides a preview has, the teacher makes no fewer steps than its most.
    assert ways == {(4, 2), (5, 2), (6, 2), (7, 2), (8, 1)}


def test_a_stride_goes_where_the_teacher_went(store, teacher):
    made = recipe(store, teacher)
    first = walked(made, 4)[0]
    batch = first.batch
    # One step of the teacher's: the average is the guided velocity where it began.
    direct = made._guided(first.noisy, replace_r(batch.levels), batch)
    moving = batch.levels.video > batch.levels.video_r
    error = (direct.video - first.average.video).abs().amax(dim=(1, 3, 4))
    assert error[moving].max() < 1e-3


def test_strides_of_previews_lead_from_noise_to_where_the_teacher_arrived(store, teacher):
    made = recipe(store, teacher)
    made.mix = replace(made.mix, first_frame=0.0, one_clean=0.0)
    for steps in (4, 8):
        strides = walked(made, 2, steps=steps)
        assert len(strides) == steps
        now = strides[0].noisy.video
        for stride in strides:
            levels = stride.batch.levels
            assert torch.allclose(now, stride.noisy.video, atol=1e-4)
            by = (levels.video_r - levels.video)[:, None, :, None, None]
            now = now + by * stride.average.video
        assert not strides[-1].batch.levels.video_r.any()


def test_walks_begin_with_quieter_details_as_renders_do(store, teacher):
    made = recipe(store, teacher)
    made.mix = replace(made.mix, first_frame=0.0, one_clean=0.0)
    first = walked(made, 4)[0]
    loud = teacher.config.channels - teacher.config.details
    noise = first.batch.noise.video
    assert torch.equal(first.noisy.video[:, :loud], noise[:, :loud])
    assert torch.equal(first.noisy.video[:, loud:], noise[:, loud:] * DETAIL_NOISE)


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
    stride = walked(made, 3, seed=2)[2]

    def knows(module, noisy, levels, context, places, switch):
        assert (levels.video_r <= levels.video).all()
        return Prediction(
            video=stride.average.video,
            audio=stride.average.audio,
            video_truth=torch.zeros(()),
            audio_truth=torch.zeros(()),
        )

    assert made._stride_error(made.module, stride, knows) < 1e-9


def test_where_no_stride_is_taken_the_network_stays_with_its_teacher(store, teacher):
    made = recipe(store, teacher)

    def moved():
        generator = torch.Generator().manual_seed(0)
        return made._moved(made.module, torch.arange(4), generator, evaluate)

    assert moved() < 1e-9
    with torch.no_grad():
        for parameter in made.module.parameters():
            parameter.add_(0.05)
    assert moved() > 1e-4


def test_strides_are_remembered_and_the_oldest_forgotten(store, teacher):
    made = recipe(store, teacher, replace(STRIDES, walks=1, kept=5))
    generator = torch.Generator().manual_seed(0)
    made.losses(made.module, 0, generator)
    before = list(made._kept)
    assert len(before) == 5
    while made._kept[0] is before[0]:
        made.losses(made.module, 0, generator)
    assert all(one is other for one, other in zip(made._kept, before[1:], strict=False))


def test_strides_are_learned_and_the_weights_say_so(store, teacher, tmp_path):
    made = recipe(store, teacher, replace(STRIDES, share=1.0, kept=16), steps=60)
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
    stride = walked(made, 4)[1]
    scales = stride.batch.levels.guidance
    assert scales is not None
    assert (scales >= TOLD_SCALES[0]).all()
    assert (scales <= TOLD_SCALES[1]).all()
    assert len(scales.unique()) == 4

    def said(scale):
        levels = replace(stride.batch.levels, guidance=scale)
        asked = replace(stride.batch, levels=levels)
        return made.predict(made.module, stride.noisy, asked, made._forward).video

    assert torch.equal(said(scales), said(None))
    made._stride_error(made.module, stride, evaluate).backward()
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
    for stride in walked(made, 4):
        levels = stride.batch.levels
        assert not levels.video[:, 0].any()
        assert not levels.video_r[:, 0].any()
        assert torch.equal(stride.noisy.video[:, :, 0], stride.batch.clean.video[:, :, 0])


def test_a_teacher_whose_heads_know_colours_alone_is_learned_from(store):
    torch.manual_seed(0)
    made = recipe(store, DualTransformer(replace(MODEL, truths=9)))
    losses = made.losses(made.module, 0, torch.Generator().manual_seed(0))
    assert torch.isfinite(losses["total"])


def test_beside_tasks_ways_begin_from_words_and_references_and_not_from_sources(tmp_path):
    tasks = tiny_tasks(tmp_path)
    torch.manual_seed(0)
    learned = {"tags", "extend"}
    config = LoopConfig(steps=2, evaluate_every=1)
    made = FlowMapTasksRecipe(
        tasks, config, DualTransformer(WITH_PATHWAYS), STRIDES, learned=learned, batch=4
    )
    nothing = _without(made.draw(torch.arange(4), torch.Generator().manual_seed(0), CPU).context)
    given = [nothing.roles, *(one.roles for one in (*nothing.clips, *nothing.tracks))]
    assert all((roles == -1).all() for roles in given)
    Run(made, tmp_path / "run", CPU).train()
    assert {FLOW_MAP, *learned} <= trained_of(made.metadata())


def test_a_still_that_stands_in_a_clip_under_a_trace_of_noise_keeps_it(tmp_path):
    tasks = tiny_tasks(tmp_path)
    made = FlowMapTasksRecipe(tasks, LoopConfig(), DualTransformer(WITH_PATHWAYS), STRIDES, batch=4)
    rows = torch.from_numpy((tasks.given_video[:] == TRACED).any(1)).nonzero()[:2, 0]
    assert len(rows)
    walk = made._set_out(rows, torch.Generator().manual_seed(0), CPU, 8)
    traced = torch.from_numpy(tasks.given_video[rows.numpy()] == TRACED)
    for step in range(8):
        levels = walk.levels(step).video
        assert (levels[traced] <= TRACE).all()
        assert (levels[walk.batch.free] == walk.sigmas[step]).all()
