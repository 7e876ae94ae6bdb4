"""Several exports one after another: progress, cancelling, failing and closing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.export.export_queue import Ended, ExportJob, ExportQueue, Waiting, Writing
from studio.export.exporter import ExportCancelled, Exporter, ExportFailed, ExportFinished
from studio.export.plan import plan_export
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from tests.patience import PATIENCE_S
from tests.studio.playback.reels import Reel, noise, numbered


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path / "film")
    reel.lay("V1", reel.take(numbered(12)), 0, 24)
    reel.lay("A1", reel.sound_file(noise(24_000)), 0, 24)
    return reel


@pytest.fixture
def queues():
    made: list[ExportQueue] = []

    def make(tell=lambda _: None) -> ExportQueue:
        made.append(ExportQueue(tell))
        return made[-1]

    yield make
    for queue in made:
        queue.close()


def added(queue: ExportQueue, reel: Reel, path: Path, pictures=None) -> str:
    plan = plan_export(reel.film, reel.film.timelines[0], path)

    @contextmanager
    def opened(tell):
        yield Exporter(plan, pictures or FrameSource(reel.cut), Mixer(reel.cut), tell)

    return queue.add(plan, opened)


def test_jobs_are_written_in_their_order_and_tell_how_far_they_are(queues, reel, tmp_path):
    told: list[tuple[ExportJob, ...]] = []
    queue = queues(told.append)
    added(queue, reel, tmp_path / "a.mp4")
    added(queue, reel, tmp_path / "b.wav")
    assert queue.wait(PATIENCE_S)
    ends = [job.state.end for job in queue.jobs if isinstance(job.state, Ended)]
    assert [type(end) for end in ends] == [ExportFinished, ExportFinished]
    assert (tmp_path / "a.mp4").stat().st_mtime_ns <= (tmp_path / "b.wav").stat().st_mtime_ns
    of_first = [jobs[0].state for jobs in told if jobs]
    shown = [state.progress for state in of_first if isinstance(state, Writing) and state.progress]
    assert shown[-1].done == shown[-1].of == 24
    assert shown[-1].eta_s == 0
    queue.forget_ended()
    assert queue.jobs == ()
    assert not queue.busy


def test_what_waits_can_be_taken_out_and_what_is_written_stopped(queues, reel, tmp_path):
    class Stopping(FrameSource):
        def picture(self, frame):
            queue.cancel(first)
            queue.cancel(second)
            return super().picture(frame)

    queue = queues()
    pictures = Stopping(reel.cut)
    second = ""
    first = added(queue, reel, tmp_path / "a.mp4", pictures)
    second = added(queue, reel, tmp_path / "b.mp4", pictures)
    third = added(queue, reel, tmp_path / "c.wav")
    assert queue.wait(PATIENCE_S)
    ends = {job.id: job.state for job in queue.jobs}
    assert ends[first] == Ended(ExportCancelled())
    assert ends[second] == Ended(ExportCancelled())
    assert isinstance(ends[third], Ended)
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == ["c.wav"]


def test_one_that_fails_keeps_no_other_from_being_written(queues, reel, tmp_path):
    queue = queues()
    plan = plan_export(reel.film, reel.film.timelines[0], tmp_path / "a.mp4")

    @contextmanager
    def broken(_tell):
        raise KeyError("of a bug")
        yield

    queue.add(plan, broken)
    added(queue, reel, tmp_path / "b.wav")
    assert queue.wait(PATIENCE_S)
    first, second = (job.state.end for job in queue.jobs)
    assert isinstance(first, ExportFailed)
    assert "KeyError" in first.cause
    assert isinstance(second, ExportFinished)


def test_closing_stops_everything(queues, reel, tmp_path):
    queue = queues()
    for name in "abcdef":
        added(queue, reel, tmp_path / f"{name}.mp4")
    queue.close()
    assert not queue.busy
    assert not any(isinstance(job.state, Waiting) for job in queue.jobs)
    assert list(tmp_path.glob("*.part")) == []
