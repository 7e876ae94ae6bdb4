"""The relay: the one hop from working threads to the GUI thread, thinned to the screen's rate."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

SCREEN_PERIOD_MS = 16
_TURN_S = 0.008
Deed = Callable[[], None]


class Relay(QObject):
    """Carries calls from any thread to the thread that made the relay.

    ``send`` runs every call, in order. ``latest`` keeps only the newest call of each key until the
    next beat of the screen, so that a render's progress never floods the window. Calls that take
    long together are run over several beats.
    """

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._queue: deque[tuple[Hashable | None, Deed]] = deque()
        self._newest: dict[Hashable, Deed] = {}
        self._awake = False
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SCREEN_PERIOD_MS)
        self._timer.timeout.connect(self._beat)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def send(self, deed: Deed) -> None:
        """Run ``deed`` on the GUI thread soon; none is left out."""
        self._put(None, deed)

    def latest(self, key: Hashable, deed: Deed) -> None:
        """Run ``deed`` on the GUI thread at the next beat unless a newer one of ``key`` comes."""
        self._put(key, deed)

    def close(self) -> None:
        """Drop what waits and take nothing more; called from the GUI thread."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            self._newest.clear()
        self._timer.stop()

    @Slot()
    def flush(self) -> None:
        """Run everything that waits now, on the GUI thread."""
        self._run(float("inf"))

    @Slot()
    def _beat(self) -> None:
        self._run(time.perf_counter() + _TURN_S)

    def _run(self, until: float) -> None:
        """Run what waits, and put off to the next beat what is not begun by ``until``."""
        with self._lock:
            count = len(self._queue)
            self._awake = False
        for _ in range(count):
            with self._lock:
                if not self._queue or self._closed:
                    return
                key, deed = self._queue.popleft()
                chosen = deed if key is None else self._newest.pop(key, None)
            if chosen is not None:
                chosen()
            if time.perf_counter() > until:
                break
        with self._lock:
            if self._queue and not self._closed:
                self._awake = True
                self._timer.start()

    def _put(self, key: Hashable | None, deed: Deed) -> None:
        with self._lock:
            if self._closed:
                return
            if key is None:
                self._queue.append((None, deed))
            else:
                if key not in self._newest:
                    self._queue.append((key, deed))
                self._newest[key] = deed
            if self._awake:
                return
            self._awake = True
        self._woken.emit()

    @Slot()
    def _wake(self) -> None:
        if not self._closed and not self._timer.isActive():
            self._timer.start()
