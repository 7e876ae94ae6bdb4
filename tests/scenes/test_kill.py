"""A film killed at any instant of edits and renders, and the sitting after it."""

from __future__ import annotations

import queue
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.backends.scripted import ScriptedBackend
from studio.document.film import Shot, new_film
from studio.document.ledger import Done, Failed, JobRecord, Ledger, Queued
from studio.document.project_file import Project, Writable, create_project, open_project
from studio.render.take_store import TakeStore, read_take_file
from studio.render.worker import JobChanged, Made, Ready, Stepped, WorkerEvent, open_worker
from tests.patience import PATIENCE_S
from tests.studio.render.room import is_whole

ROOT = Path(__file__).parents[2]
DIRECTOR = Path(__file__).with_name("busy_room.py")


@dataclass
class Seen:
    """What a director had seen on the screen when the lights went out."""

    changes: int = 0
    takes: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    all_steps: int = 0

    def read(self, line: str) -> None:
        match line.split():
            case ["saved", changes, takes]:
                self.changes, self.takes = int(changes), int(takes)
            case ["step", job_id, step]:
                self.steps[job_id] = int(step)
                self.all_steps += 1
            case other:
                pytest.fail(f"unexpected: {other}")


def worked_until_killed(folder: Path, rng: random.Random) -> Seen:
    """Let a director edit and render, and pull the plug."""
    command = [sys.executable, str(DIRECTOR), str(folder)]
    seen = Seen()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        steps = rng.randrange(1, 30)
        while seen.all_steps < steps:
            seen.read(process.stdout.readline())
        try:
            process.wait(rng.random() * 0.1)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            seen.read(line)
    assert process.returncode == -signal.SIGKILL
    return seen


class Sitting:
    """The sitting after a kill: the same film with a queue and a worker."""

    def __init__(self, project: Project) -> None:
        self.store = project.store
        self.told: list[WorkerEvent] = []
        self._events: queue.SimpleQueue[WorkerEvent] = queue.SimpleQueue()
        self.queue, self.worker = open_worker(
            ScriptedBackend(), project.folder, self.store.ledger, self._events.put
        )

    def hear(self) -> WorkerEvent:
        event = self._events.get(timeout=PATIENCE_S)
        self.told.append(event)
        match event:
            case Made(takes=takes):
                self.store.record(*takes)
            case JobChanged(job=job):
                self.store.record(job)
            case _:
                pass
        return event

    def finish(self, job: JobRecord) -> None:
        while self.store.ledger.jobs[job.id].is_open:
            self.hear()

    def first_step(self, job: JobRecord) -> int | None:
        steps = [e.step for e in self.told if isinstance(e, Stepped) and e.job_id == job.id]
        return steps[0] if steps else None


def finished_on_disk(folder: Path, ledger: Ledger) -> set[str]:
    """The ids under which the ledger should know every whole take of the takes folder."""
    return {
        f"{job.id}-{take.name}"
        for job in ledger.jobs.values()
        for take in TakeStore(folder).job_folder(job.id).glob("take-*-*")
        if read_take_file(take) is not None
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shot = Shot(id="shot", name="1", prompt="a red ball rolls", frames=9, seed_policy="step")
    film = replace(new_film("0", width=320, height=180), shots=(shot,))
    create_project(tmp_path / "Tide", film).close()
    return tmp_path / "Tide"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("seed", range(6))
def test_killed_in_the_middle_nothing_acknowledged_is_lost_and_renders_go_on(
    folder: Path, seed: int
):
    seen = worked_until_killed(folder, random.Random(seed))
    project = open_project(folder)
    assert project.access == Writable()
    store = project.store
    assert int(store.film.name) >= seen.changes
    assert len(store.ledger.takes) >= seen.takes
    assert not any(isinstance(job.state, Failed) for job in store.ledger.jobs.values())

    sitting = Sitting(project)
    waiting = [job for job in sitting.queue.jobs() if job.is_open]
    sitting.worker.start()
    try:
        while not isinstance(sitting.hear(), Ready):
            pass
        # Nothing runs by itself.
        for job in waiting:
            assert sitting.queue.is_held(job.id)
            assert isinstance(sitting.queue.job(job.id).state, Queued)
        sitting.queue.release()
        for job in waiting:
            sitting.finish(job)
    finally:
        assert sitting.worker.close()
    for job in waiting:
        assert isinstance(store.ledger.jobs[job.id].state, Done)
        done, first = seen.steps.get(job.id, 0), sitting.first_step(job)
        # No step: the render was over, and only its takes had to be noted.
        assert first is None or first > done
        assert first is not None or TakeStore(folder).finished(job)
    assert set(store.ledger.takes) == finished_on_disk(folder, store.ledger)
    for take in store.ledger.takes.values():
        assert is_whole(folder, take)
    assert not list((folder / "takes").rglob("*.part"))
    assert store.wait_saved()
    project.close()
