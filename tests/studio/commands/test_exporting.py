"""`dailies export`: presets, ranges and sizes from the command line, and its sentences."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from engine.media import probe, read_pictures
from studio.__main__ import main
from studio.document.film import Subtitle
from studio.document.project_file import create_project, open_project
from studio.document.titles import GeneratorSource
from studio.document.track_changes import set_range
from tests.studio.playback.reels import Reel


@pytest.fixture
def project(tmp_path):
    reel = Reel(tmp_path / "work", width=128, height=96)
    reel.lay("V1", GeneratorSource(colour="#204060"), 0, 24)
    reel.lay("V1", GeneratorSource(colour="#c08040"), 24, 24)
    timeline = replace(
        reel.film.timelines[0], subtitles=(Subtitle(id="s", start=24, end=36, text="WWWW"),)
    )
    reel.film = replace(reel.film, timelines=(timeline,))
    create_project(tmp_path / "film", reel.film).close()
    return tmp_path / "film"


def test_a_range_a_preset_and_a_size_are_what_they_say(project, tmp_path, capsys):
    out = tmp_path / "out.webm"
    words = ["export", str(project), str(out), "--preset", "webm", "--height", "48"]
    assert main([*words, "--range", "00:00:00:12-00:00:01:12"]) == 0
    info = probe(out)
    assert (info.picture_codec, info.width, info.height, info.frames) == ("vp9", 64, 48, 24)
    seen = read_pictures(out)
    assert np.abs(seen[5][24, 32].astype(int) - (0x20, 0x40, 0x60)).max() <= 6
    assert np.abs(seen[20][24, 32].astype(int) - (0xC0, 0x80, 0x40)).max() <= 6
    assert "24 pictures of 64x48" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a.gif", "a.edl"])
def test_a_file_that_is_there_goes_only_when_that_is_said(project, tmp_path, capsys, name):
    out = tmp_path / name
    out.write_bytes(b"of yesterday")
    assert main(["export", str(project), str(out)]) != 0
    assert "--replace" in capsys.readouterr().err
    assert out.read_bytes() == b"of yesterday"
    assert main(["export", str(project), str(out), "--replace"]) == 0
    assert out.read_bytes() != b"of yesterday"


def test_subtitles_are_burned_in_where_it_is_asked(project, tmp_path):
    words = ["export", str(project), str(tmp_path / "a.mp4"), "--burn-in"]
    assert main(words) == 0
    plain, lettered = read_pictures(tmp_path / "a.mp4")[[40, 30]]
    assert np.abs(plain.astype(int) - lettered).max() > 60


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--preset", "vhs"], "no preset"),
        (["--preset", "webm"], "end it with .webm"),
        (["--range", "soon"], "two timecodes"),
        (["--range", "00:00:00:00-00:00:01:00", "--from", "00:00:00:00"], "not both"),
        (["--timeline", "Reel 7"], "no timeline"),
        (["--true-peak", "3"], "cannot be a ceiling"),
    ],
)
def test_a_mistake_is_a_sentence_and_writes_nothing(project, tmp_path, capsys, more, sentence):
    assert main(["export", str(project), str(tmp_path / "out.mp4"), *more]) != 0
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize(
    ("name", "more", "idle"),
    [
        ("a.edl", ["--loudness", "0", "--range", "1-2"], "--range, --loudness: leave them out"),
        ("a.srt", ["--takes", "--burn-in"], "--burn-in, --takes: leave them out"),
        ("a.mp4", ["--takes"], "--takes: leave it out"),
        ("a.wav", ["--width", "64", "--rate", "25", "--burn-in"], "--width, --rate, --burn-in"),
        ("a.wav", ["--preset", "stems", "--loudness", "-23"], "--loudness: leave it out"),
        ("a.png", ["--true-peak", "-2", "--as-mixed"], "--as-mixed, --true-peak"),
    ],
)
def test_what_a_file_has_no_use_for_is_refused(project, tmp_path, capsys, name, more, idle):
    assert main(["export", str(project), str(tmp_path / name), *more]) != 0
    assert f"{name} has no use for {idle}" in capsys.readouterr().err
    assert not (tmp_path / name).exists()


def test_an_ending_that_says_nothing_is_answered_with_all_that_do(project, tmp_path, capsys):
    assert main(["export", str(project), str(tmp_path / "film.xyz")]) != 0
    said = capsys.readouterr().err
    assert ".mp4" in said
    assert ".fcpxml" in said


def test_subtitles_of_a_part_fit_the_film_of_that_part(project, tmp_path, capsys):
    for end, times in (
        ("00:00:02:00", "00:00:00,250 --> 00:00:00,750"),
        ("00:00:01:08", "00:00:00,250 --> 00:00:00,583"),
    ):
        words = ["export", str(project), str(tmp_path / "a.srt"), "--replace"]
        assert main([*words, "--from", "00:00:00:18", "--until", end]) == 0
        assert times in (tmp_path / "a.srt").read_text(encoding="utf-8")
    assert main([*words, "--range", "00:00:00:00-00:00:01:00"]) != 0
    assert "no subtitles" in capsys.readouterr().err
    with closing(open_project(project)) as opened:
        cut = opened.store.film.timelines[0].id
        opened.store.apply(lambda film: set_range(film, cut, 24, 48), "Mark")
    assert main(words) == 0
    assert "00:00:00,000 --> 00:00:00,500" in (tmp_path / "a.srt").read_text(encoding="utf-8")
