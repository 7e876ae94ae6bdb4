"""The bench as a whole, on the tiny model, and that it times what is rendered."""

import json
import shutil
from dataclasses import replace

import pytest

from engine.backends.backlot import BacklotBackend
from engine.checkpoint import load_tensors, save_tensors
from engine.commands.bench import renders
from engine.models.pathways import FLOW_MAP
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import enlarging_folder, tiny_capabilities, tiny_folder


@pytest.mark.timeout(600)  # A start of torch for each core: seconds, on a machine that has them.
def test_the_whole_bench_runs(engine, tmp_path):
    code, told = engine(
        "bench", "--weights", enlarging_folder(), "--device", "cpu", "--seconds", 0.75,
        "--batch", 2, "--repeats", 1, "--json", tmp_path / "bench.json",
    )  # fmt: skip
    assert code == 0, told
    report = json.loads((tmp_path / "bench.json").read_text())
    assert report["shape"] == {"width": 128, "height": 72, "frames": 9}
    assert (report["fast_steps"], report["full_steps"]) == (8, 50)
    assert (report["fast_passes"], report["full_passes"]) == (3, 3)
    assert (report["fast_scale"], report["full_scale"]) == (1, 2)
    assert report["full_over_fast"] == report["full_s"] / report["fast_s"] > 0
    assert report["film_s_per_preview_s"] * report["fast_s"] == pytest.approx(0.75)
    for name in ("one_clip", "batch"):
        assert report[name]["ratio"] > 0
    assert report["batch"]["gflop"] == pytest.approx(2 * report["one_clip"]["gflop"], rel=0.1)
    assert report["against_ltx"].keys() & {"ratio", "missing"}
    assert report["costs"]["references"]["15"]["pass_s"] > 0
    world = report["world_clips_per_s"]
    assert list(world) == ["level 1 at 128x72", "level 3 at 128x72", "level 3 at 256x144"]
    assert all(rate > 0 for rate in world.values())
    assert report["training_clips_per_s"] > 0
    assert report["training_share"] > 0
    assert "8 steps of 3 passes" in told


class Noting(BacklotBackend):
    """Keeps which renders it was asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.asked = []

    def render(self, request, control, resume=None):
        self.asked.append((request.quality.mode, request.quality.steps))
        return super().render(request, control, resume)


def test_a_flow_map_is_timed_in_the_one_pass_that_it_takes(tmp_path):
    folder = tmp_path / "weights"
    shutil.copytree(tiny_folder(), folder)
    path = folder / "transformer.safetensors"
    tensors, metadata = load_tensors(path)
    known = json.loads(metadata.get("trained", "[]"))
    save_tensors(path, tensors, metadata | {"trained": json.dumps([*known, FLOW_MAP])})
    can = replace(tiny_capabilities(folder), fast_steps=2, full_steps=2)
    backend = Noting(folder, "cpu", can)
    report = renders(backend, replace(SHAPE, frames=5))
    # Each once in a single step, which fills memory and caches, and once as it is timed.
    assert backend.asked == [("fast", 1), ("fast", None), ("full", 1), ("full", None)]
    assert (report["fast_passes"], report["full_passes"]) == (1, 3)
    assert (report["fast_steps"], report["full_steps"]) == (2, 2)
