"""One law of distance for whatever sounds, and one of sides."""

from __future__ import annotations

import numpy as np
import pytest

from engine.shapes import ClipShape
from engine.world.loudness import gains_at, level_at
from engine.world.physics import simulate
from engine.world.sampler import sample_scene

SHAPE = ClipShape(width=96, height=64, frames=9)


def test_what_is_closer_is_louder_and_what_is_out_of_view_fainter():
    levels = level_at(np.array([0.5, 0.5, 0.5, 1.0, 1.5]), np.array([1.0, 1.7, 3.0, 1.0, 1.0]))
    assert levels[0] == 1
    assert levels[0] < levels[1] < levels[2] == pytest.approx(np.sqrt(2))
    assert levels[3] == 1
    assert levels[4] == pytest.approx(0.5)


def test_power_is_the_same_on_every_side():
    truth = simulate([sample_scene(0)], SHAPE)[0]
    zoom = truth.camera[3, 2]
    gains = {x: gains_at(truth, SHAPE, 3 / 12 + 0.01, x) for x in (0.0, 0.3, 0.5, 1.0, 1.5)}
    for x, (left, right) in gains.items():
        wanted = np.sqrt(2) * level_at(x, zoom)
        assert np.hypot(left, right) == pytest.approx(wanted)
    assert gains[0.5][0] == pytest.approx(gains[0.5][1])
    assert gains[0.0][1] == pytest.approx(0, abs=1e-9)
    assert gains[1.5][0] == pytest.approx(0, abs=1e-9)
    assert gains[0.3][0] > gains[0.3][1]
