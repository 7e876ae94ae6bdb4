"""One open film, asked for its pictures in whatever order."""

from __future__ import annotations

import random
from fractions import Fraction

import av
import numpy as np
import pytest

from engine.errors import MediaError
from engine.media import FilmReader, film_reader, read_pictures, write_film

RATE = Fraction(24)


@pytest.fixture(scope="module")
def long_group(tmp_path_factory):
    """Ten seconds of H.264 with one keyframe, and what is read of them from the beginning."""
    path = tmp_path_factory.mktemp("film") / "long.mp4"
    # Rich enough that the encoder finds nothing to begin anew with.
    behind = np.random.default_rng(1).integers(40, 90, (48, 64, 3), np.uint8)
    pictures = []
    for k in range(240):
        picture = behind.copy()
        top = abs(k % 72 - 36)
        picture[top : top + 8, k // 6 : k // 6 + 12] = 120
        pictures.append(picture)
    write_film(path, pictures, RATE)
    return path, read_pictures(path, rate=RATE)


def shows(reader: FilmReader, index: int, wanted: np.ndarray) -> bool:
    picture = reader.picture(index)
    return picture is not None and np.array_equal(picture, wanted)


@pytest.fixture
def runs(monkeypatch):
    """How often decoding began anew."""
    begun = []

    class Counted(film_reader.Course):
        def __init__(self, *words, **how):
            begun.append(words)
            super().__init__(*words, **how)

    monkeypatch.setattr(film_reader, "Course", Counted)
    return begun


def test_any_order_gives_what_reading_through_gives(long_group):
    path, through = long_group
    chance = random.Random(3)
    orders = [0, 1, 2, 40, 41, 45, 239, 238, 3, 100, 96, 97, 239, 0]
    orders += [chance.randrange(240) for _ in range(40)]
    with FilmReader(path, rate=RATE) as reader:
        for index in orders:
            assert shows(reader, index, through[index]), index


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts"])
@pytest.mark.parametrize("asked", [RATE, Fraction(10), Fraction(30_000, 1_001)])
def test_uneven_times_in_any_order(tmp_path, container, asked):
    path = tmp_path / "uneven.film"
    chance = random.Random(4)
    stamp = 0
    with av.open(str(path), "w", format=container) as out:
        track = out.add_stream("libx264", rate=24)
        track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
        track.codec_context.options = {"bf": "3", "b-pyramid": "normal", "g": "60", "crf": "5"}
        track.codec_context.time_base = Fraction(1, 24)
        for k in range(150):
            picture = np.full((48, 64, 3), k + 20, np.uint8)
            picture[:, : 8 + k % 40] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = stamp, Fraction(1, 24)
            stamp += chance.choice([1, 1, 1, 2, 40])
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    through = read_pictures(path, rate=asked)
    with FilmReader(path, rate=asked) as reader:
        for _ in range(60):
            index = chance.randrange(len(through))
            assert shows(reader, index, through[index]), index


def test_going_on_within_a_group_begins_nothing_anew(long_group, runs):
    path, through = long_group
    with FilmReader(path, rate=RATE) as reader:
        for index in (0, 1, 2, 60, 61, 200, 239):
            assert shows(reader, index, through[index])
        assert len(runs) == 1
        assert shows(reader, 100, through[100])
        assert len(runs) == 2
        assert shows(reader, 180, through[180])
        assert len(runs) == 2


def test_a_far_jump_begins_at_a_nearer_keyframe(tmp_path, runs):
    path = tmp_path / "short.mp4"
    pictures = [np.full((48, 64, 3), k, np.uint8) for k in range(200)]
    write_film(path, pictures, RATE, preset="take")
    with FilmReader(path, rate=RATE) as reader:
        for index in (0, 150, 190):
            assert shows(reader, index, pictures[index])
    assert len(runs) == 3


def test_only_the_pictures_that_are_asked_for_are_developed(long_group, monkeypatch):
    path, _ = long_group
    developed = []

    class Counted(film_reader.Developer):
        def develop(self, frame):
            developed.append(frame.pts)
            return super().develop(frame)

    monkeypatch.setattr(film_reader, "Developer", Counted)
    with FilmReader(path, rate=RATE) as reader:
        for index in (0, 4, 8, 12, 12, 100):
            reader.picture(index)
    assert len(developed) == 5


def test_behind_the_end_there_is_nothing_but_the_last_one(long_group):
    path, through = long_group
    with FilmReader(path, rate=RATE) as reader:
        for index in (240, 5_000, 241):
            assert reader.picture(index) is None
            assert np.array_equal(reader.last(), through[-1])
        assert shows(reader, 7, through[7])


def test_a_picture_that_cannot_be_read_is_a_sentence_each_time(tmp_path, long_group):
    path = tmp_path / "cut.mkv"
    noise = np.random.default_rng(2).integers(0, 255, (48, 48, 64, 3), np.uint8)
    write_film(path, noise, RATE, preset="take")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    with FilmReader(path, rate=RATE) as reader:
        assert shows(reader, 3, noise[3])
        for _ in range(2):
            with pytest.raises(MediaError):
                reader.picture(47)
        assert shows(reader, 3, noise[3])


def test_whoever_reads_may_be_stopped_at_every_picture_that_is_passed_over(long_group):
    path, _ = long_group
    asked: list[int] = []

    def heard() -> None:
        asked.append(len(asked))
        if len(asked) == 20:
            raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        read_pictures(path, start_s=9.0, frames=1, heard=heard)
    with FilmReader(path, rate=RATE, heard=heard) as reader:
        assert reader.picture(2) is not None
    assert len(asked) >= 22
