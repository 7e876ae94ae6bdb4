"""How long renders take on this machine: measured seconds, and what they say of the next one."""

from __future__ import annotations

import json
import statistics
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.api import Capabilities, Estimate, ShotRequest, mode_of

KEPT = 12


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Renders that take alike: all but the number of their pictures."""

    backend: str
    mode: str
    steps: int
    width: int
    height: int

    def key(self) -> str:
        """The kind as a key of the file."""
        return f"{self.backend}|{self.mode}|{self.steps}|{self.width}x{self.height}"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One finished render: its pictures (all takes together) and its seconds."""

    frames: int
    seconds: float


def kind_of(request: ShotRequest, capabilities: Capabilities) -> Kind:
    """The kind of render that ``request`` is."""
    steps = request.quality.steps
    if steps is None:
        fast = request.quality.mode == "fast"
        steps = capabilities.fast_steps if fast else capabilities.full_steps
    return Kind(
        backend=f"{capabilities.name}:{capabilities.weights[:12]}",
        mode=f"{mode_of(request.task)}:{request.quality.mode}",
        steps=steps,
        width=request.width,
        height=request.height,
    )


class History:
    """Measured renders, kept in a file from one run to the next; thread-safe.

    Attributes:
        path: of the file; ``None`` remembers for this run only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._measures = {} if path is None else _read(path)

    def add(self, request: ShotRequest, capabilities: Capabilities, seconds: float) -> None:
        """Remember that ``request`` took ``seconds``. A file that cannot be written is left."""
        measure = Measure(frames=request.frames * request.variations, seconds=seconds)
        key = kind_of(request, capabilities).key()
        with self._lock:
            self._measures[key] = (*self._measures.get(key, ()), measure)[-KEPT:]
            if self.path is not None:
                _write(self.path, self._measures)

    def seconds(self, request: ShotRequest, capabilities: Capabilities) -> float | None:
        """What ``request`` will take, from renders of its kind, or of its mode at another size."""
        kind = kind_of(request, capabilities)
        frames = request.frames * request.variations
        with self._lock:
            same = self._measures.get(kind.key(), ())
            if same:
                return _scaled(same, frames)
            return _from_others(self._measures, kind, frames)

    def estimate(
        self, request: ShotRequest, capabilities: Capabilities, counted: Estimate
    ) -> Estimate:
        """``counted``, the backend's own figure, corrected by what was measured here."""
        seconds = self.seconds(request, capabilities)
        if seconds is None:
            return counted
        return Estimate(seconds=seconds, memory_bytes=counted.memory_bytes, basis="history")


def _scaled(measures: tuple[Measure, ...], frames: int) -> float:
    """Seconds for ``frames``, from the measures whose length is nearest."""
    nearest = sorted(measures, key=lambda measure: abs(measure.frames - frames))[:5]
    return statistics.median(measure.seconds * frames / measure.frames for measure in nearest)


def _from_others(
    measures: Mapping[str, tuple[Measure, ...]], kind: Kind, frames: int
) -> float | None:
    """Seconds from the same mode at other sizes or steps, by pixels and steps."""
    work = kind.steps * kind.width * kind.height
    guesses: list[float] = []
    for key, found in measures.items():
        backend, mode, steps, size = key.split("|")
        if (backend, mode) == (kind.backend, kind.mode):
            width, _, height = size.partition("x")
            guesses.append(_scaled(found, frames) * work / (int(steps) * int(width) * int(height)))
    return statistics.median(guesses) if guesses else None


def _read(path: Path) -> dict[str, tuple[Measure, ...]]:
    """The file's measures; one that cannot be read counts as empty."""
    try:
        plain = cast("dict[str, list[dict[str, float]]]", json.loads(path.read_text("utf-8")))
        return {
            key: tuple(
                Measure(frames=int(item["frames"]), seconds=float(item["seconds"]))
                for item in items[-KEPT:]
                if int(item["frames"]) > 0 and float(item["seconds"]) > 0
            )
            for key, items in plain.items()
            if _is_key(key)
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _is_key(key: str) -> bool:
    parts = key.split("|")
    if len(parts) != 4:
        return False
    width, _, height = parts[3].partition("x")
    return all(part.isdigit() and int(part) > 0 for part in (parts[2], width, height))


def _write(path: Path, measures: Mapping[str, tuple[Measure, ...]]) -> None:
    plain = {
        key: [{"frames": m.frames, "seconds": round(m.seconds, 4)} for m in found]
        for key, found in measures.items()
    }
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(plain, indent=1), encoding="utf-8")
        part.replace(path)
    except OSError:
        return
