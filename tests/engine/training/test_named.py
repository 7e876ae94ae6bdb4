import json
from dataclasses import replace

import torch

from engine.models.latent_eye import LatentEye, LatentEyeConfig
from engine.training.batch import Batch
from engine.training.loop import Run
from engine.training.named import NamedRecipe, Previews
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from tests.engine.training.parts import THREE_STEPS, WITH_FINE, learned_by

CPU = torch.device("cpu")
FEW = Previews(clips=2, looks=2)


def eye() -> LatentEye:
    """One that sees bodies everywhere, and forms in every accident."""
    torch.manual_seed(1)
    made = LatentEye(LatentEyeConfig(channels=3, width=8)).eval().requires_grad_(False)
    made.name.weight *= 6
    made.name.bias[-1] = 1
    return made


def recipe(store, config=THREE_STEPS, previews=FEW) -> NamedRecipe:
    torch.manual_seed(0)
    return NamedRecipe(store, config, eye(), previews=previews, model=WITH_FINE, batch=2)


def two_clips(made: NamedRecipe, level: float) -> Batch:
    generator = torch.Generator().manual_seed(0)
    return made.draw(torch.tensor([0, 1]), generator, CPU, level)


def test_the_network_learns_and_its_eye_does_not(store, tmp_path):
    made = recipe(store)
    changed = learned_by(made, tmp_path)
    assert {"video_out.weight", "fine.leave.weight"} <= changed
    assert all(
        torch.equal(mine, new)
        for mine, new in zip(made.eye.parameters(), eye().parameters(), strict=True)
    )


def test_what_the_eye_misses_becomes_less(store, tmp_path):
    config = LoopConfig(steps=25, warmup=1, lr=2e-2, log_every=5, evaluate_every=25, ema=0.5)
    made = recipe(store, config, replace(FEW, share=10.0, alike=0.0))
    before = made.evaluate(made.module)["named"]
    Run(made, tmp_path, CPU).train()
    rows = [json.loads(row) for row in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["held_out"]["named"] < before - 0.1
    assert {"velocity", "video@0.5", "bodies@0.8"} <= rows[-1]["held_out"].keys()


def test_without_the_eye_it_is_pretraining(store):
    made = recipe(store, previews=Previews(clips=2, looks=1, share=0.0, alike=0.0))
    plain = PretrainRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2, weights=made.weights)
    plain.module.load_state_dict(made.module.state_dict())
    ours = made.losses(made.module, 0, torch.Generator().manual_seed(3))
    theirs = plain.losses(plain.module, 0, torch.Generator().manual_seed(3))
    assert ours["total"] == theirs["total"]


def test_clips_that_are_given_whole_look_as_they_are(store):
    made = recipe(store)
    batch = made.draw(torch.tensor([0, 1]), torch.Generator().manual_seed(0), CPU, 0.5)
    right = made._unlike(batch, batch.clean.video)
    wrong = made._unlike(batch, batch.noise.video)
    assert right == 0
    assert wrong > 0.1


def test_previews_walk_as_renders_do(store):
    """What is looked at last is what the walk ends with."""
    made = recipe(store)
    torch.nn.init.normal_(made.module.video_out.weight, std=0.1)
    batch = made.draw(torch.tensor([0, 1]), torch.Generator().manual_seed(0), CPU, 1.0)
    with torch.no_grad():
        seen = list(made._previewed(made.module, batch, {1, 7}))
        assert len(seen) == 2
        (last,) = made._previewed(made.module, batch, {7})
    assert torch.equal(seen[-1], last)
    assert not torch.equal(seen[0], seen[-1])
