from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.metrics.matching import Interval
from engine.metrics.page import Section, coloured, write_page
from engine.metrics.report import Report, Score
from engine.metrics.strips import WIDTH, strip


def _report() -> Report:
    value = Interval(value=0.5, low=0.4, high=0.6, n=3)
    nothing = Interval(value=float("nan"), low=float("nan"), high=float("nan"), n=3)
    scores = {
        "sync.offset_median_ms": Score(value=nothing),
        "sync.f1": Score(value=value, floors={"truth": value}),
        "shots.axis": Score.missing("it is seen from level 3 of the world on & no earlier"),
    }
    return Report(weights="some", scores=scores)


def test_what_is_not_measurable_is_told_with_its_reason(tmp_path: Path):
    write_page(tmp_path, _report())
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "not measurable: it is seen from level 3 of the world on &amp; no earlier" in page
    assert "shots.axis" in page
    assert "0.400 to 0.600" in page
    assert "nan" not in page
    assert "worst first" not in page


def test_clips_stand_in_the_order_they_are_given_with_their_strips(tmp_path: Path):
    video = np.zeros((5, 72, 128, 3), np.uint8)
    mute = strip(video, np.zeros((2, 0), np.float32))
    sounding = strip(video, np.zeros((2, 9600), np.float32), [([0.2], (255, 0, 0))])
    assert mute.shape[1] == sounding.shape[1] == WIDTH
    assert len(mute) < len(sounding)
    assert (sounding == (255, 0, 0)).all(axis=-1).any()
    said = coloured("a <b>", right=False)
    sections = [
        Section(title="the worse & first", said=said, strips={"clip": mute, "truth": sounding}),
        Section(title="the better", said=""),
    ]
    write_page(tmp_path, _report(), sections)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.index("the worse &amp; first") < page.index("the better")
    assert "a &lt;b&gt;" in page
    assert sorted(one.name for one in tmp_path.glob("*.png")) == [
        "clip-00-clip.png",
        "clip-00-truth.png",
    ]
