from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.media import probe, read_pictures, read_sound, write_film, write_wav
from engine.media.opening import open_media
from engine.media.riff import promised_s

RATES = [Fraction(12), Fraction(24), Fraction(24_000, 1001), Fraction(30)]


def levels(pictures: np.ndarray) -> list[int]:
    return [round(float(picture.mean()) / 10) for picture in pictures]


@pytest.mark.parametrize("preset", ["mp4", "take"])
@pytest.mark.parametrize("rate", RATES)
def test_every_picture_comes_back_in_its_place(tmp_path, preset, rate, impulse):
    path = tmp_path / ("a.mp4" if preset == "mp4" else "a.mkv")
    pictures = [np.full((72, 128, 3), 10 * (k + 1), np.uint8) for k in range(25)]
    write_film(path, pictures, rate, impulse, preset=preset)
    back = read_pictures(path)
    assert back.shape == (25, 72, 128, 3)
    assert levels(back) == list(range(1, 26))
    info = probe(path)
    assert (info.kind, info.width, info.height, info.frames) == ("video", 128, 72, 25)
    assert float(info.rate) == pytest.approx(float(rate), abs=1e-2)
    assert info.duration_s == pytest.approx(float(25 / rate), abs=2e-3)


def test_an_impulse_comes_back_at_its_time(film):
    sound = read_sound(film)
    assert sound.shape == (2, 48_000)
    assert abs(int(np.abs(sound[0]).argmax()) - 24_000) <= 24  # one millisecond
    assert abs(int(np.abs(sound[1]).argmax()) - 24_000) <= 24


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_resampling_moves_nothing_in_time(film, rate_hz):
    sound = read_sound(film, rate_hz=rate_hz)
    assert sound.shape == (2, 2 * rate_hz)
    assert abs(int(np.abs(sound[0]).argmax()) / rate_hz - 1.0) <= 1e-3


def test_a_take_keeps_every_pixel_and_every_sample(tmp_path):
    random = np.random.default_rng(1)
    pictures = random.integers(0, 256, (5, 36, 50, 3), dtype=np.uint8)
    sound = random.normal(0, 0.5, (2, 10_000)).astype(np.float32)
    path = tmp_path / "take.mkv"
    write_film(path, pictures, Fraction(12), sound, preset="take")
    assert np.array_equal(read_pictures(path), pictures)
    assert np.array_equal(read_sound(path), sound)


def test_colours_survive_an_mp4(tmp_path):
    picture = np.zeros((72, 128, 3), np.uint8)
    picture[:, :64], picture[:, 64:] = (200, 40, 30), (20, 180, 60)
    path = tmp_path / "colours.mp4"
    write_film(path, [picture] * 3, Fraction(12))
    back = read_pictures(path)[1].astype(int)
    assert np.abs(back[36, 32] - (200, 40, 30)).max() <= 4
    assert np.abs(back[36, 96] - (20, 180, 60)).max() <= 4


def test_sound_is_filled_up_to_the_length_of_the_pictures(tmp_path):
    path = tmp_path / "short.mkv"
    write_film(
        path,
        np.zeros((24, 16, 16, 3), np.uint8),
        Fraction(12),
        np.ones((2, 100), np.float32),
        preset="take",
    )
    sound = read_sound(path)
    assert sound.shape == (2, 48_000)
    assert float(sound.sum()) == 200


@pytest.mark.parametrize(("sample_format", "step"), [("float32", 0.0), ("pcm24", 2**-24)])
def test_a_wave_file_keeps_its_samples(tmp_path, sample_format, step):
    sound = np.random.default_rng(2).uniform(-0.99, 0.99, (2, 20_000)).astype(np.float32)
    path = tmp_path / "a.wav"
    write_wav(path, sound, 48_000, sample_format=sample_format)
    back = read_sound(path, rate_hz=48_000)
    assert back.shape == sound.shape
    assert np.abs(back - sound).max() <= step * 1.01
    assert probe(path).kind == "audio"


def test_a_wave_file_says_what_it_is_told_to(tmp_path):
    sound = np.random.default_rng(2).uniform(-0.9, 0.9, (2, 5_001)).astype(np.float32)
    path, comment = tmp_path / "a.wav", "Gemacht für Ava, " * 500
    write_wav(path, sound, 48_000, metadata={"title": "Rain", "comment": comment})
    with open_media(path) as container:
        assert container.metadata == {"title": "Rain", "comment": comment}
    assert np.array_equal(read_sound(path, rate_hz=48_000), sound)
    assert promised_s(path) == Fraction(5_001, 48_000)


def test_one_channel_is_heard_on_both_sides(tmp_path):
    path = tmp_path / "mono.wav"
    tone = np.sin(np.arange(24_000) / 10, dtype=np.float32)[None] * 0.5
    write_wav(path, tone, 24_000)
    sound = read_sound(path)
    assert sound.shape == (2, 24_000)
    assert np.array_equal(sound[0], tone[0])
    assert np.array_equal(sound[0], sound[1])


def test_a_part_begins_and_ends_where_it_was_asked(film, wave):
    part = read_sound(film, start_s=0.5, duration_s=1.0)
    assert part.shape == (2, 24_000)
    assert abs(int(np.abs(part[0]).argmax()) - 12_000) <= 24
    assert np.abs(read_sound(wave, start_s=0.9, duration_s=0.2)[0]).argmax() == 2400
    assert levels(read_pictures(film, start_s=0.5, frames=3)) == [7, 8, 9]


def test_a_part_far_into_a_long_file_is_exact(tmp_path):
    path = tmp_path / "long.wav"
    sound = np.zeros((2, 8_000 * 130), np.float32)
    sound[:, 8_000 * 120 + 7] = 1
    write_wav(path, sound, 8_000)
    part = read_sound(path, rate_hz=8_000, start_s=119.5, duration_s=1.0)
    assert part.shape == (2, 8_000)
    assert int(part[0].argmax()) == 4_007
