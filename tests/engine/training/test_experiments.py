import json
import math
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch

from engine.errors import RequestError, TrainingError
from engine.training.experiments import (
    VARIANTS,
    ExperimentRecipe,
    Experiments,
    Setup,
    Variant,
    chosen,
)
from engine.training.experiments_report import (
    BASE,
    FINDINGS,
    Cell,
    Findings,
    paired,
    verdict,
    write_report,
)
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from tests.engine.random_latents import MODEL, random_store

CPU = torch.device("cpu")
SETUP = Setup(
    model=MODEL,
    config=LoopConfig(lr=1e-2, warmup=1, optimiser="muon", ema=0.9),
    batch=2,
)
SAME = Variant(says="nothing is changed", change=lambda one: one)


@pytest.fixture
def small(tmp_path):
    """Clips of which two are held out."""
    return random_store(tmp_path / "latents")


@pytest.fixture(scope="module")
def step():
    """Products of a step of the base."""
    with TemporaryDirectory() as folder:
        return ExperimentRecipe(random_store(Path(folder)), SETUP, 0).step_flops(CPU)


@pytest.fixture
def trained(monkeypatch):
    """Folders of the cells that trained, in their order."""
    cells, train = [], Run.train

    def counted(run):
        cells.append(run.folder.name)
        train(run)

    monkeypatch.setattr(Run, "train", counted)
    return cells


def experiments(folder, store, *names, base=SETUP):
    variants = {"same": SAME, **VARIANTS}
    return Experiments(folder, store, base, {name: variants[name] for name in names}, CPU)


@pytest.mark.timeout(600)  # Eight trainings: seconds, on a machine that has them.
def test_cells_compute_alike_and_are_trained_once(tmp_path, small, step, trained):
    run = tmp_path / "run"
    made = experiments(run, small, "same", "deeper")
    made.findings.flops = 3 * step
    assert made.conduct(2, 1.0)
    flops = made.findings.flops
    for cell in made.findings.cells:
        assert abs(cell.flops - flops) <= cell.flops / cell.steps, cell
        assert {"video@0.5", "audio@0.5", "loss"} <= set(cell.held_out)
    held_out = {(cell.variant, cell.seed): cell.held_out for cell in made.findings.cells}
    # The same weights saw the same batches: to the bit.
    assert all(held_out["same", seed] == held_out[BASE, seed] for seed in range(2))
    assert held_out[BASE, 0] != held_out[BASE, 1]
    steps = {cell.variant: cell.steps for cell in made.findings.cells}
    assert steps == {BASE: 3, "same": 3, "deeper": 2}
    assert len(trained) == 6
    assert not list(run.rglob("*.safetensors"))
    again = experiments(run, small, "same", "exchange_off")
    assert again.conduct(2, 1.0)
    assert trained[6:] == ["exchange_off 0", "exchange_off 1"]
    assert again.findings.flops == flops
    told = json.loads((run / FINDINGS).read_text())
    assert told["differences"]["same"]["loss"] == {"value": 0, "low": 0, "high": 0, "n": 2}
    table = (run / "experiments.md").read_text()
    assert "95% intervals" in table
    assert "| same | nothing is changed | 2 |" in table
    assert "no difference seen" in table
    with pytest.raises(TrainingError, match="other clips"):
        experiments(run, small, "same", base=replace(SETUP, batch=1))


def test_what_a_cell_may_compute_follows_from_the_minutes(tmp_path, small):
    made = experiments(tmp_path / "run", small)
    assert made._affordable(600.0) > 10 * made._affordable(0.0) > 0


def test_a_cell_that_was_stopped_is_gone_on_with(tmp_path, small, step, monkeypatch):
    made, whole = (experiments(tmp_path / name, small) for name in ("run", "whole"))
    for one in (made, whole):
        one.findings.flops = 2 * step
    with monkeypatch.context() as patch:
        patch.setattr(Run, "_report", Run._stop)
        assert made.conduct(1, 1.0) is False
    assert not made.findings.cells
    assert made.conduct(1, 1.0)
    assert whole.conduct(1, 1.0)
    found = [one.findings.cells[0].held_out for one in (made, whole)]
    assert found[0] == found[1]


def test_branches_that_never_hear_one_another_learn_no_exchange(small):
    for name, silent in (("exchange_off", True), ("truth_off", False)):
        recipe = ExperimentRecipe(small, VARIANTS[name].change(SETUP), 0)
        # What a network begins with says nothing, whatever was heard.
        torch.nn.init.normal_(recipe.module.video_out.weight)
        recipe.losses(recipe.module, 0, torch.Generator().manual_seed(0))["total"].backward()
        gates = [one.grad for key, one in recipe.module.named_parameters() if ".gate." in key]
        assert len(gates) == 4
        assert all(one is None or not one.any() for one in gates) is silent


def test_fewer_clips_come_more_often(small):
    generator = torch.Generator().manual_seed(0)
    rows = ExperimentRecipe(small, replace(SETUP, reuse=3), 0).rows(64, generator)
    assert set(rows.tolist()) == {2, 3}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_changes_something_and_can_be_built(small, name):
    changed = VARIANTS[name].change(SETUP)
    assert changed != SETUP or name == "warmup_none"
    assert ExperimentRecipe(small, changed, 0).held_out == 2


def test_experiments_are_chosen_by_name():
    assert chosen(()) == VARIANTS
    assert list(chosen(("deeper", "truth_off"))) == ["truth_off", "deeper"]
    with pytest.raises(RequestError, match="no experiment pastry"):
        chosen(("pastry",))


def test_intervals_are_those_of_student():
    one = paired([1.0, 2.0, 3.0])
    assert one.value == 2
    assert math.isclose(one.high - 2, 4.303 / math.sqrt(3), rel_tol=1e-3)
    assert verdict(one) == "no difference seen"
    assert verdict(paired([-1.0, -1.1, -0.9])) == "better"
    assert verdict(paired([1.0, 1.1, 0.9])) == "worse"


def test_noise_is_seen_as_a_difference_one_time_in_twenty():
    drawn = torch.randn(2000, 3, generator=torch.Generator().manual_seed(0)).tolist()
    seen = sum(verdict(paired(one)) != "no difference seen" for one in drawn)
    assert 60 < seen < 145


def test_one_seed_says_nothing_and_damage_is_a_sentence(tmp_path):
    found = Findings.there(tmp_path, {})
    for name, loss in ((BASE, 1.0), ("wider", 0.9)):
        held_out = {"video@0.2": loss, "loss": loss}
        found.cells.append(
            Cell(variant=name, seed=0, steps=2, flops=1.0, seconds=1.0, held_out=held_out)
        )
    assert not found.differences("wider")
    found.save(tmp_path)
    write_report(tmp_path, found, {})
    assert "needs two seeds" in (tmp_path / "experiments.md").read_text()
    assert Findings.there(tmp_path, {}).cells == found.cells
    (tmp_path / FINDINGS).write_text("{")
    with pytest.raises(TrainingError, match="damaged"):
        Findings.there(tmp_path, {})
