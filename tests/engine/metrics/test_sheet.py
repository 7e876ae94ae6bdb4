from __future__ import annotations

import json

import pytest

from engine.metrics.claims.damage import Fall
from engine.metrics.matching import Interval
from engine.metrics.report import Report, Score
from engine.metrics.score import run
from engine.metrics.sheet import sheet


def _interval(low: float, high: float) -> Interval:
    return Interval(value=(low + high) / 2, low=low, high=high, n=7)


def _row(truth: Interval, codec: Interval, chance: Interval) -> Score:
    return Score(value=truth, floors={"truth": truth, "codec": codec, "shuffled": chance})


@pytest.fixture
def told() -> str:
    good, bad = _interval(0.8, 0.9), _interval(0.1, 0.2)
    scores = {
        "sync.f1": _row(good, good, bad),
        "references.pitch_cents": _row(bad, good, bad),
        "sound.mono_share": _row(bad, bad, bad),
        "sync.detector.heard.f1": Score(value=good),
        "shots.axis": Score.missing("it is not shown"),
    }
    about = {"clips": 7, "codecs": "abc", "video_vae": "123", "seconds": 120.0, "cores": 2}
    report = Report(weights="world", scores=scores, about=about)
    falls = [Fall(name="cut moved", row="shots.cut_error", values=(0.0, 0.25), right=True)]
    return sheet(report, falls, 4)


def test_every_row_stands_beside_its_floors(told: str):
    assert "| `sync.f1` | 0.850 | 0.800 to 0.900 |  | 0.850 | 0.150 | 7 |" in told
    rows, detectors = told.split("## Detectors' own errors")
    assert "`sync.detector.heard.f1`" in detectors
    assert "`sync.detector.heard.f1`" not in rows
    assert "Not measurable, as it is not shown: `shots.axis`." in rows


def test_it_says_what_it_was_taken_with_and_what_is_out_of_order(told: str):
    assert "--clips 7" in told
    assert "latents abc, whose files' hashes begin with video_vae 123" in told
    assert "2 minutes on 2 cores" in told
    wrong = told[told.index("Out of order") :].split("\n", maxsplit=1)[0]
    assert "references.pitch_cents" in wrong
    assert "sync.f1" not in wrong
    assert "Chance says nothing of `sound.mono_share`" in told


def test_the_test_of_the_scores_is_told_step_by_step(told: str):
    assert "| cut moved | `shots.cut_error` | 0.000, 0.250 | in order |" in told


@pytest.mark.parametrize("more", [["--only", "sync"], ["--damage"]])
def test_a_sheet_tells_of_everything(more: list[str], capsys: pytest.CaptureFixture[str]):
    assert run(["world", "--sheet", "x.md", *more]) == 1
    assert "everything on the world" in capsys.readouterr().err


def test_the_test_of_the_scores_is_kept_in_a_file(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path_factory.mktemp("damage") / "d.json"
    asked = ["world", "--damage", "--clips", "4", "--only", "stereo.voice", "--json", str(path)]
    assert run(asked) == 0
    assert capsys.readouterr().err.startswith("Plan: 4 clips spoilt in every way; about ")
    falls = json.loads(path.read_text("utf-8"))["damage"]
    assert [one["row"] for one in falls] == ["stereo.voice.pan_error"]
    assert falls[0]["right"]
    assert len(falls[0]["values"]) == 3
