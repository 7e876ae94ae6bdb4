"""The weights that are shipped, from a prompt and a picture to a take and its edit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.api import (
    Control,
    Edit,
    Finished,
    Progress,
    Quality,
    Reference,
    ShotPlan,
    ShotRequest,
    Take,
)
from engine.backends.backlot import BacklotBackend
from engine.media import read_pictures, read_sound

PICTURE = Path(__file__).parents[2] / "assets" / "demo" / "pumpkin.png"
PROMPT = "An orange pumpkin @Pumpkin drops and bounces in the park by day, static camera"


@pytest.fixture(scope="module")
def backend():
    backend = BacklotBackend(device="cpu")
    backend.load()
    yield backend
    backend.unload()


@pytest.fixture(scope="module")
def take(backend, tmp_path_factory) -> Take:
    pumpkin = Reference(kind="image", role="subject", source=str(PICTURE), tag="Pumpkin")
    return rendered(backend, asked(references=(pumpkin,)), tmp_path_factory.mktemp("take"))


def asked(**changes) -> ShotRequest:
    basics = {
        "prompt": PROMPT,
        "shots": (ShotPlan(caption="", frames=25),),
        "width": 128,
        "height": 72,
        "rate": Fraction(12),
        "seed": 5,
        "quality": Quality(mode="fast", steps=4),
    }
    return ShotRequest(**(basics | changes))


def rendered(backend, request: ShotRequest, folder: Path) -> Take:
    events = list(backend.render(request, Control(folder)))
    assert sum(isinstance(event, Progress) for event in events) == 4
    assert isinstance(events[-1], Finished), events[-1]
    return events[-1].takes[0]


def test_a_prompt_and_a_picture_become_moving_pictures_and_stereo_sound(take):
    pictures = read_pictures(take.picture)
    sound = read_sound(take.sound, rate_hz=24_000)
    assert pictures.shape == (25, 72, 128, 3)
    assert np.abs(np.diff(pictures.astype(int), axis=0)).mean() > 0.5
    assert pictures.std() > 20
    assert sound.shape == (2, 50_000)
    assert 0.02 < np.abs(sound).max() <= 1
    assert {flag.name for flag in take.flags} <= {"dc offset", "mono collapse"}


def test_night_is_darker_than_the_day_it_was_made_from(backend, take, tmp_path):
    edit = Edit(source=take.folder, instruction="make it nighttime", picture_strength=0.8)
    night = rendered(backend, asked(prompt="", task=edit), tmp_path)
    assert read_pictures(night.picture).mean() < 0.75 * read_pictures(take.picture).mean()


def test_an_edit_of_no_strength_changes_nothing(backend, take, tmp_path):
    edit = Edit(
        source=take.folder,
        instruction="make it nighttime",
        picture_strength=0.0,
        sound_strength=0.0,
    )
    same = rendered(backend, asked(prompt="", task=edit), tmp_path)
    np.testing.assert_array_equal(read_pictures(same.picture), read_pictures(take.picture))
