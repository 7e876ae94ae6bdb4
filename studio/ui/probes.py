"""The probes of the bench: a timeline and a window that are worked while somebody times them."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication

from engine.api import Backend
from studio.bridge.room import Room
from studio.bridge.session import Session
from studio.document.film import Shot, new_film
from studio.document.ledger import Done, Failed, JobRecord
from studio.document.project_file import create_project
from studio.document.shot_changes import add_shot
from studio.document.store import Store
from studio.settings import SettingsFile
from studio.ui import theme
from studio.ui.main_window import MainWindow
from studio.ui.timeline_geometry import HEADER_PX, TOP_PX
from studio.ui.timeline_hits import hit_test
from studio.ui.timeline_view import TimelineView

_BEAT_S = 0.004
_PATIENCE_MS = 60_000
# How long the full render is watched; it may take many times as long.
_FULL_MS = 3_000


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
    """Open a film of one shot, preview it, keep it, let its full render begin, and close.

    Returns:
        The longest stall while the film is opened, the engine is brought in, the preview is made
        and the full render works, in ms.

    Raises:
        TimeoutError: if the engine, the preview or the full render does not come.
    """
    project = create_project(folder, new_film("Bench"))
    shot = Shot(id="shot", name="Shot", prompt="a red ball rolls", frames=25)
    project.store.apply(lambda film: add_shot(film, shot), "New shot")
    project.close()
    found: dict[str, float] = {}
    with stalls(found, "open_stall_ms"):
        window.open_film(folder)
    room = window.room
    if room is None:
        raise TimeoutError("The film could not be opened.")
    try:
        _render_shot(room, found)
    finally:
        window.close()
        QApplication.processEvents()
    return found


def _render_shot(room: Room, found: dict[str, float]) -> None:
    said: list[str] = []
    room.engine_said.connect(said.append)
    with stalls(found, "load_stall_ms"):
        _wait_until(lambda: room.capabilities is not None and any(map(_is_ready, said)), "engine")
        _wait(200)
    with stalls(found, "preview_stall_ms"):
        room.session.set_shot("shot")
        room.render_shot()
        _wait_until(lambda: any(isinstance(j.state, Done | Failed) for j in _jobs(room)), "preview")
        _wait(400)
    with stalls(found, "full_stall_ms"):
        room.keep()
        _wait_until(lambda: any(_has_worked(room, job) for job in _jobs(room)), "full render")
        _wait(_FULL_MS)


def _is_ready(words: str) -> bool:
    return words.startswith("Engine ready")


def _jobs(room: Room) -> Iterable[JobRecord]:
    return room.store.ledger.jobs.values()


def _has_worked(room: Room, job: JobRecord) -> bool:
    """Whether the full render has begun, or is over already."""
    return job.kind == "full" and (job.id in room.pulses or isinstance(job.state, Done | Failed))


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


def _wait_until(done: Callable[[], bool], what: str) -> None:
    """Let the window live until ``done``, which is asked now and then.

    Raises:
        TimeoutError: if patience ends before.
    """
    loop = QEventLoop()
    asking = QTimer()
    asking.timeout.connect(lambda: loop.quit() if done() else None)
    asking.start(50)
    QTimer.singleShot(_PATIENCE_MS, loop, loop.quit)
    loop.exec()
    asking.stop()
    if not done():
        raise TimeoutError(f"The {what} did not come in {_PATIENCE_MS / 1000:.0f} s.")
