"""Tasks drawn from the world, what they give and what they ask for."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import numpy as np
import pytest
import torch

from engine.plain import from_plain, to_plain
from engine.shapes import ClipShape, is_legal_frames
from engine.world.actions import Talk
from engine.world.clips import make_clips
from engine.world.edits import EDITS, sample_edit
from engine.world.maps import dense_truth
from engine.world.phrases import SET_PHRASES, slug_line
from engine.world.physics import simulate
from engine.world.roles import MEDIA, RoleName
from engine.world.sampler import sample_scene
from engine.world.scene import Body, CameraPath, Scene
from engine.world.seeds import HELD_OUT_FROM
from engine.world.task_clips import make_task
from engine.world.tasks import Task, TaskKind, sample_task

SHAPE = ClipShape(width=64, height=36, frames=9)


def given_as(role: RoleName, tasks: int = 120) -> list[tuple[Scene, Scene]]:
    """(scene, what the reference shows) of tasks that are given a role."""
    found = [
        (task.scene, one.scene)
        for task in (sample_task(seed, 3, "references") for seed in range(tasks))
        for one in task.references
        if one.role == role
    ]
    assert len(found) > 3
    return found


KINDS = get_args(TaskKind)


def test_tasks_are_equal_for_equal_seeds_and_come_back_from_json() -> None:
    tasks = [sample_task(seed) for seed in range(60)]
    assert tasks == [sample_task(seed) for seed in range(60)]
    assert all(from_plain(Task, to_plain(task)) == task for task in tasks)
    assert set(Counter(task.kind for task in tasks)) > {"text", "edit", "references"}
    assert all(task.prompt for task in tasks)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn(kind: TaskKind) -> None:
    task = sample_task(4, 3, kind)
    done = make_task(task, SHAPE)
    assert done.video.shape == (9, 36, 64, 3)
    assert done.audio.shape == (2, 18_000)
    assert len(done.given) == len(task.references)
    for given in done.given:
        seen = MEDIA[given.reference.role] != "audio"
        assert (given.video is not None) == seen == (given.audio is None)
        assert f"@{given.reference.tag}" in task.prompt or kind not in ("references",)


def test_held_out_tasks_are_of_held_out_scenes() -> None:
    for kind in KINDS:
        task = sample_task(HELD_OUT_FROM + 3, 3, kind)
        scenes = [task.scene, *(one.scene for one in task.references)]
        assert all(scene.seed >= HELD_OUT_FROM for scene in scenes)


def test_a_motion_reference_moves_alike_and_looks_different() -> None:
    found = 0
    for seed in range(80):
        task = sample_task(seed, 3, "references")
        for given in task.references:
            if given.role != "motion" or not task.scene.bodies:
                continue
            found += 1
            mine, theirs = simulate([task.scene, given.scene], SHAPE)
            if not task.scene.cast:
                np.testing.assert_allclose(mine.positions_m[:3], theirs.positions_m[:3], atol=1e-5)
            assert given.scene.set_name != task.scene.set_name
            for one, two in zip(task.scene.bodies, given.scene.bodies, strict=True):
                assert one.colour != two.colour
    assert found > 3


def test_a_motion_reference_tells_nothing_of_who_acts_or_of_the_camera() -> None:
    for scene, shown in given_as("motion"):
        assert shown.camera == CameraPath()
        for one, two in zip(scene.cast, shown.cast, strict=True):
            assert one.identity != two.identity
            assert one.acts == two.acts


def test_a_camera_reference_has_the_path_and_another_place() -> None:
    for scene, shown in given_as("camera", 400):
        assert shown.camera.move == scene.camera.move
        assert shown.set_name != scene.set_name
        assert shown.seed != scene.seed


def test_an_environment_reference_is_the_place_seen_from_elsewhere() -> None:
    for scene, shown in given_as("environment"):
        assert (shown.set_name, shown.seed, shown.light) == (
            scene.set_name, scene.seed, scene.light,
        )  # fmt: skip
        assert (shown.bodies, shown.cast) == ((), ())
        assert abs(shown.camera.x_start_m - scene.camera.x_start_m) > 0.02
        assert shown.camera.x_start_m == shown.camera.x_end_m


def test_a_rhythm_is_kept_by_other_instruments_elsewhere() -> None:
    for scene, shown in given_as("music"):
        one, two = scene.music, shown.music
        assert one is not None
        assert two is not None
        assert (one.tempo_bpm, one.first_beat_s) == (two.tempo_bpm, two.first_beat_s)
        assert (one.drums, one.key, one.seed) != (two.drums, two.key, two.seed)
        assert shown.seed != scene.seed


def test_a_voice_reference_says_something_else() -> None:
    for scene, shown in given_as("voice", 300):
        said = {act.words for one in scene.cast for act in one.acts if isinstance(act, Talk)}
        (alone,) = shown.cast
        (line,) = alone.acts
        assert isinstance(line, Talk)
        assert line.words not in said
        assert alone.identity in [one.identity for one in scene.cast]


def test_what_a_reference_shows_is_often_left_to_it() -> None:
    said = []
    for seed in range(80):
        task = sample_task(seed, 3, "references")
        if any(one.role == "environment" for one in task.references):
            ways = (
                *SET_PHRASES[task.scene.set_name],
                slug_line(task.scene.set_name, task.scene.light),
            )
            said.append(any(way.lower() in task.prompt.lower() for way in ways))
    assert 0.25 < sum(said) / len(said) < 0.75


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_changes_one_thing(kind: str) -> None:
    made = 0
    for seed in range(60):
        scene = sample_scene(seed, 2 if kind in ("hat", "music", "weather") else 1)
        try:
            edit = sample_edit(scene, seed, kind)
        except ValueError:
            continue
        made += 1
        before, after = to_plain(edit.source), to_plain(edit.result)
        changed = {name for name in before if before[name] != after[name]}
        allowed = {
            "set": {"set_name", "floor", "weather"}, "hat": {"cast"}, "music": {"music"},
            "light": {"light"}, "weather": {"weather"},
        }.get(kind, {"bodies"})  # fmt: skip
        assert changed
        assert changed <= allowed
        assert edit == sample_edit(scene, seed, kind)
    assert made > 0


def test_a_set_edit_keeps_the_motion() -> None:
    scene = next(one for one in map(sample_scene, range(20)) if one.set_name == "snowfield")
    edit = sample_edit(scene, 1, "set")
    before, after = simulate([edit.source, edit.result], SHAPE)
    np.testing.assert_array_equal(before.positions_m, after.positions_m)


def test_sequences_have_words_and_pictures_for_every_shot() -> None:
    done = make_task(sample_task(7, 3, "sequence"), ClipShape(width=64, height=36, frames=25))
    assert len(done.shots) == len(done.task.shots) == len(done.task.scene.shots)
    assert all(is_legal_frames(len(shot.video)) for shot in done.shots)


def test_an_extension_is_given_whole_latents() -> None:
    for seed in range(30):
        task = sample_task(seed, 2, "extend")
        known = make_task(task, SHAPE).known
        assert known is not None
        count = int(known.sum())
        assert 0 < count < 9
        assert bool(known[0]) == (task.known > 0.0)
        assert (count - 1 if task.known > 0.0 else count) % 4 == 0
        if seed > 3:
            break


def test_motion_maps_follow_what_moves_and_what_the_camera_does() -> None:
    ball = Body(
        prop="ball", material="rubber", colour="red", radius_m=0.3,
        x_m=-0.6, y_m=1.4, vx_m_s=1.2, vy_m_s=0.0,
    )  # fmt: skip
    scene = Scene(
        seed=1, level=2, set_name="street", light="day", action="toss", bodies=(ball,),
        camera=CameraPath(move="truck right", x_start_m=-0.3, x_end_m=0.3),
    )  # fmt: skip
    shape = ClipShape(width=128, height=72, frames=9)
    clips = make_clips([scene], shape)
    truth, masks = clips.truths[0], clips.masks[0]
    dense = dense_truth(scene, truth, masks, shape)
    step = (truth.centres[1, 0] - truth.centres[0, 0]) * (128, 72)
    inside = masks[0] == 1
    np.testing.assert_allclose(dense.motion[0][inside].mean(dim=0), step, atol=0.15)
    still = masks[0] == 0
    floor = dense.motion[4][64:, :][still[64:]]
    assert float(floor[:, 0].mean()) < float(dense.motion[4][:8][..., 0].mean()) < 0.0
    assert dense.moves.tolist() == [True] * 8 + [False]
    assert float(dense.nearness[inside.expand_as(dense.nearness)].mean()) <= 1.0
    # The next picture, taken back along the motion, is this one.
    rows, columns = torch.meshgrid(torch.arange(72), torch.arange(128), indexing="ij")
    x = (columns + dense.motion[4, ..., 0] + 0.5) / 128 * 2 - 1
    y = (rows + dense.motion[4, ..., 1] + 0.5) / 72 * 2 - 1
    after = clips.video[0, 5].movedim(-1, 0).float()[None]
    back = torch.nn.functional.grid_sample(
        after, torch.stack([x, y], -1)[None], align_corners=False, padding_mode="border"
    )[0]
    here = clips.video[0, 4].movedim(-1, 0).float()
    assert (back - here).abs().mean() < 0.6 * (after[0] - here).abs().mean()
