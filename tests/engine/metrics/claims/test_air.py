from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.metrics.claims.air import figures, nearest
from engine.metrics.claims.cases import Case
from tests.engine.metrics.claims.conftest import claim_named


def _falling(length: int, speed: int) -> np.ndarray:
    """Pale pieces that fall so many pixels a picture."""
    random = np.random.default_rng(0)
    tile = np.full((72, 128), 90, np.uint8)
    for _ in range(120):
        row, column = random.integers(0, 72 - length), random.integers(0, 128)
        tile[row : row + length, column] = 200
    return np.stack([np.roll(tile, speed * t, axis=0) for t in range(9)])[..., None].repeat(3, -1)


def test_streaks_and_flakes_are_told_apart():
    nobody = np.zeros((9, 72, 128), np.uint8)
    drawn = [np.full((9, 72, 128, 3), 90, np.uint8), _falling(12, 25), _falling(1, 1)]
    known = np.stack([figures(one, nobody) for one in drawn])
    for number, other in enumerate([drawn[0], _falling(12, 31), _falling(1, 2)]):
        assert nearest(figures(other, nobody), known) == number


def test_what_stands_before_the_air_is_not_weather():
    still = np.full((9, 72, 128, 3), 90, np.uint8)
    masks = np.zeros((9, 72, 128), np.uint8)
    masks[:, 20:50, 40:80] = 1
    walked = still.copy()
    walked[::2, 20:50, 40:80] = 255
    assert figures(walked, masks)[:3] == pytest.approx(figures(still, masks)[:3])


@pytest.mark.slow
def test_the_weather_of_the_world_is_read_back(cases: Callable[[str, int], list[Case]]):
    claim = claim_named("prompt.weather")
    few = cases("prompt.weather", 12)
    measure = claim.measurer(few)
    read = [measure(case, case.answer).get("prompt.weather") for case in few]
    right = [one for one in read if one is not None]
    assert np.mean(np.array(right, dtype=float)) > 0.75
