"""The export queue: films written one after another by one thread, each with its state."""

from __future__ import annotations

import threading
import traceback
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from engine.errors import EngineError
from studio.export.exporter import (
    ExportCancelled,
    ExportEnd,
    Exporter,
    ExportEvent,
    ExportFailed,
    ExportProgress,
)
from studio.export.plan import ExportPlan
from studio.wording import tr

Make = Callable[[Callable[[ExportEvent], None]], AbstractContextManager[Exporter]]
"""Opens an exporter that tells its events; leaving it closes its files."""


@dataclass(frozen=True)
class Waiting:
    """It will be written when those before it are."""


@dataclass(frozen=True)
class Writing:
    """It is being written; ``progress`` is ``None`` until the first is told."""

    progress: ExportProgress | None = None


@dataclass(frozen=True)
class Ended:
    """It is over, one way or another."""

    end: ExportEnd


ExportState = Waiting | Writing | Ended


@dataclass(frozen=True, kw_only=True)
class ExportJob:
    """One film of the queue."""

    id: str
    plan: ExportPlan
    state: ExportState = Waiting()

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return not isinstance(self.state, Ended)


class ExportQueue:
    """Jobs in the order they are written. Any thread may ask.

    Args:
        tell: told all jobs after each change, on the thread that made it.
    """

    def __init__(self, tell: Callable[[tuple[ExportJob, ...]], None]) -> None:
        self._tell = tell
        self._changed = threading.Condition()
        self._jobs: dict[str, ExportJob] = {}
        self._makers: dict[str, Make] = {}
        self._exporter: tuple[str, Exporter] | None = None
        self._unwanted: set[str] = set()
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def jobs(self) -> tuple[ExportJob, ...]:
        """All of them, the first first."""
        with self._changed:
            return tuple(self._jobs.values())

    @property
    def busy(self) -> bool:
        """Whether something is left to do."""
        return any(job.is_open for job in self.jobs)

    def add(self, plan: ExportPlan, make: Make) -> str:
        """Write ``plan`` after those that wait already; the id of the job."""
        job = ExportJob(id=uuid.uuid4().hex[:12], plan=plan)
        with self._changed:
            self._jobs[job.id] = job
            self._makers[job.id] = make
            self._changed.notify_all()
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="exports")
                self._thread.start()
        self._tell(self.jobs)
        return job.id

    def cancel(self, job_id: str) -> None:
        """Stop a job soon, or take it out of the queue; nothing is left behind."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or not job.is_open:
                return
            self._unwanted.add(job_id)
            if self._exporter is not None and self._exporter[0] == job_id:
                self._exporter[1].cancel()
            if isinstance(job.state, Waiting):
                self._jobs[job_id] = replace(job, state=Ended(ExportCancelled()))
        self._tell(self.jobs)

    def forget_ended(self) -> None:
        """Take those that are over off the list."""
        with self._changed:
            self._jobs = {key: job for key, job in self._jobs.items() if job.is_open}
        self._tell(self.jobs)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is left to do; ``False`` if it takes too long."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not any(job.is_open for job in self._jobs.values()), timeout_s
            )

    def close(self) -> None:
        """Stop all, and wait for the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for job in self.jobs:
            self.cancel(job.id)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._set(job.id, Writing())
            end = self._write(job)
            with self._changed:
                self._exporter = None
                self._makers.pop(job.id, None)
            self._set(job.id, Ended(end))

    def _next(self) -> ExportJob | None:
        """The next job that waits, when there is one; ``None`` once the queue is closed."""

        def first() -> ExportJob | None:
            jobs = self._jobs.values()
            return next((job for job in jobs if isinstance(job.state, Waiting)), None)

        with self._changed:
            self._changed.wait_for(lambda: self._closed or first() is not None)
            return None if self._closed else first()

    def _write(self, job: ExportJob) -> ExportEnd:
        def tell(event: ExportEvent) -> None:
            if isinstance(event, ExportProgress):
                self._set(job.id, Writing(event))

        try:
            with self._makers[job.id](tell) as exporter:
                with self._changed:
                    self._exporter = job.id, exporter
                    if job.id in self._unwanted:
                        exporter.cancel()
                return exporter.run()
        except EngineError as error:
            return ExportFailed(sentence=str(error), cause=repr(error))
        except Exception as error:
            sentence = tr(
                "The export stopped because of an error in the program: {error}.", error=error
            )
            return ExportFailed(sentence=sentence, cause=traceback.format_exc())

    def _set(self, job_id: str, state: ExportState) -> None:
        with self._changed:
            if job_id in self._jobs:
                self._jobs[job_id] = replace(self._jobs[job_id], state=state)
            self._changed.notify_all()
        self._tell(self.jobs)
