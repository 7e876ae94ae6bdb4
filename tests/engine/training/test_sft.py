import json
from dataclasses import replace

import torch

from engine.models.pathways import trained_of
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from engine.training.sft import SftRecipe
from tests.engine.random_latents import MODEL, SPEC, random_store

CPU = torch.device("cpu")
LEARNED = {"subject", "first_frame"}


def recipe(store, usual=None, kind=SftRecipe):
    torch.manual_seed(0)
    config = LoopConfig(steps=3, lr=1e-3, warmup=1, log_every=1, evaluate_every=2)
    return kind(store, config, model=MODEL, learned=LEARNED, usual=usual, batch=4)


def test_curated_clips_are_learned_and_the_usual_ones_are_measured_beside(store, tmp_path):
    usual = random_store(tmp_path / "usual", replace(SPEC, first_seed=9))
    usual.video[:] *= 2
    made = recipe(store, usual)
    before = made.module.video_out.weight.clone()
    Run(made, tmp_path / "run", CPU).train()
    rows = [json.loads(row) for row in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    held = [row["held_out"] for row in rows if "held_out" in row]
    assert [row["step"] for row in rows if "held_out" in row] == [2, 3]
    assert held[-1]["usual"] > held[-1]["loss"] * 1.2  # They are louder by as much as that.
    assert not torch.equal(made.module.video_out.weight, before)


class WatchedRecipe(SftRecipe):
    """Notes how many clips of each store are measured."""

    def __init__(self, *args, **more):
        self.measured = []
        super().__init__(*args, **more)

    def draw(self, rows, generator, device, level=None):
        self.measured.append((self.store.folder.name, len(rows)))
        return super().draw(rows, generator, device, level)


def test_of_the_usual_clips_those_held_out_alone_are_measured(store, tmp_path):
    usual = random_store(tmp_path / "usual", replace(SPEC, first_seed=9))
    made = recipe(store, usual, WatchedRecipe)
    assert isinstance(made, WatchedRecipe)
    made.evaluate(made.module)
    counts = {name: sum(n for one, n in made.measured if one == name) for name, _ in made.measured}
    learned = min(store.held_out, store.ready() - store.held_out)
    assert counts[store.folder.name] == 3 * (store.held_out + learned)
    assert counts["usual"] == 3 * usual.held_out


def test_nothing_usual_is_needed(store):
    made = recipe(store)
    assert "usual" not in made.evaluate(made.module)


def test_what_was_learned_before_stays_learned(store):
    assert trained_of(recipe(store).metadata()) == LEARNED
