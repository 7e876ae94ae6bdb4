import cv2
import numpy as np
import pytest

from engine.pipelines.region_tracking import follow, nearest_keys
from engine.shapes import ClipShape
from engine.world.clips import make_clips
from engine.world.sampler import sample_scene
from tests.engine.moving_scene import FRAMES, disc, overlap, scene

STILL = [(30, 30)] * FRAMES


def masks_of(pictures, painted, at):
    seen = sorted(
        follow(pictures, painted.astype(np.float32) / 255, at, (0, len(pictures))),
        key=lambda one: one.index,
    )
    return np.stack([one.mask for one in seen]), [one.index for one in seen if not one.found]


def test_what_stands_still_is_left_where_it_is():
    masks, lost = masks_of(scene(STILL), disc(30, 30), 6)
    assert not lost
    for mask in masks:
        assert overlap(mask > 0.5, disc(30, 30) > 0) > 0.95


def test_a_generous_stroke_round_a_body_follows_the_body_and_not_the_ground():
    centres = [(20 + 6 * i, 40) for i in range(FRAMES)]
    masks, _ = masks_of(scene(centres, pan_px=2.0), disc(*centres[0], radius=14), 0)
    assert overlap(masks[-1] > 0.5, disc(*centres[-1], radius=14) > 0) > 0.7


def test_a_fast_body_is_found_again_where_flow_loses_it():
    centres = [(15 + 16 * (i % 7), 20 + 6 * (i % 5)) for i in range(7)]
    masks, _ = masks_of(scene(centres), disc(*centres[0]), 0)
    assert all(
        overlap(mask > 0.5, disc(*centre) > 0) > 0.6
        for mask, centre in zip(masks, centres, strict=True)
    )


def test_a_large_region_moves_with_the_camera_and_goes_on_beyond_the_edge():
    pictures = scene([(-50, -50)] * FRAMES, pan_px=-3.0)  # the camera turns left: all goes right
    painted = np.zeros((72, 128), np.uint8)
    painted[:, :64] = 255  # a wall that reaches over the left edge
    masks, lost = masks_of(pictures, painted, 0)
    assert not lost
    assert masks[-1][:, :90].mean() > 0.97
    assert masks[-1][:, 110:].mean() < 0.03


def test_what_is_hidden_is_told_and_found_again():
    pictures = scene([(10 + 8 * i, 36) for i in range(FRAMES)])
    pictures[4:6] = scene([(-50, -50)] * FRAMES)[4:6]
    masks, lost = masks_of(pictures, disc(10, 36), 0)
    assert lost == [4, 5]
    assert overlap(masks[8] > 0.5, disc(10 + 64, 36) > 0) > 0.6


def test_nothing_painted_is_nothing_followed():
    masks, lost = masks_of(scene(STILL), np.zeros((72, 128), np.uint8), 3)
    assert not masks.any()
    assert not lost


@pytest.mark.parametrize("seed", [9000, 9003])
def test_bodies_of_the_world_are_followed_far_better_than_by_standing_still(seed):
    shape = ClipShape(frames=25, height=72, width=128)
    clip = make_clips([sample_scene(seed)], shape)
    truth = (clip.masks[0].numpy() == 1).astype(np.uint8)
    grown = np.stack([cv2.dilate(one, np.ones((5, 5), np.uint8)) for one in truth])
    seen = [index for index in range(25) if truth[index].sum() > 25]
    at = seen[len(seen) // 2]
    masks, _ = masks_of(clip.video[0].numpy(), grown[at] * 255, at)
    followed = np.mean([overlap(masks[i] > 0.5, grown[i] > 0) for i in seen])
    standing = np.mean([overlap(grown[at] > 0, grown[i] > 0) for i in seen])
    assert followed > 0.75
    assert followed > standing


def test_every_picture_belongs_to_its_nearest_key():
    assert nearest_keys([5], 10) == [(0, 10)]
    assert nearest_keys([8, 2], 12) == [(5, 12), (0, 5)]
