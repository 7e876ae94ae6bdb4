"""Exporting from the window: a queue of exports on a thread of its own, told by the relay."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from studio.bridge.burn_in import ready_to_letter
from studio.bridge.delivering import ExportWish, delivery_of, planned
from studio.bridge.relay import Relay
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.document.queries import active_timeline
from studio.export.export_queue import Ended, ExportJob, ExportQueue
from studio.export.exporter import ExportFailed
from studio.export.plan import ExportPlan
from studio.export.presets import ExportError
from studio.wording import tr


class FilmExports(QObject):
    """Writes cuts as they were when their export was asked for; editing goes on meanwhile.

    Signals:
        jobs_changed: all ``ExportJob``, the first first.
        ended: an ``ExportFinished``, ``ExportFailed`` or ``ExportCancelled``.
    """

    jobs_changed = Signal(tuple)
    ended = Signal(object)

    def __init__(self, folder: Path, relay: Relay, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._relay = relay
        self._told: set[str] = set()
        self._queue = ExportQueue(self._heard)

    @property
    def busy(self) -> bool:
        """Whether an export runs or waits, or has an end that was not told yet."""
        return any(job.is_open or job.id not in self._told for job in self._queue.jobs)

    def plan(self, film: Film, wish: ExportWish) -> ExportPlan:
        """What ``wish`` means for the open timeline.

        Raises:
            EngineError: with a sentence, if it cannot be.
        """
        return self._new(planned(film, active_timeline(film), self._folder, wish))

    def _new(self, plan: ExportPlan) -> ExportPlan:
        """``plan``, if nothing in the queue is written to the same place."""
        goes_to = plan.target.resolve()
        if any(job.is_open and job.plan.target.resolve() == goes_to for job in self._queue.jobs):
            raise ExportError(
                tr(
                    "“{name}” is in the queue already; give this one another name.",
                    name=goes_to.name,
                )
            )
        return plan

    def add(self, film: Film, ledger: Ledger, wish: ExportWish) -> None:
        """Write the open timeline after what waits already; what is wrong with it is told."""
        try:
            delivery = delivery_of(film, ledger, active_timeline(film), self._folder, wish)
            self._new(delivery.plan)
        except EngineError as error:
            self.ended.emit(ExportFailed(sentence=str(error), cause=repr(error)))
            return
        if wish.burn_in:
            # Here, as Qt takes in fonts on its own thread alone.
            ready_to_letter()
        self._queue.add(delivery.plan, delivery.opened)

    def start(self, film: Film, ledger: Ledger, path: Path, preset: str, *, marked: bool) -> None:
        """``add`` with nothing but a file and a preset."""
        part = "marked" if marked else "all"
        self.add(film, ledger, ExportWish(path=path, preset=preset, part=part))

    def stop(self, job_id: str = "") -> None:
        """Stop one export, or all; nothing is left behind."""
        for job in self._queue.jobs:
            if not job_id or job.id == job_id:
                self._queue.cancel(job.id)

    def forget_ended(self) -> None:
        """Take those that are over off the list."""
        self._queue.forget_ended()

    def close(self) -> None:
        """Stop and wait."""
        self._queue.close()

    def _heard(self, _jobs: tuple[ExportJob, ...]) -> None:
        """On any thread."""
        self._relay.latest("export", self._tell)

    def _tell(self) -> None:
        jobs = self._queue.jobs
        self.jobs_changed.emit(jobs)
        for job in jobs:
            if isinstance(job.state, Ended) and job.id not in self._told:
                self._told.add(job.id)
                self.ended.emit(job.state.end)
