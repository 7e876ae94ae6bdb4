"""The news of the worker: told on its own thread, and brought to the thread of the windows."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QObject, Signal

from studio.bridge.job_items import Pulse
from studio.bridge.relay import Relay
from studio.document.ledger import JobRecord, Running
from studio.render.worker import (
    JobChanged,
    Loading,
    Made,
    NotLoaded,
    Ready,
    Stepped,
    Unloaded,
    WorkerEvent,
)
from studio.wording import tr


class WorkerNews(QObject):
    """Carries a worker's events over and keeps the newest pulse of every job that runs.

    Signals:
        pulsed: a job id that was heard of.
        engine_said: what the engine is doing, in a few words.
        engine_failed: why it cannot be had, as a sentence, and the cause.
        made: finished takes, as records.
        job_changed: a job in its new state.
    """

    pulsed = Signal(str)
    engine_said = Signal(str)
    engine_failed = Signal(str, str)
    made = Signal(object)
    job_changed = Signal(object)

    def __init__(self, relay: Relay, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._relay = relay
        self.pulses: dict[str, Pulse] = {}

    def hear(self, event: WorkerEvent) -> None:
        """Any thread: hop to the GUI thread; steps are thinned to the screen's rate."""
        if isinstance(event, Stepped):
            self._relay.latest(("step", event.job_id), lambda: self._tell(event))
        else:
            self._relay.send(lambda: self._tell(event))

    def _tell(self, event: WorkerEvent) -> None:
        match event:
            case Loading():
                self.engine_said.emit(tr("Engine is getting ready…"))
            case Ready(seconds=seconds):
                self.engine_said.emit(tr("Engine ready ({seconds:.1f} s)", seconds=seconds))
            case Unloaded():
                self.engine_said.emit(tr("Engine at rest"))
            case NotLoaded(sentence=sentence, cause=cause):
                self.engine_failed.emit(sentence, cause)
            case Stepped():
                self.pulses[event.job_id] = Pulse(
                    step=event.step, of=event.of, eta_s=event.eta_s, preview=event.preview
                )
                self.pulsed.emit(event.job_id)
            case Made(takes=takes):
                self.made.emit(takes)
            case JobChanged(job=job):
                self._on_job(job)
            case _:
                assert_never(event)

    def _on_job(self, job: JobRecord) -> None:
        if not isinstance(job.state, Running):
            self.pulses.pop(job.id, None)
        self.job_changed.emit(job)
