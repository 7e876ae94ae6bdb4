import argparse
import gc
import json
import sys

import pytest

from studio import bench
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


def test_what_exceeds_its_budget_says_so():
    measure = bench.Measure(name="paint", runs=9, p50_ms=10.0, p99_ms=24.0, budget_ms=16.0)
    assert measure.ratio == 1.5
    assert measure.line().endswith("over")


def test_the_window_child_tells_of_every_stage(capsys, qapp, monkeypatch):
    monkeypatch.setattr(probes, "_FULL_MS", 100)
    interval = sys.getswitchinterval()
    assert bench._window_child(0.0, "scripted") == 0
    sys.setswitchinterval(interval)
    gc.unfreeze()
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    stages = {"open_stall_ms", "load_stall_ms", "preview_stall_ms", "full_stall_ms"}
    assert set(found) == {"start_ms", *stages}
    assert all(found[stage] > 0 for stage in stages)
