"""Edits a film and renders it without pause, for a test that kills it.

Says ``step JOB N`` for each finished step of a render, and ``saved CHANGES TAKES`` for what the
store has acknowledged by then.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
from functools import partial
from pathlib import Path

from engine.backends.scripted import ScriptedBackend
from studio.bridge.shooting import Shooting
from studio.document.library_changes import edit_film
from studio.document.project_file import open_project
from studio.document.store import Store
from studio.render.worker import JobChanged, Made, Stepped, WorkerEvent, open_worker

STEP_S = 0.01
BEAT_S = 0.005


def say(*words: object) -> None:
    """A line that is out at once, from whichever thread, and never torn."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def record(store: Store, event: WorkerEvent) -> None:
    """Note what the worker has done, as the window does."""
    match event:
        case Made(takes=takes):
            store.record(*takes)
        case JobChanged(job=job):
            store.record(job)
        case _:
            pass


def main(folder: Path) -> None:
    project = open_project(folder)
    store = project.store
    backend = ScriptedBackend(step_s=STEP_S)
    events: queue.SimpleQueue[WorkerEvent] = queue.SimpleQueue()

    def hear(event: WorkerEvent) -> None:
        if isinstance(event, Stepped):
            say("step", event.job_id, event.step)
        events.put(event)

    line, worker = open_worker(backend, folder, store.ledger, hear)
    shooting = Shooting(store, folder, line, lambda notice: say("notice", notice.sentence))
    shooting.capabilities = backend.capabilities()
    worker.start()
    say("open")
    changes = int(store.film.name)
    while True:
        changes += 1
        store.apply(partial(edit_film, name=str(changes)), str(changes))
        if not any(job.is_open for job in line.jobs()):
            shooting.render(store.film.shots[0], full=changes % 2 == 0)
        with contextlib.suppress(queue.Empty):
            record(store, events.get(timeout=BEAT_S))
        while not events.empty():
            record(store, events.get())
        if store.wait_saved():
            say("saved", changes, len(store.ledger.takes))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
