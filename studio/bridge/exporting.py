"""Exporting from the window: a queue of exports on a thread of its own, told by the relay."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from studio.bridge.burn_in import ready_to_letter
from studio.bridge.delivering import Delivery
from studio.bridge.relay import Relay
from studio.bridge.signing import chosen_signer
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.document.queries import active_timeline, timeline_end
from studio.export.export_queue import Ended, ExportJob, ExportQueue
from studio.export.exporter import ExportFailed
from studio.export.plan import TRUE_PEAK_DB, DeliverySpec, ExportPlan, plan_export
from studio.export.presets import ExportError, preset_named
from studio.export.targets import target_of
from studio.wording import tr


@dataclass(frozen=True, kw_only=True)
class ExportWish:
    """What a director asks for.

    Attributes:
        marked: only the part from in to out.
        width, height, rate: of the pictures; the film's own if None. With one side alone the
            other follows the film's shape.
        loudness_lufs: a target of this export alone; ``as_mixed`` has none at all, and without
            either it is the film's.
        true_peak_db: what the sound never exceeds once it is brought to a loudness.
        finished: enlarge by the finishing network.
        burn_in: paint the subtitles into the pictures.
        signed: put content credentials in, with the certificate that the settings name.
        replaces: the director was told that a file is there which goes.
    """

    path: Path
    preset: str
    marked: bool = False
    width: int | None = None
    height: int | None = None
    rate: Fraction | None = None
    loudness_lufs: float | None = None
    as_mixed: bool = False
    true_peak_db: float = TRUE_PEAK_DB
    finished: bool = False
    burn_in: bool = False
    signed: bool = False
    replaces: bool = False


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
        timeline, preset = active_timeline(film), preset_named(wish.preset)
        goes_to = target_of(wish.path, preset).resolve()
        if any(job.is_open and job.plan.target.resolve() == goes_to for job in self._queue.jobs):
            raise ExportError(
                tr(
                    "“{name}” is in the queue already; give this one another name.",
                    name=goes_to.name,
                )
            )
        target = film.settings.loudness_lufs if wish.loudness_lufs is None else wish.loudness_lufs
        return plan_export(
            film,
            timeline,
            wish.path,
            DeliverySpec(
                preset=preset,
                span=None if wish.marked else (0, timeline_end(timeline)),
                width=wish.width,
                height=wish.height,
                rate=wish.rate,
                loudness_lufs=None if wish.as_mixed else target,
                true_peak_db=wish.true_peak_db,
                finished=wish.finished,
            ),
            film_folder=self._folder,
            replace=wish.replaces,
        )

    def add(self, film: Film, ledger: Ledger, wish: ExportWish) -> None:
        """Write the open timeline after what waits already; what is wrong with it is told."""
        try:
            plan = self.plan(film, wish)
        except EngineError as error:
            self.ended.emit(ExportFailed(sentence=str(error), cause=repr(error)))
            return
        if wish.burn_in:
            # Here, as Qt takes in fonts on its own thread alone.
            ready_to_letter()
        delivery = Delivery(
            film=film,
            ledger=ledger,
            timeline=active_timeline(film),
            folder=self._folder,
            plan=plan,
            burn_in=wish.burn_in,
            signer=chosen_signer() if wish.signed else None,
        )
        self._queue.add(plan, delivery.opened)

    def start(self, film: Film, ledger: Ledger, path: Path, preset: str, *, marked: bool) -> None:
        """``add`` with nothing but a file and a preset."""
        self.add(film, ledger, ExportWish(path=path, preset=preset, marked=marked))

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
