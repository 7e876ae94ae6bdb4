import numpy as np
import pytest

from engine.backends.flags import measure_flags, picture_flags, sound_flags

RANDOM = np.random.default_rng(2)


def names(flags):
    return {flag.name for flag in flags}


def moving():
    pictures = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[None, None, :, None], (8, 48, 1, 3))
    for index, picture in enumerate(pictures):
        picture[10:18, 4 + 4 * index : 12 + 4 * index] = 255
    return pictures.copy()


def music(level=0.3):
    return (level * RANDOM.standard_normal((2, 24_000))).clip(-0.9, 0.9).astype(np.float32)


def test_a_good_take_has_none():
    assert measure_flags(moving(), music()) == ()


@pytest.mark.parametrize(
    ("sound", "name"),
    [
        (np.zeros((2, 0), np.float32), "silence"),
        (np.full((2, 2400), 1e-4, np.float32), "silence"),
        (np.sign(music()).astype(np.float32), "clipping"),
        (music(0.1) + np.float32(0.2), "dc offset"),
        (music()[:1] * np.array([[1], [-1]], np.float32), "mono collapse"),
    ],
)
def test_faults_of_the_sound(sound, name):
    assert name in names(sound_flags(sound))


def test_one_silent_side_is_no_collapse():
    assert sound_flags(music() * np.array([[1], [0]], np.float32)) == ()


def test_faults_of_the_picture():
    assert names(picture_flags(np.full((8, 48, 64, 3), 30, np.uint8))) == {"constant picture"}
    still = np.repeat(moving()[:1], 8, axis=0)
    assert names(picture_flags(still)) == {"constant picture"}
    assert picture_flags(still, static=True) == ()
    assert picture_flags(still[:1]) == ()
