"""The queue: which job is rendered next, and what becomes of those that wait or run.

Previews come first, the newest of the shot under the hand before all others; full renders run
when nothing else waits and stand aside for a preview. Jobs found at a start are held until the
director lets them go. All methods may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, assert_never

from engine.api import Control, ShotRequest
from studio.document.ledger import Cancelled, JobRecord, JobState, Queued, Running
from studio.render.film_paths import TAKES
from studio.render.jobs import (
    after_restart,
    can_retry,
    can_run,
    changed_job,
    ended_without_takes,
    is_urgent,
)

Flow = Literal["open", "paused", "closed"]
Record = Callable[[JobRecord], None]


@dataclass(frozen=True)
class Turn:
    """A job that the worker is to render, and how the render is told to stop."""

    job: JobRecord
    control: Control
    was: JobState
    began_s: float = field(default_factory=time.monotonic)


class RenderQueue:
    """All open jobs of a film, and those that ended since it was opened.

    Attributes:
        folder: the film's folder.
    """

    def __init__(
        self,
        folder: Path,
        record: Record,
        *,
        restored: Iterable[JobRecord] = (),
        discard: Callable[[str], None] | None = None,
    ) -> None:
        """Make a queue.

        Args:
            folder: the film's.
            record: told every new state of a job, in order.
            restored: open jobs of the ledger, in their order; they are held.
            discard: told the ids of jobs whose files are no longer needed.
        """
        self.folder = folder
        self._record = record
        self._discard = discard
        self._changed = threading.Condition(threading.RLock())
        self._jobs: dict[str, JobRecord] = {}
        self._held: set[str] = set()
        self._turn: Turn | None = None
        self._flow: Flow = "open"
        self._hand: str | None = None
        for job in restored:
            self._jobs[job.id] = after_restart(job)
            self._held.add(job.id)

    @property
    def flow(self) -> Flow:
        """Whether jobs are handed out."""
        return self._flow

    def jobs(self) -> tuple[JobRecord, ...]:
        """The open jobs in the order in which they would run, then those that ended."""
        with self._changed:
            waiting = self._waiting()
            running = [job for job in self._jobs.values() if isinstance(job.state, Running)]
            ended = [job for job in self._jobs.values() if not job.is_open]
            return (*running, *waiting, *ended)

    def job(self, job_id: str) -> JobRecord | None:
        """A job in its present state."""
        with self._changed:
            return self._jobs.get(job_id)

    def is_held(self, job_id: str) -> bool:
        """Whether a job of an earlier run waits for the director to let it go."""
        with self._changed:
            return job_id in self._held

    def release(self, job_ids: Iterable[str] | None = None) -> None:
        """Let held jobs run: those given, or all."""
        with self._changed:
            self._held -= set(self._held if job_ids is None else job_ids)
            self._stand_aside()
            self._changed.notify_all()

    def add(self, job: JobRecord, *, supersede: bool = True) -> None:
        """Put ``job`` into the queue.

        Args:
            job: a new one.
            supersede: whether a preview takes the place of older ones of its shot that wait.
        """
        with self._changed:
            if supersede and job.kind in ("preview", "still") and job.shot_id is not None:
                for old in self._waiting():
                    if old.kind == job.kind and old.shots == job.shots:
                        self._end_waiting(old)
            self._put(job)
            self._stand_aside()
            self._changed.notify_all()

    def expect(self, job_id: str, seconds: float) -> None:
        """Let a job that is not over say what it should take, where it does not yet."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is not None and job.is_open and job.estimate_s is None:
                self._put(replace(job, estimate_s=round(seconds, 3)))

    def put_under_hand(self, shot_id: str | None) -> None:
        """Say which shot the director is working on: its previews come before all others."""
        with self._changed:
            self._hand = shot_id

    def move(self, job_id: str, before: str | None) -> None:
        """Let a waiting job run before another, or after all others of its kind."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or not can_run(job):
                return
            line = [
                other
                for other in self._waiting()
                if other.id != job_id and is_urgent(other) == is_urgent(job)
            ]
            places = [place for place, other in enumerate(line) if other.id == before]
            line.insert(places[0] if places else len(line), job)
            for place, other in enumerate(reversed(line)):
                if other.priority != place:
                    self._put(replace(other, priority=place))

    def edit(
        self, job_id: str, request: ShotRequest, *, seed_counts: bool = False
    ) -> JobRecord | None:
        """Put a job with another request in the place of a waiting one, whose work is thrown away.

        ``seed_counts`` says whether a shot of it asks for a seed of its own.

        Returns:
            The new job; ``None`` where the old one waits no more.
        """
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or not can_run(job):
                return None
            changed = changed_job(job, request, self.folder, seed_counts=seed_counts)
            if job_id in self._held:
                self._held.add(changed.id)
            places = [changed.id if known == job_id else known for known in self._jobs]
            self._end_waiting(job, dismissed=True)
            self._put(changed)
            self._jobs = {known: self._jobs[known] for known in places}
            return changed

    def cancel(self, job_id: str) -> None:
        """Stop a job, running or not, and throw its work away."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None:
                return
            if self._turn is not None and self._turn.job.id == job_id:
                self._turn.control.cancel()
            elif can_run(job):
                self._end_waiting(job)

    def retry(self, job: JobRecord) -> None:
        """Put a job that may do better, of this sitting or one before, into the queue again."""
        with self._changed:
            job = self._jobs.get(job.id, job)
            if not can_retry(job):
                return
            self._put(replace(job, state=Queued(), seconds=None, dismissed=False))
            self._stand_aside()
            self._changed.notify_all()

    def forget(self, job: JobRecord) -> None:
        """Take a job that has ended, in this sitting or before, off the list."""
        with self._changed:
            job = self._jobs.get(job.id, job)
            if job.is_open:
                return
            self._jobs.pop(job.id, None)
            self._record(replace(job, dismissed=True))
        if ended_without_takes(job):
            self._throw_away(job.id)

    def pause(self) -> bool:
        """Hand out no more jobs; the running one is parked after its last finished step.

        Returns:
            Whether jobs were handed out until now.
        """
        return self._set_flow("paused") == "open"

    def resume(self) -> None:
        """Hand out jobs again."""
        self._set_flow("open")

    def close(self) -> None:
        """End for good: the running job is parked and the worker is let go."""
        self._set_flow("closed")

    def next_turn(self, timeout_s: float | None = None) -> Turn | None:
        """Wait for a job to render and mark it as running.

        Returns:
            ``None`` when the queue is paused or closed, or nothing came in time.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._flow != "open" or self._runnable() is not None, timeout_s
            )
            job = self._runnable()
            if self._flow != "open" or job is None:
                return None
            self._turn = Turn(job, Control(self.folder / TAKES / job.id), job.state)
            self._put(replace(job, state=Running()))
            return self._turn

    def wait_for_flow(self) -> Flow:
        """Wait until the queue is no longer paused."""
        with self._changed:
            self._changed.wait_for(lambda: self._flow != "paused")
            return self._flow

    def advance(self, job_id: str, step: int, of: int) -> None:
        """Note the finished steps of the running job; not recorded, for it changes often."""
        with self._changed:
            job = self._jobs[job_id]
            self._jobs[job_id] = replace(job, state=Running(step=step, of=of))

    def finish(self, job_id: str, state: JobState) -> JobRecord:
        """Note how the running job ended or where it stopped."""
        if isinstance(state, Cancelled):
            self._throw_away(job_id)
        with self._changed:
            job = replace(self._jobs[job_id], state=state)
            if self._turn is not None:
                spent_s = time.monotonic() - self._turn.began_s
                job = replace(job, seconds=round((job.seconds or 0.0) + spent_s, 3))
            self._turn = None
            self._put(job)
            self._changed.notify_all()
            return job

    def _set_flow(self, flow: Flow) -> Flow:
        """Let jobs flow so from now on; how they did before."""
        with self._changed:
            before = self._flow
            match before:
                case "closed":
                    return before
                case "open" | "paused":
                    self._flow = flow
                case _:
                    assert_never(before)
            if flow != "open" and self._turn is not None:
                self._turn.control.park()
            self._changed.notify_all()
            return before

    def _put(self, job: JobRecord) -> None:
        self._jobs[job.id] = job
        self._record(job)

    def _end_waiting(self, job: JobRecord, *, dismissed: bool = False) -> None:
        self._held.discard(job.id)
        self._throw_away(job.id)
        self._put(replace(job, state=Cancelled(), dismissed=dismissed))

    def _throw_away(self, job_id: str) -> None:
        if self._discard is not None:
            self._discard(job_id)

    def _waiting(self) -> list[JobRecord]:
        """The jobs that wait, in the order in which they would run."""
        places = {job_id: place for place, job_id in enumerate(self._jobs)}

        def order(job: JobRecord) -> tuple[bool, bool, int, int]:
            under_hand = is_urgent(job) and self._hand in job.shots
            place = places[job.id]
            return (
                not is_urgent(job),
                not under_hand,
                -job.priority,
                -place if under_hand else place,
            )

        return sorted((job for job in self._jobs.values() if can_run(job)), key=order)

    def _runnable(self) -> JobRecord | None:
        waiting = self._waiting()
        return next((job for job in waiting if job.id not in self._held), None)

    def _stand_aside(self) -> None:
        """Park a running full render when something urgent waits."""
        if self._turn is None or is_urgent(self._turn.job):
            return
        job = self._runnable()
        if job is not None and is_urgent(job):
            self._turn.control.park()
