"""Jobs of the queue: how they begin, which come first, and what may be done with them.

The records and states themselves are the ledger's (``studio.document.ledger``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from engine.api import Edit, ShotRequest
from engine.errors import RequestError
from studio.document.film import new_id
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
    TakeRecord,
    now,
)
from studio.document.take_lineage import asked
from studio.render.stored_requests import load_request, store_request

_OTHERWISE = "otherwise"  # in the place of what a shot asks for, which it never equals


def new_job(
    kind: JobKind,
    request: ShotRequest,
    folder: Path,
    *,
    shot_id: str | None = None,
    source: TakeRecord | None = None,
    fingerprint: str = "",
    label: str = "",
    shot_ids: Sequence[str] = (),
    estimate_s: float | None = None,
) -> JobRecord:
    """A job that waits for its turn.

    Args:
        kind: what the job is for.
        request: what is rendered.
        folder: the film's.
        shot_id: the shot that it is for; without one, that of the ``source``.
        source: the take that it upgrades, edits, extends or decodes.
        fingerprint: what the shot asks for now; of a sequence, one a shot, parted by spaces.
        label: what the queue calls it.
        shot_ids: the shots of a sequence, in the request's order.
        estimate_s: what it is thought to take.

    Raises:
        RequestError: if the request names a file outside the film's folder.
    """
    return JobRecord(
        id=new_id(),
        kind=kind,
        shot_id=next(iter(shot_ids), shot_id) or (None if source is None else source.shot_id),
        shot_ids=tuple(shot_ids) if len(shot_ids) > 1 else (),
        estimate_s=estimate_s,
        source_take_id=None if source is None else source.id,
        request=store_request(request, folder),
        fingerprint=fingerprint or ("" if source is None else source.fingerprint),
        label=label,
        created=now(),
    )


def is_urgent(job: JobRecord) -> bool:
    """Whether the director waits for the job, so that full renders stand aside for it."""
    match job.kind:
        case "full":
            return False
        case "edit" | "extend":
            return not asked(job.request).full
        case "preview" | "still" | "sound" | "decode":
            return True
        case _:
            assert_never(job.kind)


def changed_job(
    job: JobRecord, request: ShotRequest, folder: Path, *, seed_counts: bool = False
) -> JobRecord:
    """What takes the place of a waiting job when its request is changed; nothing of it is done yet.

    It is another job: an id stands for one request for ever, so that whatever lies in its folder
    is of that request. Its takes are not what their shots ask for any more, unless only seed or
    steps are others.

    Args:
        job: that waits.
        request: what is rendered instead.
        folder: the film's.
        seed_counts: whether a shot of it asks for a seed of its own.
    """
    old = load_request(job.request, folder)
    as_asked = replace(old, quality=request.quality)
    if not seed_counts:
        as_asked = replace(as_asked, seed=request.seed)
    label, fingerprint = job.label, job.fingerprint
    if isinstance(old.task, Edit) and isinstance(request.task, Edit):
        # A shot does not say how its takes are edited.
        as_asked = replace(as_asked, task=request.task, seed=request.seed)
        label = request.task.instruction if label == old.task.instruction else label
    if request != as_asked and fingerprint:
        fingerprint = " ".join(_OTHERWISE for _ in job.shots)
    return replace(
        job,
        id=new_id(),
        created=now(),
        request=store_request(request, folder),
        fingerprint=fingerprint,
        label=label,
        state=Queued(),
        seconds=None,
        estimate_s=None,
    )


def needs_upgrade(take: TakeRecord, ledger: Ledger, folder: Path) -> bool:
    """Whether a kept ``take`` should be rendered in full: it is Fast, and nobody does so yet."""
    if take.id in ledger.upgrades or is_upgrading(take, ledger):
        return False
    return is_fast(take, folder)


def is_upgrading(take: TakeRecord, ledger: Ledger) -> bool:
    """Whether the full render of ``take`` waits or runs."""
    return any(
        job.kind == "full" and job.source_take_id == take.id and job.is_open
        for job in ledger.jobs.values()
    )


def is_fast(take: TakeRecord, folder: Path) -> bool:
    """Whether ``take`` is a preview or edit in Fast quality, which can be rendered in full."""
    if take.kind not in ("preview", "edit"):
        return False
    try:
        return load_request(take.recipe, folder).quality.mode == "fast"
    except RequestError:
        return False


def can_run(job: JobRecord) -> bool:
    """Whether the job waits for the worker."""
    match job.state:
        case Queued() | Parked():
            return True
        case Running() | Done() | Failed() | Cancelled():
            return False
        case _:
            assert_never(job.state)


def can_retry(job: JobRecord) -> bool:
    """Whether the same job may do better another time; a request that is refused cannot."""
    refused = isinstance(job.state, Failed) and job.state.blame == "request"
    return ended_without_takes(job) and not refused


def ended_without_takes(job: JobRecord) -> bool:
    """Whether the job failed or was stopped."""
    match job.state:
        case Failed() | Cancelled():
            return True
        case Queued() | Running() | Parked() | Done():
            return False
        case _:
            assert_never(job.state)


def after_restart(job: JobRecord) -> JobRecord:
    """The job as a program that has just started finds it: what ran then, waits now."""
    match job.state:
        case Running():
            return replace(job, state=Queued())
        case Queued() | Parked() | Done() | Failed() | Cancelled():
            return job
        case _:
            assert_never(job.state)
