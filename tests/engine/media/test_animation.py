"""GIF animations: every picture at its time, in colours near to its own."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from engine.errors import MediaError
from engine.media import write_gif


def turning(count: int) -> list[np.ndarray]:
    rows, columns = np.mgrid[0:48, 0:64]
    return [
        np.dstack([rows * 5, columns * 3, np.full(rows.shape, k * 255 // count)]).astype(np.uint8)
        for k in range(count)
    ]


def test_an_animation_shows_every_picture_at_its_time(tmp_path):
    pictures, seen = turning(24), []
    path = tmp_path / "a.gif"
    assert write_gif(path, lambda: pictures, 24, Fraction(24), progress=seen.append)
    assert seen[-1] == 48
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 24
    times = [float(frame.time or 0) for frame in frames]
    assert times == pytest.approx([k / 24 for k in range(24)], abs=0.006)
    worst = max(
        float(np.abs(frame.to_ndarray(format="rgb24").astype(int) - picture).mean())
        for frame, picture in zip(frames, pictures, strict=True)
    )
    assert worst < 20  # of 24 x 256 colours, 256 are left
    assert [file.name for file in tmp_path.iterdir()] == ["a.gif"]


def test_a_stopped_animation_leaves_nothing(tmp_path):
    count = iter(range(100))
    path = tmp_path / "a.gif"
    assert not write_gif(
        path, lambda: turning(12), 12, Fraction(12), cancelled=lambda: next(count) > 15
    )
    assert list(tmp_path.iterdir()) == []


def test_what_no_gif_can_show_is_a_sentence(tmp_path):
    with pytest.raises(MediaError, match="50 a second"):
        write_gif(tmp_path / "a.gif", lambda: turning(2), 2, Fraction(60))
    with pytest.raises(MediaError, match="no pictures"):
        write_gif(tmp_path / "a.gif", list, 0, Fraction(12))
