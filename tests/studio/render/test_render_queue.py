"""The queue alone: order, holding, and what may be done with jobs that wait."""

import threading
from dataclasses import replace
from fractions import Fraction

import pytest

from engine import api
from engine.errors import RequestError
from studio.document.ledger import (
    Cancelled,
    Done,
    Failed,
    JobKind,
    JobRecord,
    Ledger,
    Parked,
    Queued,
    Running,
)
from studio.render.jobs import new_job
from studio.render.render_queue import RenderQueue
from studio.render.stored_requests import load_request
from tests.patience import PATIENCE_S

REQUEST = api.ShotRequest(
    prompt="a ball",
    shots=(api.ShotPlan(caption="", frames=9),),
    width=128,
    height=72,
    rate=Fraction(12),
    seed=1,
)


class Desk:
    def __init__(self, folder, restored=()):
        self.records: list[JobRecord] = []
        self.discarded: list[str] = []
        self.folder = folder
        self.queue = RenderQueue(
            folder, self.records.append, restored=restored, discard=self.discarded.append
        )

    def add(self, kind: JobKind = "preview", shot_id="a", **changes) -> JobRecord:
        job = replace(new_job(kind, REQUEST, self.folder, shot_id=shot_id), **changes)
        self.queue.add(job)
        return job

    def waiting(self) -> list[str]:
        return [job.id for job in self.queue.jobs() if job.is_open]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_previews_first_then_full_renders_in_order(desk):
    first, second = desk.add("full"), desk.add("full", "b")
    preview, edit = desk.add("preview", "c"), desk.add("edit", "d")
    assert desk.waiting() == [preview.id, edit.id, first.id, second.id]


def test_the_newest_preview_of_a_shot_takes_the_place_of_older_ones(desk):
    old, other = desk.add(shot_id="a"), desk.add(shot_id="b")
    new = desk.add(shot_id="a")
    assert desk.waiting() == [other.id, new.id]
    assert isinstance(desk.queue.job(old.id).state, Cancelled)
    assert desk.discarded == [old.id]


def test_several_seeds_of_a_shot_may_wait_together(desk):
    one = desk.add()
    two = new_job("preview", replace(REQUEST, seed=2), desk.folder, shot_id="a")
    desk.queue.add(two, supersede=False)
    assert desk.waiting() == [one.id, two.id]


def test_the_shot_under_the_hand_comes_first_newest_first(desk):
    preview, still = desk.add("preview", "a"), desk.add("still", "b")
    edit = desk.add("edit", "b")
    assert desk.waiting() == [preview.id, still.id, edit.id]
    desk.queue.put_under_hand("b")
    assert desk.waiting() == [edit.id, still.id, preview.id]


def test_a_running_full_render_is_parked_for_a_preview_only(desk):
    full = desk.add("full")
    turn = desk.queue.next_turn(0)
    assert turn is not None
    assert turn.job.id == full.id
    desk.add("full", "b")
    assert not turn.control.parked
    desk.add("preview", "c")
    assert turn.control.parked


def test_a_running_preview_is_left_alone(desk):
    desk.add("preview", "a")
    turn = desk.queue.next_turn(0)
    desk.add("preview", "b")
    assert turn is not None
    assert not turn.control.parked


def test_moving_is_remembered_by_priority(tmp_path, desk):
    jobs = [desk.add("full", name) for name in "abcd"]
    preview = desk.add("preview", "e")
    desk.queue.move(jobs[3].id, jobs[1].id)
    desk.queue.move(jobs[0].id, None)
    wanted = [preview.id, jobs[3].id, jobs[1].id, jobs[2].id, jobs[0].id]
    assert desk.waiting() == wanted
    late = desk.add("full", "f")
    assert desk.waiting() == [*wanted, late.id]
    latest = {job.id: job for job in desk.records}
    again = Desk(tmp_path, [latest[job.id] for job in (*jobs, preview, late)])
    assert again.waiting() == [*wanted, late.id]


def test_editing_a_waiting_job_throws_its_work_away(desk):
    job = desk.add("full")
    desk.queue.next_turn(0)
    assert not desk.queue.edit(job.id, replace(REQUEST, prompt="a cube"))
    desk.queue.finish(job.id, Parked(checkpoint="takes/x/checkpoint"))
    now = desk.queue.edit(job.id, replace(REQUEST, prompt="a cube"))
    assert load_request(now.request, desk.folder).prompt == "a cube"
    assert isinstance(now.state, Queued)
    assert desk.discarded == [job.id]


def test_a_changed_job_is_another_one_in_the_same_place(tmp_path):
    waiting = [new_job("full", REQUEST, tmp_path, shot_id=name) for name in "abc"]
    desk = Desk(tmp_path, waiting)
    desk.queue.release([waiting[2].id])
    changed = desk.queue.edit(waiting[1].id, replace(REQUEST, prompt="a cube"))
    assert changed.id != waiting[1].id  # an id stands for one request for ever
    assert desk.waiting() == [waiting[0].id, changed.id, waiting[2].id]
    assert desk.queue.is_held(changed.id)
    assert desk.queue.job(waiting[1].id) is None
    left = desk.records[0]
    assert (left.id, left.state, left.dismissed) == (waiting[1].id, Cancelled(), True)
    assert load_request(left.request, tmp_path).prompt == "a ball"


@pytest.mark.parametrize(
    ("changes", "seed_counts", "fresh"),
    [
        ({"prompt": "a cube"}, False, False),
        ({"seed": 9}, False, True),
        ({"seed": 9}, True, False),
        ({"quality": api.Quality(steps=3)}, True, True),
        ({}, True, True),
    ],
)
def test_what_was_changed_in_the_queue_is_not_what_its_shot_asks_for(
    desk, changes, seed_counts, fresh
):
    job = desk.add(fingerprint="what it asks for")
    changed = desk.queue.edit(job.id, replace(REQUEST, **changes), seed_counts=seed_counts)
    assert (changed.fingerprint == "what it asks for") == fresh


def test_an_edit_that_says_something_else_is_called_so(desk):
    source = str(desk.folder / "takes" / "a")
    night = replace(REQUEST, task=api.Edit(source=source, instruction="night"))
    job = replace(
        new_job("edit", night, desk.folder, shot_id="a", label="night"), fingerprint="of the take"
    )
    desk.queue.add(job)
    now = desk.queue.edit(job.id, replace(night, task=replace(night.task, instruction="snow")))
    assert (now.label, now.fingerprint) == ("snow", "of the take")


def test_cancel_and_retry_and_forget(desk):
    job = desk.add()
    desk.queue.cancel(job.id)
    assert isinstance(desk.queue.job(job.id).state, Cancelled)
    desk.queue.cancel(job.id)
    desk.queue.retry(job)
    assert isinstance(desk.queue.job(job.id).state, Queued)
    turn = desk.queue.next_turn(0)
    desk.queue.cancel(job.id)
    assert turn is not None
    assert turn.control.cancelled
    desk.queue.finish(job.id, Failed(sentence="No."))
    desk.queue.forget(job)
    assert desk.queue.job(job.id) is None
    assert desk.records[-1].dismissed
    assert desk.records[-1].state == Failed(sentence="No.")
    assert desk.waiting() == []


def test_what_ended_in_an_earlier_sitting_is_tried_again_or_forgotten(desk):
    job = new_job("preview", REQUEST, desk.folder, shot_id="a")
    failed = replace(job, state=Failed(sentence="No."), seconds=3.0)
    desk.queue.forget(failed)
    assert desk.records == [replace(failed, dismissed=True)]
    assert desk.discarded == [job.id]
    desk.queue.retry(desk.records[-1])
    assert desk.waiting() == [job.id]
    assert (desk.records[-1].dismissed, desk.records[-1].seconds) == (False, None)
    turn = desk.queue.next_turn(0)
    assert turn is not None
    assert turn.job.id == job.id
    desk.queue.forget(failed)  # what runs is not forgotten, whatever an older record says
    assert desk.queue.job(job.id) is not None


@pytest.mark.parametrize("kind", ["extend", "edit"])
def test_what_is_made_in_full_stands_aside_whatever_it_is(desk, kind):
    whole = replace(REQUEST, quality=api.Quality(mode="full"))
    full = new_job(kind, whole, desk.folder, shot_id="a")
    desk.queue.add(full)
    turn = desk.queue.next_turn(0)
    fast = desk.add(kind, shot_id="b")
    assert turn is not None
    assert turn.control.parked
    desk.queue.finish(full.id, Parked(checkpoint="takes/x/checkpoint"))
    assert desk.waiting() == [fast.id, full.id]


def test_done_work_is_never_thrown_away(desk):
    job = desk.add()
    desk.queue.next_turn(0)
    desk.queue.finish(job.id, Done(take_ids=("t",)))
    desk.queue.cancel(job.id)
    desk.queue.forget(job)
    assert desk.discarded == []


def test_restored_jobs_are_held(tmp_path):
    job = replace(new_job("full", REQUEST, tmp_path), state=Running(step=3, of=9))
    desk = Desk(tmp_path, [job])
    assert desk.queue.is_held(job.id)
    assert desk.queue.next_turn(0) is None
    desk.queue.release([job.id])
    turn = desk.queue.next_turn(0)
    assert turn is not None
    assert turn.job.id == job.id
    assert turn.control.folder == tmp_path / "takes" / job.id


def test_pausing_and_closing_hand_out_nothing(desk):
    desk.add()
    desk.queue.pause()
    assert desk.queue.next_turn(0) is None
    desk.queue.resume()
    turn = desk.queue.next_turn(0)
    assert turn is not None
    desk.queue.close()
    assert turn.control.parked
    desk.queue.resume()
    assert desk.queue.flow == "closed"
    assert desk.queue.next_turn(0) is None


def test_a_waiting_worker_is_woken(desk):
    turns = []
    waiter = threading.Thread(target=lambda: turns.append(desk.queue.next_turn(PATIENCE_S)))
    waiter.start()
    job = desk.add()
    waiter.join(PATIENCE_S)
    assert [turn.job.id for turn in turns] == [job.id]


def test_every_state_is_recorded_in_order(desk):
    job = desk.add()
    desk.queue.next_turn(0)
    desk.queue.advance(job.id, 1, 4)
    desk.queue.finish(job.id, Done(take_ids=()))
    assert [type(record.state) for record in desk.records] == [Queued, Running, Done]


def test_files_outside_the_film_are_refused(tmp_path):
    reference = api.Reference(kind="image", role="subject", source="/etc/passwd")
    request = replace(REQUEST, references=(reference,))
    with pytest.raises(RequestError, match="import it first"):
        new_job("preview", request, tmp_path)


def test_a_sequence_knows_all_its_shots(desk):
    plans = tuple(api.ShotPlan(caption=words, frames=9) for words in ("a ball", "a crate"))
    job = new_job("preview", replace(REQUEST, shots=plans), desk.folder, shot_ids=("a", "b"))
    assert (job.shot_id, job.shots) == ("a", ("a", "b"))
    ledger = Ledger().append(job)
    assert ledger.jobs_by_shot["b"] == (job,)
    other = desk.add("preview", shot_id="c")
    desk.queue.add(job)
    desk.queue.put_under_hand("b")
    assert desk.waiting() == [job.id, other.id]


def test_a_job_says_what_it_should_take_until_it_is_changed(desk):
    job = desk.add("full")
    desk.queue.expect(job.id, 18.00049)
    assert desk.queue.job(job.id).estimate_s == 18.0
    desk.queue.expect(job.id, 99.0)  # the first that is known stays, to be compared
    assert desk.records[-1].estimate_s == 18.0
    job = desk.queue.edit(job.id, replace(REQUEST, prompt="a cube"))
    assert job.estimate_s is None
    desk.queue.next_turn(0)
    desk.queue.expect(job.id, 50.0)
    desk.queue.finish(job.id, Done(take_ids=()))
    assert desk.records[-1].estimate_s == 50.0
    late = desk.add()
    desk.queue.cancel(late.id)
    desk.queue.expect(late.id, 1.0)
    assert desk.queue.job(late.id).estimate_s is None
