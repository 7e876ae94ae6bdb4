"""Errands: small work done beside the window, one after the other, on a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from engine.errors import EngineError
from studio.bridge.relay import Relay

T = TypeVar("T")


class Errands:
    """Runs what takes longer than a frame of the screen and tells the GUI thread what came of it.

    The thread is there from the first errand until ``close``.
    """

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._stops: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._run, name="errands", daemon=True)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[str], None],
        *,
        stop: Callable[[], None] | None = None,
    ) -> None:
        """Do ``work`` aside; ``done``, or ``failed`` with a sentence, is called on the GUI thread.

        ``stop`` makes work that takes seconds end early when all is closed. Only errors that are
        sentences for the director are caught; any other is raised there, where the program's crash
        hook hears of it.
        """

        def errand() -> None:
            try:
                result = work()
            except EngineError as error:
                sentence = str(error)
                self._relay.send(lambda: failed(sentence))
            except Exception as error:
                self._relay.send(lambda error=error: _raise(error))
            else:
                self._relay.send(lambda: done(result))

        if stop is not None:
            self._stops.append(stop)
        self._waiting.put(errand)
        if self._thread.ident is None:
            self._thread.start()

    def close(self) -> None:
        """Forget what waits, and wait for what is being done."""
        self._closed.set()
        for stop in self._stops:
            stop()
        self._waiting.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while (errand := self._waiting.get()) is not None:
            if not self._closed.is_set():
                errand()


def _raise(error: Exception) -> None:
    raise error
