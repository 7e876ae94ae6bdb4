"""The probes of the bench: a window that is worked while somebody times it.

Nothing of a film is imported here, as the window's start is measured with it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from engine.api import Backend
from studio.document.ledger import Done, Failed, JobRecord
from studio.document.store import Store
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow

if TYPE_CHECKING:
    from studio.bridge.room import Room

_BEAT_S = 0.004
_PATIENCE_MS = 180_000
# How long the full render is watched before the cut is worked on beside it.
_FULL_MS = 3_000
# How often each deed is done while it works, and how soon after the last.
_DEEDS = 60
_HAND_MS = 10
Deeds = dict[str, Callable[[], object]]


def open_window(settings: SettingsFile, build: Callable[[], Backend]) -> MainWindow:
    """The window, painted for the first time."""
    window = MainWindow(settings, build)
    window.show()
    QApplication.processEvents()
    return window


def render_in(
    window: MainWindow, folder: Path, work: Callable[[Store], Deeds]
) -> dict[str, list[float]]:
    """Open a film, preview its first shot, keep it, work on the cut meanwhile, and close.

    Args:
        window: on its welcome page.
        folder: of a film whose shots have words; the first is rendered.
        work: what is done to the cut of a store while the full render works, by name.

    Returns:
        The longest stall while the film is opened, the engine is brought in, the preview is made,
        the full render works and its take arrives (``open_stall`` and so on), and the times of
        every deed, in ms.

    Raises:
        TimeoutError: if the engine, the preview or the full render does not come.
        RuntimeError: if a render fails.
    """
    found: dict[str, list[float]] = {}
    with stalls(found, "open_stall"):
        window.open_film(folder)
    from studio.ui.timeline_probe import TimelineProbe

    room, workspace = window.room, window.workspace
    if room is None or workspace is None:
        raise TimeoutError("The film could not be opened.")
    try:
        probe = TimelineProbe(workspace.timeline, random.Random(5))
        deeds: Deeds = {**work(room.store), "paint": probe.paint, "hit": probe.hit}
        _render_shot(room, found, deeds)
    finally:
        window.close()
        QApplication.processEvents()
    return found


def _render_shot(room: Room, found: dict[str, list[float]], deeds: Deeds) -> None:
    said: list[str] = []
    room.engine_said.connect(said.append)
    with stalls(found, "load_stall"):
        _wait_until(lambda: room.capabilities is not None and any(map(_is_ready, said)), "engine")
        _wait(200)
    with stalls(found, "preview_stall"):
        room.session.set_shot(room.film.shots[0].id)
        room.render_shot()
        _wait_until(lambda: any(_is_over(job) for job in _jobs(room)), "preview")
        _require_done(_jobs(room))
        _wait(400)
    with stalls(found, "full_stall"):
        room.keep()
        _wait_until(lambda: any(_has_worked(room, job) for job in _jobs(room)), "full render")
        _wait(_FULL_MS)
    _work(found, deeds)
    with stalls(found, "landing_stall"):
        _wait_until(lambda: all(_is_over(job) for job in _jobs(room)), "take of the full render")
        _require_done(_jobs(room))
        _wait(400)


def _work(found: dict[str, list[float]], deeds: Deeds) -> None:
    """Do the deeds in turn while the render goes on, with the window living in between."""
    loop, hand = QEventLoop(), QTimer()
    left = [name for _ in range(_DEEDS) for name in deeds]

    def turn() -> None:
        if not left:
            loop.quit()
            return
        name = left.pop()
        began = time.perf_counter()
        deeds[name]()
        found.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    hand.timeout.connect(turn)
    hand.start(_HAND_MS)
    loop.exec()
    hand.stop()


def _is_ready(words: str) -> bool:
    return words.startswith("Engine ready")


def _jobs(room: Room) -> Iterable[JobRecord]:
    return room.store.ledger.jobs.values()


def _has_worked(room: Room, job: JobRecord) -> bool:
    """Whether the full render has begun, or is over already."""
    return job.kind == "full" and (job.id in room.pulses or _is_over(job))


def _is_over(job: JobRecord) -> bool:
    return isinstance(job.state, Done | Failed)


def _require_done(jobs: Iterable[JobRecord]) -> None:
    """See that no render failed: there would be nothing to be measured.

    Raises:
        RuntimeError: if one did.
    """
    for job in jobs:
        if isinstance(job.state, Failed):
            raise RuntimeError(f"A render failed: {job.state.sentence}")


@contextmanager
def stalls(found: dict[str, list[float]], name: str) -> Iterator[None]:
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
        found[name] = [longest * 1000]


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
