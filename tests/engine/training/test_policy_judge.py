"""Every measure beside the reward falls when what it is about is spoilt, and only then."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.metrics.evidence import ClipSet, held_out_scenes, world_clips
from engine.metrics.reader import load_reader
from engine.metrics.tracks import Sighting, Track
from engine.training.policy_judge import judged, quiet, steady
from engine.training.preferences_spoiling import noisy
from engine.world.scene import CameraPath

MEASURES = {"quiet", "steady", "sync_f1", "prompt_read", "framed"}


@pytest.fixture(scope="module")
def clips():
    return world_clips(held_out_scenes(4))


@pytest.fixture(scope="module")
def told(clips):
    return means(clips)


def means(clips: ClipSet):
    rows = judged(load_reader(), clips)
    return {name: float(np.nanmean(values)) for name, values in rows.items()}


def test_there_is_one_for_every_head_and_drawn_clips_are_good(told):
    assert set(told) == MEASURES
    assert told["sync_f1"] > 0.6
    assert told["prompt_read"] > 0.9
    assert told["framed"] > 0.7


def test_grain_is_not_quiet(clips):
    video = torch.from_numpy(clips.video[0])
    spoilt = noisy(video, 8, 0).numpy()
    assert quiet(spoilt) < quiet(clips.video[0]) - 2


def test_sound_that_is_late_or_clipped_is_told(clips, told):
    late = replace(clips, sound=np.roll(clips.sound, 4000, axis=-1))
    found = means(late)
    assert found["sync_f1"] < told["sync_f1"] - 0.2
    assert found["quiet"] == told["quiet"]
    loud = replace(clips, sound=(40 * clips.sound).clip(-1, 1))
    assert means(loud)["framed"] == 0


def test_bodies_at_the_edge_are_ill_framed(told):
    aside = CameraPath(x_start_m=2.2, x_end_m=2.2, zoom_start=1.6, zoom_end=1.6)
    scenes = [replace(scene, camera=aside) for scene in held_out_scenes(4)]
    assert means(world_clips(scenes))["framed"] < told["framed"] - 0.1


def test_a_body_in_flight_is_steady_and_one_that_trembles_is_not():
    def path(tremble):
        draw = np.random.default_rng(0)
        return Track(
            sightings=[
                Sighting(
                    time=time,
                    x=20 + 3 * time + tremble * draw.normal(),
                    y=60 - 8 * time + 0.5 * time**2 + tremble * draw.normal(),
                    radius=8.0,
                    surety=1.0,
                    logits=np.zeros(3, np.float32),
                )
                for time in range(12)
            ]
        )

    assert steady((path(0.0),)) == pytest.approx(0, abs=1e-9)
    assert steady((path(1.0),)) < -0.2
    parted = path(0.0)
    del parted.sightings[3::4]
    assert np.isnan(steady((parted,)))
    assert np.isnan(steady(()))
