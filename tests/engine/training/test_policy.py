import json
import math
from dataclasses import replace

import pytest
import torch

from engine.checkpoint import load_tensors
from engine.diffusion.denoiser import Denoiser, Noisy
from engine.diffusion.guidance import Guidance
from engine.errors import TrainingError
from engine.models.reward_model import HEADS, Words
from engine.models.signals import Latents
from engine.models.transformer import DualTransformer
from engine.shapes import ClipShape
from engine.training.guided_velocity import Velocity, context_of
from engine.training.policy import PolicyConfig, PolicyRecipe
from engine.training.policy_rollouts import (
    HeadWeights,
    Prompt,
    Sampling,
    with_advantages,
)
from engine.training.policy_run import PolicyRun, hacked
from engine.training.recipe import LoopConfig
from engine.training.tiny import TRANSFORMER
from engine.world.sampler import sample_scene

CPU = torch.device("cpu")
SHAPE = ClipShape(width=16, height=16, frames=5)
SAMPLING = Sampling(group=6, steps=4, window=2, hold=2, eta=0.8)
BRIGHT = HeadWeights(visual_quality=1.0)


def prompts(number):
    draw = torch.Generator().manual_seed(number % 1000)
    words = Words(
        states=torch.randn(1, 4, 384, generator=draw), mask=torch.ones(1, 4, dtype=torch.bool)
    )
    return Prompt(scene=sample_scene(number % 1000), words=words)


def brightness(clips, words):
    """Visual quality is the mean of the picture's first channel; sync the sound's."""
    rewards = torch.zeros(len(clips.video), len(HEADS))
    rewards[:, 0] = clips.video[:, 0].mean(dim=(1, 2, 3))
    rewards[:, 2] = clips.audio[:, :, 0].mean(dim=(1, 2))
    return rewards


class Dimness:
    def judge(self, clips, scenes):
        return {"dimness": (-clips.video[:, 0].mean(dim=(1, 2, 3))).tolist()}


def model():
    torch.manual_seed(0)
    module = DualTransformer(TRANSFORMER)
    draw = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=draw) * 0.05)
    return module


def recipe(
    *,
    kind=PolicyRecipe,
    kl=0.0,
    judge=None,
    updates=2,
    sampling=SAMPLING,
    weights=BRIGHT,
    **changes,
):
    settings = LoopConfig(
        steps=6, lr=2e-3, warmup=1, weight_decay=0.0, ema=0.5, log_every=1, evaluate_every=3
    )
    config = replace(settings, **changes)
    policy = PolicyConfig(
        sampling=sampling,
        updates=updates,
        kl=kl,
        picture=weights,
        sound=weights,
        measured=3,
        clip=0.01,
    )
    return kind(
        model(), brightness, prompts, SHAPE, config, policy=policy, judge=judge, about={"kind": "x"}
    )


class Leaping(PolicyRecipe):
    """Loses next to nothing at first, and then many times as much."""

    def losses(self, module, step, generator):
        losses = super().losses(module, step, generator)
        lost = 1e-9 if step == 0 else 1.0
        return losses | {"total": losses["total"] * 0 + lost}


def rows_of(folder):
    return [json.loads(row) for row in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    "guidance",
    [Guidance(text=3.0, coupling=2.0), Guidance(text=3.0, rescale=0.7), Guidance(strides=True)],
    ids=["full", "rescaled", "strides"],
)
def test_the_velocity_is_the_denoisers(guidance):
    module, words = model().eval(), prompts(3).words
    draw = torch.Generator().manual_seed(2)
    latents = Latents(
        video=torch.randn(1, 8, *SHAPE.video_latents, generator=draw),
        audio=torch.randn(1, 2, 8, SHAPE.audio_latents, generator=draw),
    )
    contexts = (context_of(module, words, spoken=True), context_of(module, words, spoken=False))
    state = Noisy(
        latents=latents,
        video_sigma=0.7,
        audio_sigma=0.7,
        video_r=0.4,
        audio_r=0.4,
        given_video=torch.zeros(latents.video.shape[2], dtype=torch.bool),
        given_audio=torch.zeros(latents.audio.shape[-1], dtype=torch.bool),
    )
    wanted = Denoiser(module, SHAPE, *contexts, guidance)(state)
    found = Velocity(module, SHAPE, words, guidance)(latents, (0.7, 0.4))
    # The denoiser makes its passes in one batch, which rounds otherwise.
    assert torch.allclose(found.video, wanted.video, atol=1e-5)
    assert torch.allclose(found.audio, wanted.audio, atol=1e-5)


def test_ratios_are_exactly_one_before_the_first_update_and_not_after(tmp_path):
    PolicyRun(recipe(steps=4), tmp_path, CPU).train()
    rows = rows_of(tmp_path)
    assert [row["off@video"] == 0 for row in rows] == [True, False, True, False]
    assert [row["off@audio"] == 0 for row in rows] == [True, False, True, False]
    assert rows[0]["video"] == pytest.approx(0, abs=1e-6)  # Advantages of a group sum to nothing.


def test_a_ratio_that_is_not_one_stops_the_run():
    learner = recipe()
    learner.losses(learner.module, 0, torch.Generator())
    with torch.no_grad():
        learner.module.video_out.weight.add_(0.01)
    with pytest.raises(TrainingError, match="away from 1"):
        learner.losses(learner.module, 0, torch.Generator())


def test_one_group_begins_from_one_noise_and_parts_in_the_window():
    learner = recipe()
    (rollout,) = learner._rollouts_of(0, learner.module)
    first = rollout.states.video[0]
    assert torch.equal(first[0], first[5])
    assert not torch.equal(rollout.actions.video[0, 0], rollout.actions.video[0, 5])
    assert torch.equal(rollout.actions.video[0], rollout.states.video[1])
    assert not rollout.states.video.requires_grad


def test_the_window_slides_and_never_holds_the_last_step():
    assert [SAMPLING.first(number) for number in range(6)] == [0, 0, 1, 1, 0, 0]
    for number in range(20):
        assert SAMPLING.first(number) + SAMPLING.window < SAMPLING.steps


def test_advantages_are_normalised_by_head_and_weighed_by_branch():
    learner = recipe()
    (rollout,) = learner._rollouts_of(0, learner.module)
    rewards = torch.zeros(6, len(HEADS))
    rewards[:, 0] = torch.tensor([1.0, 1, 1, 3, 3, 3])
    rewards[:, 2] = 100 * torch.tensor([1.0, -1, 1, -1, 1, -1])
    weights = (
        HeadWeights(visual_quality=1.0, aesthetics=1.0),
        HeadWeights(visual_quality=1.0, audio_visual_sync=3.0),
    )
    made = with_advantages(replace(rollout, rewards=rewards), weights)
    sides = torch.tensor([-1.0, -1, -1, 1, 1, 1])
    turns = torch.tensor([1.0, -1, 1, -1, 1, -1])
    assert torch.allclose(made.advantages.video, sides / 2)
    assert torch.allclose(made.advantages.audio, sides / 4 + 0.75 * turns)


def test_a_planted_reward_rises_and_the_truth_that_falls_is_told(tmp_path, capsys):
    PolicyRun(recipe(steps=12, evaluate_every=12, judge=Dimness()), tmp_path, CPU).train()
    held_out = rows_of(tmp_path)[-1]["held_out"]
    before, _ = load_tensors(tmp_path / "baseline.safetensors")
    assert held_out["reward"] > before["reward"].mean().item() + 0.01
    assert held_out["truth/dimness"] < before["truth/dimness"].mean().item()
    assert held_out["hacking"] == 1
    assert "dimness, which it never saw, fell by" in capsys.readouterr().err
    assert "dimness" in (tmp_path / "hacking.jsonl").read_text()
    effect = json.loads((tmp_path / "effect.json").read_text())
    assert effect["step"] == 12
    rose, fell = (effect["rows"][name] for name in ("reward", "truth/dimness"))
    assert rose["now"] == pytest.approx(held_out["reward"])
    assert rose["change"]["value"] == pytest.approx(rose["now"] - rose["before"])
    assert rose["change"]["low"] <= rose["change"]["value"] <= rose["change"]["high"]
    assert fell["change"]["value"] < 0
    assert "reward/sound" in effect["rows"]


def test_the_sound_learns_from_its_own_density(tmp_path):
    learner = recipe(steps=8, evaluate_every=8, weights=HeadWeights(audio_visual_sync=1.0))
    PolicyRun(learner, tmp_path, CPU).train()
    before, _ = load_tensors(tmp_path / "baseline.safetensors")
    name = "reward/audio_visual_sync"
    assert rows_of(tmp_path)[-1]["held_out"][name] > before[name].mean().item()


@pytest.mark.parametrize("stop", [3])
def test_a_resumed_run_ends_in_the_same_bits(tmp_path, stop):
    PolicyRun(recipe(steps=4), tmp_path / "whole", CPU).train()
    part = PolicyRun(recipe(steps=4, evaluate_every=99), tmp_path / "parts", CPU)
    heard = part.recipe.losses

    def losses(module, step, generator):
        part.stopped = part.stopped or part.clock.step == stop - 1
        return heard(module, step, generator)

    part.recipe.losses = losses
    part.train()
    assert part.clock.step == stop
    assert len(list((tmp_path / "parts").glob("rollout-*"))) == stop % 2
    again = PolicyRun(recipe(steps=4), tmp_path / "parts", CPU)
    assert again.resume()
    again.train()
    assert not list((tmp_path / "parts").glob("rollout-*"))
    for name in ("weights", "state"):
        one, other = (
            load_tensors(tmp_path / part / f"{name}.safetensors")[0] for part in ("whole", "parts")
        )
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_the_reference_holds_the_weights_back(tmp_path):
    PolicyRun(recipe(steps=2, kl=1.0), tmp_path, CPU).train()
    rows = rows_of(tmp_path)
    assert rows[0]["kl"] == pytest.approx(0, abs=1e-9)
    assert rows[1]["kl"] > 0


def test_what_cannot_be_learned_from_is_refused():
    with pytest.raises(TrainingError, match="groups of two"):
        recipe(sampling=replace(SAMPLING, window=4))
    with pytest.raises(TrainingError, match="not accumulate"):
        recipe(accumulate=2)


def test_hacking_is_a_reward_that_rises_while_the_truth_falls():
    before = {"reward": [0.0, 1, 2, 3], "truth/sync_f1": [1.0, 1, math.nan, 0.8]}
    worse = {"reward": [1.0, 2, 3, 4], "truth/sync_f1": [0.5, 0.4, 0.0, 0.3]}
    (sentence,) = hacked(before, worse)
    assert "rose by 1.000" in sentence
    assert "sync_f1, which it never saw, fell by 0.533" in sentence
    assert "hacked" in sentence
    mixed = worse | {"truth/sync_f1": [0.5, 1.2, 0.0, 0.8]}
    assert "within chance" in hacked(before, mixed)[0]
    assert hacked(before, before) == []
    assert hacked(worse, before) == []


def test_a_policy_whose_loss_grows_from_nothing_is_saved(tmp_path):
    run = PolicyRun(recipe(kind=Leaping), tmp_path, CPU)
    run.train()
    clock = json.loads(load_tensors(tmp_path / "state.safetensors")[1]["clock"])
    assert clock["step"] == 6
