"""Takes of a film whose folder another film's file lies in as well, such as a restored backup."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest

from engine.backends.scripted import ScriptedBackend
from engine.errors import EngineError
from studio.document import project_lock
from studio.document.backups import Backups, restored_copy
from studio.document.film import new_film
from studio.document.ledger import Cancelled, Done, Failed, Ledger, Parked, Queued
from studio.document.project_file import FILM_FILE, create_project
from studio.render.take_store import ELSEWHERE, TakeStore
from studio.render.worker import open_worker
from tests.studio.render.room import Room, is_whole


@pytest.fixture
def folder(tmp_path):
    """A film's folder with a restored backup in it."""
    create_project(tmp_path / "Tide", new_film("Tide")).close()
    file = tmp_path / "Tide" / FILM_FILE
    restored_copy(file, Backups(file).make())
    assert len(list(file.parent.glob("*.dailies"))) == 2
    return file.parent


def as_backed_up(*jobs) -> Ledger:
    """The ledger of a film that was restored from when these jobs waited."""
    return Ledger().append(*(replace(job, state=Queued()) for job in jobs))


def test_what_one_film_made_stays_when_a_restored_one_cancels_it(folder):
    with Room(folder) as room:
        preview = room.preview()
        room.queue.add(preview)
        (take,) = room.takes(preview)
    restored = Room(folder, ledger=as_backed_up(preview))
    restored.queue.cancel(preview.id)
    assert isinstance(restored.state(preview), Cancelled)
    assert is_whole(folder, take)
    restored.queue.forget(preview)
    assert is_whole(folder, take)
    # Nor does a new preview in the place of the one that waited throw it away.
    again = Room(folder, ledger=as_backed_up(preview))
    again.queue.add(again.preview())
    assert isinstance(again.state(preview), Cancelled)
    assert is_whole(folder, take)


def test_finished_takes_stay_without_another_film_beside_it_too(tmp_path):
    """A backup that was put in the place of the film itself knows less than was made."""
    with Room(tmp_path) as room:
        preview = room.preview()
        room.queue.add(preview)
        (take,) = room.takes(preview)
    earlier = Room(tmp_path, ledger=as_backed_up(preview))
    store = TakeStore(tmp_path)
    (store.job_folder(preview.id) / "checkpoint.safetensors").write_bytes(b"half done")
    earlier.queue.cancel(preview.id)
    assert is_whole(tmp_path, take)
    assert list(store.job_folder(preview.id).iterdir()) == [store.take_folder(take)]


@pytest.mark.parametrize("shared", [True, False])
def test_finished_steps_stay_where_another_film_may_go_on_from_them(folder, shared):
    if not shared:
        next(folder.glob("film restored*")).unlink()
    with Room(folder, ScriptedBackend(step_s=0.02)) as room:
        full = room.full()
        room.queue.add(full)
        room.wait_step(full, 3)
        room.queue.pause()
        room.wait_state(full, Parked)
    restored = Room(folder, ledger=as_backed_up(full))
    restored.queue.cancel(full.id)
    left = TakeStore(folder).job_folder(full.id)
    assert (left / "checkpoint.safetensors").exists() == shared
    assert left.exists() == shared


def test_what_another_film_finished_is_a_restored_ones_as_well(folder):
    with Room(folder) as room:
        preview = room.preview()
        room.queue.add(preview)
        (take,) = room.takes(preview)
    with Room(folder, ledger=as_backed_up(preview)) as restored:
        restored.queue.release()
        (found,) = restored.takes(preview)
    assert (found.id, found.folder) == (take.id, take.folder)
    assert not [event for event in restored.events if type(event).__name__ == "Stepped"]


def test_a_job_is_rendered_by_one_window_at_a_time(folder):
    with Room(folder, ScriptedBackend(step_s=0.02)) as room:
        full = room.full()
        room.queue.add(full)
        room.wait_step(full, 1)
        with Room(folder, ledger=as_backed_up(full)) as restored:
            restored.queue.release()
            restored.wait_state(full, Failed)
            assert restored.state(full).sentence == ELSEWHERE
            (take,) = room.takes(full)
            restored.queue.retry(restored.ledger.jobs[full.id])
            restored.wait_state(full, Done)
            assert restored.takes(full)[0].folder == take.folder


def test_one_alone_is_at_a_job_and_nothing_of_it_is_left_behind(tmp_path):
    store, path = TakeStore(tmp_path), tmp_path / "takes" / "a" / "lock"
    with store.at_work("a") as alone:
        assert alone
        with store.at_work("a") as another:
            assert not another
        assert path.is_file()
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open is not removed there")
def test_a_lock_whose_file_is_gone_is_no_lock(tmp_path, monkeypatch):
    """Who opened it before it was removed takes the one that was made since."""
    path, locked = tmp_path / "lock", project_lock._locked
    removed = iter([True, False])

    def late(file):
        if next(removed):
            path.unlink()
        return locked(file)

    monkeypatch.setattr(project_lock, "_locked", late)
    held = project_lock.hold(path)
    assert held is not None
    with held:
        assert os.path.samestat(os.fstat(held.fileno()), path.stat())


def test_a_folder_that_takes_no_files_is_a_sentence(tmp_path):
    (tmp_path / "takes").write_text("in the way")
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        room.wait_state(job, Failed)
    assert "No take can be made in" in room.state(job).sentence
    with pytest.raises(EngineError, match="No take can be made"):
        TakeStore(tmp_path).at_work("a").__enter__()


def test_a_take_that_a_crash_left_under_another_name_is_put_back_at_the_opening(tmp_path):
    with Room(tmp_path) as room:
        job = room.preview()
        room.queue.add(job)
        (take,) = room.takes(job)
    store = TakeStore(tmp_path)
    folder = store.take_folder(take)
    old = folder.with_name(folder.name + ".old")
    folder.rename(old)
    with store.at_work(job.id) as alone:
        assert alone
        Room(tmp_path, ledger=room.ledger)
        assert old.is_dir(), "another window may be at it"
    Room(tmp_path, ledger=room.ledger)
    assert is_whole(tmp_path, take)
    assert not old.exists()
    # Of two that are there the one with the name is the take.
    old.mkdir()
    Room(tmp_path, ledger=room.ledger)
    assert is_whole(tmp_path, take)


def test_a_queue_of_nothing_throws_nothing_away(tmp_path):
    """What a film that may only be read gives its queue."""
    queue, _worker = open_worker(ScriptedBackend(), tmp_path, Ledger(), lambda _event: None)
    kept = TakeStore(tmp_path).job_folder("a") / "checkpoint.safetensors"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"half done")
    queue.cancel("a")
    assert kept.exists()
