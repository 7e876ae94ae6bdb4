from __future__ import annotations

import os
import random
import struct
import wave as wave_file
import zlib
from fractions import Fraction
from typing import Literal

import cv2
import numpy as np
import pytest

from engine.errors import MediaError
from engine.media import (
    MediaLimits,
    probe,
    read_image,
    read_pictures,
    read_sound,
    write_film,
    write_wav,
)
from tests.engine.media.tiled_heic import write_tiled_heic

PRESETS: tuple[tuple[Literal["mp4", "take"], str], ...] = (("mp4", "mp4"), ("take", "mkv"))
READERS = [probe, read_pictures, read_image, read_sound]


def refused(reader, path, **options) -> str:
    with pytest.raises(MediaError) as caught:
        reader(path, **options)
    sentence = str(caught.value)
    assert sentence.endswith((".", ";"))
    assert "Errno" not in sentence
    return sentence


@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_media_gets_a_sentence(tmp_path, reader):
    assert "does not exist" in refused(reader, tmp_path / "none.mp4")
    assert "is a folder" in refused(reader, tmp_path)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert "is empty" in refused(reader, empty)
    text = tmp_path / "text.mp4"
    text.write_text("This is a shopping list.\n" * 40)
    assert "cannot be read" in refused(reader, text)
    noise = tmp_path / "noise.png"
    noise.write_bytes(random.Random(1).randbytes(5000))
    assert "cannot be read" in refused(reader, noise)
    assert "cannot be opened" in refused(reader, tmp_path / ("x" * 300))
    refused(reader, tmp_path / "a\0b.mp4")


def test_a_photo_in_tiles_is_not_taken_for_its_first_one(tmp_path):
    photo = tmp_path / "IMG_0001.HEIC"
    write_tiled_heic(photo)
    for reader in (probe, read_pictures, read_image):
        assert "Save it as JPEG or PNG" in refused(reader, photo)


def test_a_playlist_opens_nothing(tmp_path, film):
    for name, text in {
        "list.m3u8": f"#EXTM3U\n#EXTINF:1,\n{film}\n#EXT-X-ENDLIST\n",
        "list.txt": f"ffconcat version 1.0\nfile {film}\n",
        "a.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    }.items():
        path = tmp_path / name
        path.write_text(text)
        refused(read_pictures, path)


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "not an ordinary file" in refused(probe, tmp_path / "pipe.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_gets_a_sentence(film):
    film.chmod(0)
    assert "permission" in refused(probe, film)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_truncated_film_is_never_taken_for_a_whole_one(tmp_path, impulse, share):
    noise = np.random.default_rng(3).integers(0, 256, (48, 72, 128, 3), dtype=np.uint8)
    for preset, suffix in PRESETS:
        whole = tmp_path / f"whole.{suffix}"
        write_film(whole, noise, Fraction(12), np.tile(impulse, 2), preset=preset)
        data = whole.read_bytes()
        cut = tmp_path / f"cut.{suffix}"
        cut.write_bytes(data[: int(len(data) * share)])
        refused(read_pictures, cut)
        refused(read_sound, cut)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_truncated_image_is_refused(tmp_path, suffix):
    noise = np.random.default_rng(4).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / f"a.{suffix}"
    assert cv2.imwrite(str(path), noise)
    path.write_bytes(path.read_bytes()[:-1500])
    refused(read_image, path)


def test_a_truncated_wave_is_refused(wave):
    wave.write_bytes(wave.read_bytes()[:200_000])
    refused(read_sound, wave)


@pytest.mark.parametrize(("seconds", "kept"), [(0.8, 0.7), (0.8, 0.05), (5.0, 0.4), (5.0, 4.9)])
def test_a_wave_cut_anywhere_is_refused(tmp_path, seconds, kept):
    path = tmp_path / "cut.wav"
    plain_wave(path, round(seconds * 24_000))
    assert read_sound(path).shape[1] == round(seconds * 24_000)
    path.write_bytes(path.read_bytes()[: 44 + round(kept * 24_000) * 4])
    assert "breaks off" in refused(read_sound, path)
    assert read_sound(path, duration_s=kept / 2).shape[1] == round(kept / 2 * 24_000)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_wave_that_does_not_know_its_length_is_read_to_its_end(tmp_path, size):
    path = tmp_path / "piped.wav"
    plain_wave(path, 12_000)
    data = path.read_bytes()
    path.write_bytes(data[:40] + struct.pack("<I", size) + data[44:])
    assert read_sound(path).shape[1] == 12_000


def plain_wave(path, samples):
    noise = np.random.default_rng(5).integers(-9000, 9000, (samples, 2)).astype("<i2")
    with wave_file.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(noise.tobytes())


def test_wrongly_named_media_is_read_for_what_it_is(film, wave):
    assert probe(film.rename(film.with_suffix(".wav"))).kind == "video"
    assert probe(wave.rename(wave.with_suffix(".png"))).kind == "audio"


def test_what_a_file_lacks_is_said(tmp_path, film, wave):
    assert "no picture" in refused(read_pictures, wave)
    silent = tmp_path / "silent.mp4"
    write_film(silent, np.zeros((3, 16, 16, 3), np.uint8), Fraction(12))
    assert "no sound" in refused(read_sound, silent)
    assert "after 9 seconds" in refused(read_sound, film, start_s=9)


def test_limits(tmp_path, film, wave):
    assert "GiB" in refused(probe, film, limits=MediaLimits(file_bytes=1000))
    assert "hours" in refused(probe, film, limits=MediaLimits(duration_s=1))
    assert "million pixels" in refused(read_pictures, film, limits=MediaLimits(picture_px=1000))
    assert "too long" in refused(read_pictures, film, limits=MediaLimits(result_bytes=100_000))
    assert "too long" in refused(read_sound, wave, limits=MediaLimits(result_bytes=100_000))
    assert "too many" in refused(read_pictures, film, limits=MediaLimits(decoded_pictures=5))
    assert "tracks" in refused(probe, film, limits=MediaLimits(streams=1))


def test_a_picture_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = tmp_path / "bomb.png"
    assert cv2.imwrite(str(path), np.zeros((9000, 9000), np.uint8))
    assert path.stat().st_size < 200_000
    assert "9000x9000" in refused(read_image, path)


def test_a_picture_that_is_too_long_a_line_is_told_by_its_side(tmp_path):
    path = tmp_path / "line.png"
    assert cv2.imwrite(str(path), np.zeros((2, 20_000), np.uint8))
    assert "16384 a side" in refused(read_image, path)


@pytest.mark.parametrize("reader", [probe, read_pictures, read_image])
def test_a_picture_of_no_size_is_damaged_or_too_large_to_be_told(tmp_path, reader):
    path = tmp_path / "huge.png"
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    data = struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data + struct.pack(">I", 9) + b"IDAT" + bytes(99))
    assert "larger than any picture that is read" in refused(reader, path)
    cut = tmp_path / "cut.png"
    assert cv2.imwrite(str(cut), np.full((64, 64, 3), 77, np.uint8))
    cut.write_bytes(cut.read_bytes()[:60])
    assert "is damaged" in refused(reader, cut)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_bytes_never_crash(tmp_path, film, wave, seed):
    noise = random.Random(seed)
    image = tmp_path / "a.png"
    cv2.imwrite(str(image), np.full((32, 32, 3), 77, np.uint8))
    for source in (film, wave, image):
        data = bytearray(source.read_bytes())
        for _ in range(12):
            for _ in range(noise.choice((1, 10, 100))):
                data[noise.randrange(len(data))] = noise.randrange(256)
            path = tmp_path / f"damaged{source.suffix}"
            path.write_bytes(data)
            for reader in READERS:
                try:
                    reader(path, limits=MediaLimits(result_bytes=50 * 2**20))
                except MediaError:
                    continue


def test_nothing_to_write_writes_nothing(tmp_path):
    with pytest.raises(MediaError, match="no pictures"):
        write_film(tmp_path / "a.mp4", [], Fraction(12))
    with pytest.raises(MediaError, match="must be even"):
        write_film(tmp_path / "a.mp4", [np.zeros((15, 16, 3), np.uint8)], Fraction(12))
    with pytest.raises(MediaError, match="sizes differ"):
        write_film(
            tmp_path / "a.mp4",
            [np.zeros((16, 16, 3), np.uint8), np.zeros((16, 32, 3), np.uint8)],
            Fraction(12),
        )
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written_get_a_sentence(tmp_path):
    sound = np.zeros((2, 100), np.float32)
    with pytest.raises(MediaError, match="is a folder"):
        write_wav(tmp_path, sound, 24_000)
    with pytest.raises(MediaError, match="does not exist"):
        write_wav(tmp_path / "none" / "a.wav", sound, 24_000)
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match="does not exist"):
        write_wav(tmp_path / "file" / "a.wav", sound, 24_000)
