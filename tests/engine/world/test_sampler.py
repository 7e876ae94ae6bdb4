from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plain import from_plain, to_plain
from engine.shapes import ClipShape
from engine.world.matter import half_height_m, half_width_m
from engine.world.physics import WALL_X_M, simulate
from engine.world.sampler import sample_scene
from engine.world.scene import (
    ACTIONS,
    COLOURS,
    FIRST_MOVES,
    FIRST_SETS,
    LIGHTS,
    MATERIALS,
    PROPS,
    VIEW_HEIGHT_M,
    Scene,
)

SHAPE = ClipShape(width=96, height=64, frames=25)
MANY = [sample_scene(seed) for seed in range(200)]


@given(seed=st.integers(0, 2**50))
@settings(deadline=None, max_examples=100)
def test_scenes_are_legal_and_equal_for_equal_seeds(seed: int) -> None:
    scene = sample_scene(seed)
    assert scene == sample_scene(seed)
    assert 1 <= len(scene.bodies) <= 3
    assert len({body.prop for body in scene.bodies}) == len(scene.bodies)
    assert len({body.colour for body in scene.bodies}) == len(scene.bodies)
    for body in scene.bodies:
        assert 0.22 <= body.radius_m <= 0.36
        assert abs(body.x_m) + half_width_m(body) <= WALL_X_M
        assert half_height_m(body) <= body.y_m < 0.86 * VIEW_HEIGHT_M
        assert abs(body.vx_m_s) <= 4.0
    if scene.action == "collide":
        assert len(scene.bodies) >= 2


@given(seed=st.integers(0, 2**50))
def test_a_scene_round_trips_through_json_values(seed: int) -> None:
    scene = sample_scene(seed)
    assert from_plain(Scene, to_plain(scene)) == scene


def test_bodies_begin_apart() -> None:
    for scene in MANY:
        for index, one in enumerate(scene.bodies):
            for two in scene.bodies[:index]:
                across = abs(one.x_m - two.x_m) - half_width_m(one) - half_width_m(two)
                up = abs(one.y_m - two.y_m) - half_height_m(one) - half_height_m(two)
                assert max(across, up) > -1e-9, scene.seed


def test_the_whole_vocabulary_is_drawn() -> None:
    for words, drawn in (
        (FIRST_SETS, [scene.set_name for scene in MANY]),
        (LIGHTS, [scene.light for scene in MANY]),
        (ACTIONS, [scene.action for scene in MANY]),
        (FIRST_MOVES, [scene.camera.move for scene in MANY]),
        (PROPS, [body.prop for scene in MANY for body in scene.bodies]),
        (MATERIALS, [body.material for scene in MANY for body in scene.bodies]),
        (COLOURS, [body.colour for scene in MANY for body in scene.bodies]),
    ):
        counts = Counter(drawn)
        assert set(counts) == set(words)
        assert min(counts.values()) > 0.3 * len(drawn) / len(words)


def test_scenes_sound_in_view_and_at_many_times() -> None:
    truths = simulate(MANY, SHAPE)
    heard = [[c for c in truth.contacts if c.audible] for truth in truths]
    assert np.mean([len(contacts) > 0 for contacts in heard]) > 0.97
    assert np.mean([len(contacts) > 1 for contacts in heard]) > 0.5
    pans = np.array([c.x_pan for contacts in heard for c in contacts])
    assert np.mean((pans > 0.0) & (pans < 1.0)) > 0.95
    first = np.array([contacts[0].time_s for contacts in heard if contacts])
    assert first.std() > 0.15
    centres = np.concatenate([truth.centres.reshape(-1, 2) for truth in truths])
    assert np.mean((centres > 0.0) & (centres < 1.0)) > 0.97


def test_two_that_shall_meet_do_meet() -> None:
    pairs = [s for s in MANY if s.action in ("collide", "roll") and len(s.bodies) > 1]
    for scene, truth in zip(pairs, simulate(pairs, SHAPE), strict=True):
        assert any((c.body, c.other) == (0, 1) for c in truth.contacts), scene.seed


def test_what_flies_on_the_moon_lands_within_the_clip():
    scenes = [scene for seed in range(400) if (scene := sample_scene(seed, 2)).set_name == "moon"]
    thrown = [scene for scene in scenes if scene.action in ("drop", "toss")]
    assert thrown
    truths = simulate(thrown, ClipShape(width=64, height=36, frames=25))
    for scene, truth in zip(thrown, truths, strict=True):
        assert any(c.body == 0 and c.time_s < 1.9 for c in truth.contacts), scene.seed
