"""Clips of a folder: of any size, rate and length, and with whatever they lack."""

from __future__ import annotations

import json
import shutil
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.api import Recipe, ShotPlan, ShotRequest
from engine.media import write_film
from engine.metrics.filmed import clips_in, names_in, open_clip
from engine.metrics.score import run
from engine.plain import to_plain
from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.caption import caption
from engine.world.clips import make_clips
from engine.world.sampler import sample_scene
from engine.world.seeds import held_out_seed

SCENE = sample_scene(held_out_seed(3))


def _drawn(width: int, height: int, rate: int, frames: int) -> tuple[np.ndarray, np.ndarray]:
    shape = ClipShape(width=width, height=height, frames=frames, rate=Fraction(rate))
    clips = make_clips([SCENE], shape)
    return clips.video[0].numpy(), clips.audio[0].numpy()


def _uneven(path: Path, pictures: np.ndarray, mono: np.ndarray) -> None:
    """Pictures that come unevenly, with one channel of sound at another rate."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = (
            pictures.shape[2],
            pictures.shape[1],
            "yuv420p",
        )
        stream.codec_context.time_base = Fraction(1, 1000)
        track = film.add_stream("aac", rate=48_000, layout="mono")
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = round(1000 * number / 12) + (25 if number % 3 == 1 else 0)
            frame.time_base = Fraction(1, 1000)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
        sound = av.AudioFrame.from_ndarray(
            np.repeat(mono, 2)[None].astype(np.float32), format="fltp", layout="mono"
        )
        sound.sample_rate, sound.pts = 48_000, 0
        film.mux(track.encode(sound))
        film.mux(track.encode())


def _take(
    folder: Path,
    pictures: np.ndarray,
    sound: np.ndarray,
    width: int,
    rate: int = 12,
    scale: int = 1,
) -> None:
    """A folder as renders leave it, whose recipe tells of a width, a rate and a scale."""
    folder.mkdir()
    film = folder / "film.mkv"
    write_film(film, pictures, Fraction(12), sound, sample_rate_hz=SAMPLE_RATE_HZ)
    film.rename(folder / "picture.mkv")
    write_film(folder / "sound.mp4", pictures, Fraction(12), sound, sample_rate_hz=SAMPLE_RATE_HZ)
    (folder / "sound.mp4").rename(folder / "sound.wav")
    request = ShotRequest(
        prompt=caption(SCENE, 0),
        shots=(ShotPlan(caption="", frames=len(pictures)),),
        width=width,
        height=pictures.shape[1] // scale,
        rate=Fraction(rate),
        seed=1,
    )
    recipe = Recipe(
        request=request, shot=0, references=(), backend="scripted", weights="w", sampler="euler",
        steps=4, threads=1, device="cpu", engine="0", scale=scale,
    )  # fmt: skip
    (folder / "recipe.json").write_text(json.dumps(to_plain(recipe)), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    pictures, sound = _drawn(128, 72, 12, 25)
    larger, same = _drawn(192, 144, 24, 49)
    write_film(folder / "good.mp4", larger, Fraction(24), same, sample_rate_hz=SAMPLE_RATE_HZ)
    (folder / "good.json").write_text(json.dumps({"caption": caption(SCENE, 0)}))
    write_film(folder / "mute.mp4", pictures, Fraction(12))
    write_film(folder / "silent.mp4", pictures, Fraction(12), sound * 0)
    write_film(folder / "short.mp4", pictures[:5], Fraction(12), sound[:, :10_000])
    _uneven(folder / "uneven.mp4", pictures, sound.mean(axis=0))
    (folder / "broken.mp4").write_bytes(b"no film at all" * 40)
    (folder / "notes.txt").write_text("nothing to look at")
    _take(folder / "own", pictures, sound, 128)
    _take(folder / "another", pictures, sound, 256)
    return folder


def test_films_and_takes_are_found_and_nothing_else(folder: Path):
    assert [path.name for path in clips_in(folder)] == [
        *("another", "broken.mp4", "good.mp4", "mute.mp4", "own"),
        *("short.mp4", "silent.mp4", "uneven.mp4"),
    ]


def test_all_are_brought_to_one_size_and_rate(folder: Path):
    for name in ("good.mp4", "own", "uneven.mp4"):
        clip = open_clip(folder / name)
        assert clip.video.shape[1:] == (72, 128, 3)
        assert len(clip.video) in (21, 25)
        assert clip.sound.shape[0] == 2
        assert abs(clip.sound.shape[1] / SAMPLE_RATE_HZ - len(clip.video) / 12) < 0.1
    uneven = open_clip(folder / "uneven.mp4")
    assert np.array_equal(uneven.sound[0], uneven.sound[1])
    assert open_clip(folder / "own").words.startswith(caption(SCENE, 0))


def test_a_take_belongs_to_its_recipe_by_size_and_rate(tmp_path: Path):
    pictures, sound = _drawn(128, 72, 12, 25)
    large = pictures.repeat(2, axis=1).repeat(2, axis=2)
    _take(tmp_path / "full", large, sound, 128, scale=2)
    assert open_clip(tmp_path / "full").words.startswith(caption(SCENE, 0))
    _take(tmp_path / "slower", pictures, sound, 128, rate=24)
    slower = open_clip(tmp_path / "slower")
    assert not slower.words
    assert (
        "128x72 at 12 a second, and its recipe tells of 25 pictures of 128x72 at 24"
        in (slower.said[0])
    )


def test_a_single_film_or_take_is_looked_at(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert clips_in(folder / "own") == [folder / "own"]
    assert clips_in(folder / "good.mp4") == [folder / "good.mp4"]
    report = tmp_path / "s.json"
    assert run([str(folder / "good.mp4"), "--json", str(report), "--only", "prompt.set"]) == 0
    plain = json.loads(report.read_text())
    assert plain["clips"] == 1
    assert plain["scores"]["prompt.set"]["value"] == 1.0
    assert run([str(folder / "notes.txt")]) == 1
    assert "notes.txt" in capsys.readouterr().err


def test_what_is_wrong_is_said_and_the_rest_is_scored(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    report, page = tmp_path / "s.json", tmp_path / "page"
    assert run([str(folder), "--json", str(report), "--html", str(page)]) == 0
    said = capsys.readouterr().err
    for sentence in (
        "mute.mp4 has no sound.",
        "silent.mp4 is silent; nothing in it can be in sync.",
        "short.mp4 is 0.42 s long; a second or more is looked at.",
        "broken.mp4",
        "another has 25 pictures of 128x72 at 12 a second, and its recipe tells of 25 pictures of "
        "256x72 at 12 a second",
        "uneven.mp4 has no words to hold it against.",
    ):
        assert sentence in said, sentence
    plain = json.loads(report.read_text())
    assert plain["clips"] == 6
    scores = plain["scores"]
    assert scores["prompt.set"]["n"] == 2
    assert scores["prompt.set"]["value"] == 1.0
    assert scores["sound.silent_share"]["n"] == 5
    assert scores["sound.silent_share"]["value"] == pytest.approx(0.2)
    assert "no more is known than their words" in scores["shots.axis"]["not_measurable"]
    shown = (page / "index.html").read_text("utf-8")
    assert len(list(page.glob("*.png"))) == 6
    assert shown.index("mute.mp4 has no sound.") < shown.index("good.mp4")


def _floats(path: Path, sound: np.ndarray) -> None:
    """A WAV file of 32-bit floats, whatever they are."""
    data = np.ascontiguousarray(sound.T, dtype="<f4").tobytes()
    rate, frame = SAMPLE_RATE_HZ, 4 * len(sound)
    form = struct.pack("<HHIIHH", 3, len(sound), rate, rate * frame, frame, 32)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)


def test_a_sound_that_cannot_be_measured_leaves_the_pictures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name in ("torn", "odd"):
        shutil.copytree(folder / "own", tmp_path / name)
    (tmp_path / "torn" / "sound.wav").write_bytes(b"no sound at all" * 40)
    _floats(tmp_path / "odd" / "sound.wav", np.full((2, 2 * SAMPLE_RATE_HZ), np.nan))
    report = tmp_path / "s.json"
    assert run([str(tmp_path), "--json", str(report)]) == 0
    scores = json.loads(report.read_text())["scores"]
    assert scores["prompt.set"]["n"] == 2
    assert "odd has samples that are no numbers" in scores["sync.f1"]["not_measurable"]
    assert "The sound of torn cannot be read" in capsys.readouterr().err


def test_what_no_clip_has_is_not_measurable(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "words.mp4").write_bytes((folder / "mute.mp4").read_bytes())
    assert run([str(alone)]) == 0
    said = capsys.readouterr().out
    assert "not measurable: words.mp4 has no sound." in said
    assert "not measurable: words.mp4 has no words to hold it against." in said
    assert run([str(alone), "--only", "physics,prompt.count"]) == 0
    said = capsys.readouterr().out
    assert "no more is known than their words" in said
    assert "physics.momentum_residual" in said
    assert "prompt.count" in said
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run([str(empty)]) == 1
    assert "neither weights nor clips" in capsys.readouterr().err


def test_names_are_found_in_words():
    said = names_in("A red wooden ball drops in the park at sunset, pan left.")
    assert said == {
        "set": ["park"],
        "light": ["sunset"],
        "colour": ["red"],
        "material": ["wood"],
        "prop": ["ball"],
    }
