"""How a run speaks to whoever watches it, and hears that it is to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Tell whoever watches the run."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def stop_signals(stop: Callable[[], None], aloud: bool = True) -> Iterator[None]:
    """Within the block Ctrl+C and a polite stop call ``stop`` instead of ending the program."""

    def heard(_number: int, _frame: object) -> None:
        if aloud:
            say("Stopping after this step; go on with --resume.")
        stop()

    kinds = (signal.SIGINT, signal.SIGTERM)
    try:
        before = [signal.signal(kind, heard) for kind in kinds]
    except ValueError:  # Not the main thread: the caller stops the run itself.
        yield
        return
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
