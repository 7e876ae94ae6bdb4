"""The garbage collector, kept from stopping the window.

What is counted out goes at once whatever the collector does; it is there for circles alone, of
which a window makes few. So it has its turns between two events instead of wherever a count is
full, which is in the middle of an edit: there the full ones took 17 to 25 ms.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

_FULL = 2
_BEAT_MS = 250
# New objects, and collections of the generation below, after which a generation has its turn.
_DUE = (10_000, 10, 10)
_lock = threading.Lock()
_hushed = 0
_was_on = True


@contextmanager
def hushed() -> Iterator[None]:
    """Collect nothing while this lasts, on any thread; afterwards leave what came in alone.

    A collection holds the interpreter's lock from its first object to its last. An engine's modules
    are some 300,000 objects that live as long as the program, a film's are as many that live as
    long as it is open; going through them again and again while they come in, and after, took 60 ms
    a time.
    """
    global _hushed, _was_on  # noqa: PLW0603 (there is one collector in a process)
    with _lock:
        if _hushed == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _hushed += 1
    try:
        yield
    finally:
        with _lock:
            _hushed -= 1
            gc.freeze()
            if _hushed == 0 and _was_on:
                gc.enable()


class Collector(QObject):
    """Collects on the thread of its parent, between two events, and nowhere else.

    So no thread of Python's own ever ends an object of Qt's that lay in a circle, either.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        """Turn the collector off and have its turns; ``end`` turns it on again."""
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self.turn)
        self._timer.start()
        gc.disable()

    def turn(self) -> None:
        """Collect the oldest generation that is due, if one is."""
        if _hushed:
            return
        counts = zip(gc.get_count(), _DUE, strict=False)
        due = [number for number, (count, most) in enumerate(counts) if count > most]
        if due and due[0] == 0:
            gc.collect(max(due))

    def end(self) -> None:
        """Let the collector choose its moments again."""
        self._timer.stop()
        gc.enable()
        self.deleteLater()


def pass_over_survivors() -> None:
    """Let no full collection go through again what has survived one, for the rest of the program.

    A film of ten thousand clips and its history are some hundred thousand values, none of them in a
    circle; to go through all of them every few edits took 50 ms a time. What is counted out goes
    as before.
    """
    gc.collect()
    gc.freeze()
    if _on_collected not in gc.callbacks:
        gc.callbacks.append(_on_collected)


def look_again() -> None:
    """Let the next full collection go through everything, because a film was closed."""
    gc.unfreeze()


def _on_collected(phase: str, facts: dict[str, int]) -> None:
    if phase == "stop" and facts["generation"] == _FULL:
        gc.freeze()
