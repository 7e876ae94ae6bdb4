from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import EngineError, RequestError
from engine.metrics.matching import Interval
from engine.metrics.report import (
    Report,
    Score,
    compare,
    lower_is_better,
    misplaced,
    read_scores,
    verdict_on,
    write_json,
)


def _interval(low: float, high: float) -> Interval:
    return Interval(value=(low + high) / 2, low=low, high=high, n=8)


def _report(low: float, high: float) -> Report:
    chance = _interval(0.1, 0.2)
    score = Score(value=_interval(low, high), floors={"shuffled": chance})
    return Report(weights="some", scores={"sync.f1": score}, about={"clips": 8})


def test_json_has_the_agreed_shape(tmp_path: Path):
    write_json(tmp_path / "s.json", _report(0.4, 0.6))
    plain = json.loads((tmp_path / "s.json").read_text())
    assert plain["weights"] == "some"
    score = plain["scores"]["sync.f1"]
    assert {key: score[key] for key in ("value", "low", "high", "n")} == {
        "value": 0.5, "low": 0.4, "high": 0.6, "n": 8,
    }  # fmt: skip
    assert score["floors"]["shuffled"] == {"value": 0.15, "low": 0.1, "high": 0.2}
    assert read_scores(tmp_path / "s.json") == plain


def test_undefined_values_are_null(tmp_path: Path):
    write_json(tmp_path / "s.json", _report(float("nan"), float("nan")))
    assert json.loads((tmp_path / "s.json").read_text())["scores"]["sync.f1"]["value"] is None


@pytest.mark.parametrize(
    ("name", "after", "verdict"),
    [
        ("sync.f1", (0.7, 0.8), "better"),
        ("sync.f1", (0.1, 0.2), "worse"),
        ("sync.f1", (0.5, 0.7), "unsure"),
        ("sync.offset_median_ms", (0.7, 0.8), "worse"),
        ("stereo.error", (0.1, 0.2), "better"),
    ],
)
def test_a_verdict_needs_intervals_apart(name: str, after: tuple[float, float], verdict: str):
    low, high = after
    assert verdict_on(name, {"low": 0.4, "high": 0.6}, {"low": low, "high": high}) == verdict


def test_reports_are_compared_score_by_score(tmp_path: Path):
    text = compare(_report(0.4, 0.5).to_json(), _report(0.6, 0.7).to_json())
    assert "sync.f1" in text
    assert "better" in text
    assert "in common" in compare(_report(0.4, 0.5).to_json(), {"scores": {}})


def test_what_reports_were_taken_with_is_told_where_it_differs():
    first, second = _report(0.4, 0.5).to_json(), _report(0.6, 0.7).to_json()
    assert "in the first," not in compare(first, second)
    said = compare(first | {"manner": "fast"}, second | {"manner": "full", "clips": 32})
    assert "manner: fast in the first, full in the second" in said
    assert "clips: 8 in the first, 32 in the second" in said
    assert "sampler" not in compare(first, second | {"sampler": "euler"})
    said = compare(first, second | {"sampler": "heun"})
    assert "sampler: euler in the first, heun in the second" in said
    said = compare(first | {"level": None}, second | {"level": 1})
    assert "level" not in said
    assert "level: 1 in the first, 2 in the second" in compare(
        first | {"level": None}, second | {"level": 2}
    )


def test_rows_without_a_value_are_not_compared():
    missing = Score.missing("the clip has no sound").to_json()
    first = _report(0.4, 0.5).to_json()
    second = {"scores": {"sync.f1": missing}}
    assert "not measurable in the second" in compare(first, second)
    assert "not measurable in the first" in compare(second, first)
    assert "not measurable in either" in compare(second, second)


def test_the_table_tells_a_reason_once():
    scores = {f"shots.{name}": Score.missing("it is not shown") for name in ("axis", "cuts")}
    table = Report(weights="some", scores=_report(0.4, 0.5).scores | scores).table()
    assert table.count("not measurable: it is not shown") == 1
    assert "shots.axis, shots.cuts" in table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"scores": {"a": 1}}',
        '{"scores": {"a": {"value": "x", "low": 0, "high": 1}}}',
        '{"scores": {"a": {"value": 1, "low": 0, "high": 1, "floors": [1]}}}',
        '{"scores": {"a": {"value": 1, "low": 0, "high": 1, "floors": {"truth": null}}}}',
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(RequestError, match="not a report"):
        read_scores(path)


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="could not be written"):
        write_json(tmp_path / "file" / "s.json", _report(0.4, 0.6))


def test_floors_in_the_wrong_order_are_told_beyond_their_intervals():
    good, near, bad = _interval(0.8, 0.9), _interval(0.82, 0.95), _interval(0.1, 0.2)

    def row(truth: Interval, codec: Interval, shuffled: Interval) -> Score:
        floors = {"truth": truth, "codec": codec, "shuffled": shuffled}
        return Score(value=truth, floors=floors)

    assert misplaced({"sync.f1": row(good, near, bad)}) == {}
    assert "codec" in misplaced({"sync.f1": row(bad, good, bad)})["sync.f1"]
    assert "shuffled" in misplaced({"x.error": row(bad, good, bad)})["x.error"]
    assert misplaced({"sound.dc_share": row(bad, good, bad)}) == {}
    assert misplaced({"sync.f1": Score.missing("it is not there")}) == {}


def test_errors_are_better_when_they_are_lower():
    for name in ("stereo.level.error_db", "stereo.error", "sync.steps.lag_ms", "v2v.s25.camera_px"):
        assert lower_is_better(name), name
    for name in ("sync.f1", "v2v.outside_psnr_db", "fast.s4.speed_ratio", "v2v.evenness"):
        assert not lower_is_better(name), name
