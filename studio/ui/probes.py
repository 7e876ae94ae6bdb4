"""The probes of the bench: a timeline and a window that are worked while somebody times them."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication

from engine.api import Backend
from studio.bridge.session import Session
from studio.document.film import Shot, new_film
from studio.document.ledger import Done, Failed
from studio.document.project_file import create_project
from studio.document.shot_changes import add_shot
from studio.document.store import Store
from studio.settings import SettingsFile
from studio.ui import theme
from studio.ui.main_window import MainWindow
from studio.ui.timeline_geometry import HEADER_PX, TOP_PX, hit_test
from studio.ui.timeline_view import TimelineView

_BEAT_S = 0.004
_PATIENCE_MS = 90_000


class TimelineProbe:
    """A timeline in a view of its own, painted and felt at random places."""

    def __init__(self, store: Store, size_px: tuple[int, int], chance: random.Random) -> None:
        found = QApplication.instance()
        self._app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
        theme.dress(self._app)
        self._chance = chance
        self._size_px = size_px
        self._view = TimelineView(store, Session())
        self._view.resize(*size_px)
        self._view.show()
        self._app.processEvents()

    def paint(self) -> None:
        """Paint everything at another zoom and place, as while zooming and scrolling."""
        view = self._view
        view.session.set_zoom(10 ** self._chance.uniform(-2.2, 1.0))
        bar = view.horizontalScrollBar()
        bar.setValue(self._chance.randint(0, max(0, bar.maximum())))
        view.repaint_all()
        # Not grab(): that would draw into a picture of its own as well.
        view.viewport().repaint()

    def hit(self) -> None:
        """Ask what lies under a place."""
        width, height = self._size_px
        x = self._chance.randint(HEADER_PX, width - 1)
        point = QPoint(x, self._chance.randint(TOP_PX, height - 1))
        hit_test(self._view.geometry_now(), self._view.timeline, point)

    def close(self) -> None:
        """Take the view down."""
        self._view.close()
        self._view.deleteLater()
        self._app.processEvents()


def open_window(settings: SettingsFile, build: Callable[[], Backend]) -> MainWindow:
    """The window, painted for the first time."""
    window = MainWindow(settings, build)
    window.show()
    QApplication.processEvents()
    return window


def render_in(window: MainWindow, folder: Path) -> dict[str, float]:
    """Open a film of one shot, preview it, close; the longest stalls meanwhile, in ms."""
    project = create_project(folder, new_film("Bench"))
    shot = Shot(id="shot", name="Shot", prompt="a red ball rolls", frames=25)
    project.store.apply(lambda film: add_shot(film, shot), "New shot")
    project.close()
    found: dict[str, float] = {}
    with stalls(found, "open_stall_ms"):
        window.open_film(folder)
        _wait(600)
    room = window.room
    if room is not None:
        room.session.set_shot("shot")
        with stalls(found, "render_stall_ms"):
            room.render_shot()
            _wait_until(
                lambda: any(
                    isinstance(job.state, Done | Failed) for job in room.store.ledger.jobs.values()
                )
            )
            _wait(400)
    window.close()
    QApplication.processEvents()
    return found


@contextmanager
def stalls(found: dict[str, float], name: str) -> Iterator[None]:
    """Measure, while it lasts, the longest time that the window's thread heard nothing."""
    last = time.perf_counter()
    longest = 0.0

    def beat() -> None:
        nonlocal last, longest
        now = time.perf_counter()
        longest, last = max(longest, now - last - _BEAT_S), now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    timer.start(round(_BEAT_S * 1000))
    try:
        yield
    finally:
        beat()
        timer.stop()
        found[name] = longest * 1000


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait_until(done: Callable[[], bool]) -> None:
    """Let the window live until ``done``, which is asked now and then, or patience ends."""
    loop = QEventLoop()
    asking = QTimer()
    asking.timeout.connect(lambda: loop.quit() if done() else None)
    asking.start(50)
    QTimer.singleShot(_PATIENCE_MS, loop, loop.quit)
    loop.exec()
    asking.stop()
