import sys

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.commands.costs import costs
from engine.commands.products import forward_over_products, inputs_of
from engine.commands.rival import against_ltx
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import loaded


def test_products_are_listed_and_timed():
    model = loaded().transformer
    for batch in (1, 4):
        row = forward_over_products(model, SHAPE, batch, 1)
        assert row["gflop"] * 1e9 == pytest.approx(_counted_by_torch(model, batch), rel=0.02)
        assert row["ratio"] == row["forward_s"] / row["products_s"] > 0


@torch.no_grad()
def _counted_by_torch(model, batch):
    latents, levels, context, places, switch = inputs_of(model, SHAPE, batch)
    prepared = model.prepare(context)
    with FlopCounterMode(display=False) as counter:
        model(latents, levels, prepared, places, switch)
    return counter.get_total_flops()


def test_ltx2s_network_of_the_same_widths_is_timed_beside_ours():
    row = against_ltx(loaded().transformer, SHAPE, 1)
    assert row["ours_s"] > 0
    assert row["theirs_s"] > 0
    assert row["theirs_parameters"] > 1e4


def test_without_diffusers_a_sentence_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "diffusers", None)
    row = against_ltx(loaded().transformer, SHAPE, 1)
    assert "open-weights" in row["missing"]


def test_costs_of_references_seconds_and_size():
    row = costs(loaded().transformer, SHAPE, 1)
    assert list(row["references"]) == ["0", "3", "15"]
    assert all(one["prepare_s"] > 0 for one in row["references"].values())
    assert len(row["frames"]) == 3
    assert len(row["size"]) == 2
