import numpy as np
import pytest

from engine.backends.sources import load_sound
from engine.errors import MediaError
from engine.media import write_wav

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
