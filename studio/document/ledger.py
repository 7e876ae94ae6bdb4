"""The ledger: what happened and stays so. Append-only, outside undo, referred to by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, assert_never

from studio.document.film import Media

TakeKind = Literal["preview", "full", "edit", "import", "still"]
JobKind = Literal["preview", "full", "edit", "extend", "still", "sound", "decode"]
Blame = Literal["machine", "request", "file", "weights"]
Decision = Literal["kept", "rejected", "undecided"]
Choice = Literal["a", "b", "tie"]


def now() -> str:
    """This moment in UTC, as it is written into records."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, kw_only=True)
class TakeRecord:
    """One result of a shot; immutable, with its files in a folder of its own.

    Attributes:
        shot_id: the shot it was made for; ``None`` for takes of no shot.
        parent_id: the take that it edits or extends.
        folder: relative to the film's folder, with forward slashes.
        upgrade_of: the take that it renders in full and replaces in the cut.
        frames: pictures at ``rate``.
        samples: samples a channel of its sound at ``sample_rate_hz``.
        created: UTC, ISO 8601.
        recipe: JSON text of how it was made.
        fingerprint: what the shot asked for when it was made (``queries.shot_fingerprint``).
        weights: content hash of the weights.
        label: what it is called in the take tree, such as an edit's instruction.
        flags: faults noticed in it, as sentences.
    """

    id: str
    shot_id: str | None = None
    parent_id: str | None = None
    folder: str
    kind: TakeKind
    upgrade_of: str | None = None
    seed: int = 0
    frames: int
    rate: Fraction
    width: int
    height: int
    samples: int = 0
    sample_rate_hz: int = 48_000
    created: str
    recipe: str = "{}"
    fingerprint: str = ""
    weights: str = ""
    label: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Queued:
    """The job waits for its turn."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """The job is being rendered; ``step`` of ``of`` are finished."""

    step: int = 0
    of: int = 0


@dataclass(frozen=True, kw_only=True)
class Parked:
    """The job was put aside and goes on from ``checkpoint``, a path in the film's folder."""

    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """The job has made these takes."""

    take_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The job could not be done.

    Attributes:
        cause: for those who ask further.
        blame: what must be mended before it can be done.
    """

    sentence: str
    cause: str = ""
    blame: Blame = "machine"


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """The job was stopped by the director."""


JobState = Queued | Running | Parked | Done | Failed | Cancelled


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """One state of a job; a later record of the same id supersedes it.

    Attributes:
        request: JSON text of the frozen request.
        source_take_id: the take that it upgrades, edits, extends or decodes.
        fingerprint: what the shot asked for when it was queued.
        label: what the queue calls it.
        priority: higher is sooner; equal ones in the order they were queued.
        shot_ids: the shots of a sequence, in the request's order; empty for one of a single shot.
        estimate_s: what it was thought to take when it was queued.
        seconds: what it took, from its first turn to its last; ``None`` until it has ended.
        dismissed: the director took it off the list of the queue, once it had ended.
    """

    id: str
    kind: JobKind
    shot_id: str | None = None
    source_take_id: str | None = None
    request: str = "{}"
    fingerprint: str = ""
    label: str = ""
    priority: int = 0
    created: str
    state: JobState = Queued()
    shot_ids: tuple[str, ...] = ()
    estimate_s: float | None = None
    seconds: float | None = None
    dismissed: bool = False

    @property
    def shots(self) -> tuple[str, ...]:
        """The shots that it makes takes of."""
        return self.shot_ids or (() if self.shot_id is None else (self.shot_id,))

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        match self.state:
            case Queued() | Running() | Parked():
                return True
            case Done() | Failed() | Cancelled():
                return False
            case _:
                assert_never(self.state)


@dataclass(frozen=True, kw_only=True)
class KeepRecord:
    """The director's decision on a take; the last one counts."""

    take_id: str
    decision: Decision
    created: str


@dataclass(frozen=True, kw_only=True)
class NoteRecord:
    """What the director wrote about a take, and whether it is a favourite; the last one counts."""

    take_id: str
    text: str = ""
    favourite: bool = False
    created: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A blind comparison of two takes on one axis, such as ``motion_quality``."""

    id: str
    take_a: str
    take_b: str
    axis: str
    choice: Choice
    created: str


@dataclass(frozen=True, kw_only=True)
class ImportRecord:
    """A file that was brought in; stays when undo takes the media out of the bins."""

    id: str
    media: Media
    origin: str
    created: str


LedgerRecord = TakeRecord | JobRecord | KeepRecord | NoteRecord | Verdict | ImportRecord


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Everything recorded so far, by id, in the order of first appearance.

    Attributes:
        jobs: the latest record of each job.
        keeps: the latest decision by take id.
        notes: the latest note by take id.
    """

    takes: Mapping[str, TakeRecord] = field(default_factory=dict[str, TakeRecord])
    jobs: Mapping[str, JobRecord] = field(default_factory=dict[str, JobRecord])
    keeps: Mapping[str, KeepRecord] = field(default_factory=dict[str, KeepRecord])
    notes: Mapping[str, NoteRecord] = field(default_factory=dict[str, NoteRecord])
    verdicts: tuple[Verdict, ...] = ()
    imports: Mapping[str, ImportRecord] = field(default_factory=dict[str, ImportRecord])

    def append(self, *records: LedgerRecord) -> Ledger:
        """This ledger with ``records`` added; takes and imports are never replaced."""
        ledger = self
        for record in records:
            ledger = ledger._with(record)
        return ledger

    def records(self) -> tuple[LedgerRecord, ...]:
        """Records that make this ledger when appended to an empty one."""
        return (
            *self.imports.values(),
            *self.takes.values(),
            *self.jobs.values(),
            *self.keeps.values(),
            *self.notes.values(),
            *self.verdicts,
        )

    def decision(self, take_id: str) -> Decision:
        """What the director last decided on a take."""
        keep = self.keeps.get(take_id)
        return "undecided" if keep is None else keep.decision

    def note(self, take_id: str) -> NoteRecord:
        """What the director wrote about a take; an empty one where there is nothing."""
        return self.notes.get(take_id, NoteRecord(take_id=take_id, created=""))

    def _with(self, record: LedgerRecord) -> Ledger:
        changed: dict[str, Any]
        match record:
            case TakeRecord() | ImportRecord() if self._holds(record):
                return self
            case TakeRecord():
                changed = {"takes": {**self.takes, record.id: record}}
            case JobRecord():
                changed = {"jobs": {**self.jobs, record.id: record}}
            case KeepRecord():
                changed = {"keeps": {**self.keeps, record.take_id: record}}
            case NoteRecord():
                changed = {"notes": {**self.notes, record.take_id: record}}
            case Verdict():
                changed = {"verdicts": (*self.verdicts, record)}
            case ImportRecord():
                changed = {"imports": {**self.imports, record.id: record}}
            case _:
                assert_never(record)
        return replace(self, **changed)

    def _holds(self, record: TakeRecord | ImportRecord) -> bool:
        return record.id in self.takes or record.id in self.imports

    @cached_property
    def takes_by_shot(self) -> Mapping[str, tuple[TakeRecord, ...]]:
        """The takes of each shot, oldest first."""
        return _grouped((take.shot_id, take) for take in self.takes.values())

    @cached_property
    def upgrades(self) -> Mapping[str, tuple[TakeRecord, ...]]:
        """The takes that upgrade each take, oldest first."""
        return _grouped((take.upgrade_of, take) for take in self.takes.values())

    @cached_property
    def children(self) -> Mapping[str, tuple[TakeRecord, ...]]:
        """The edits and extensions of each take, oldest first."""
        return _grouped((take.parent_id, take) for take in self.takes.values())

    @cached_property
    def jobs_by_shot(self) -> Mapping[str, tuple[JobRecord, ...]]:
        """The jobs of each shot, oldest first."""
        groups: dict[str, list[JobRecord]] = {}
        for job in self.jobs.values():
            for shot_id in job.shots:
                groups.setdefault(shot_id, []).append(job)
        return {shot_id: tuple(jobs) for shot_id, jobs in groups.items()}


def _grouped(
    pairs: Iterable[tuple[str | None, TakeRecord]],
) -> dict[str, tuple[TakeRecord, ...]]:
    """Takes gathered under the id that each names, where it names one."""
    groups: dict[str, list[TakeRecord]] = {}
    for key, take in pairs:
        if key is not None:
            groups.setdefault(key, []).append(take)
    return {key: tuple(takes) for key, takes in groups.items()}
