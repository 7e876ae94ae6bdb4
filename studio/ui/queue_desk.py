"""The queue desk: the render queue shown in its panel, and what is asked of it done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.api import ShotRequest
from engine.errors import EngineError
from studio.bridge.failures import Hands, failure
from studio.bridge.job_items import JobItems, JobRow, job_rows
from studio.bridge.room import Room
from studio.document.ledger import JobRecord
from studio.document.queries import find_shot
from studio.render.stored_requests import load_request
from studio.ui.queue_panel import QueuePanel
from studio.wording import tr


class QueueDesk(QObject):
    """Keeps the queue panel showing the jobs, and carries orders to the queue.

    Signals:
        changed: the queue was told something; its jobs are to be shown anew.
    """

    changed = Signal()

    def __init__(self, room: Room, panel: QueuePanel, items: JobItems) -> None:
        super().__init__(panel)
        self._room, self._panel, self._items = room, panel, items
        self._changed_id = ""  # stands for the one that was changed, once it is on the list
        queue = room.queue
        panel.pause_asked.connect(lambda: self._do(queue.pause))
        panel.resume_asked.connect(lambda: self._do(queue.resume))
        panel.release_asked.connect(lambda: self._do(queue.release))
        panel.cancel_asked.connect(lambda key: self._do(lambda: queue.cancel(key)))
        panel.retry_asked.connect(lambda key: self._do_with(key, queue.retry))
        panel.forget_asked.connect(lambda key: self._do_with(key, queue.forget))
        panel.move_asked.connect(
            lambda key, before: self._do(lambda: queue.move(key, before or None))
        )
        items.moved.connect(lambda key, before: self._do(lambda: queue.move(key, before or None)))
        panel.reason_asked.connect(self._explain)
        panel.edit_asked.connect(self._open_editor)
        panel.editor.edited.connect(self._edit)

    def toggle(self) -> None:
        """Pause the queue, or let it go on."""
        queue = self._room.queue
        self._do(queue.resume if queue.flow == "paused" else queue.pause)

    def rows(self) -> tuple[JobRow, ...]:
        """The jobs as the panel shows them, held ones among them."""
        room = self._room
        jobs = room.queue.jobs()
        held = {job.id for job in jobs if room.queue.is_held(job.id)}
        rows = job_rows(room.film, room.ledger, room.pulses, tuple(job.id for job in jobs))
        return tuple(
            replace(row, state="held", words=tr("From last time; waits for you"))
            if row.id in held and row.is_open
            else row
            for row in rows
        )

    def refresh(self) -> tuple[JobRow, ...]:
        """Show the queue as it is now; returns what is shown."""
        room = self._room
        rows = self.rows()
        self._items.show(rows)
        if any(row.id == self._changed_id for row in rows):
            self._panel.select(self._changed_id)
            self._changed_id = ""
        held = sum(1 for row in rows if row.state == "held")
        self._panel.show_flow(paused=room.queue.flow == "paused", held=held)
        return rows

    def _do(self, deed: Callable[[], object]) -> None:
        refused = self._room.store.read_only
        if refused is not None:
            self._room.problem(refused)
            return
        deed()
        self.changed.emit()

    def _do_with(self, job_id: str, deed: Callable[[JobRecord], object]) -> None:
        """Do something with a job of this sitting or an earlier one, as the ledger knows it."""
        job = self._room.ledger.jobs.get(job_id)
        if job is not None:
            self._do(lambda: deed(job))

    def _explain(self, job_id: str) -> None:
        room = self._room
        job, retry = room.ledger.jobs.get(job_id), room.queue.retry
        hands = Hands(retry=lambda one: self._do_with(one.id, retry), show=room.shot_wanted.emit)
        notice = job and failure(room.film, room.ledger, job, hands)
        if notice is not None:
            self._room.said.emit(notice)

    def _open_editor(self, job_id: str) -> None:
        job = self._room.queue.job(job_id)
        if job is None:
            return
        try:
            request = load_request(job.request, self._room.folder)
        except EngineError as error:
            self._room.problem(str(error))
            return
        self._panel.open_editor(job_id, request)

    def _edit(self, job_id: str, request: ShotRequest) -> None:
        room = self._room
        job = room.queue.job(job_id)
        shots = [] if job is None else [find_shot(room.film, shot_id) for shot_id in job.shots]
        locked = any(shot is not None and shot.seed_policy == "lock" for shot in shots)
        try:
            changed = room.queue.edit(job_id, request, seed_counts=locked)
        except EngineError as error:
            room.problem(str(error))
            return
        if changed is None:
            room.say(tr("The job has begun; it cannot be changed any more."))
        else:
            self._changed_id = changed.id
        self.changed.emit()
