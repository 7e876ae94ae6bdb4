"""The demo film, made by the scripted backend through everything that the window uses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from engine.media import probe, read_pictures, read_sound
from studio.__main__ import main
from studio.document.ledger import Done
from studio.document.project_file import open_project
from studio.document.queries import active_timeline, best_upgrade, shot_state
from studio.playback.cut import Cut
from studio.playback.frame_source import FrameSource
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    status = main(
        [
            "demo",
            *("--export", str(folder / "film.mp4")),
            *("--json", str(folder / "report.json")),
            *("--folder", str(folder / "film")),
            *("--backend", "scripted"),
        ]
    )
    assert status == 0
    return folder


def test_it_is_at_least_six_seconds_of_picture_and_sound(demo):
    info = probe(demo / "film.mp4")
    assert info.duration_s >= 6
    assert (info.picture_codec, info.sound_codec) == ("h264", "aac")
    sound = read_sound(demo / "film.mp4", rate_hz=48_000)
    assert np.abs(sound).max() > 0.1
    report = json.loads((demo / "report.json").read_text())
    assert report["duration_s"] >= 6
    assert report["bytes"] == (demo / "film.mp4").stat().st_size
    assert -20 < report["loudness_lufs"] < -12
    assert report["true_peak_db"] <= -1


def test_the_film_that_is_left_holds_everything_that_was_done(demo):
    project = open_project(demo / "film", read_only=True)
    film, ledger = project.store.film, project.store.ledger
    project.close()
    assert len(film.shots) == 3
    assert all(isinstance(job.state, Done) for job in ledger.jobs.values())
    assert [shot_state(film, ledger, shot) for shot in film.shots] == ["full"] * 3
    assert [len(shot.references) for shot in film.shots] == [0, 1, 0]
    kinds = sorted(take.kind for take in ledger.takes.values())
    assert kinds == ["edit", "full", "full", "full", "full", "preview", "preview", "preview"]
    timeline = active_timeline(film)
    video = next(track for track in timeline.tracks if track.name == "V1")
    audio = next(track for track in timeline.tracks if track.name == "A1")
    assert [clip.link_id for clip in video.clips] == [clip.link_id for clip in audio.clips]
    assert len(video.clips) == 3


def test_the_edit_turned_day_into_night(demo):
    project = open_project(demo / "film", read_only=True)
    film, ledger = project.store.film, project.store.ledger
    project.close()
    child = ledger.takes[film.shots[2].chosen_take_id or ""]
    assert child.label == "make it nighttime"
    night = best_upgrade(ledger, child.id)
    assert night is not None
    day = ledger.takes[child.parent_id or ""]
    levels = [
        float(read_pictures(demo / "film" / take.folder / "picture.mkv").mean())
        for take in (day, night)
    ]
    assert levels[1] < 0.7 * levels[0]


def test_the_file_shows_what_the_player_shows(demo):
    project = open_project(demo / "film", read_only=True)
    film, ledger = project.store.film, project.store.ledger
    project.close()
    source = FrameSource(Cut(film, ledger, active_timeline(film).id, demo / "film"))
    for frame in (0, 49, 50, 75, 149):
        (written,) = read_pictures(demo / "film.mp4", start_s=frame / 24, frames=1)
        apart = np.abs(written.astype(int) - source.picture(frame).astype(int)).mean()
        assert apart < 3
    source.close()


def test_the_film_tells_how_it_was_made(demo, capsys):
    assert main(["inspect", str(demo / "film.mp4")]) == 0
    told = capsys.readouterr().out
    assert "as written in it and beside it" in told
    for words in ("Ball: full", "Pumpkin: full", "Bell: full", "Prompt:", "seed", "Reference:"):
        assert words in told, words
    assert "make it nighttime" in told
    assert "rights" in told
    assert main(["inspect", str(demo / "film.mp4"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["provenance"]
    assert {take["weights"] for take in told["takes"]} != {None}
    assert [one["name"] for one in told["files"]]


def test_a_take_of_it_is_made_again_exactly(demo, capsys):
    take = sorted((demo / "film" / "takes").glob("*/take-01-01"))[0]
    assert main(["inspect", str(take)]) == 0
    assert main(["reproduce", str(take)]) == 0
    said = capsys.readouterr().out
    assert "Seed:" in said
    assert "It is the same" in said


def test_its_cut_is_exported_again_while_it_is_open(demo, tmp_path):
    project = open_project(demo / "film")
    try:
        words = [str(demo / "film"), str(tmp_path / "part.wav")]
        assert main(["export", *words, "--from", "00:00:01:00", "--until", "00:00:03:00"]) == 0
    finally:
        project.close()
    assert probe(tmp_path / "part.wav").duration_s == pytest.approx(2.0)


def test_shots_are_rendered_again_by_name(demo, capsys):
    assert main(["render", str(demo / "film"), "--backend", "scripted"]) == 0
    assert "Every shot has a take" in capsys.readouterr().out
    assert main(["render", str(demo / "film"), "--shots", "No", "--backend", "scripted"]) == 1
    assert "its shots are Ball, Pumpkin, Bell" in capsys.readouterr().err
    assert main(["render", str(demo / "film"), "--shots", "Ball", "--backend", "scripted"]) == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--export", "film.mp3"], "does not say what to export"),
        (["--export", "nowhere/film.mp4"], "does not exist"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_made(
    tmp_path, monkeypatch, capsys, words, sentence
):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", *words, "--backend", "scripted"]) == 1
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["Previewed", "Exporting"])
def test_control_c_leaves_nothing_half_written(tmp_path, word):
    child = subprocess.Popen(
        [sys.executable, "-m", "studio", "demo", "--backend", "scripted",
         "--export", str(tmp_path / "film.mp4")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    watch = threading.Timer(PATIENCE_S, child.kill)
    watch.start()
    assert child.stdout is not None
    for line in child.stdout:
        if word in line:
            break
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate()
    watch.cancel()
    watch.join()
    assert child.returncode == 130, errors
    assert errors == "dailies: Interrupted.\n"
    assert list(tmp_path.iterdir()) == []
