"""The camera's motion, measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.metrics.evidence import held_out_scenes
from engine.metrics.looks import to_pictures
from engine.metrics.moves import MOMENTS, Moves, camera_motion, moments
from engine.shapes import ClipShape
from engine.world.clips import make_clips
from engine.world.scene import CameraPath

SHAPE = ClipShape(width=96, height=64, frames=25)
PATHS = {
    "static": CameraPath(),
    "pan right": CameraPath(move="pan right", x_start_m=-0.3, x_end_m=0.3),
    "push in": CameraPath(move="push in", zoom_end=1.4),
}


@pytest.fixture(scope="module")
def ends() -> dict[str, list[float]]:
    scene = next(scene for scene in held_out_scenes(20) if scene.set_name == "street")
    clips = make_clips([replace(scene, camera=path) for path in PATHS.values()], SHAPE)
    pictures = to_pictures(clips.video).unflatten(0, (len(PATHS), 25))
    covers = torch.zeros(len(PATHS), MOMENTS, 16, 24)
    path = camera_motion(pictures, covers)
    assert path.shape == (len(PATHS), MOMENTS, 3)
    assert path[:, 0].abs().max() == 0
    return dict(zip(PATHS, path[:, -1].tolist(), strict=True))


def test_a_still_camera_is_still(ends):
    assert max(abs(value) for value in ends["static"]) < 0.15


def test_a_pan_to_the_right_moves_what_is_seen_to_the_left(ends):
    right, _, growth = ends["pan right"]
    assert right < -1
    assert abs(growth) < 0.5


def test_a_push_in_makes_it_grow(ends):
    right, _, growth = ends["push in"]
    assert growth > 0.3
    assert abs(right) < 0.5


def test_moments_go_from_the_first_picture_to_the_last():
    assert moments(25) == list(range(0, 25, 2))
    assert moments(9)[0] == 0
    assert moments(9)[-1] == 8
    assert len(moments(9)) == MOMENTS


def test_moves_are_named_at_any_size():
    moves = Moves(8)
    for rows, columns in ((18, 32), (6, 10)):
        logits = moves(torch.zeros(2, MOMENTS, rows, columns), torch.zeros(2, MOMENTS, 3))
        assert logits.shape == (2, 8)
