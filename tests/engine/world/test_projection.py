from dataclasses import replace

import numpy as np
import pytest

from engine.world.projection import FLOOR_SHARE, camera_path, picture_times_s, to_picture
from engine.world.sampler import sample_scene
from engine.world.scene import CameraPath

SCENE = replace(sample_scene(1), camera=CameraPath())
TIMES = picture_times_s(25, 12.0)


def through(camera: CameraPath, aspect: float = 1.5) -> np.ndarray:
    return camera_path(replace(SCENE, camera=camera), TIMES, aspect)


@pytest.mark.parametrize("zoom", [1.0, 1.3, 2.0])
def test_the_floor_line_stays_at_its_height(zoom: float) -> None:
    camera = through(CameraPath(zoom_end=zoom))
    floor = to_picture(np.zeros((25, 2)), camera, 1.5)
    np.testing.assert_allclose(floor[:, 1], 1.0 - FLOOR_SHARE, atol=1e-6)


def test_a_pan_eases_from_start_to_end() -> None:
    x = through(CameraPath(move="pan right", x_start_m=-0.4, x_end_m=0.4))[:, 0]
    steps = np.diff(x)
    assert np.all(steps > 0.0)
    assert x[0] == pytest.approx(-0.4, abs=0.01)
    assert x[12] == pytest.approx(0.0, abs=1e-6)
    assert x[-1] == pytest.approx(0.4, abs=0.01)
    assert steps[0] < 0.3 * steps[12]


def test_right_in_the_world_is_right_in_the_picture_and_up_is_up() -> None:
    camera = through(CameraPath())
    places = to_picture(np.tile([[[-1.0, 0.5], [1.0, 1.5]]], (25, 1, 1)), camera, 1.5)
    assert np.all(places[:, 0, 0] < 0.5)
    assert np.all(places[:, 1, 0] > 0.5)
    assert np.all(places[:, 1, 1] < places[:, 0, 1])


def test_narrow_pictures_see_the_same_width() -> None:
    points = np.tile([[1.7, 0.0]], (25, 1))
    for aspect in (1.5, 1.0, 9 / 16):
        x = to_picture(points, through(CameraPath(), aspect), aspect)[:, 0]
        np.testing.assert_allclose(x, 0.5 + 1.7 / 3.6, atol=1e-5)
