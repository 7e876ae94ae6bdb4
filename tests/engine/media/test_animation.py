"""GIF animations: every picture at its time, in colours near to its own."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from engine.errors import MediaError
from engine.media import animation, read_pictures, write_gif
from engine.media.opening import open_media


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


@pytest.mark.parametrize("letters", [1, 255, 256, 70_000])
def test_an_animation_carries_a_comment(tmp_path, monkeypatch, letters):
    monkeypatch.setattr(animation, "_BLOCK_BYTES", 1_000)
    pictures, comment = turning(9), ("é" + "rain " * letters)[:letters]
    for name, said in (("bare.gif", ""), ("said.gif", comment)):
        assert write_gif(tmp_path / name, lambda: pictures, 9, Fraction(12), comment=said)
    with open_media(tmp_path / "said.gif") as container:
        assert container.metadata["comment"] == comment
    bare, said = (read_pictures(tmp_path / name) for name in ("bare.gif", "said.gif"))
    assert np.array_equal(bare, said)
    raw = (tmp_path / "said.gif").read_bytes()
    assert raw.index(b"NETSCAPE2.0") < raw.index(b"\x21\xfe")


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
