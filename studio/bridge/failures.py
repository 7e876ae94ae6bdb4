"""What the director is told of a render that failed: which one, why, and how to try it again."""

from __future__ import annotations

from collections.abc import Callable

from studio.bridge.job_items import job_row
from studio.bridge.notices import Deed, Notice
from studio.document.film import Film
from studio.document.ledger import Failed, JobRecord
from studio.wording import tr


def failure(film: Film, job: JobRecord, retry: Callable[[JobRecord], object]) -> Notice | None:
    """The notice of a job that failed; ``None`` for any other, and once it is off the list."""
    if not isinstance(job.state, Failed) or job.dismissed:
        return None
    row = job_row(film, job, None)
    return Notice(
        sentence=f"{row.title}: {row.words}",
        cause="" if row.cause in row.words else row.cause,
        level="problem",
        deed=Deed(text=tr("Try again"), do=lambda: retry(job)),
    )
