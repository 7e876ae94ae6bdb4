"""The crew: a film's queue and worker without a window, heard by the thread that holds the film."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable
from typing import assert_never

from engine.api import Backend
from engine.errors import EngineError
from studio.bridge.notices import Notice
from studio.bridge.shooting import Shooting
from studio.document.ledger import (
    Cancelled,
    Done,
    Failed,
    JobRecord,
    Parked,
    Queued,
    Running,
    TakeRecord,
)
from studio.document.project_file import Project
from studio.render.estimates import History
from studio.render.worker import (
    JobChanged,
    Loading,
    Made,
    NotLoaded,
    Ready,
    Stepped,
    Unloaded,
    WorkerEvent,
    open_worker,
)

Say = Callable[[str], None]

_BEAT_S = 0.2
_TELL_S = 5.0


class CommandError(EngineError):
    """A command that could not do what it was asked; ``str`` is the sentence."""


class Crew:
    """Renders for one open film. All methods belong to the thread that holds the store.

    Args:
        project: open for writing.
        backend: built already; it is loaded on the worker's thread.
        say: told what happens, a line each.
        history: seconds that renders took on this machine.
    """

    def __init__(
        self, project: Project, backend: Backend, say: Say, *, history: History | None = None
    ) -> None:
        self._store = project.store
        self._say = say
        self._events: queue.SimpleQueue[WorkerEvent] = queue.SimpleQueue()
        self._began_s: dict[str, float] = {}
        self._took_s: dict[str, float] = {}
        self._told_s = 0.0
        self._made: dict[str, tuple[TakeRecord, ...]] = {}
        capabilities = backend.capabilities()
        self.queue, self._worker = open_worker(
            backend, project.folder, self._store.ledger, self._events.put, history=history
        )
        self.shooting = Shooting(self._store, project.folder, self.queue, self._hear_notice)
        self.shooting.capabilities = capabilities

    def start(self) -> None:
        """Let the engine load and the queue run."""
        self._worker.start()

    def close(self) -> None:
        """Park what runs, end the worker, and record what it still has to say."""
        self._worker.close()
        while not self._events.empty():
            self._record(self._events.get())

    def wait(self, jobs: Iterable[JobRecord]) -> dict[str, tuple[TakeRecord, ...]]:
        """Wait until these jobs have ended; their takes by job id.

        Raises:
            CommandError: if one of them failed or was stopped.
        """
        wanted = tuple(job.id for job in jobs)
        while any(self._is_open(job_id) for job_id in wanted):
            try:
                event = self._events.get(timeout=_BEAT_S)
            except queue.Empty:
                continue
            self._record(event)
            self._tell(event)
        for job_id in wanted:
            self._require_done(self._store.ledger.jobs[job_id])
        return {job_id: self._made.get(job_id, ()) for job_id in wanted}

    def seconds(self, job: JobRecord) -> float:
        """How long a finished job was rendered."""
        return self._took_s.get(job.id, 0.0)

    def _is_open(self, job_id: str) -> bool:
        job = self._store.ledger.jobs.get(job_id)
        return job is None or job.is_open

    def _record(self, event: WorkerEvent) -> None:
        match event:
            case Made(job=job, takes=takes):
                self._made[job.id] = takes
                self._store.record(*takes)
            case JobChanged(job=job):
                self._time(job)
                self._store.record(job)
            case Loading() | Ready() | Unloaded() | NotLoaded() | Stepped():
                pass
            case _:
                assert_never(event)

    def _time(self, job: JobRecord) -> None:
        now_s = time.monotonic()
        match job.state:
            case Running():
                self._began_s[job.id] = now_s
            case Done() | Parked() | Failed() | Cancelled():
                began_s = self._began_s.pop(job.id, now_s)
                self._took_s[job.id] = self._took_s.get(job.id, 0.0) + now_s - began_s
            case Queued():
                pass
            case _:
                assert_never(job.state)

    def _tell(self, event: WorkerEvent) -> None:
        match event:
            case Ready(seconds=seconds):
                self._say(f"The engine is ready ({seconds:.1f} s).")
            case NotLoaded(sentence=sentence):
                self._say(sentence)
            case Stepped(step=step, of=of, eta_s=eta_s):
                now_s = time.monotonic()
                if now_s - self._told_s > _TELL_S:
                    self._told_s = now_s
                    left = "" if eta_s is None else f", {eta_s:.0f} s left"
                    self._say(f"  step {step} of {of}{left}")
            case Loading() | Unloaded() | Made() | JobChanged():
                pass
            case _:
                assert_never(event)

    def _require_done(self, job: JobRecord) -> None:
        match job.state:
            case Done():
                return
            case Failed(sentence=sentence, cause=cause):
                raise CommandError(sentence) from RuntimeError(cause)
            case Cancelled() | Parked() | Queued() | Running():
                raise CommandError("A render was stopped before it was finished.")
            case _:
                assert_never(job.state)

    def _hear_notice(self, notice: Notice) -> None:
        if notice.level == "problem":
            raise CommandError(notice.sentence)
        self._say(notice.sentence)
