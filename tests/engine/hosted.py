"""A backend in a process of its own, for tests; what is built there is light to import."""

from __future__ import annotations

import functools
from pathlib import Path

from engine.backends.hosted import HostedBackend
from engine.backends.scripted import Fault, ScriptedBackend


def scripted_backend(step_s: float = 0.01, crash_at: int | None = None) -> ScriptedBackend:
    """The scripted backend, with a crash at a step if one is wanted."""
    faults = [] if crash_at is None else [Fault(kind="crash", step=crash_at)]
    return ScriptedBackend(step_s=step_s, faults=faults)


def late_backend(gate: str) -> ScriptedBackend:
    """The scripted backend, built once somebody writes to the pipe ``gate``, as by slow imports."""
    Path(gate).read_bytes()
    return scripted_backend()


class TooLarge(ScriptedBackend):
    """Has no room for its weights."""

    def load(self) -> None:
        """Run out of memory."""
        raise MemoryError


class KeptHost(HostedBackend):
    """Keeps its process from test to test; it ends with this one."""

    def unload(self) -> None:
        """Keep everything."""


@functools.cache
def hosted_backend() -> HostedBackend:
    """A process in which the scripted backend works."""
    return KeptHost("tests.engine.hosted:scripted_backend")
