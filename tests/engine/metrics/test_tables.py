import json
from pathlib import Path

import pytest

from engine.errors import RequestError
from engine.metrics.goals import HIGH, MODEST
from engine.metrics.score import run
from engine.metrics.tables import BEGIN, END, between, tables


def score(value, spread=0.02, **floors):
    def interval(middle):
        return {"value": middle, "low": middle - spread, "high": middle + spread}

    plain = interval(value) | {"n": 8}
    return plain | {"floors": {name: interval(floor) for name, floor in floors.items()}}


def report(sync=0.6, manner="fast"):
    floors = {"shuffled": 0.3, "independent": 0.4, "cascade": 0.59, "truth": 0.8}
    scores = {
        "sync.f1": score(sync, **floors),
        "sync.lead.independent": score(0.2),
        "prompt.set": score(0.4, shuffled=0.16, independent=0.4),
        "references.identity.n1": score(0.5),
        "references.identity.n15": score(0.7),
        "v2v.s25.response": score(0.1),
        "v2v.s100.response": score(0.9),
        "v2v.s100.layout": score(0.3),
        "v2v.evenness": score(0.8),
        "extension.drift": score(0.01, shuffled=0.2, truth=0.0),
        "fast.s4.prompt": score(0.57, full=0.6),
        "fast.s4.picture_distance": score(0.1, seeds=0.5),
        "shots.drift": {"value": None, "low": None, "high": None, "n": 0, "floors": {}}
        | {"not_measurable": "no shots were learned"},
    }
    return {"weights": "some", "manner": manner, "scores": scores}


def section(text, title):
    return text.partition(f"### {title}\n\n")[2].partition("\n### ")[0]


def test_what_is_made_together_is_told_apart_from_what_is_not_where_intervals_are():
    text = section(tables({"last": report()}), "Together, apart, and sound for a finished picture")
    sync, name = text.splitlines()[2:4]
    assert "0.600 (0.580 to 0.620)" in sync
    assert "| ahead | not told apart |" in sync
    assert "| not told apart | - |" in name
    assert text.rstrip().endswith(": over apart 0.200 (0.180 to 0.220).")


def test_references_have_a_column_for_every_count_and_strengths_a_row():
    text = tables({"last": report()})
    assert section(text, "By the number of references").splitlines()[:-1] == [
        "| score | 1 | 15 |",
        "| --- | --- | --- |",
        "| references.identity | 0.500 (0.480 to 0.520) | 0.700 (0.680 to 0.720) |",
    ]
    ladder = section(text, "Changes by strength")
    assert "| 0.25 | 0.100 (0.080 to 0.120) | - |" in ladder
    assert "Evenness of the slider: 0.800" in ladder


def test_fast_is_held_against_full():
    text = section(tables({"last": report()}), "Fast beside Full")
    assert "| 4 | prompt | 0.570 (0.550 to 0.590) | 0.600 (0.580 to 0.620) | -5.0% |" in text
    assert "| 4 | picture_distance | 0.100 (0.080 to 0.120) | 0.500 (0.480 to 0.520) | - |" in text


def test_stages_are_compared_within_one_manner():
    stages = {"pretrain": report(0.5), "sft": report(0.6), "full": report(0.1, "full")}
    text = tables(stages)
    rows = section(text, "Stage by stage, in Fast's steps")
    assert rows.splitlines()[0] == "| score | pretrain | sft |"
    assert "| sync.f1 | 0.500 (0.480 to 0.520) | 0.600 (0.580 to 0.620) **better** |" in rows
    assert "**" not in next(row for row in rows.splitlines() if "prompt.set" in row)
    assert "in Full's steps" not in text
    assert "Stage by stage" not in tables({"only": report()})


def test_goals_say_by_how_much_they_are_missed():
    text = tables({"last": report()})
    modest = section(text, "Goals")
    assert "| sync beyond chance | sync.f1 | 0.600 (0.580 to 0.620) | at least 0.500 |" in modest
    assert "at least 0.480 | missed by 0.080 |" in modest
    assert "| at least 0.420 | reached |" in modest
    high = section(text, "Goals of a large accelerator")
    assert "| sync | sync.f1 | 0.600 (0.580 to 0.620) | at least 0.900 | missed by 0.300 |" in high
    reached = {goal.says: goal.reached(report()["scores"]) for goal in (*MODEST, *HIGH)}
    assert reached["prop at three times chance"] is None
    assert reached["Fast in 4 steps: prompt of Full"] == pytest.approx(0)


def test_what_was_not_measured_says_why():
    assert "- shots.drift: no shots were learned." in tables({"last": report()})


def test_tables_take_their_place_in_a_page(tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps(report(0.5)))
    (tmp_path / "b.json").write_text(json.dumps(report(0.6)))
    page = tmp_path / "REPORT.md"
    page.write_text(f"# Before\n\n{BEGIN}\nstale\n{END}\n\nAfter\n")
    words = ["tables", str(tmp_path / "a.json"), f"sft={tmp_path / 'b.json'}", "--into", str(page)]
    assert run(words) == 0
    text = page.read_text()
    assert "| score | a | sft |" in text
    assert "stale" not in text
    assert text.startswith("# Before\n")
    assert text.endswith(f"{END}\n\nAfter\n")
    assert run(words) == 0
    assert page.read_text() == text
    assert run(words[:2]) == 0
    assert "### Goals" in capsys.readouterr().out
    with pytest.raises(RequestError, match="where tables belong"):
        between("nothing", "text", "page")


def test_two_reports_of_one_name_are_refused(tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps(report()))
    assert run(["tables", str(tmp_path / "a.json"), str(tmp_path / "a.json")]) == 1
    assert "one name" in capsys.readouterr().err


def test_a_gate_closes_where_something_became_worse(tmp_path, capsys):
    for name, sync in (("a", 0.6), ("b", 0.4)):
        (tmp_path / f"{name}.json").write_text(json.dumps(report(sync)))
    paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    assert run(["compare", *paths]) == 0
    assert run(["compare", *paths, "--gate"]) == 1
    assert "sync.f1" in capsys.readouterr().err
    assert run(["compare", *reversed(paths), "--gate"]) == 0


@pytest.mark.parametrize("gone", ["left out", "not measurable"])
def test_a_gate_closes_where_something_was_not_measured_again(tmp_path, capsys, gone):
    before, after = report(), report()
    if gone == "left out":
        del after["scores"]["sync.f1"]
    else:
        after["scores"]["sync.f1"] |= {"value": None, "low": None, "high": None}
    paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    for path, one in zip(paths, (before, after), strict=True):
        Path(path).write_text(json.dumps(one))
    assert run(["compare", *paths, "--gate"]) == 1
    assert "sync.f1" in capsys.readouterr().err
    assert run(["compare", *reversed(paths), "--gate"]) == 0
