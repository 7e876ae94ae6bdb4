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
from tests.engine.training import distributed_worker as worker

ROOT = Path(__file__).parents[3]


def totals(folder):
    rows = (folder / "log.jsonl").read_text().splitlines()
    return [json.loads(row)["total"] for row in rows]


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
    assert totals(tmp_path / "two") == pytest.approx(totals(tmp_path / "one"), rel=1e-4)
    alone, _ = load_tensors(tmp_path / "one" / "weights.safetensors")
    shared, metadata = load_tensors(tmp_path / "two" / "weights.safetensors")
    assert metadata["kind"] == "dual_transformer"
    assert set(shared) == set(alone)
    for name, tensor in alone.items():
        torch.testing.assert_close(shared[name], tensor, rtol=1e-3, atol=1e-5, msg=name)
