import shutil
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from engine.checkpoint import save_tensors
from engine.data.tasks import (
    CLIP_ROLES,
    FREE,
    GIVEN,
    TRACED,
    TRACK_ROLES,
    TaskSpec,
    TaskStore,
    encode_tasks,
    task_of,
)
from engine.errors import WeightsError
from engine.models.pathways import ROLES, trained_of
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import DualTransformer
from engine.training.batch import TaskMix
from engine.training.loop import Run
from engine.training.recipe import LoopConfig
from engine.training.sft import SftTasksRecipe
from engine.training.tasks import LEARNED, TasksRecipe
from engine.training.tiny import SHAPE, tiny_codecs
from engine.world.curation import best_made
from tests.engine.tiny_model import tiny_folder
from tests.engine.tiny_tasks import MODEL, TASKS, tiny_tasks

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tiny_tasks(tmp_path_factory.mktemp("tasks"))


@pytest.fixture(scope="module")
def kinds(store):
    return [task_of(store.spec.first_seed + row, 3).kind for row in range(TASKS)]


def shown_in(store):
    """Roles of clips and tracks that some task of the store has."""
    roles = zip(CLIP_ROLES, (store.clip_slots >= 0).any(axis=0), strict=True)
    sounds = zip(TRACK_ROLES, (store.track_slots >= 0).any(axis=0), strict=True)
    return {role for role, there in (*roles, *sounds) if there}


def rows_of(kinds, kind):
    rows = [row for row, name in enumerate(kinds) if name == kind]
    if not rows:
        pytest.skip(f"no task of the kind {kind} among the few")
    return rows


def recipe(store, **mix):
    torch.manual_seed(0)
    settings = {"no_text": 0.0, "no_reference": 0.0, "exchange_off": 0.0} | mix
    return TasksRecipe(store, LoopConfig(), model=MODEL, batch=6, mix=TaskMix(**settings))


def test_no_task_has_a_cut_inside():
    for seed in range(60):
        task = task_of(seed, 3)
        assert task.kind != "sequence"
        assert not task.scene.shots


def test_references_lie_where_their_role_is(store, kinds):
    for row in rows_of(kinds, "references"):
        task = task_of(store.spec.first_seed + row, 3)
        roles = [one.role for one in task.references]
        pictures = [ROLES[role] for role in store.roles[row] if role >= 0]
        assert sorted(pictures) == sorted(
            {"subject": "subject", "environment": "environment"}[role]
            for role in roles
            if role in ("subject", "environment")
        )
        for names, slots, values in (
            (CLIP_ROLES, store.clip_slots, store.clips),
            (TRACK_ROLES, store.track_slots, store.tracks),
        ):
            for place, name in enumerate(names):
                assert (slots[row, place] >= 0) == (name in roles)
                assert bool(np.any(values[row, place])) == (name in roles)
        # Every tag that the words name stands on some token.
        assert set(store.text_slots[row][store.text_slots[row] >= 0]) <= set(range(len(roles)))
        assert (store.text_slots[row] >= 0).any()


def test_what_is_given_is_marked_by_its_kind(store, kinds):
    for row, kind in enumerate(kinds):
        video, audio = store.given_video[row], store.given_audio[row]
        match kind:
            case "sound for picture":
                assert (video == GIVEN).all()
                assert (audio == FREE).all()
            case "picture for sound":
                assert (video == FREE).all()
                assert (audio == GIVEN).all()
            case "frames":
                assert ((video == GIVEN) | (video == TRACED)).any()
                assert (audio == FREE).all()
            case "extend":
                assert (video == FREE).any()
            case "edit" | "perception":
                assert store.clip_slots[row, CLIP_ROLES.index("source")] == 0
                assert (video == FREE).all()
            case _:
                assert (video == FREE).all()
                assert (audio == FREE).all()


def test_an_interrupted_store_ends_as_one_that_was_not(store, tmp_path, monkeypatch):
    spec = TaskSpec(**{**vars(store.spec), "clips": 4})
    codecs, text = tiny_codecs(tiny_folder()), TextEncoder()
    monkeypatch.setattr("engine.data.latents._BATCH", 1)
    calls = iter(range(100))

    def stop(*args):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return made(*args)

    from engine.data import tasks

    made = tasks.make_task
    monkeypatch.setattr("engine.data.tasks.make_task", lambda *args, **more: stop(*args))
    with pytest.raises(KeyboardInterrupt):
        encode_tasks(tmp_path, spec, codecs, text, CPU)
    assert TaskStore.open(tmp_path, codecs.hash).ready() == 2
    monkeypatch.setattr("engine.data.tasks.make_task", made)
    done = encode_tasks(tmp_path, spec, codecs, text, CPU)
    for name in ("video", "audio", "text", "roles", "clips", "given_video"):
        assert np.array_equal(getattr(done, name)[:4], getattr(store, name)[:4]), name


def test_given_latents_are_clean_and_stills_are_not_learned(store, kinds):
    made = recipe(store)
    batch = made.draw(torch.arange(TASKS), torch.Generator().manual_seed(0), CPU)
    given = torch.from_numpy(np.array(store.given_video))
    assert (batch.levels.video[given == GIVEN] == 0).all()
    assert (batch.levels.video[given == TRACED] <= 0.05).all()
    assert batch.free is not None
    assert torch.equal(batch.free, given == FREE)
    assert (batch.levels.audio[torch.from_numpy(np.array(store.given_audio)) == GIVEN] == 0).all()


def test_references_reach_the_network_and_are_dropped_on_their_own(store):
    made = recipe(store)
    with torch.no_grad():
        for parameter in made.module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    rows = torch.arange(TASKS)

    def said(**mix):
        own = recipe(store, **mix)
        batch = own.draw(rows, torch.Generator().manual_seed(0), CPU)
        result = made.predict(made.module, made.noisy(batch), batch, made._forward)
        return batch, result.video.detach()

    batch, shown = said()
    without, hidden = said(no_reference=1.0)
    there = (batch.context.roles >= 0).any(1)
    for clip in batch.context.clips:
        there |= clip.roles >= 0
    assert there.any()
    differs = (shown - hidden).abs().flatten(1).amax(1) > 1e-6
    tracks = torch.stack([track.roles >= 0 for track in batch.context.tracks]).any(0)
    assert (differs | ~there).all()
    assert not differs[~there & ~tracks].any()
    assert all((one.roles < 0).all() for one in (*without.context.clips, *without.context.tracks))


def test_tasks_are_trained_and_the_weights_say_which(store):
    made = recipe(store)
    parts = made.losses(made.module, 0, torch.Generator().manual_seed(1))
    parts["total"].backward()
    assert made.module.pathways.slot.grad is not None
    figures = made.evaluate(made.module)
    assert np.isfinite(figures["loss"])
    trained = trained_of(made.metadata())
    assert {"instruct", "extend", "tags", *shown_in(store)} <= trained
    assert made.store.spec.shape.rate == Fraction(12)


def test_weights_do_not_claim_roles_that_no_task_shows(store, tmp_path):
    shutil.copytree(store.folder, tmp_path / "still")
    still = TaskStore(tmp_path / "still", store.spec, "r+")
    still.clip_slots[:, CLIP_ROLES.index("motion")] = -1
    assert "motion" in shown_in(store)
    trained = trained_of(recipe(still).metadata())
    assert "motion" not in trained
    assert trained == {*LEARNED} - {*CLIP_ROLES, *TRACK_ROLES} | shown_in(still)


def test_weights_without_pathways_are_gone_on_from(store, tmp_path):
    made = recipe(store)
    old = DualTransformer(replace(MODEL, pathways=False))
    save_tensors(tmp_path / "old.safetensors", old.state_dict(), {})
    run = Run(made, tmp_path / "run", CPU)
    run.warm_start(tmp_path / "old.safetensors")
    assert torch.equal(made.module.video_in.weight, old.video_in.weight)
    assert not made.module.pathways.slot.any()
    tensors = old.state_dict()
    del tensors["video_in.weight"]
    save_tensors(tmp_path / "less.safetensors", tensors, {})
    with pytest.raises(WeightsError, match="lack"):
        run.warm_start(tmp_path / "less.safetensors")


def test_of_several_tasks_of_one_kind_the_best_made_is_kept(store):
    spec = replace(store.spec, first_seed=300, among=4)
    for index in range(3):
        drawn = [task_of(300 + 4 * index + k, 3) for k in range(4)]
        kept = [task for task in drawn if task.kind == drawn[0].kind]
        assert spec.task(index) == kept[best_made([task.scene for task in kept], SHAPE)]


def test_weights_that_learned_tasks_are_fine_tuned_on_tasks(store):
    config = LoopConfig(steps=1)
    made = SftTasksRecipe(store, config, model=MODEL, learned={"tags", "sequence"}, batch=2)
    assert made.name == "sft"
    assert {"sequence", "tags", "extend"} <= trained_of(made.metadata())
    draw = torch.Generator().manual_seed(0)
    assert made.draw(torch.arange(2), draw, CPU).context.tracks
    assert torch.isfinite(made.losses(made.module, 0, draw)["total"])
