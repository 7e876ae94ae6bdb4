"""Small films, sounds and broken files."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.media import write_film, write_wav


def numbered(count: int, width: int = 128, height: int = 72) -> list[np.ndarray]:
    """Grey pictures whose level tells their number: 10, 20, 30..."""
    return [np.full((height, width, 3), 10 * (k + 1), np.uint8) for k in range(count)]


@pytest.fixture
def impulse():
    """Two seconds of silence with one impulse at 1.0 s, float32 (2, 48000)."""
    sound = np.zeros((2, 48_000), np.float32)
    sound[:, 24_000] = 0.9
    return sound


@pytest.fixture
def film(tmp_path, impulse):
    """An MP4 of 24 pictures at 12 a second with an impulse at 1.0 s."""
    path = tmp_path / "film.mp4"
    assert write_film(path, numbered(24), Fraction(12), impulse)
    return path


@pytest.fixture
def wave(tmp_path, impulse):
    """The impulse as a WAV file."""
    path = tmp_path / "impulse.wav"
    write_wav(path, impulse, 24_000)
    return path
