"""A backend that is built when it is first needed, on the thread that needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.api import (
    Backend,
    Capabilities,
    Compiled,
    Control,
    Estimate,
    Finding,
    MaskTrack,
    Rating,
    RenderEvent,
    ShotRequest,
    Take,
    TrackedMask,
)
from studio.bridge.collector import hushed

Build = Callable[[], Backend]


class LateBackend:
    """Stands for a backend from the start; torch is imported when the first call needs it."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._made: Backend | None = None

    def _backend(self) -> Backend:
        with self._lock:
            if self._made is None:
                with hushed():
                    self._made = self._build()
            return self._made

    def capabilities(self) -> Capabilities:
        return self._backend().capabilities()

    def compile(self, request: ShotRequest) -> Compiled:
        return self._backend().compile(request)

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        return self._backend().preflight(request)

    def estimate(self, request: ShotRequest) -> Estimate:
        return self._backend().estimate(request)

    def render(
        self, request: ShotRequest, control: Control, resume: str | None = None
    ) -> Iterator[RenderEvent]:
        return self._backend().render(request, control, resume)

    def checkpoint(self, folder: Path) -> str | None:
        return self._backend().checkpoint(folder)

    def decode(self, folder: Path) -> Take:
        return self._backend().decode(folder)

    def track_mask(
        self,
        track: MaskTrack,
        target: Path,
        control: Control,
        told: Callable[[float], None] | None = None,
    ) -> TrackedMask | None:
        return self._backend().track_mask(track, target, control, told)

    def rate(self, take: Take) -> Rating:
        return self._backend().rate(take)

    def load(self) -> None:
        backend = self._backend()
        with hushed():
            backend.load()

    def unload(self) -> None:
        self._backend().unload()
