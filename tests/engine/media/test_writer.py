from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from engine.media import probe, read_sound, write_film, write_wav
from engine.media import writer as writing

PICTURES = np.zeros((24, 16, 16, 3), np.uint8)


def test_progress_counts_every_picture(tmp_path):
    seen: list[int] = []
    write_film(tmp_path / "a.mp4", PICTURES, Fraction(12), progress=seen.append)
    assert seen == list(range(1, 25))


def test_a_sound_tells_every_block_and_is_stopped_before_one(tmp_path):
    path, sound, seen = tmp_path / "a.wav", np.zeros((2, 20_000), np.float32), []
    path.write_text("an earlier sound")
    stop = lambda: len(seen) == 2  # noqa: E731
    assert not write_wav(path, sound, 24_000, progress=seen.append, cancelled=stop)
    assert path.read_text() == "an earlier sound"
    assert list(tmp_path.iterdir()) == [path]
    assert write_wav(path, sound, 24_000, progress=seen.append)
    assert seen[2:] == [8_192, 16_384, 20_000]


@pytest.mark.parametrize("form", ["float32", "pcm24"])
def test_a_sound_too_large_for_a_riff_is_an_rf64(tmp_path, monkeypatch, form):
    sound = np.random.default_rng(3).uniform(-1, 1, (2, 20_000)).astype(np.float32)
    write_wav(tmp_path / "small.wav", sound, 24_000, sample_format=form)
    monkeypatch.setattr(writing, "_MOST_RIFF_BYTES", 40_000)
    write_wav(tmp_path / "large.wav", sound, 24_000, sample_format=form)
    assert (tmp_path / "small.wav").read_bytes()[:4] == b"RIFF"
    assert (tmp_path / "large.wav").read_bytes()[:4] == b"RF64"
    assert probe(tmp_path / "large.wav").duration_s == pytest.approx(20_000 / 24_000)
    small, large = (read_sound(tmp_path / f"{name}.wav") for name in ("small", "large"))
    assert np.array_equal(small, large)


def test_cancelling_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("an earlier film")
    count = iter(range(100))
    assert not write_film(path, PICTURES, Fraction(12), cancelled=lambda: next(count) > 5)
    assert path.read_text() == "an earlier film"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_film_leaves_nothing(tmp_path, error):
    def pictures():
        yield from PICTURES[:5]
        raise error

    with pytest.raises(error):
        write_film(tmp_path / "a.mp4", pictures(), Fraction(12), np.zeros((2, 48_000), np.float32))
    assert not list(tmp_path.iterdir())


def test_an_mp4_says_what_its_colours_mean(film):
    with av.open(str(film)) as container:
        context = container.streams.video[0].codec_context
        tags = (
            context.color_range,
            context.colorspace,
            context.color_primaries,
            context.color_trc,
        )
        assert tags == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"
    assert probe(film).picture_codec == "h264"
    assert probe(film).sound_codec == "aac"


def test_the_same_film_is_the_same_file(tmp_path, impulse):
    one, two = tmp_path / "1.mkv", tmp_path / "2.mkv"
    for path in (one, two):
        write_film(path, PICTURES, Fraction(12), impulse, preset="take")
    assert one.read_bytes() == two.read_bytes()


def test_a_full_disk_gets_a_sentence_and_leaves_nothing(tmp_path):
    script = f"""
import resource, signal, sys
from fractions import Fraction
import numpy as np
from engine.errors import MediaError
from engine.media import write_film, write_wav
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
noise = np.random.default_rng(1).integers(0, 256, (40, 144, 256, 3), dtype=np.uint8)
sound = np.zeros((2, 100_000), np.float32)
for work in (
    lambda: write_film({str(tmp_path / "a.mp4")!r}, noise, Fraction(12), sound),
    lambda: write_film({str(tmp_path / "a.mkv")!r}, noise, Fraction(12), sound, preset="take"),
    lambda: write_wav({str(tmp_path / "a.wav")!r}, sound, 24_000),
):
    try:
        work()
    except MediaError as error:
        print(error)
"""
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert result.stdout.count("the disk is full") == 3, result.stdout + result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("preset", ["mp4", "hevc", "prores"])
def test_tracks_last_to_the_picture_and_the_sample(tmp_path, preset):
    rate = Fraction(30_000, 1_001)
    path = tmp_path / f"film.{'mov' if preset == 'prores' else 'mp4'}"
    sound = np.zeros((2, 59_259), np.float32)  # 37 pictures are 59,259.2 samples
    pictures = [np.full((64, 64, 3), 90, np.uint8)] * 37
    write_film(path, pictures, rate, sound, sample_rate_hz=48_000, preset=preset)
    with av.open(str(path)) as film:
        lasts = [
            Fraction(stream.duration or 0) * (stream.time_base or 0)
            for stream in (film.streams.video[0], film.streams.audio[0])
        ]
    assert lasts == [37 / rate, Fraction(59_259, 48_000)]


@pytest.mark.parametrize(
    ("rate", "timecode"),
    [(Fraction(30_000, 1_001), "00:01:00;02"), (Fraction(25), "10:00:00:00")],
)
def test_a_film_for_editing_has_its_timecode_in_a_track(tmp_path, rate, timecode):
    pictures = [np.full((64, 64, 3), 90, np.uint8)] * 2
    for name, preset in (("film.mov", "prores"), ("film.mp4", "mp4")):
        write_film(tmp_path / name, pictures, rate, preset=preset, timecode=timecode)
    with av.open(str(tmp_path / "film.mov")) as film:
        assert [one.metadata.get("timecode") for one in film.streams.data] == [timecode]
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.streams.data == ()
    assert probe(tmp_path / "film.mov").frames == 2
