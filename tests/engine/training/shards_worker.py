"""One process of a tiny run of several: ``torchrun shards_worker.py STORE RUN OPTIMISER``."""

import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist

from engine.checkpoint import load_tensors, save_tensors
from engine.data.latents import LatentStore
from engine.models.pathways import PREFIX
from engine.training.group import meeting
from engine.training.loop import Run
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from engine.training.shards import Shards
from tests.engine import random_latents

STEPS = 3
# Two blocks, wide enough for Muon, with pathways.
MODEL = replace(random_latents.MODEL, width=64, depth=2, pathways=True)


def recipe(folder: Path, accumulate: int, optimiser: str, steps: int = STEPS) -> PretrainRecipe:
    """The recipe that all processes of a run step."""
    torch.manual_seed(0)
    config = LoopConfig(
        steps=steps, lr=1e-3, warmup=1, log_every=1, accumulate=accumulate, optimiser=optimiser,
        evaluate_every=2,
    )  # fmt: skip
    made = PretrainRecipe(LatentStore.open(folder, "none"), config, model=MODEL, batch=4)
    # Outputs and gates that start at nothing would hide what goes wrong behind them.
    with torch.no_grad():
        for parameter in made.module.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.05)
    return made


class GrownRecipe(PretrainRecipe):
    """Its network has gained its pathways since older weights were made, and more truths."""

    additions = (PREFIX, "video_truth.")


def start_grown(store: Path, folder: Path, device: torch.device) -> None:
    """One step from weights that lack the pathways, which start as nothing, and know less."""
    old = folder / "old.safetensors"
    tensors, _ = load_tensors(folder / "weights.safetensors")
    if dist.get_rank() == 0:
        before = {k: one for k, one in tensors.items() if not k.startswith(PREFIX)}
        before["video_truth.weight"] = before["video_truth.weight"][:9]
        save_tensors(old, before, {})
    dist.barrier()
    config = LoopConfig(steps=1, lr=1e-3, warmup=1, settled=0.0, weight_decay=0.0)
    grown = GrownRecipe(LatentStore.open(store, "none"), config, model=MODEL, batch=4)
    run = Run(grown, folder / "grown", device, group=Shards())
    run.warm_start(old)
    assert run.clock.added
    run.train()
    now, _ = load_tensors(folder / "grown" / "weights.safetensors")
    name = "video_in.weight"
    torch.testing.assert_close(now[name], tensors[name], msg="what was there has not settled")


def main() -> None:
    """Step the run, take it up again for one step more, and start another from its weights."""
    torch.set_num_threads(1)
    store, folder, optimiser = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    device = torch.device("cpu")
    with meeting(device, dist.init_process_group):
        Run(recipe(store, 1, optimiser), folder, device, group=Shards()).train()
        again = Run(recipe(store, 1, optimiser, STEPS + 1), folder, device, group=Shards())
        assert again.resume()
        assert again.clock.step == STEPS
        again.train()
        start_grown(store, folder, device)


if __name__ == "__main__":
    main()
