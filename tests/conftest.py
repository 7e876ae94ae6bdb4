"""What holds for every test: no screen, one thread each, and nothing left running or held."""

from __future__ import annotations

import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DAILIES_LOOK", "dark")

import functools
import threading
import time

import pytest
from hypothesis import settings

from tests.patience import PATIENCE_S

_GRACE_S = 2.0
# How long one example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("any pace", deadline=None)
settings.load_profile("any pace")


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks when its turn comes
def pytest_collection_modifyitems(items):
    """Keep the tests that share what their module makes on one worker, so that it is made once.

    Workers take the largest of these groups first (``--dist loadgroup``) and single tests after.
    """
    for item in items:
        named = item._fixtureinfo.name2fixturedefs.values()
        shared = any(fixture.scope == "module" for known in named for fixture in known)
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture(scope="session")
def dressed(qapp):
    """The application in its look.

    Put on once: another dress is put on every widget that earlier tests left to be deleted.
    """
    from studio.ui import theme

    theme.dress(qapp)
    return qapp


@pytest.fixture
def qtbot(qtbot):
    """The hand of pytest-qt, which waits for what must come as long as all tests do."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed"):
        waiting = functools.partial(getattr(qtbot, name), timeout=round(PATIENCE_S * 1000))
        setattr(qtbot, name, waiting)
    return qtbot


@pytest.fixture(autouse=True)
def no_held_keys():
    """Let go of Ctrl and Shift, which Qt holds for the next test after a key was pressed with them.

    Rows are selected beside others, and tools do otherwise, while they are held.
    """
    yield
    qt = sys.modules.get("PySide6.QtWidgets")
    if qt is not None and qt.QApplication.keyboardModifiers():
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyRelease(qt.QWidget(), Qt.Key.Key_Control)
        assert not qt.QApplication.keyboardModifiers()


@pytest.fixture(autouse=True)
def no_leaked_threads():
    """Fail the test that leaves a thread running which would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE_S
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if not thread.daemon and thread.is_alive()
    ]
    assert not left, f"threads left running: {', '.join(left)}"
