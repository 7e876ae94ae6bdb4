import gc
import importlib
import sys

import pytest

from studio.bridge.collector import hushed


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_while_an_engine_comes_in():
    with hushed():
        with hushed():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    with hushed():
        pass
    assert not gc.isenabled()


def test_only_what_came_with_modules_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "came_in.py").write_text("KEPT = [[number] for number in range(50)]\n")
    monkeypatch.syspath_prepend(tmp_path)
    frozen = gc.get_freeze_count()
    with hushed():
        pass
    assert gc.get_freeze_count() == frozen
    with hushed():
        importlib.import_module("came_in")
    del sys.modules["came_in"]
    assert gc.get_freeze_count() > frozen
