from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from engine.errors import MediaError
from engine.media import fill, iterate_pictures, probe, read_image, read_pictures, write_film


def levels(pictures) -> list[int]:
    return [round(float(picture.mean()) / 10) for picture in pictures]


def save(path, picture):
    """Write RGB(A) by another library than the one that reads."""
    order = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    assert cv2.imwrite(str(path), cv2.cvtColor(picture, order))
    return path


def test_a_film_is_conformed_by_time(film):
    assert levels(read_pictures(film, rate=Fraction(6))) == list(range(1, 25, 2))
    twice = levels(read_pictures(film, rate=Fraction(24)))
    assert twice == [k for k in range(1, 25) for _ in range(2)]
    assert levels(read_pictures(film, rate=Fraction(24), start_s=1.0, frames=4)) == [13, 13, 14, 14]


@pytest.mark.parametrize("preset", ["mp4", "take"])
def test_seeking_finds_the_same_pictures_as_reading_through(tmp_path, preset):
    path = tmp_path / "a.film"
    pictures = [np.full((16, 16, 3), 37 * k % 256, np.uint8) for k in range(120)]
    write_film(path, pictures, Fraction(12), preset=preset)
    through = read_pictures(path)
    for start in range(0, 118, 5):
        part = read_pictures(path, start_s=start / 12, frames=2)
        assert np.array_equal(part, through[start : start + 2])


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts"])
def test_seeking_finds_the_picture_on_screen_at_uneven_times(tmp_path, container):
    """With long holds, between pictures that others are made of and ones that none is."""
    path = tmp_path / "uneven.film"
    stamps = np.cumsum(np.random.default_rng(5).choice([1, 1, 1, 2, 30], 90)).tolist()
    with av.open(str(path), "w", format=container) as out:
        track = out.add_stream("libx264", rate=24)
        track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
        track.codec_context.options = {"bf": "3", "b-pyramid": "normal", "g": "250", "crf": "5"}
        track.codec_context.time_base = Fraction(1, 24)
        for k, stamp in enumerate(stamps):
            picture = np.full((48, 64, 3), 2 * k + 20, np.uint8)
            picture[:, : 8 + k % 40] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = stamp, Fraction(1, 24)
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    through = read_pictures(path, rate=Fraction(24))
    assert len(through) > 300
    for start in range(25, len(through) - 1, 13):
        part = read_pictures(path, rate=Fraction(24), start_s=start / 24, frames=2)
        assert np.array_equal(part, through[start : start + 2]), start


def stamped(path, stamps, container, first=0):
    """Numbered pictures, ten levels apart, with these stamps in 1/12 s, one after the other."""
    with av.open(str(path), "w", format=container) as out:
        track = out.add_stream("libx264", rate=12)
        track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
        track.codec_context.options = {"bf": "0", "crf": "5"}
        track.codec_context.time_base = Fraction(1, 12)
        packets = []
        for k in range(len(stamps)):
            picture = np.full((48, 64, 3), 10 * (first + k + 1), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = k, Fraction(1, 12)
            packets += track.encode(frame)
        for packet, stamp in zip(packets + track.encode(None), stamps, strict=True):
            packet.pts = packet.dts = stamp
            packet.time_base = Fraction(1, 12)
            out.mux_one(packet)
    return path


def test_stamps_that_stand_still_are_counted_on(tmp_path):
    path = stamped(tmp_path / "a.mkv", [0, 1, 2, 3, 3, 3, 6, 7, 8, 9, 10, 11], "matroska")
    assert levels(read_pictures(path, rate=Fraction(12))) == list(range(1, 13))


def test_recordings_joined_without_care_are_refused_by_a_sentence(tmp_path):
    parts = [stamped(tmp_path / f"{n}.ts", list(range(24)), "mpegts").read_bytes() for n in (1, 2)]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(parts))
    with pytest.raises(MediaError, match=r"several recordings in one.*after 1\.9 seconds"):
        probe(path)
    # What was brought in before that was seen still plays, one after the other.
    assert levels(read_pictures(path, rate=Fraction(12))) == [*range(1, 25)] * 2
    assert probe(tmp_path / "1.ts").frames == 24


def test_a_film_that_ends_earlier_gives_fewer(film):
    assert len(read_pictures(film, start_s=1.5, frames=100)) == 6
    with pytest.raises(MediaError, match="no picture at 5 seconds"):
        read_pictures(film, start_s=5.0)


def test_pictures_come_one_at_a_time(film):
    stream = iterate_pictures(film, width=32, height=32)
    assert next(stream).shape == (32, 32, 3)
    stream.close()


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff"])
def test_image_files(tmp_path, suffix):
    picture = np.full((40, 60, 3), (200, 100, 50), np.uint8)
    path = save(tmp_path / f"a.{suffix}", picture)
    info = probe(path)
    assert (info.kind, info.width, info.height, info.frames) == ("image", 60, 40, 1)
    back = read_image(path).astype(int)
    assert back.shape == (40, 60, 3)
    assert np.abs(back[20, 30] - (200, 100, 50)).max() <= 4
    assert read_pictures(path).shape == (1, 40, 60, 3)


def test_a_name_with_a_pattern_or_a_protocol_is_only_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("shot%03d.png", "concat:a.png", "a b's.png"):
        path = save(tmp_path / "plain.png", np.full((8, 8, 3), 90, np.uint8)).rename(name)
        assert read_image(path).shape == (8, 8, 3)


def test_transparent_parts_lie_over_grey(tmp_path):
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:4] = (255, 0, 0, 255)
    back = read_image(save(tmp_path / "a.png", picture))
    assert tuple(back[0, 0]) == (255, 0, 0)
    assert tuple(back[7, 7]) == (128, 128, 128)


def test_filling_crops_about_the_centre():
    picture = np.zeros((20, 60, 3), np.uint8)
    picture[:, 20:40] = 255
    assert fill(picture, 20, 20).min() == 255
    assert fill(picture, 10, 10).shape == (10, 10, 3)
    assert fill(picture.transpose(1, 0, 2).copy(), 40, 40).min() > 200
    wide = fill(picture, 120, 40)
    assert wide.shape == (40, 120, 3)
    assert wide[:, 55:65].min() > 200


ONE, MINUS, NONE = (n.to_bytes(4, "big", signed=True) for n in (1 << 16, -(1 << 16), 0))
END = (1 << 30).to_bytes(4, "big")


def turned(path, a, b, c, d):
    """Write into a film's header how its pictures are turned, as a phone does."""
    data = bytearray(path.read_bytes())

    def matrix(a, b, c, d):
        return a + b + NONE + c + d + NONE * 3 + END

    at = data.index(matrix(ONE, NONE, NONE, ONE), data.index(b"tkhd"))
    data[at : at + 36] = matrix(a, b, c, d)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("matrix", "size", "corner"),
    [
        ((NONE, ONE, MINUS, NONE), (32, 64), (0, -1)),
        ((MINUS, NONE, NONE, MINUS), (64, 32), (-1, -1)),
        ((NONE, MINUS, ONE, NONE), (32, 64), (-1, 0)),
    ],
    ids=["held upright", "upside down", "held the other way"],
)
def test_a_film_turned_by_its_display_matrix_is_read_upright(tmp_path, matrix, size, corner):
    path = tmp_path / "phone.mp4"
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:16, :16] = 255  # the corner at the top left, as the sensor lies
    write_film(path, [picture] * 30, Fraction(12))
    turned(path, *matrix)
    info = probe(path)
    assert (info.width, info.height) == size
    for start_s in (0.0, 2.0):
        back = read_pictures(path, start_s=start_s, frames=1)[0]
        assert back.shape == (size[1], size[0], 3)
        bright = [(y, x) for y in (0, -1) for x in (0, -1) if back[y, x].min() > 200]
        assert bright == [corner]


def test_pictures_that_are_not_square_are_stretched(tmp_path):
    path = tmp_path / "wide.mp4"
    with av.open(str(path), "w") as out:
        track = out.add_stream("libx264", rate=12)
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        track.codec_context.sample_aspect_ratio = Fraction(2)
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        out.mux(track.encode(frame.reformat(format="yuv420p")))
        out.mux(track.encode(None))
    assert read_pictures(path).shape[1:] == (64, 128, 3)


def test_a_songs_cover_is_no_film(tmp_path, impulse):
    path = tmp_path / "song.mp3"
    cover = save(tmp_path / "cover.png", np.zeros((8, 8, 3), np.uint8)).read_bytes()
    with av.open(str(path), "w") as out:
        track = out.add_stream("mp3", rate=24_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(impulse, format="fltp", layout="stereo")
        frame.sample_rate = 24_000
        out.mux(track.encode(frame))
        out.mux(track.encode(None))
    body = b"\0image/png\0\x03\0" + cover
    size = len(body)
    synchsafe = bytes(((size + 10) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    tag = b"ID3\x03\0\0" + synchsafe + b"APIC" + size.to_bytes(4, "big") + b"\0\0" + body
    path.write_bytes(tag + path.read_bytes())
    assert probe(path).kind == "audio"
    with pytest.raises(MediaError, match="no picture"):
        read_pictures(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 10},
        {"width": 0, "height": 10},
        {"width": 100_000, "height": 10},
        {"frames": 0},
        {"rate": Fraction(0)},
        {"start_s": -1.0},
        {"start_s": float("nan")},
        {"start_s": float("inf")},
    ],
)
def test_impossible_requests_are_refused(film, wrong):
    with pytest.raises(MediaError):
        read_pictures(film, **wrong)
