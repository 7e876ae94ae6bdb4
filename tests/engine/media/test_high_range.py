"""PQ, HLG and ten bits: what a phone or a camera writes, as a BT.709 display shows it."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest

from engine.media import iterate_pictures, probe, read_pictures
from engine.media.high_range import WHITE_NITS


def pq_of(nits: float) -> float:
    """The PQ value of a light (SMPTE ST 2084, the other way round)."""
    light = (nits / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * light) / (1 + 18.6875 * light)) ** 78.84375


def write_grey(path, values: list[float], trc: int) -> None:
    """Grey pictures of ten bits in BT.2020, limited range, losslessly."""
    with av.open(str(path), "w") as container:
        track = cast("av.VideoStream", container.add_stream("libx265", rate=24))
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p10le"
        context = track.codec_context
        context.options = {"x265-params": "log-level=none:lossless=1"}
        context.color_range, context.color_primaries = 1, 9
        context.colorspace, context.color_trc = 9, trc
        context.time_base = Fraction(1, 24)
        for number, value in enumerate(values):
            frame = av.VideoFrame(64, 64, "yuv420p10le")
            levels = (round(64 + 876 * value), 512, 512)
            for plane, level in zip(frame.planes, levels, strict=True):
                plane.update(np.full(plane.buffer_size // 2, level, np.uint16).tobytes())
            frame.pts = number
            frame.time_base = Fraction(1, 24)
            container.mux(track.encode(frame))
        container.mux(track.encode(None))


def test_pq_keeps_what_a_display_can_show_and_rolls_off_the_rest(tmp_path):
    nits = [WHITE_NITS * 0.25, WHITE_NITS * 0.5, WHITE_NITS, 600.0, 1_000.0]
    write_grey(tmp_path / "a.mp4", [pq_of(one) for one in nits], 16)
    levels = [int(picture[32, 32].max()) for picture in read_pictures(tmp_path / "a.mp4")]
    assert levels[0] == pytest.approx(255 * 0.25 ** (1 / 2.4), abs=2)
    assert levels[1] == pytest.approx(255 * 0.5 ** (1 / 2.4), abs=3)
    assert levels == sorted(levels)
    assert levels[2] < 245
    assert levels[4] >= 254
    assert np.ptp(read_pictures(tmp_path / "a.mp4")[1][32, 32]) <= 1


def test_hlg_is_brought_down_too(tmp_path):
    write_grey(tmp_path / "a.mp4", [0.0, 0.5, 0.75, 1.0], 18)
    levels = [int(picture[32, 32, 0]) for picture in read_pictures(tmp_path / "a.mp4")]
    assert levels[0] == 0
    assert levels == sorted(levels)
    assert 190 < levels[2] < 250
    assert levels[3] >= 254


def test_ten_bits_of_standard_range_lose_nothing(tmp_path):
    write_grey(tmp_path / "a.mp4", [0.1, 0.5, 0.9], 1)
    assert probe(tmp_path / "a.mp4").frames == 3
    levels = [int(picture[32, 32, 1]) for picture in read_pictures(tmp_path / "a.mp4")]
    assert levels == pytest.approx([25.5, 127.5, 229.5], abs=1)


def test_what_a_picture_covers_is_given_where_it_is_wanted(tmp_path):
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        track = cast("av.VideoStream", container.add_stream("prores_ks", rate=24))
        track.width, track.height, track.pix_fmt = 64, 64, "yuva444p10le"
        track.codec_context.options = {"profile": "4444", "alpha_bits": "16"}
        track.codec_context.time_base = Fraction(1, 24)
        rgba = np.full((64, 64, 4), 255, np.uint8)
        rgba[:, :32, 3] = 64
        frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="yuva444p10le")
        frame.pts, frame.time_base = 0, Fraction(1, 24)
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    (picture,) = iterate_pictures(path, frames=1, cover=True)
    assert picture.shape == (64, 64, 4)
    assert int(picture[32, 16, 3]) == pytest.approx(64, abs=2)
    assert int(picture[32, 48, 3]) >= 254
    assert read_pictures(path)[0].shape == (64, 64, 3)
