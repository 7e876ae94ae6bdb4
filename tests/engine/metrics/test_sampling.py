from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.metrics import sampling
from engine.metrics.evidence import held_out_scenes
from engine.metrics.renders.maker import Maker
from engine.metrics.sampling import Manner, Studio, load_scored
from engine.models.codecs import load_codecs
from engine.models.pathways import FIRST_TRAINED, FLOW_MAP, TOLD_GUIDANCE
from engine.pipelines import render
from engine.pipelines.model import TRANSFORMER
from engine.pipelines.render import Plan
from tests.engine.tiny_model import tiny_folder


def test_a_file_and_a_folder_of_weights_say_what_they_learned(tmp_path: Path):
    device = torch.device("cpu")
    folder = tmp_path / "weights"
    shutil.copytree(tiny_folder(), folder)
    tensors, metadata = load_tensors(folder / TRANSFORMER)
    trained = json.dumps(["subject", "extend"])
    save_tensors(folder / "later.safetensors", tensors, metadata | {"trained": trained})
    first = load_scored(folder, device, folder)
    later = load_scored(folder / "later.safetensors", device, folder)
    assert first.model.trained == frozenset(FIRST_TRAINED)
    assert later.model.trained == {"subject", "extend"}
    assert first.name != later.name


def test_previews_of_a_flow_map_are_made_for_scores_as_for_directors(tmp_path: Path):
    device, scenes = torch.device("cpu"), held_out_scenes(2)
    tensors, metadata = load_tensors(tiny_folder() / TRANSFORMER)
    trained = json.dumps([*FIRST_TRAINED, FLOW_MAP])
    save_tensors(tmp_path / "mapped.safetensors", tensors, metadata | {"trained": trained})
    for weights, fast in ((tiny_folder(), 3 * 8), (tmp_path / "mapped.safetensors", 8)):
        scored = load_scored(weights, device, tiny_folder())
        preview = Studio(scored, tmp_path, Manner())
        assert preview.passes_left(("joint",), scenes) == 2 * fast
        full = Studio(scored, tmp_path, Manner(full=True))
        assert full.passes_left(("joint",), scenes) == 2 * 3 * 50
    mapped = Manner(trained=frozenset({FLOW_MAP}))
    assert Manner(trained=frozenset({FLOW_MAP, TOLD_GUIDANCE})).guidance("joint").told == 3
    assert mapped.guidance("joint").strides
    assert mapped.guidance("joint").exchange
    assert not mapped.guidance("independent").exchange


def test_weights_of_a_run_are_scored_with_the_codecs_beside_it(tmp_path: Path):
    run = tmp_path / "sft"
    run.mkdir()
    shutil.copytree(tiny_folder(), tmp_path / "codecs")
    (tmp_path / "codecs" / TRANSFORMER).replace(run / "best.safetensors")
    scored = load_scored(run / "best.safetensors", torch.device("cpu"), tmp_path / "none")
    assert scored.model.codecs.hash == load_codecs(tiny_folder()).hash


def test_clips_of_another_schedule_are_others(tmp_path: Path, monkeypatch):
    scored = load_scored(tiny_folder(), torch.device("cpu"), tiny_folder())
    scenes, studio = held_out_scenes(1), Studio(scored, tmp_path, Manner())
    maker = Maker(scored, tmp_path)

    def plan() -> Plan:
        return maker.generation(maker.context("a red ball"), 5, steps=1)

    studio.make("joint", scenes)
    maker.made("ball", plan)
    assert studio.missing("joint", scenes) == []
    maker.made("ball", lambda: pytest.fail("it is kept"))
    for module in (sampling, render):
        monkeypatch.setattr(module, "VIDEO_SHIFT", 4.0)
    assert studio.missing("joint", scenes) == list(scenes)
    asked: list[str] = []
    maker.made("ball", lambda: asked.append("planned") or plan())
    assert asked
