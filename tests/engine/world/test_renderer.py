from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from engine.shapes import ClipShape
from engine.world.light import LIGHT_TABLE
from engine.world.physics import simulate
from engine.world.places import ALWAYS_CLEAR
from engine.world.projection import FLOOR_SHARE
from engine.world.renderer import Pictures, render
from engine.world.sampler import sample_scene
from engine.world.scene import (
    COLOURS,
    LIGHTS,
    MATERIALS,
    PROPS,
    SETS,
    WEATHERS,
    Body,
    CameraPath,
    ColourName,
    LightName,
    MaterialName,
    PropName,
    Scene,
    SetName,
)
from engine.world.scene import MOVES as ALL_MOVES
from engine.world.sets import SET_LAYERS
from engine.world.shooting import sample_camera
from engine.world.troupe import PLANS, play

SMALL = ClipShape(width=128, height=72, frames=5)
STILL = ClipShape(width=128, height=72, frames=1)
MOVES = {
    "static": CameraPath(),
    "pan left": CameraPath(move="pan left", x_start_m=0.4, x_end_m=-0.4),
    "push in": CameraPath(move="push in", zoom_end=1.4),
}


def body(
    prop: PropName = "ball",
    material: MaterialName = "rubber",
    colour: ColourName = "red",
    x_m: float = 0.0,
    radius_m: float = 0.3,
) -> Body:
    return Body(
        prop=prop,
        material=material,
        colour=colour,
        radius_m=radius_m,
        x_m=x_m,
        y_m=radius_m,
        vx_m_s=0.0,
        vy_m_s=0.0,
    )


def scene(
    *bodies: Body,
    set_name: SetName = "park",
    light: LightName = "day",
    camera: CameraPath | None = None,
    seed: int = 7,
) -> Scene:
    return Scene(
        seed=seed,
        level=3,
        set_name=set_name,
        light=light,
        action="drop",
        bodies=bodies or (body(),),
        camera=camera or CameraPath(),
    )


def drawn(*scenes: Scene, shape: ClipShape = STILL) -> Pictures:
    return render(scenes, simulate(scenes, shape), shape)


def colours_of(pictures: Pictures) -> torch.Tensor:
    """(B, 3, 9, 16) colours of blocks of the first pictures."""
    video = pictures.video[:, 0].movedim(-1, 1).float()
    return torch.nn.functional.adaptive_avg_pool2d(video, (9, 16))


def least_distance(blocks: torch.Tensor) -> float:
    pairs = (blocks[:, None] - blocks[None]).abs().mean(dim=(2, 3, 4))
    return float(pairs[~torch.eye(len(blocks), dtype=torch.bool)].min())


def test_every_name_is_drawn():
    assert set(SET_LAYERS) == set(SETS)
    assert set(LIGHT_TABLE) == set(LIGHTS)


def test_equal_scenes_give_equal_pictures():
    scenes = [sample_scene(seed, 3) for seed in range(4)]
    first, second = drawn(*scenes, shape=SMALL), drawn(*scenes, shape=SMALL)
    assert torch.equal(first.video, second.video)
    assert torch.equal(first.masks, second.masks)


def test_a_clip_is_the_same_alone_and_in_a_batch():
    scenes = [sample_scene(seed, 3) for seed in range(6)]
    batch = drawn(*scenes, shape=SMALL)
    for index, one in enumerate(scenes):
        alone = drawn(one, shape=SMALL)
        assert torch.equal(alone.video[0], batch.video[index])
        assert torch.equal(alone.masks[0], batch.masks[index])


@pytest.mark.parametrize("move", MOVES)
def test_masks_lie_where_the_truth_says(move):
    one = scene(body(x_m=-0.6), body(x_m=0.6, colour="blue"), camera=MOVES[move])
    truth = simulate([one], SMALL)[0]
    masks = render([one], [truth], SMALL).masks[0].numpy()
    for t in range(SMALL.frames):
        for n in range(2):
            rows, columns = np.nonzero(masks[t] == n + 1)
            found = ((columns.mean() + 0.5) / 128, (rows.mean() + 0.5) / 72)
            assert np.abs(np.array(found) - truth.centres[t, n]).max() < 0.006
            area = np.pi * (truth.extents[t, n] * 72) ** 2
            assert len(rows) == pytest.approx(area, rel=0.06)


def test_later_bodies_stand_in_front():
    one = scene(body(x_m=-0.8), body(x_m=0.8, colour="blue"))
    apart = simulate([one], STILL)[0]
    together = replace(apart, centres=apart.centres[:, [0, 0]])
    masks = render([one, one], [apart, together], STILL).masks
    assert (masks[0] == 1).any()
    assert not (masks[1] == 1).any()
    assert (masks[1] == 2).sum() == (masks[0] == 1).sum()


def test_sets_differ_in_every_light():
    for light in LIGHTS:
        pictures = drawn(*(scene(set_name=name, light=light) for name in SETS))
        assert least_distance(colours_of(pictures)) > 10


def test_lights_differ_in_every_set():
    for name in SETS:
        pictures = drawn(*(scene(set_name=name, light=light) for light in LIGHTS))
        assert least_distance(colours_of(pictures)) > 15


@pytest.mark.parametrize("light", LIGHTS)
def test_colours_of_bodies_are_told_apart(light):
    pictures = drawn(*(scene(body(colour=name), light=light) for name in COLOURS))
    means = [
        pictures.video[index, 0][pictures.masks[index, 0] == 1].float().mean(dim=0)
        for index in range(len(COLOURS))
    ]
    apart = torch.cdist(torch.stack(means), torch.stack(means))
    assert float(apart[apart > 0].min()) > 22
    assert int((apart > 0).sum()) == len(COLOURS) * (len(COLOURS) - 1)


def test_props_have_outlines_of_their_own():
    masks = drawn(*(scene(body(prop=prop)) for prop in PROPS)).masks[:, 0] > 0
    for first in range(len(PROPS)):
        for second in range(first):
            shared = (masks[first] & masks[second]).sum()
            assert shared < 0.93 * (masks[first] | masks[second]).sum()


def test_materials_look_different():
    pictures = drawn(*(scene(body(material=name)) for name in MATERIALS))
    inside = pictures.masks[0, 0] == 1
    looks = pictures.video[:, 0][:, inside].float()
    apart = torch.cdist(looks.flatten(1), looks.flatten(1)) / looks[0].numel() ** 0.5
    assert float(apart[~torch.eye(len(MATERIALS), dtype=torch.bool)].min()) > 9


def test_a_body_casts_a_shadow_on_the_floor():
    lit = drawn(scene(body(x_m=0.0), body(x_m=9.0))).video[0, 0].float()
    bare = drawn(scene(body(x_m=9.0), body(x_m=9.0))).video[0, 0].float()
    row = int((1.0 - FLOOR_SHARE) * 72) + 1
    assert lit[row, 62:66].mean() < bare[row, 62:66].mean() - 15


def test_a_sliding_camera_and_a_zooming_one_see_the_same():
    # A zoom too small to see takes the path of general resampling.
    path = CameraPath(move="pan left", x_start_m=0.3, x_end_m=-0.3)
    nearly = CameraPath(move="pan left", x_start_m=0.3, x_end_m=-0.3, zoom_end=1.0 + 1e-5)
    for name in SETS:
        slid, resampled = drawn(
            scene(set_name=name, camera=path), scene(set_name=name, camera=nearly), shape=SMALL
        ).video.float()
        assert (slid - resampled).abs().mean() < 0.4


def test_near_layers_move_more_than_far_ones():
    clip = (
        drawn(scene(body(x_m=9.0), set_name="street", camera=MOVES["pan left"]), shape=SMALL)
        .video[0]
        .float()
    )

    def shift(rows: slice) -> int:
        first, last = clip[0, rows, 32:96], clip[-1, rows]
        errors = [(last[:, 32 + d : 96 + d] - first).abs().mean() for d in range(-4, 32)]
        return int(torch.stack(errors).argmin()) - 4

    assert shift(slice(52, 62)) > shift(slice(24, 38)) > 0


@pytest.mark.parametrize(
    ("width", "height", "frames"), [(1280, 720, 1), (98, 50, 5), (64, 96, 5), (160, 68, 1)]
)
@pytest.mark.parametrize("move", MOVES)
def test_any_size_is_drawn(width, height, frames, move):
    shape = ClipShape(width=width, height=height, frames=frames, rate=Fraction(24))
    pictures = drawn(scene(camera=MOVES[move], set_name="kitchen"), shape=shape)
    assert pictures.video.shape == (1, frames, height, width, 3)
    assert pictures.masks.shape == (1, frames, height, width)
    assert pictures.video.float().std() > 20
    assert (pictures.masks == 1).any()


def test_a_picture_keeps_its_look_at_another_size():
    small, large = (
        drawn(scene(set_name="beach"), shape=ClipShape(width=w, height=h, frames=1))
        for w, h in ((128, 72), (512, 288))
    )
    assert (colours_of(small) - colours_of(large)).abs().max() < 12


def lively(number: int) -> Scene:
    """One of many scenes that between them have every set, weather, light, play and move."""
    plan = list(PLANS)[number % len(PLANS)]
    one = replace(sample_scene(number, 2), set_name=SETS[number % len(SETS)], music=None)
    one = play(replace(one, light=LIGHTS[number % 4]), plan, held_out=False)
    weather = "clear" if one.set_name in ALWAYS_CLEAR else WEATHERS[(number + number // 4) % 4]
    move = ALL_MOVES[number % len(ALL_MOVES)]
    camera = sample_camera(one, move, random.Random(number))
    return replace(one, weather=weather, camera=camera)


@pytest.mark.parametrize("number", range(1, 16, 2))
def test_a_long_clip_drawn_in_parts_is_the_same(number, monkeypatch):
    shape = ClipShape(width=96, height=54, frames=9)
    whole = drawn(lively(number), shape=shape)
    monkeypatch.setattr("engine.world.windows.PIXELS_AT_ONCE", 4 * 96 * 54)
    parts = drawn(lively(number), shape=shape)
    apart = (whole.video.int() - parts.video.int()).abs()
    assert int(apart.max()) <= 1
    assert float((whole.masks != parts.masks).float().mean()) < 1e-4


@pytest.mark.parametrize("number", range(15))
def test_all_is_drawn_on_the_device_that_is_asked_for(number):
    # On this device nothing is reckoned, but what lies on another one may not be mixed in.
    one, shape = lively(number), ClipShape(width=64, height=36, frames=5)
    assert one.cast
    seen = render([one], simulate([one], shape), shape, "meta")
    assert seen.video.device.type == seen.masks.device.type == "meta"


def test_bodies_partly_and_wholly_out_of_view():
    masks = drawn(scene(body(x_m=-2.1), body(x_m=2.2), body(x_m=6.0))).masks[0, 0]
    assert (masks[:, :20] == 1).any()
    assert not (masks[:, 30:] == 1).any()
    assert (masks[:, -20:] == 2).any()
    assert not (masks == 3).any()
