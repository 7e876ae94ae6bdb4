import json
from dataclasses import replace

import pytest
import torch

from engine.data.tasks import CLIP_ROLES
from engine.errors import TrainingError
from engine.models.latent_clock import LatentClock, LatentClockConfig
from engine.models.latent_eye import LatentEye, LatentEyeConfig
from engine.models.pathways import trained_of
from engine.training.batch import Batch
from engine.training.loop import Run
from engine.training.named import NamedRecipe, NamedTasksRecipe, Previews
from engine.training.pretrain import PretrainRecipe
from engine.training.recipe import LoopConfig
from tests.engine.tiny_tasks import MODEL as WITH_PATHWAYS
from tests.engine.tiny_tasks import tiny_tasks
from tests.engine.training.parts import THREE_STEPS, WITH_FINE, learned_by

CPU = torch.device("cpu")
FEW = Previews(clips=2, batches=2)


def eye() -> LatentEye:
    """One that sees bodies everywhere, and forms in every accident."""
    torch.manual_seed(1)
    made = LatentEye(LatentEyeConfig(channels=3, width=8)).eval().requires_grad_(False)
    made.name.weight *= 6
    made.name.bias[-1] = 1
    return made


def clock(store) -> LatentClock:
    """One that is sure of nothing, and hears something in every accident."""
    torch.manual_seed(2)
    sizes = LatentClockConfig(channels=3, audio_channels=store.audio.shape[2], width=8, depth=1)
    made = LatentClock(sizes).eval().requires_grad_(False)
    made.seen_at.bias.data[:] = 4
    made.heard_at.weight *= 6
    return made


def recipe(store, config=THREE_STEPS, previews=FEW) -> NamedRecipe:
    torch.manual_seed(0)
    return NamedRecipe(
        store, config, eye(), clock(store), previews=previews, model=WITH_FINE, batch=2
    )


def two_clips(made: NamedRecipe, level: float) -> Batch:
    generator = torch.Generator().manual_seed(0)
    return made.draw(torch.tensor([0, 1]), generator, CPU, level)


def test_the_network_learns_and_what_looks_does_not(store, tmp_path):
    made = recipe(store)
    changed = learned_by(made, tmp_path)
    assert {"video_out.weight", "audio_out.weight", "fine.leave.weight"} <= changed
    for mine, new in ((made.eye, eye()), (made.clock, clock(store))):
        assert all(
            torch.equal(one, other)
            for one, other in zip(mine.parameters(), new.parameters(), strict=True)
        )


def test_what_the_eye_misses_becomes_less(store, tmp_path):
    config = LoopConfig(steps=25, warmup=1, lr=2e-2, log_every=5, evaluate_every=25, ema=0.5)
    made = recipe(store, config, replace(FEW, named=10.0, timed=0.0, alike=0.0))
    before = made.evaluate(made.module)["named"]
    Run(made, tmp_path, CPU).train()
    rows = [json.loads(row) for row in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["held_out"]["named"] < before - 0.1
    assert {"velocity", "video@0.5", "bodies@0.8"} <= rows[-1]["held_out"].keys()


def test_picture_and_sound_come_together(store, tmp_path):
    # Slowly: at a higher rate it swings, and where it stands in the end is chance.
    config = LoopConfig(steps=40, warmup=1, lr=5e-3, log_every=5, evaluate_every=40, ema=0.5)
    made = recipe(store, config, replace(FEW, named=0.0, timed=2.0, alike=0.0))
    before = made.evaluate(made.module)["timed"]
    Run(made, tmp_path, CPU).train()
    rows = [json.loads(row) for row in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["held_out"]["timed"] < 0.8 * before


def test_without_eye_and_clock_it_is_pretraining(store):
    made = recipe(store, previews=Previews(clips=2, batches=1, named=0, timed=0, alike=0))
    plain = PretrainRecipe(store, THREE_STEPS, model=WITH_FINE, batch=2, weights=made.weights)
    plain.module.load_state_dict(made.module.state_dict())
    ours = made.losses(made.module, 0, torch.Generator().manual_seed(3))
    theirs = plain.losses(plain.module, 0, torch.Generator().manual_seed(3))
    assert ours["total"] == theirs["total"]


def test_every_step_of_learning_takes_previews_on_by_one_and_begins_them_anew(store):
    made, generator = recipe(store), torch.Generator().manual_seed(0)
    steps, batches = [], []
    for _ in range(9):
        made.losses(made.module, 0, generator)
        steps.append([one.step for one in made._under_way])
        batches.append(made._under_way[1].batch)
    assert steps == [
        [1 + (1 + n) % 7 if (1 + n) % 7 else 8, m]
        for n, m in enumerate([6, 7, 8, 2, 3, 4, 5, 6, 7])
    ]
    assert batches[2] is batches[0]
    assert batches[3] is not batches[0]


def test_clips_that_are_given_whole_look_as_they_are(store):
    made = recipe(store)
    batch = made.draw(torch.tensor([0, 1]), torch.Generator().manual_seed(0), CPU, 0.5)
    right = made._unlike(batch, batch.clean.video)
    wrong = made._unlike(batch, batch.noise.video)
    assert right == 0
    assert wrong > 0.1


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    return tiny_tasks(tmp_path_factory.mktemp("tasks"))


def test_beside_tasks_previews_are_asked_by_words_that_tell_what_is_there(tasks, monkeypatch):
    torch.manual_seed(0)
    made = NamedTasksRecipe(
        tasks, THREE_STEPS, eye(), clock(tasks), previews=FEW, model=WITH_PATHWAYS, batch=2
    )
    changes = tasks.clip_slots[:, CLIP_ROLES.index("source")] >= 0
    assert changes.any()
    rows = made.rows_worded(64, torch.Generator().manual_seed(0))
    assert len(rows) == 64
    assert not changes[rows.numpy()].any()
    assert made.draw(torch.arange(2), torch.Generator().manual_seed(0), CPU).context.clips
    losses = made.losses(made.module, 0, torch.Generator().manual_seed(0))
    assert torch.isfinite(losses["total"])
    assert torch.isfinite(torch.tensor(made.evaluate(made.module)["loss"]))
    assert {"tags", "extend"} <= trained_of(made.metadata())
    monkeypatch.setattr(tasks, "clip_slots", tasks.clip_slots * 0)
    with pytest.raises(TrainingError, match="says in words"):
        made.rows_worded(2, torch.Generator())
