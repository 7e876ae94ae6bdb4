"""Tags swapped, subjects swapped: the true clips say so, and one clip twice does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.metrics.renders.maker import Maker
from engine.metrics.renders.swaps import ROW, swap_rows, swapped, twins
from engine.metrics.sampling import Scored
from engine.models.pathways import FIRST_TRAINED
from tests.engine.tiny_model import loaded


def test_twins_differ_in_colour_and_one_of_them_moves():
    scenes = twins(3)
    assert len(scenes) == 3
    for scene in scenes:
        first, second = scene.bodies
        assert (first.prop, first.material) == (second.prop, second.material)
        assert first.colour != second.colour
        assert (second.vx_m_s, second.vy_m_s) == (0, 0)
        assert swapped(swapped(scene)) == scene
        assert swapped(scene).bodies[0].colour == second.colour


def test_the_truth_is_swapped_and_the_same_clip_twice_is_not(tmp_path: Path):
    model = replace(loaded(), trained=frozenset({*FIRST_TRAINED, "tags"}))
    row = swap_rows(Maker(Scored(model=model, name="tiny"), tmp_path), 3)[ROW]
    assert row.value.n == 3
    assert row.floors["without"].value == 0
    assert row.floors["truth"].value > 0.4
    assert row.floors["truth"].low > row.floors["shuffled"].value
    # Two orders of the pictures, and none.
    assert len(list(tmp_path.rglob("*.safetensors"))) == 3 * 3


def test_weights_that_know_no_tags_have_no_row(tmp_path: Path):
    model = replace(loaded(), trained=frozenset(FIRST_TRAINED))
    row = swap_rows(Maker(Scored(model=model, name="tiny"), tmp_path), 3)[ROW]
    assert row.why == "the weights were not trained on tags that name a subject"
    assert row.value.n == 0
