import json
import re

from engine.training.run_page import draw, gather, write_run_page


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
