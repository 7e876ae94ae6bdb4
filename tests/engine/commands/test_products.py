import sys

from engine.commands.costs import costs
from engine.commands.products import forward_over_products
from engine.commands.rival import against_ltx
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import loaded


def test_products_are_listed_and_timed():
    model = loaded().transformer
    one, four = (forward_over_products(model, SHAPE, batch, 1) for batch in (1, 4))
    # Every weight matrix meets every token at least once.
    width, tokens = model.config.width, 12
    assert one["gflop"] * 1e9 > 2 * tokens * model.config.depth * 4 * width**2
    assert four["gflop"] > 3 * one["gflop"]
    assert one["forward_s"] > 0
    assert one["ratio"] > 0.5


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
