import argparse
import gc
import json
import subprocess
import sys

import pytest

from studio import bench
from studio.bridge import collector
from studio.document.ledger import Failed, JobRecord, now
from studio.ui import probes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def words(*argv):
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(argv)


def test_both_engines_are_measured_where_the_weights_are():
    assert next(iter(bench._engines())) == "scripted"
    assert set(bench._engines()) <= {"scripted", "backlot"}


def test_an_unknown_engine_is_refused(capsys):
    with pytest.raises(SystemExit):
        words("--backend", "other")
    assert "choose from" in capsys.readouterr().err


def test_the_window_is_measured_with_a_long_film_where_no_clips_are_named(monkeypatch):
    asked = []
    monkeypatch.setattr(bench, "window_measures", lambda *given: iter(asked.append(given) or ()))
    list(bench._all_measures(words("--clips", "--no-playback", "--backend", "scripted")))
    assert asked == [("scripted", max(bench.SIZES))]


@pytest.mark.parametrize("said", [["--clips", "0"], ["--clips", "many"]])
def test_a_film_without_clips_is_refused(said, capsys):
    with pytest.raises(SystemExit):
        words(*said)
    assert "--clips" in capsys.readouterr().err


def test_what_exceeds_its_budget_says_so():
    measure = bench.Measure(name="paint", runs=9, p50_ms=10.0, p99_ms=24.0, budget_ms=16.0)
    assert measure.ratio == 1.5
    assert measure.line().endswith("over")


def test_the_window_child_tells_of_every_stage(capsys, qapp, monkeypatch):
    monkeypatch.setattr(probes, "_FULL_MS", 100)
    monkeypatch.setattr(probes, "_DEEDS", 3)
    interval = sys.getswitchinterval()
    assert bench._window_child(0.0, "scripted", 400) == 0
    sys.setswitchinterval(interval)
    gc.callbacks.remove(collector._on_collected)
    gc.unfreeze()
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    stalls = {"open_stall", "load_stall", "preview_stall", "full_stall", "landing_stall"}
    deeds = {"paint", "hit", "edit", "undo"}
    assert set(found) == {"start", *stalls, *deeds}
    assert all(time > 0 for stage in stalls | deeds for time in found[stage])
    assert all(len(found[deed]) == 3 for deed in deeds)


def test_a_window_that_cannot_be_measured_is_over_every_budget(monkeypatch, capsys):
    broken = subprocess.CompletedProcess([], 1, stdout="", stderr="no window")
    monkeypatch.setattr(bench.subprocess, "run", lambda *_, **__: broken)
    (measure,) = bench.window_measures("scripted", 400)
    assert measure.line().endswith("over")
    assert "no window" in capsys.readouterr().err


def test_a_render_that_fails_is_no_measure():
    job = JobRecord(id="j", kind="preview", created=now(), state=Failed(sentence="It broke."))
    with pytest.raises(RuntimeError, match="It broke"):
        probes._require_done([job])


class Timed:
    """A probe whose exports take what it is told; ``theirs`` of nothing has no ffmpeg."""

    def __init__(self, ours, theirs=()):
        self._ours, self._theirs = iter(ours), iter(theirs)

    def export_s(self):
        return next(self._ours)

    def ffmpeg_s(self):
        return next(self._theirs, None)


def test_an_export_is_measured_in_turn_with_ffmpeg_by_the_medians(capsys):
    measure = bench._export_measure(Timed([2.0, 9.0, 3.0], [1.0, 2.0, 8.0]), 8_000)
    assert measure.name == "export: H.264 against ffmpeg"
    assert (measure.p50_ms, measure.budget_ms) == (3_000, pytest.approx(2_200))
    assert capsys.readouterr().err == ""


def test_without_ffmpeg_a_sentence_says_so_and_real_time_is_the_budget(capsys):
    measure = bench._export_measure(Timed([2.0]), 8_000)
    assert (measure.name, measure.ratio) == ("export: H.264 against real time", 0.25)
    assert "There is no ffmpeg on this machine" in capsys.readouterr().err


def test_playback_is_measured_unless_it_is_left_out(monkeypatch):
    measured = bench.Measure(name="playback", runs=1, p50_ms=1, p99_ms=1, budget_ms=2)
    monkeypatch.setattr(bench, "playback_measures", lambda: iter([measured]))
    assert list(bench._all_measures(words("--clips", "--no-window"))) == [measured]
    assert not list(bench._all_measures(words("--clips", "--no-window", "--no-playback")))
