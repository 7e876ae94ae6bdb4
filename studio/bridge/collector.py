"""The garbage collector, kept from stopping the window while the engine comes in."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_hushed = 0
_was_on = True


@contextmanager
def hushed() -> Iterator[None]:
    """Collect nothing while this lasts, on any thread; afterwards leave new modules alone.

    A collection holds the interpreter's lock from its first object to its last. An engine's modules
    are some 300,000 objects that live as long as the program; going through them again and again
    while they come in, and after, took 60 ms a time.
    """
    global _hushed, _was_on  # noqa: PLW0603 (there is one collector in a process)
    with _lock:
        if _hushed == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _hushed += 1
    known = len(sys.modules)
    try:
        yield
    finally:
        with _lock:
            _hushed -= 1
            if len(sys.modules) > known:
                gc.freeze()
            if _hushed == 0 and _was_on:
                gc.enable()
