import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.checkpoint import load_tensors
from engine.training.loop import Run
from tests.engine.random_latents import random_store
from tests.engine.training import shards_worker as worker

ROOT = Path(__file__).parents[3]


def logged(folder):
    return [json.loads(row) for row in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.timeout(600)  # Three starts of torch: seconds, on a machine that has them.
def test_two_processes_lose_what_one_loses_and_go_on_where_they_were(tmp_path):
    store = tmp_path / "store"
    random_store(store)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        worker.__file__, str(store), str(tmp_path / "two"), "adamw",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    one = worker.recipe(store, 2, "adamw", worker.STEPS + 1)
    run = Run(one, tmp_path / "one", torch.device("cpu"))
    run.train()
    together, one = logged(tmp_path / "two"), logged(tmp_path / "one")
    for row, told in zip(together, one, strict=True):
        for name in ("total", "grad_norm"):
            assert row[name] == pytest.approx(told[name], rel=1e-4)
        if "held_out" in told:
            assert row["held_out"] == pytest.approx(told["held_out"], rel=1e-4)
    assert "2 processes" in done.stderr
    assert (tmp_path / "two" / "best.safetensors").is_file()
    alone, _ = load_tensors(tmp_path / "one" / "weights.safetensors")
    shared, metadata = load_tensors(tmp_path / "two" / "weights.safetensors")
    assert metadata["kind"] == "dual_transformer"
    assert set(shared) == set(alone)
    for name, tensor in alone.items():
        torch.testing.assert_close(shared[name], tensor, rtol=1e-3, atol=1e-5, msg=name)
