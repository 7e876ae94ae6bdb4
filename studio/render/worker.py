"""The worker: one background thread that renders the queue's jobs, one after the other.

It reads frozen requests and never the live film. What happens is told to one listener, on the
worker's own thread; the listener hops to whichever thread keeps the ledger.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from engine import api, errors
from engine.errors import EngineError, memory_ran_out
from studio.document.ledger import (
    Cancelled,
    Done,
    Failed,
    JobRecord,
    JobState,
    Ledger,
    Parked,
    TakeRecord,
)
from studio.document.queries import open_jobs
from studio.render.estimates import History
from studio.render.film_paths import stored_path
from studio.render.giving_way import give_way
from studio.render.render_queue import RenderQueue, Turn
from studio.render.stored_requests import load_request
from studio.render.take_store import ELSEWHERE, TakeStore
from studio.wording import term, tr

MEMORY_SENTENCE = term(
    "There is not enough memory for this render. Try a smaller size or fewer variations."
)
BUG_SENTENCE = term("The render stopped because of a fault in the program. Try it again.")


@dataclass(frozen=True, kw_only=True)
class Loading:
    """The backend is being brought into memory."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The backend is in memory."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Unloaded:
    """The backend has given its memory back."""


@dataclass(frozen=True, kw_only=True)
class NotLoaded:
    """The backend could not be brought into memory; jobs will say so too."""

    sentence: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """A step of the running job is done."""

    job_id: str
    shot_id: str | None
    step: int
    of: int
    eta_s: float | None
    preview: str | None


@dataclass(frozen=True, kw_only=True)
class Made:
    """Takes are finished and on disk; to be recorded before the job's last state."""

    job: JobRecord
    takes: tuple[TakeRecord, ...]


@dataclass(frozen=True, kw_only=True)
class JobChanged:
    """A job has a new state, to be recorded."""

    job: JobRecord


WorkerEvent = Loading | Ready | Unloaded | NotLoaded | Stepped | Made | JobChanged
Listener = Callable[[WorkerEvent], None]


class RenderWorker:
    """Renders what ``queue`` hands out on ``backend``."""

    def __init__(
        self,
        backend: api.Backend,
        queue: RenderQueue,
        store: TakeStore,
        listener: Listener,
        *,
        history: History | None = None,
    ) -> None:
        """Make a worker; ``start`` begins its thread.

        Args:
            backend: called on the worker's thread only.
            queue: where jobs come from.
            store: where takes go.
            listener: told everything, on the worker's thread; must not wait for the worker.
            history: where measured seconds go.
        """
        self._backend = backend
        self._queue = queue
        self._store = store
        self._listener = listener
        self._history = history or History()
        self._loaded = False
        self._thread = threading.Thread(target=self._run, name="render-worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def close(self, timeout_s: float = 30.0) -> bool:
        """Park the running job, end the thread and wait for it.

        Returns:
            Whether it has ended.
        """
        self._queue.close()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        give_way()
        self._load()
        while (flow := self._queue.flow) != "closed":
            if flow == "paused":
                self._unload()
                if self._queue.wait_for_flow() == "open":
                    self._load()
                continue
            turn = self._queue.next_turn()
            if turn is not None:
                self._render(turn)
        self._unload()

    def _load(self) -> Failed | None:
        """Bring the backend into memory; what went wrong, if anything."""
        self._listener(Loading())
        began_s = time.monotonic()
        try:
            self._backend.load()
        except Exception as error:
            failed = _failure(error)
            self._listener(NotLoaded(sentence=failed.sentence, cause=failed.cause))
            return failed
        self._loaded = True
        self._listener(Ready(seconds=time.monotonic() - began_s))
        return None

    def _unload(self) -> None:
        if not self._loaded:
            return
        self._loaded = False
        try:
            self._backend.unload()
        except Exception as error:
            failed = _failure(error)
            self._listener(NotLoaded(sentence=failed.sentence, cause=failed.cause))
        else:
            self._listener(Unloaded())

    def _render(self, turn: Turn) -> None:
        failed = None if self._loaded else self._load()
        if failed is not None:
            self._queue.finish(turn.job.id, failed)
            return
        try:
            with self._store.at_work(turn.job.id) as alone:
                state = self._work(turn) if alone else Failed(sentence=tr(ELSEWHERE))
        except Exception as error:
            state = _failure(error)
        self._queue.finish(turn.job.id, state)

    def _work(self, turn: Turn) -> JobState:
        return self._decode(turn) if turn.job.kind == "decode" else self._sample(turn)

    def _decode(self, turn: Turn) -> JobState:
        request = load_request(turn.job.request, self._store.folder)
        match request.task:
            case api.Upgrade(source=source):
                self._backend.decode(Path(source))
            case api.Generate() | api.Edit() | api.Extend():
                return Failed(sentence=tr("This job names no take to decode."))
        source_id = turn.job.source_take_id
        return Done(take_ids=() if source_id is None else (source_id,))

    def _sample(self, turn: Turn) -> JobState:
        request = load_request(turn.job.request, self._store.folder)
        finished = self._store.finished(turn.job)
        if finished:
            return self._made(turn, finished)
        checkpoint = self._backend.checkpoint(turn.control.folder)
        if checkpoint is not None:
            state = self._follow(turn, request, checkpoint)
            if state is not None:
                return state
        began_s = time.monotonic()
        state = self._follow(turn, request, None)
        if isinstance(state, Done):
            seconds = time.monotonic() - began_s
            self._history.add(request, self._backend.capabilities(), seconds)
        return state or Failed(sentence=tr(BUG_SENTENCE), cause=tr("The backend refused to start."))

    def _follow(
        self, turn: Turn, request: api.ShotRequest, checkpoint: str | None
    ) -> JobState | None:
        """Render until the job has ended or stopped.

        Returns:
            ``None`` where ``checkpoint`` was refused, for the render never started: weights or
            program have changed since, and it must begin again.
        """
        started = False
        for event in self._backend.render(request, turn.control, checkpoint):
            started = started or isinstance(event, api.Started)
            if isinstance(event, api.Failed) and not started and checkpoint is not None:
                return None
            state = self._hear(turn, event)
            if state is not None:
                return state
        silent = tr("The backend ended without a last event.")
        return Failed(sentence=tr(BUG_SENTENCE), cause=silent)

    def _hear(self, turn: Turn, event: api.RenderEvent) -> JobState | None:
        """What becomes of the job after ``event``; ``None`` while it goes on."""
        match event:
            case api.Started():
                return None
            case api.Progress():
                self._queue.advance(turn.job.id, event.step, event.of)
                self._listener(_stepped(turn.job, event))
                return None
            case api.Finished(takes=takes):
                return self._made(turn, takes)
            case api.Parked(checkpoint=checkpoint):
                return Parked(checkpoint=stored_path(self._store.folder, checkpoint))
            case api.Failed(sentence=sentence, cause=cause, blame=blame):
                return Failed(sentence=sentence, cause=cause, blame=blame)
            case api.Cancelled():
                return Cancelled()
            case _:
                assert_never(event)

    def _made(self, turn: Turn, takes: tuple[api.Take, ...]) -> JobState:
        records = self._store.adopt(turn.job, takes)
        self._store.tidy(turn.job.id)
        self._listener(Made(job=turn.job, takes=records))
        return Done(take_ids=tuple(record.id for record in records))


def open_worker(
    backend: api.Backend,
    folder: Path,
    ledger: Ledger,
    listener: Listener,
    *,
    history: History | None = None,
) -> tuple[RenderQueue, RenderWorker]:
    """The queue and the worker of a film; open jobs of its ledger are held in the queue.

    Takes that a crash left under another name have theirs again.

    Args:
        backend: called on the worker's thread only.
        folder: the film's.
        ledger: as it was opened.
        listener: told every state of a job (on whichever thread changes it) and what the worker
            does (on the worker's thread). It must neither wait for another thread nor raise.
        history: where measured seconds go.
    """
    store = TakeStore(folder)
    store.put_back(ledger.takes.values())
    queue = RenderQueue(
        folder,
        lambda job: listener(JobChanged(job=job)),
        restored=open_jobs(ledger),
        discard=store.discard,
    )
    worker = RenderWorker(backend, queue, store, listener, history=history)
    return queue, worker


def _stepped(job: JobRecord, event: api.Progress) -> Stepped:
    return Stepped(
        job_id=job.id,
        shot_id=job.shot_id,
        step=event.step,
        of=event.of,
        eta_s=event.eta_s,
        preview=event.preview,
    )


def _failure(error: Exception) -> Failed:
    """What failed, in a sentence for the screen, with the cause kept."""
    cause = "".join(traceback.format_exception(error))
    match error:
        case EngineError():
            return Failed(sentence=str(error), cause=cause, blame=errors.blame(error))
        case _ if memory_ran_out(error):
            return Failed(sentence=tr(MEMORY_SENTENCE), cause=cause)
        case _:
            return Failed(sentence=tr(BUG_SENTENCE), cause=cause)
