"""A film's queue and worker in one place, for the tests that run them together."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine import api
from engine.backends.scripted import ScriptedBackend
from engine.media import probe, read_pictures
from studio.document.film import Shot, new_film
from studio.document.ledger import (
    Done,
    JobRecord,
    Ledger,
    Running,
    TakeRecord,
)
from studio.render.estimates import History
from studio.render.jobs import new_job
from studio.render.requests import Desk, shot_request
from studio.render.take_store import TakeStore
from studio.render.worker import (
    JobChanged,
    Made,
    Stepped,
    WorkerEvent,
    open_worker,
)
from tests.patience import PATIENCE_S

SHOT = Shot(id="shot", name="1", prompt="a red ball", frames=9, seed=5)


class Room:
    """A film's queue and worker, and everything that they told."""

    def __init__(self, folder: Path, backend=None, ledger: Ledger | None = None) -> None:
        self.folder = folder
        self.backend = backend or ScriptedBackend()
        self.film = replace(new_film("Film"), shots=(SHOT,))
        self.ledger = ledger or Ledger()
        self.history = History()
        self.events: list[WorkerEvent] = []
        self.told = threading.Condition()
        self.on_event: Callable[[WorkerEvent], None] | None = None
        self.queue, self.worker = open_worker(
            self.backend, folder, self.ledger, self.hear, history=self.history
        )

    def __enter__(self):
        self.worker.start()
        return self

    def __exit__(self, *_):
        assert self.worker.close(PATIENCE_S)
        assert not self.worker.is_alive

    @property
    def desk(self) -> Desk:
        return Desk(
            film=self.film,
            ledger=self.ledger,
            folder=self.folder,
            capabilities=self.backend.capabilities(),
        )

    def hear(self, event: WorkerEvent) -> None:
        with self.told:
            self.events.append(event)
            match event:
                case JobChanged(job=job):
                    self.ledger = self.ledger.append(job)
                case Made(takes=takes):
                    self.ledger = self.ledger.append(*takes)
                case _:
                    pass
            self.told.notify_all()
        if self.on_event is not None:
            self.on_event(event)

    def wait(self, condition: Callable[[], object]) -> None:
        with self.told:
            assert self.told.wait_for(condition, PATIENCE_S), self.events[-5:]

    def state(self, job: JobRecord) -> Any:
        return self.ledger.jobs[job.id].state

    def wait_state(self, job: JobRecord, kind: type) -> None:
        self.wait(lambda: isinstance(self.state(job), kind))

    def wait_step(self, job: JobRecord, step: int) -> None:
        self.wait(
            lambda: any(
                isinstance(event, Stepped) and event.job_id == job.id and event.step >= step
                for event in self.events
            )
        )

    def at_step(self, job: JobRecord, step: int, deed: Callable[[], object]) -> None:
        """Do ``deed`` between a step of ``job`` and the next, however busy the machine is."""

        def heard(event: WorkerEvent) -> None:
            if isinstance(event, Stepped) and (event.job_id, event.step) == (job.id, step):
                deed()

        self.on_event = heard

    def preview(self, shot=SHOT, steps=None, seed=5) -> JobRecord:
        quality = api.Quality(mode="fast", steps=steps)
        request = shot_request(self.desk, shot, quality=quality, seed=seed)
        return new_job("preview", request, self.folder, shot_id=shot.id)

    def full(self, steps=None, shot=SHOT) -> JobRecord:
        quality = api.Quality(mode="full", steps=steps)
        request = shot_request(self.desk, shot, quality=quality)
        return new_job("full", request, self.folder, shot_id=shot.id)

    def takes(self, job: JobRecord) -> list[TakeRecord]:
        self.wait_state(job, Done)
        return [self.ledger.takes[take_id] for take_id in self.state(job).take_ids]

    def order(self) -> list[str]:
        """The jobs in the order in which they began."""
        return [
            event.job.id
            for event in self.events
            if isinstance(event, JobChanged) and isinstance(event.job.state, Running)
        ]


def pictures(room: Room, take: TakeRecord) -> np.ndarray:
    return read_pictures(TakeStore(room.folder).picture(take))


def is_whole(folder: Path, take: TakeRecord) -> bool:
    """Whether a take's picture and sound can be opened, and the picture is of its size."""
    store = TakeStore(folder)
    if not (store.picture(take).is_file() and store.sound(take).is_file()):
        return False
    picture, _ = probe(store.picture(take)), probe(store.sound(take))
    return (picture.width, picture.height) == (take.width, take.height)
