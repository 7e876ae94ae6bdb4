"""The engine in a process of its own: what it adds to the contract that it is tested under."""

import dataclasses
import os
import signal
import threading

import pytest

from engine import api
from engine.backends.checkpoints import CHECKPOINT_NAME
from engine.backends.hosted import HostCrashError, HostedBackend
from engine.errors import RequestError
from tests.engine.backends.contract import bits, render, run, small_request
from tests.engine.hosted import scripted_backend
from tests.engine.tiny_model import tiny_backend, tiny_folder
from tests.patience import PATIENCE_S


@pytest.fixture
def hosted():
    made = []

    def make(**arguments):
        made.append(HostedBackend("tests.engine.hosted:scripted_backend", arguments))
        return made[-1]

    yield make
    for backend in made:
        backend.unload()


def test_a_network_in_another_process_makes_the_same_bits(tmp_path):
    here = tiny_backend()
    target = "tests.engine.tiny_model:backend_on"
    there = HostedBackend(target, {"folder": str(tiny_folder())})
    request = small_request(here)
    (mine,) = render(here, request, tmp_path / "here")
    (other,) = render(there, request, tmp_path / "there")
    there.unload()
    assert bits(mine) == bits(other)


def test_a_killed_host_is_a_sentence_and_the_next_render_goes_on(hosted, tmp_path):
    backend = hosted(step_s=0.05)
    request = small_request(backend)
    (whole,) = render(backend, request, tmp_path / "whole")

    def kill(event, _):
        if isinstance(event, api.Progress) and event.step == 2:
            os.kill(backend._line._process.pid, signal.SIGKILL)

    failed = run(backend, request, tmp_path / "killed", on_event=kill)[-1]
    assert isinstance(failed, api.Failed)
    assert "ended by itself (signal 9)" in failed.sentence
    left = backend.checkpoint(tmp_path / "killed")
    events = run(backend, request, tmp_path / "killed", left)
    steps = [event.step for event in events if isinstance(event, api.Progress)]
    assert steps == [3, 4]
    assert bits(events[-1].takes[0]) == bits(whole)


def test_questions_are_answered_while_a_render_runs(hosted, tmp_path):
    backend = hosted(step_s=PATIENCE_S)
    request = small_request(backend)
    control, events, started = api.Control(tmp_path), [], threading.Event()

    def work():
        for event in backend.render(request, control):
            events.append(event)
            started.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(PATIENCE_S)
    assert backend.estimate(request).seconds > 0
    # In the middle of a step: the first one is not over.
    assert [type(event) for event in events] == [api.Started]
    control.cancel()
    thread.join(PATIENCE_S)
    assert isinstance(events[-1], api.Cancelled)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_stop_does_not_wait_until_the_backend_is_there(tmp_path):
    gate, folder = tmp_path / "gate", tmp_path / "render"
    backend = HostedBackend("tests.engine.hosted:late_backend", {"gate": str(gate)})
    request = small_request(scripted_backend())
    os.mkfifo(gate)
    folder.mkdir()
    (folder / CHECKPOINT_NAME).write_bytes(b"of another day")
    asking = threading.Thread(target=backend.capabilities)
    control, events = api.Control(folder), []
    work = threading.Thread(target=lambda: events.extend(backend.render(request, control)))
    asking.start()
    work.start()
    control.cancel()
    work.join(PATIENCE_S)
    try:
        assert events == [api.Cancelled()]
        assert asking.is_alive()
    finally:
        gate.write_bytes(b"open")
        asking.join()
        work.join()
    assert isinstance(run(backend, request, tmp_path / "next")[-1], api.Finished)
    # What was cancelled is thrown away, and nothing was made there.
    assert not list(folder.iterdir())
    backend.unload()


class CountingControl(api.Control):
    """Counts how often it is asked."""

    asked = 0

    @property
    def cancelled(self):
        self.asked += 1
        return super().cancelled


def test_whoever_waits_for_a_step_sleeps_until_there_is_something_to_hear(hosted, tmp_path):
    backend = hosted(step_s=PATIENCE_S)
    request = small_request(backend)
    control, events, started = CountingControl(tmp_path), [], threading.Event()

    def work():
        for event in backend.render(request, control):
            events.append(event)
            started.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(PATIENCE_S)
    for _ in range(20):  # which takes a while
        assert backend.estimate(request).seconds > 0
    assert control.asked <= 2
    control.cancel()
    thread.join(PATIENCE_S)
    assert isinstance(events[-1], api.Cancelled)
    assert not backend._line._answers


def test_errors_come_over_as_what_they_are(hosted, tmp_path):
    backend = hosted(crash_at=1)
    request = small_request(backend)
    with pytest.raises(RequestError, match="@Eva"):
        backend.compile(dataclasses.replace(request, prompt="@Eva waits"))
    with pytest.raises(HostCrashError, match="a scripted bug"):
        run(backend, request, tmp_path)
    assert backend.estimate(request).seconds > 0


def test_want_of_memory_there_is_want_of_memory_here():
    backend = HostedBackend("tests.engine.hosted:TooLarge")
    with pytest.raises(MemoryError):
        backend.load()
    backend.unload()


def test_nothing_is_left_when_it_is_unloaded(hosted, monkeypatch):
    monkeypatch.setattr("engine.backends.hosted._END_S", PATIENCE_S)
    backend = hosted()
    backend.load()
    process = backend._line._process
    assert process.poll() is None
    backend.unload()
    assert process.returncode == 0
    assert backend.capabilities().name == "Scripted"


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="the system has no niceness")
def test_the_process_that_computes_gives_way_to_the_one_that_asks(hosted):
    backend = hosted()
    backend.load()
    there = os.getpriority(os.PRIO_PROCESS, backend._line._process.pid)
    assert there > os.getpriority(os.PRIO_PROCESS, 0)
