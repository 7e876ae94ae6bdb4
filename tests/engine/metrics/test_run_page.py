import json
import re

import pytest

from engine.metrics.matching import Interval
from engine.metrics.report import Report, Score, write_json
from engine.metrics.run_page import (
    draw,
    gather,
    redraw_run_page,
    reports_in,
    score_lines,
    write_run_page,
)


def rows():
    return [
        {"step": 10, "seconds": 60.0, "total": 2.0, "video@low": 1.0, "video@high": 3.0},
        {"step": 20, "seconds": 120.0, "total": 1.0, "held_out": {"loss": 0.5}},
    ]


def test_names_apart_share_a_picture_and_held_out_has_its_own():
    curves = gather(rows())
    assert curves["training: total"] == {"total": [(10, 2.0), (20, 1.0)]}
    assert set(curves["training: video"]) == {"video@low", "video@high"}
    assert curves["held out: loss"] == {"loss": [(20, 0.5)]}


def test_a_curve_stays_inside_its_picture():
    svg = draw({"total": [(0, 5.0), (1, 1.0), (2, 3.0)]})
    points = re.search(r'points="([^"]+)"', svg)
    assert points is not None
    for pair in points[1].split():
        x, y = map(float, pair.split(","))
        assert 0 <= x <= 520
        assert 0 <= y <= 220


def test_a_page_is_written_even_from_a_log_that_was_cut_off(tmp_path):
    lines = [json.dumps(row) for row in rows()]
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + '\n{"step": 30, "sec')
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "20 <night>.png").write_bytes(b"")
    write_run_page(tmp_path, "pretrain")
    page = (tmp_path / "page.html").read_text()
    assert "20 steps, 2 min" in page
    assert "20 &lt;night&gt;" in page


def scored(folder, step, value):
    """A report of a row with a floor, and of one that is not measurable."""
    interval, floor = Interval(value=value, low=value - 0.1, high=value + 0.1, n=8), 0.25
    shuffled = Interval(value=floor, low=0.2, high=0.3, n=8)
    scores = {
        "sync.f1": Score(value=interval, floors={"shuffled": shuffled}),
        "shots.axis": Score.missing("it is not shown"),
    }
    report = Report(weights="run/best", scores=scores, about={"clips": 8, "level": None})
    write_json(folder / f"scores-{step}.json", report)


def test_scores_lie_over_the_steps_of_the_weights_beside_their_floors(tmp_path):
    for step, value in ((1200, 0.4), (300, 0.3)):
        scored(tmp_path, step, value)
    (tmp_path / "scores-900.json").write_text("cut off")
    (tmp_path / "scores-last.json").write_text("of no step")
    reports = reports_in(tmp_path)
    assert list(reports) == [300, 1200]
    lines, bars = score_lines(reports, "sync.f1")
    assert lines == {"value": [(300, 0.3), (1200, 0.4)], "shuffled": [(300, 0.25), (1200, 0.25)]}
    assert bars == [(300, pytest.approx(0.2), 0.4), (1200, pytest.approx(0.3), 0.5)]
    assert score_lines(reports, "shots.axis") == ({}, [])


def test_the_page_of_a_run_is_drawn_anew_with_its_scores(tmp_path):
    assert not redraw_run_page(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"recipe": "pretrain"}))
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows()))
    assert redraw_run_page(tmp_path)
    page = (tmp_path / "page.html").read_text()
    assert "best at step 20" in page
    assert "Scores" not in page
    scored(tmp_path, 20, 0.4)
    assert redraw_run_page(tmp_path)
    page = (tmp_path / "page.html").read_text()
    assert "sync.f1 (higher is better)" in page
    assert "step 20: weights run/best, clips 8<" in page
    assert "shuffled 0.25" in page
    assert "shots.axis" not in page
