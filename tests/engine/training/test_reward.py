import pytest
import torch

from engine.checkpoint import load_tensors
from engine.errors import TrainingError
from engine.metrics.matching import Interval
from engine.models.reward_model import HEADS, RewardConfig, load_reward
from engine.training.loop import Run
from engine.training.policy_rollouts import SOUND
from engine.training.preferences import Clip, Pair
from engine.training.recipe import LoopConfig
from engine.training.reward import RewardRecipe, right
from engine.training.reward_beside import trusted_heads
from engine.training.reward_report import accuracies, spearman, write_report

CPU = torch.device("cpu")
SMALL = RewardConfig(channels=4, audio_channels=4, width=32, depth=1, ratio=2.0, head=16)


class Planted:
    """The better clip of an axis is brighter in the picture's channel of that number."""

    def draw(self, count, generator, *, held_out):
        pairs = []
        for index in range(count):
            head = index % 4
            clips = [torch.randn(4, 2, 2, 4, generator=generator) for _ in range(2)]
            sound = torch.randn(2, 4, 8, generator=generator)
            tie = bool(torch.rand(1, generator=generator) < 0.2)
            clips[0][head] += 0.0 if tie else 2.0
            pairs.append(
                Pair(
                    first=Clip(video=clips[0], audio=sound),
                    second=Clip(video=clips[1], audio=sound),
                    text=torch.zeros(3, 384),
                    tokens=2,
                    head=HEADS[head],
                    outcome="tie" if tie else "first",
                    strength=0.0 if tie else 1.0,
                    reason="dim",
                )
            )
        return pairs


def recipe(**changes):
    torch.manual_seed(0)
    settings = {"steps": 60, "lr": 3e-3, "warmup": 5, "evaluate_every": 30, "log_every": 10}
    config = LoopConfig(**(settings | {"ema": 0.9, "optimiser": "muon"} | changes))
    return RewardRecipe(Planted(), config, model=SMALL, batch=16, measured=40, codecs="abc")


def test_both_forms_learn_a_planted_difference_of_every_head(tmp_path):
    learner = recipe()
    before = learner.evaluate(learner.module)
    Run(learner, tmp_path, CPU).train()
    model = load_reward(tmp_path / "weights.safetensors", "abc")
    figures = learner.evaluate(model)
    assert figures["loss"] < before["loss"] - 0.2
    rows = accuracies(model, Planted().draw(120, torch.Generator().manual_seed(9), held_out=True))
    for head in HEADS[:4]:
        assert rows[head].value > 0.85
        assert rows[f"{head}.compared"].value > 0.85
        assert rows[head].low <= rows[head].value <= rows[head].high
        assert f"{head}.dim" in rows
    assert "aesthetics" not in rows
    write_report(tmp_path / "accuracy.json", rows)
    assert "visual_quality" in (tmp_path / "accuracy.json").read_text()


def test_a_resumed_run_ends_in_the_same_bits(tmp_path):
    Run(recipe(steps=6), tmp_path / "whole", CPU).train()
    part = Run(recipe(steps=6), tmp_path / "parts", CPU)
    for _ in range(3):
        part._take(*part._gradients())
        part.clock.step += 1
    part.save()
    again = Run(recipe(steps=6), tmp_path / "parts", CPU)
    assert again.resume()
    again.train()
    one, other = (
        load_tensors(tmp_path / name / "weights.safetensors")[0] for name in ("whole", "parts")
    )
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_tie_has_no_side():
    values = torch.tensor([[0.6, 0.1, 0.3], [0.6, 0.1, 0.3], [0.6, 0.1, 0.3]])
    hits = right(values, torch.tensor([0, 1, 2]))
    assert hits[0] == 1
    assert hits[1].isnan()
    assert hits[2] == 0


def test_ranks_agree_or_not():
    assert spearman([1, 2, 3], [10, 20, 90]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 1, 2], [1, 1, 5]) == pytest.approx(1)
    assert spearman([1, 1, 1], [1, 2, 3]) != spearman([1, 1, 1], [1, 2, 3])


def test_only_heads_that_are_right_beyond_chance_are_trusted(tmp_path):
    with pytest.raises(TrainingError, match="does not say how right"):
        trusted_heads(tmp_path)

    def kept(low):
        return Interval(value=low + 0.1, low=low, high=low + 0.2, n=40)

    rows = {HEADS[0]: kept(0.7), HEADS[1]: kept(0.45), f"{HEADS[1]}.compared": kept(0.9)}
    write_report(tmp_path / "accuracy.json", rows)
    assert trusted_heads(tmp_path) == {HEADS[0]}
    weights = SOUND.of({"prompt_adherence"})
    assert (weights.prompt_adherence, weights.audio_visual_sync) == (0.5, 0.0)
    write_report(tmp_path / "accuracy.json", {HEADS[1]: kept(0.45), HEADS[2]: kept(float("nan"))})
    with pytest.raises(TrainingError, match="No head"):
        trusted_heads(tmp_path)
