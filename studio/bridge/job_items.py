"""The queue's rows: jobs with their state in words, how far they are and what they may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from PySide6.QtCore import QMimeData, QModelIndex, Qt, Signal

from studio.bridge.engine_words import said
from studio.bridge.film_names import named
from studio.bridge.rows import Index, RowsModel
from studio.bridge.state_words import STATE_WORDS
from studio.bridge.time_words import duration, time_left
from studio.document.film import Film
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
from studio.document.queries import find_shot
from studio.render.jobs import can_retry
from studio.wording import term, tr

FINISHED_SHOWN = 12
JOB_MIME = "application/x-dailies-job"

_KINDS: Mapping[JobKind, str] = {
    "preview": term("Preview"),
    "full": term("Full render"),
    "edit": term("Edit"),
    "extend": term("Extend"),
    "still": term("Still"),
    "sound": term("Sound"),
    "decode": term("Decode"),
}


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """The last that was heard of a running job.

    Attributes:
        eta_s: seconds left; ``None`` while that is not known.
        preview: the newest step picture; ``None`` where there is none.
    """

    step: int = 0
    of: int = 0
    eta_s: float | None = None
    preview: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """One job as the queue shows it.

    Attributes:
        state: one word that the panel colours by.
        words: the state as a short sentence.
        done: how far it is, 0 to 1.
        cause: the technical detail of a failure.
        time: what it will take or took, such as ``about 12 s`` or ``11.4 s of 12 s``.
        can_change: it waits, so that its request may still be changed and its place too.
    """

    id: str
    title: str
    shot_id: str
    state: str
    words: str
    done: float = 0.0
    cause: str = ""
    is_open: bool = False
    can_retry: bool = False
    time: str = ""
    can_change: bool = False


def job_rows(
    film: Film, ledger: Ledger, pulses: Mapping[str, Pulse], order: tuple[str, ...] = ()
) -> tuple[JobRow, ...]:
    """Open jobs in the order they will be rendered, then the newest that are over."""
    places = {job_id: place for place, job_id in enumerate(order)}
    jobs = list(ledger.jobs.values())
    waiting = sorted(
        (job for job in jobs if job.is_open),
        key=lambda job: (
            not isinstance(job.state, Running),
            places.get(job.id, len(places)),
            -job.priority,
        ),
    )
    over = [job for job in reversed(jobs) if not job.is_open and not job.dismissed]
    shown = (*waiting, *over[:FINISHED_SHOWN])
    return tuple(job_row(film, ledger, job, pulses.get(job.id)) for job in shown)


def job_row(film: Film, ledger: Ledger, job: JobRecord, pulse: Pulse | None) -> JobRow:
    """The row of one job."""
    state, words, done, cause = _words(job, pulse)
    if isinstance(job.state, Failed):
        words = named(said(words), film, ledger)
    shot = _shots(film, job)
    title = " · ".join(part for part in (shot or job.label, tr(_KINDS[job.kind])) if part)
    return JobRow(
        id=job.id,
        title=title,
        shot_id=job.shot_id or "",
        state=state,
        words=words,
        done=done,
        cause=cause,
        is_open=job.is_open,
        can_retry=can_retry(job),
        time=_time(job),
        can_change=isinstance(job.state, (Queued, Parked)),
    )


class JobItems(RowsModel[JobRow]):
    """The jobs of the queue panel, whose waiting ones are dragged to another place.

    Signals:
        moved: a job's id, and the one it should come before ("" is last).
    """

    moved = Signal(str, str)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if row.can_change else flags

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [JOB_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        mime = QMimeData()
        ids = [row.id for index in indexes if (row := self.row(index.row())) is not None]
        mime.setData(JOB_MIME, ids[0].encode() if ids else b"")
        return mime

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """A job was let go between two others, or on one, which it then comes before."""
        dragged = bytes(data.data(JOB_MIME).data()).decode()
        place = row if row >= 0 else parent.row() if parent.isValid() else self.rowCount()
        after = (one for one in self._rows[place:] if one.can_change and one.id != dragged)
        before = next(after, None)
        if dragged and (before is None or before.id != dragged):
            self.moved.emit(dragged, before.id if before is not None else "")
        # The rows follow the queue; the view must not take the old one out by itself.
        return False

    def row_id(self, row: JobRow) -> str:
        return row.id

    def text(self, row: JobRow) -> str:
        return f"{row.title}: {row.words}"

    def tip(self, row: JobRow) -> str:
        return f"{row.words}\n{tr('A double click shows more.')}" if row.state == "failed" else ""


def _shots(film: Film, job: JobRecord) -> str:
    """The name of its shot, or of the first and last of a sequence."""
    shots = [find_shot(film, shot_id) for shot_id in job.shots]
    known = [shot.name for shot in shots if shot is not None]
    return (
        tr("{first} to {last}", first=known[0], last=known[-1])
        if len(known) > 1
        else next(iter(known), "")
    )


def _time(job: JobRecord) -> str:
    """What it should take while it waits, and beside that what it took when it is done."""
    guess = "" if job.estimate_s is None else duration(job.estimate_s)
    match job.state:
        case Queued() | Running() | Parked():
            return tr("about {guess}", guess=guess) if guess else ""
        case Done() if job.seconds is not None:
            took = duration(job.seconds)
            return tr("{took} · estimate {guess}", took=took, guess=guess) if guess else took
        case Done() | Failed() | Cancelled():
            return ""
        case _:
            assert_never(job.state)


def _words(job: JobRecord, pulse: Pulse | None) -> tuple[str, str, float, str]:
    """State, sentence, how far and cause of a job."""
    match job.state:
        case Queued():
            return "queued", tr(STATE_WORDS["queued"]), 0.0, ""
        case Running(step=step, of=of):
            return _running(pulse or Pulse(step=step, of=of))
        case Parked():
            return "parked", tr("Put aside; goes on from its last step"), 0.0, ""
        case Done():
            return "done", tr("Done"), 1.0, ""
        case Failed(sentence=sentence, cause=cause):
            return "failed", sentence, 0.0, cause
        case Cancelled():
            return "cancelled", tr("Stopped"), 0.0, ""
        case _:
            assert_never(job.state)


def _running(pulse: Pulse) -> tuple[str, str, float, str]:
    if not pulse.of:
        return "running", tr("Getting ready"), 0.0, ""
    left = time_left(pulse.eta_s)
    words = tr("Step {step} of {of}", step=pulse.step, of=pulse.of)
    return "running", f"{words} · {left}" if left else words, pulse.step / pulse.of, ""
