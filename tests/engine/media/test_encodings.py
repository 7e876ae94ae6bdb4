"""Every encoding: it can be read back, its colours are BT.709 in limited range, and it says so."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from engine.errors import MediaError
from engine.media import PRESETS, can_encode, lacking, probe, read_pictures, read_sound, write_film
from engine.media.encodings import FilmPreset

BARS = np.array(
    [
        (191, 191, 191),
        (191, 191, 0),
        (0, 191, 191),
        (0, 191, 0),
        (191, 0, 191),
        (191, 0, 0),
        (0, 0, 191),
        (16, 128, 240),
    ],
    np.uint8,
)
WIDE, HIGH = 256, 128
FILMS = [name for name in PRESETS if name != "take"]


def bars() -> np.ndarray:
    """Eight colour bars (H, W, 3)."""
    return np.ascontiguousarray(np.repeat(BARS, WIDE // 8, axis=0)[None].repeat(HIGH, axis=0))


def bt709(colours: np.ndarray) -> np.ndarray:
    """Y, Cb, Cr (3, N) of RGB (N, 3), 8 bits in limited range, after Rec. ITU-R BT.709-6."""
    red, green, blue = colours.astype(np.float64).T / 255
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return np.stack(
        [
            16 + 219 * luma,
            128 + 224 * (blue - luma) / 1.8556,
            128 + 224 * (red - luma) / 1.5748,
        ]
    )


def planes(frame: av.VideoFrame) -> np.ndarray:
    """The middle of every bar in each plane, (3, 8), in steps of 8 bits."""
    deep = "10" in frame.format.name
    found = []
    for plane in frame.planes:
        kind = np.uint16 if deep else np.uint8
        rows = np.frombuffer(bytes(plane), kind).reshape(plane.height, -1)[:, : plane.width]
        middles = (np.arange(8) * 2 + 1) * plane.width // 16
        found.append(rows[plane.height // 2, middles] / (4 if deep else 1))
    return np.stack(found)


@pytest.mark.parametrize("name", FILMS)
def test_bars_come_back_and_the_stream_says_how_to_read_them(tmp_path, name):
    how = PRESETS[name]
    path = tmp_path / f"bars.{how.container}"
    click = np.zeros((2, 48_000), np.float32)
    click[:, 24_000] = 0.9
    assert write_film(path, [bars()] * 12, Fraction(12), click, sample_rate_hz=48_000, preset=name)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace)
        assert tags == (1, 1, 1)
        assert int(context.color_range) == 1
        frames = list(container.decode(stream))
    assert len(frames) == 12
    assert np.abs(planes(frames[6]) - bt709(BARS)).max() < 1.5
    info = probe(path)
    assert (info.width, info.height, info.rate) == (WIDE, HIGH, 12)
    seen = read_pictures(path, start_s=0.5, frames=1)[0]
    assert np.abs(seen[HIGH // 2, 16::32].astype(int) - BARS).max() <= 4
    heard = read_sound(path, rate_hz=48_000)
    assert abs(int(np.argmax(np.abs(heard[0]))) - 24_000) <= 2
    assert abs(heard.shape[1] - 48_000) <= 1_024


def test_sound_of_24_bits_comes_back_exactly(tmp_path):
    sound = np.random.default_rng(1).uniform(-0.9, 0.9, (2, 48_000)).astype(np.float32)
    for name in ("prores", "dnxhr"):
        path = tmp_path / f"{name}.mov"
        write_film(path, [bars()] * 12, Fraction(12), sound, sample_rate_hz=48_000, preset=name)
        assert np.abs(read_sound(path, rate_hz=48_000) - sound).max() <= 2**-24


def test_opus_takes_films_of_any_sample_rate(tmp_path):
    tone = 0.5 * np.sin(np.arange(44_100) * 2 * np.pi * 441 / 44_100)
    sound = np.stack([tone, tone]).astype(np.float32)
    path = tmp_path / "tone.webm"
    write_film(path, [bars()] * 12, Fraction(12), sound, sample_rate_hz=44_100, preset="webm")
    assert probe(path).sample_rate_hz == 48_000
    heard = read_sound(path, rate_hz=48_000)[0, 12_000:36_000]
    assert np.argmax(np.abs(np.fft.rfft(heard))) == pytest.approx(441 / 2, abs=1)


def test_what_a_format_cannot_take_is_a_sentence(tmp_path):
    small = [np.zeros((64, 64, 3), np.uint8)] * 2
    with pytest.raises(MediaError, match="no pictures smaller than 256x120"):
        write_film(tmp_path / "a.mov", small, Fraction(24), preset="dnxhr")
    with pytest.raises(MediaError, match="even"):
        write_film(tmp_path / "a.mov", [np.zeros((64, 65, 3), np.uint8)], Fraction(24),
                   preset="prores")  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_codec_that_is_not_there_is_named():
    assert can_encode("libx264")
    assert not can_encode("no-such-codec")
    assert lacking(PRESETS["mp4"]) == ()
    without: FilmPreset = replace(PRESETS["mp4"], picture_codec="h264_nowhere")
    assert lacking(without) == ("h264_nowhere",)


def test_the_container_says_what_it_is_told(tmp_path):
    path = tmp_path / "a.mp4"
    write_film(path, [bars()] * 2, Fraction(24), metadata={"title": "The red ball"})
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "The red ball"
