"""What stages of the transformer begin with."""

import json
from dataclasses import replace

import pytest
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.errors import TrainingError
from engine.models.fine import FineConfig
from engine.models.pathways import FIRST_TRAINED, FLOW_MAP, TOLD_GUIDANCE, trained_of
from engine.models.sizes import SIZES
from engine.presets.orders import Order
from engine.presets.transformer import experiments, fine, going_on, teacher_of
from engine.training.fine import FineRecipe
from engine.training.loop import Run
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL, SPEC, random_store

CPU = torch.device("cpu")
WITH = replace(MODEL, fine=FineConfig(width=16, before=1, after=1))
CONFIG = LoopConfig(steps=1, minutes=1.0)


def test_the_fine_stage_of_weights_with_pathways_keeps_them_and_says_so(tmp_path):
    store = random_store(tmp_path / "latents")
    model = replace(WITH, pathways=True)
    learned = {*FIRST_TRAINED, "voice", FLOW_MAP}
    before = PretrainRecipe(store, CONFIG, model=model, batch=2, learned=learned)
    source = tmp_path / "tasks.safetensors"
    told = before.metadata() | {"trained": json.dumps(sorted(learned))}
    save_tensors(source, before.module.state_dict(), told)
    order = Order(run=tmp_path / "fine", device=CPU, warm_start=source)
    recipe = going_on(order, FineRecipe, store, CONFIG, WITH)
    run = Run(recipe, order.run, CPU)
    run.warm_start(source)
    run.train()
    tensors, metadata = load_tensors(order.run / "weights.safetensors")
    # Strides are of the weights as they were.
    assert trained_of(metadata) == learned - {FLOW_MAP}
    assert tensors.keys() == before.module.state_dict().keys()
    again = Order(run=order.run, device=CPU, resume=True).following("fine")
    assert going_on(again, FineRecipe, store, CONFIG, WITH).module.config.pathways


def test_pretraining_on_from_a_flow_map_keeps_what_its_weights_mean(tmp_path):
    store = random_store(tmp_path / "latents")
    model = replace(WITH, guided=True, anchored=True)
    before = PretrainRecipe(store, CONFIG, model=model, batch=2)
    source = tmp_path / "strides.safetensors"
    learned = {*FIRST_TRAINED, FLOW_MAP, TOLD_GUIDANCE}
    told = before.metadata() | {"trained": json.dumps(sorted(learned))}
    save_tensors(source, before.module.state_dict(), told)
    order = Order(run=tmp_path / "pretrain", device=CPU, warm_start=source)
    recipe = going_on(order, PretrainRecipe, store, CONFIG, WITH)
    assert recipe.module.config == model
    run = Run(recipe, order.run, CPU)
    run.warm_start(source)
    run.train()
    # It has seen no strides since, and so no scales of them.
    assert trained_of(load_tensors(order.run / "weights.safetensors")[1]) == set(FIRST_TRAINED)


def test_weights_from_nothing_have_learned_what_pretraining_teaches(tmp_path):
    store = random_store(tmp_path / "latents")
    order = Order(run=tmp_path / "pretrain", device=CPU)
    recipe = going_on(order, PretrainRecipe, store, CONFIG, WITH)
    assert trained_of(recipe.metadata()) == set(FIRST_TRAINED)
    assert recipe.metadata()["codecs"] == SPEC.codecs


def test_a_fine_stage_has_nothing_to_learn_beside_a_network_that_has_not_learned(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("engine.presets.transformer._encoded", lambda _order: (None, None))
    with pytest.raises(TrainingError, match="no weights to go on from"):
        fine(Order(run=tmp_path / "fine", device=CPU))


def test_experiments_learn_from_the_clips_beside_them(tmp_path, monkeypatch):
    store = random_store(tmp_path / "latents")
    monkeypatch.setattr("engine.presets.transformer._encoded", lambda _order: (None, store))
    monkeypatch.setattr("engine.presets.transformer._SMALL", replace(SIZES["nano"], config=MODEL))
    order = Order(run=tmp_path / "run", device=CPU, minutes=1e-6, only=("truth_off",), seeds=2)
    (tmp_path / "run").mkdir()
    assert experiments(order)
    told = json.loads((tmp_path / "run" / "experiments.json").read_text())
    assert [(cell["variant"], cell["seed"], cell["steps"]) for cell in told["cells"]] == [
        ("base", 0, 1),
        ("truth_off", 0, 1),
        ("base", 1, 1),
        ("truth_off", 1, 1),
    ]
    assert told["differences"]["truth_off"]["loss"]["n"] == 2


def test_a_flow_map_that_is_gone_on_with_has_the_teacher_it_began_with(tmp_path):
    named, later = tmp_path / "named.safetensors", tmp_path / "sft" / "best.safetensors"
    save_tensors(named, {"a": torch.ones(1)}, {})
    save_tensors(later, {"a": torch.zeros(1)}, {})
    first = Order(run=tmp_path / "flow_map", device=CPU, warm_start=named)
    kept = teacher_of(first)
    again = Order(run=tmp_path / "flow_map", device=CPU, resume=True)
    assert teacher_of(again) == kept
    assert load_tensors(kept)[0]["a"] == 1
    assert [path.name for path in first.run.iterdir()] == [kept.name]
    assert load_tensors(teacher_of(replace(first, warm_start=None)))[0]["a"] == 0


def test_fine_tuning_that_began_from_named_weights_is_gone_on_with_from_its_own(tmp_path):
    order = Order(run=tmp_path / "sft", device=CPU, resume=True)
    own = tmp_path / "sft" / "weights.safetensors"
    save_tensors(own, {"a": torch.ones(1)}, {})
    assert order.following("sft").latest("sft") == own
