from __future__ import annotations

import numpy as np
import torch

from engine.shapes import ClipShape
from engine.world.clips import make_clips, subject_picture
from engine.world.sampler import sample_scene

SHAPE = ClipShape(width=96, height=64, frames=9)


def test_a_clip_has_picture_sound_and_truth():
    scenes = [sample_scene(seed, 2) for seed in range(3)]
    clips = make_clips(scenes, SHAPE)
    assert clips.scenes == tuple(scenes)
    assert len(clips.truths) == 3
    assert clips.video.shape == (3, 9, 64, 96, 3)
    assert clips.video.dtype == torch.uint8
    assert clips.masks.shape == (3, 9, 64, 96)
    assert clips.audio.shape == (3, 2, SHAPE.samples)
    assert clips.audio.dtype == torch.float32
    assert bool(torch.isfinite(clips.audio).all())


def test_equal_scenes_give_equal_clips():
    scenes = [sample_scene(seed, 3) for seed in range(2)]
    first, second = make_clips(scenes, SHAPE), make_clips(scenes, SHAPE)
    assert torch.equal(first.video, second.video)
    assert torch.equal(first.audio, second.audio)


def test_a_subject_stands_alone_on_plain_ground():
    one = sample_scene(5, 3)
    picture = subject_picture(one, 0, 96, 64, seed=1)
    assert picture.shape == (64, 96, 3)
    assert picture.dtype == np.uint8
    corners = picture[[0, 0, -1, -1], [0, -1, 0, -1]].astype(float)
    assert np.ptp(corners, axis=1).max() < 6
    assert np.abs(picture.astype(float) - corners.mean(axis=0)).max() > 40


def test_a_subject_is_seen_in_another_pose_by_another_seed():
    one = sample_scene(5, 3)
    first, again = (subject_picture(one, 0, 96, 96, seed=1) for _ in range(2))
    other = subject_picture(one, 0, 96, 96, seed=2)
    assert np.array_equal(first, again)
    assert np.abs(first.astype(float) - other).mean() > 2
