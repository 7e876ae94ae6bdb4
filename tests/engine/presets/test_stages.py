"""All stages of a network at a tiny size, each from what the one before it left beside it."""

import json

import pytest
import torch

from engine.__main__ import main
from engine.checkpoint import load_tensors
from engine.models.pathways import FLOW_MAP, trained_of
from engine.pipelines.model import load_model
from engine.training.loop import Run
from engine.training.tiny import tiny_codecs, tiny_recipe

CPU = torch.device("cpu")


def train(runs, stage, minutes, *more):
    words = ["train", stage, "--run", str(runs / stage), "--device", "cpu"]
    assert main([*words, "--minutes", str(minutes), *more]) == 0, stage


def rows(runs, stage):
    return [json.loads(row) for row in (runs / stage / "log.jsonl").read_text().splitlines()]


@pytest.mark.slow
@pytest.mark.timeout(1200)  # A minute, on a machine that has nothing else to do.
def test_every_stage_goes_on_from_the_one_before_it_and_the_last_is_shipped(tmp_path):
    runs = tmp_path / "runs"
    recipe = tiny_recipe(runs / "latents", tiny_codecs(runs / "codecs"))
    Run(recipe, runs / "pretrain", CPU).train()
    assert main(["train", "curated", "--run", str(runs / "curated"), "--device", "cpu"]) == 0
    train(runs, "sft", 0.03)
    train(runs, "flow_map", 0.03)
    train(runs, "reward", 0.01)
    assert any(name.endswith(".compared") for name in accuracy(runs))
    # A step teaches no head anything; as if two had learned.
    right = {"value": 0.9, "low": 0.8, "high": 1.0, "n": 40}
    rows_ = accuracy(runs) | {"visual_quality": right, "audio_visual_sync": right}
    (runs / "reward" / "accuracy.json").write_text(json.dumps(rows_))
    train(runs, "policy", 0.01)
    assert "usual" in rows(runs, "sft")[-1]["held_out"]
    assert "strides" in rows(runs, "flow_map")[-1]["held_out"]
    held_out = rows(runs, "policy")[-1]["held_out"]
    assert {"reward", "reward/sound", "truth/prompt_read", "truth/framed"} <= set(held_out)
    assert rows(runs, "policy")[0]["off@video"] == 0
    out = tmp_path / "weights"
    words = ["ship", str(runs / "codecs"), str(runs / "policy"), "--out", str(out)]
    assert main(words) == 0
    _, metadata = load_tensors(out / "transformer.safetensors")
    assert FLOW_MAP in trained_of(metadata)
    load_model(out, CPU)


def accuracy(runs):
    return json.loads((runs / "reward" / "accuracy.json").read_text())
