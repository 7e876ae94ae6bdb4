"""Giving way: threads that work behind the window let it, the player and the writer go first."""

from __future__ import annotations

import os
import sys
import threading

_STEPS = 5


def give_way() -> None:
    """Lower the priority of the thread that calls, and of those it will start.

    Where threads have no priority of their own nothing happens: on Linux they do, as the kernel
    knows threads as processes that share their memory.
    """
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    try:
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _STEPS)
    except OSError:
        return  # a sandbox may forbid it, and nothing depends on it
