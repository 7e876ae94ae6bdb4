from fractions import Fraction

import numpy as np
import pytest

from engine.backends.sources import (
    held_pictures,
    load_mask,
    load_painted,
    load_pictures,
    load_sound,
)
from engine.errors import MediaError
from engine.media import write_film, write_wav

RATE_HZ = 24_000


def test_sound_that_is_over_before_the_part_that_is_taken_is_silence(tmp_path):
    path = tmp_path / "short.wav"
    write_wav(path, np.full((2, RATE_HZ // 2), 0.25, np.float32), RATE_HZ)
    assert np.abs(load_sound(path, 1000)).min() > 0.2
    heard = load_sound(path, 1000, in_s=2.0)
    assert heard.shape == (2, 1000)
    assert not heard.any()
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(MediaError):
        load_sound(tmp_path / "broken.wav", 1000, in_s=2.0)


def test_pictures_come_one_by_one_and_the_last_is_held(tmp_path):
    path, rate = tmp_path / "short.mkv", Fraction(12)
    ramp = np.arange(3, dtype=np.uint8)[:, None, None, None] * 100
    write_film(path, np.tile(ramp, (1, 32, 48, 3)), rate, preset="take")
    one_by_one = np.stack(list(held_pictures(path, 5, rate, 48, 32)))
    assert np.array_equal(one_by_one, load_pictures(path, 5, rate, width=48, height=32))
    assert (one_by_one[2:] == 200).all()
    painted = load_painted(path, 5, rate, 48, 32)
    assert painted.all(axis=(1, 2)).tolist() == [False, False, True, True, True]
    assert np.array_equal(painted, load_mask(path, 5, rate, 48, 32) >= 0.5)
