"""The queue and its worker together, on real threads with the scripted backend."""

import os
import sys
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine import api
from engine.backends.scripted import Fault, ScriptedBackend
from engine.errors import WeightsError
from studio.document.ledger import (
    Cancelled,
    Done,
    Failed,
    Ledger,
    Parked,
    Queued,
    Running,
)
from studio.render.jobs import new_job
from studio.render.keeping import job_for_kept
from studio.render.requests import edit_request, shot_request
from studio.render.take_store import TakeStore
from studio.render.worker import (
    JobChanged,
    Loading,
    Made,
    NotLoaded,
    Ready,
    Stepped,
    Unloaded,
    open_worker,
)
from tests.studio.render.room import SHOT, Room, is_whole, pictures


def test_a_preview_becomes_a_take(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
    assert take.shot_id == "shot"
    assert (take.kind, take.frames, take.seed) == ("preview", 9, 5)
    assert take.rate == Fraction(12)
    assert is_whole(tmp_path, take)
    assert take.folder.startswith("takes/")
    assert str(tmp_path) not in take.recipe
    steps = [event for event in room.events if isinstance(event, Stepped)]
    assert [event.step for event in steps] == list(range(1, 9))
    made = next(n for n, event in enumerate(room.events) if isinstance(event, Made))
    done = next(
        n
        for n, event in enumerate(room.events)
        if isinstance(event, JobChanged) and isinstance(event.job.state, Done)
    )
    assert made < done
    assert isinstance(room.events[-1], Unloaded)
    assert not list(tmp_path.rglob("previews"))


def test_a_kept_preview_upgrades_and_a_kept_upgrade_does_not(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
        upgrade = job_for_kept(room.desk, take)
        assert upgrade is not None
        room.queue.add(upgrade)
        assert job_for_kept(room.desk, take) is None
        (full,) = room.takes(upgrade)
        assert job_for_kept(room.desk, take) is None
        assert job_for_kept(room.desk, full) is None
    assert full.kind == "full"
    assert full.upgrade_of == take.id
    assert (full.seed, full.parent_id) == (take.seed, None)
    near = np.abs(pictures(room, full).astype(int) - pictures(room, take)).mean()
    assert 0 < near < 5


def test_upgrading_can_be_turned_off(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
        settings = replace(room.film.settings, upgrade_kept=False)
        room.film = replace(room.film, settings=settings)
        assert job_for_kept(room.desk, take) is None


def test_an_edit_is_a_child(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
        edit = api.Edit(source="", instruction="make it nighttime")
        request = edit_request(room.desk, take, edit)
        job = new_job("edit", request, tmp_path, source=take, label="make it nighttime")
        room.queue.add(job)
        (night,) = room.takes(job)
        assert job_for_kept(room.desk, night) is not None
    assert (night.kind, night.parent_id, night.upgrade_of) == ("edit", take.id, None)
    assert night.shot_id == "shot"
    assert pictures(room, night).mean() < 0.8 * pictures(room, take).mean()


def test_a_preview_goes_before_a_running_full_render_which_then_goes_on(tmp_path):
    with Room(tmp_path / "whole") as room:
        job = room.full(steps=12)
        room.queue.add(job)
        whole = pictures(room, room.takes(job)[0])
    with Room(tmp_path / "parted") as room:
        full, preview = room.full(steps=12), room.preview(replace(SHOT, id="other"))
        room.at_step(full, 3, lambda: room.queue.add(preview))
        room.queue.add(full)
        (take,) = room.takes(full)
        assert room.order() == [full.id, preview.id, full.id]
        assert np.array_equal(pictures(room, take), whole)
        steps = [e.step for e in room.events if isinstance(e, Stepped) and e.job_id == full.id]
        assert steps == list(range(1, 13))


def test_cancel_while_it_runs(tmp_path):
    with Room(tmp_path, ScriptedBackend(step_s=0.02)) as room:
        job = room.preview(steps=500)
        room.queue.add(job)
        room.wait_step(job, 1)
        room.queue.cancel(job.id)
        room.wait_state(job, Cancelled)
        assert not (tmp_path / "takes" / job.id).exists()
        room.queue.retry(job)
        room.wait_step(job, 2)
        room.queue.cancel(job.id)


def test_pause_frees_the_memory_and_resume_goes_on(tmp_path):
    with Room(tmp_path) as room:
        job = room.full()
        room.at_step(job, 2, room.queue.pause)
        room.queue.add(job)
        room.wait_state(job, Parked)
        room.wait(lambda: isinstance(room.events[-1], Unloaded))
        assert not room.backend.loaded
        room.queue.resume()
        room.takes(job)
        steps = [event.step for event in room.events if isinstance(event, Stepped)]
        assert steps == list(range(1, 51))


def test_closing_parks_and_the_next_start_holds(tmp_path):
    with Room(tmp_path) as room:
        running, waiting = room.full(), room.preview()
        room.at_step(running, 2, room.queue.close)
        room.queue.add(running)
        room.wait_step(running, 2)
    assert isinstance(room.state(running), Parked)
    ledger = room.ledger.append(waiting)
    with Room(tmp_path, ledger=ledger) as again:
        fresh = again.preview(replace(SHOT, id="third"))
        again.queue.add(fresh)
        again.takes(fresh)
        assert again.queue.is_held(running.id)
        assert again.order() == [fresh.id]
        again.queue.release()
        again.takes(running)
        again.takes(waiting)
        steps = [e.step for e in again.events if isinstance(e, Stepped) and e.job_id == running.id]
        assert steps[0] == 3
        assert steps[-1] == 50


def test_a_job_that_a_crash_cut_off_goes_on_from_its_last_step(tmp_path):
    with Room(tmp_path) as room:
        job = room.full()
        room.at_step(job, 4, room.queue.close)
        room.queue.add(job)
        room.wait_step(job, 4)
    cut_off = room.ledger.append(replace(job, state=Running(step=4, of=50)))
    with Room(tmp_path, ledger=cut_off) as again:
        assert isinstance(again.queue.jobs()[0].state, Queued)
        again.queue.release([job.id])
        again.takes(job)
        assert next(e.step for e in again.events if isinstance(e, Stepped)) == 5


def test_takes_that_were_finished_but_not_noted_are_adopted(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
    with Room(tmp_path, ledger=Ledger().append(replace(job, state=Running()))) as again:
        again.queue.release()
        (same,) = again.takes(job)
        assert same.id == take.id
        assert not [event for event in again.events if isinstance(event, Stepped)]


def test_a_checkpoint_that_no_longer_fits_is_begun_again(tmp_path):
    with Room(tmp_path) as room:
        job = room.full(steps=6)
        room.at_step(job, 2, room.queue.close)
        room.queue.add(job)
        room.wait_step(job, 2)
    checkpoint = room.backend.checkpoint(tmp_path / "takes" / job.id)
    assert checkpoint is not None
    Path(checkpoint).write_bytes(b"damaged")
    with Room(tmp_path, ledger=room.ledger) as again:
        again.queue.release()
        again.takes(job)
        assert [e.step for e in again.events if isinstance(e, Stepped)] == list(range(1, 7))


def test_failures_are_sentences_and_can_be_retried(tmp_path):
    faults = [Fault(kind="memory", step=3), Fault(kind="crash", step=4)]
    with Room(tmp_path, ScriptedBackend(faults=faults)) as room:
        job = room.preview()
        room.queue.add(job)
        room.wait_state(job, Failed)
        assert "memory" in room.state(job).sentence
        assert room.state(job).blame == "machine"
        room.queue.retry(job)
        room.wait(
            lambda: isinstance(room.state(job), Failed) and "fault" in room.state(job).sentence
        )
        assert "a scripted bug" in room.state(job).cause
        assert "Traceback" in room.state(job).cause
        room.queue.retry(job)
        room.takes(job)
        steps = [event.step for event in room.events if isinstance(event, Stepped)]
        assert steps == list(range(1, 9))


def test_a_wrong_request_fails_in_a_sentence(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview(replace(SHOT, prompt="@Nobody"))
        room.queue.add(job)
        room.wait_state(job, Failed)
        assert "@Nobody" in room.state(job).sentence
        assert room.state(job).blame == "request"


def test_a_file_that_is_gone_is_what_a_failure_lies_in(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        gone = STRANGE.replace("../../etc/passwd", "media/ball.png")
        (tmp_path / "media").mkdir()
        text = job.request.replace('"references": []', '"references": [' + gone + "]")
        room.queue.add(replace(job, request=text))
        room.wait_state(job, Failed)
        assert "ball.png" in room.state(job).sentence
        assert room.state(job).blame == "file"


def test_a_request_of_a_stranger_reads_nothing_outside_the_film(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        text = job.request.replace('"references": []', '"references": [' + STRANGE + "]")
        assert text != job.request
        room.queue.add(replace(job, request=text))
        room.wait_state(job, Failed)
        assert "not a file of the film" in room.state(job).sentence


STRANGE = '{"type": "Reference", "kind": "image", "role": "subject", "source": "../../etc/passwd"}'


class Unloadable(ScriptedBackend):
    """A backend whose weights are found at the second try."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def load(self) -> None:
        self.tries += 1
        if self.tries < 3:
            raise WeightsError("The weights are damaged. Install them again.")
        super().load()


def test_weights_that_cannot_be_loaded(tmp_path):
    with Room(tmp_path, Unloadable()) as room:
        room.wait(lambda: any(isinstance(event, NotLoaded) for event in room.events))
        job = room.preview()
        room.queue.add(job)
        room.wait_state(job, Failed)
        assert room.state(job).sentence == "The weights are damaged. Install them again."
        assert room.state(job).blame == "weights"
        room.queue.retry(job)
        room.takes(job)


def test_the_backend_is_loaded_before_there_is_work_and_on_its_thread(tmp_path):
    names = []
    room = Room(tmp_path)
    room.on_event = lambda _: names.append(threading.current_thread().name)
    with room:
        room.wait(lambda: len(room.events) >= 2)
        assert isinstance(room.events[0], Loading)
        assert isinstance(room.events[1], Ready)
    assert set(names) == {"render-worker"}


def test_a_take_is_decoded_again(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
        before = pictures(room, take)
        TakeStore(tmp_path).picture(take).unlink()
        assert not is_whole(tmp_path, take)
        request = api.ShotRequest.from_json(shot_request(room.desk, SHOT).to_json())
        request = replace(request, task=api.Upgrade(source=str(tmp_path / take.folder)))
        again = new_job("decode", request, tmp_path, source=take)
        room.queue.add(again)
        assert [one.id for one in room.takes(again)] == [take.id]
        assert np.array_equal(pictures(room, take), before)


def test_measured_seconds_become_estimates(tmp_path):
    with Room(tmp_path) as room:
        request = shot_request(room.desk, SHOT)
        can = room.backend.capabilities()
        assert room.history.seconds(request, can) is None
        job = room.preview()
        room.queue.add(job)
        room.takes(job)
        room.queue.close()
    assert room.history.seconds(request, can) is not None
    counted = room.backend.estimate(request)
    assert room.history.estimate(request, can, counted).basis == "history"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_renders_let_the_window_and_the_player_go_first(tmp_path):
    class Told(ScriptedBackend):
        def load(self):
            priority.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            super().load()

    priority = []
    _, worker = open_worker(Told(), tmp_path, Ledger(), lambda _: None)
    worker.start()
    assert worker.close()
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert priority == [min(19, mine + 5)]
