from __future__ import annotations

from pathlib import Path

from engine.metrics.matching import Interval
from engine.metrics.page import write_page
from engine.metrics.report import Report, Score


def test_what_is_not_measurable_is_told_with_its_reason(tmp_path: Path):
    value = Interval(value=0.5, low=0.4, high=0.6, n=3)
    scores = {
        "sync.f1": Score(value=value, floors={"truth": value}),
        "shots.axis": Score.missing("it is seen from level 3 of the world on & no earlier"),
    }
    write_page(tmp_path, Report(weights="some", scores=scores), {}, {}, "truth")
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "not measurable: it is seen from level 3 of the world on &amp; no earlier" in page
    assert "0.400 to 0.600" in page
    assert "nan" not in page
