"""One process of a tiny run of several: ``torchrun distributed_worker.py STORE RUN OPTIMISER``."""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist

from engine.checkpoint import load_tensors, save_tensors
from engine.data.latents import TRUTHS, LatentSpec, LatentStore
from engine.models.pathways import PREFIX
from engine.models.transformer import TransformerConfig
from engine.plain import to_plain
from engine.training.distributed import DistributedRun, joined
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig

STEPS = 3
SPEC = LatentSpec(
    clips=8, first_seed=0, level=1, width=32, height=32, frames=9, codecs="none",
    channels=8, audio_channels=4,
)  # fmt: skip
MODEL = TransformerConfig(
    channels=8, details=5, audio_channels=4, width=64, audio_width=32, exchange_width=32, depth=2,
    ratio=2.0, head=32, truth_block=0, truths=TRUTHS, pathways=True,
)  # fmt: skip


def write_store(folder: Path) -> None:
    """A store of random latents."""
    folder.mkdir()
    (folder / "spec.json").write_text(json.dumps(to_plain(SPEC)))
    store = LatentStore(folder, SPEC, "w+")
    random = np.random.default_rng(0)
    for array in (store.video, store.audio, store.text, store.references):
        array[:] = random.normal(size=array.shape)
    store.lengths[:] = 5
    (folder / "ready").write_text("8")


def recipe(folder: Path, accumulate: int, optimiser: str, steps: int = STEPS) -> PretrainRecipe:
    """The recipe that all processes of a run step."""
    torch.manual_seed(0)
    config = LoopConfig(
        steps=steps, lr=1e-3, warmup=1, log_every=1, accumulate=accumulate, optimiser=optimiser
    )
    made = PretrainRecipe(LatentStore.open(folder, "none"), config, model=MODEL, batch=4)
    # Outputs and gates that start at nothing would hide what goes wrong behind them.
    with torch.no_grad():
        for parameter in made.module.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.05)
    return made


class GrownRecipe(PretrainRecipe):
    """Its network has gained its pathways since older weights were made."""

    additions = (PREFIX,)


def start_grown(store: Path, folder: Path, device: torch.device) -> None:
    """One step from weights that lack the pathways, which start as nothing."""
    old = folder / "old.safetensors"
    tensors, _ = load_tensors(folder / "weights.safetensors")
    if dist.get_rank() == 0:
        save_tensors(old, {k: one for k, one in tensors.items() if not k.startswith(PREFIX)}, {})
    dist.barrier()
    config = LoopConfig(steps=1, lr=1e-3, warmup=1, settled=0.0, weight_decay=0.0)
    grown = GrownRecipe(LatentStore.open(store, "none"), config, model=MODEL, batch=4)
    run = DistributedRun(grown, folder / "grown", device)
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
    with joined(torch.device("cpu")) as device:
        DistributedRun(recipe(store, 1, optimiser), folder, device).train()
        again = DistributedRun(recipe(store, 1, optimiser, STEPS + 1), folder, device)
        assert again.resume()
        assert again.clock.step == STEPS
        again.train()
        start_grown(store, folder, device)


if __name__ == "__main__":
    main()
