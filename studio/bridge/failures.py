"""What the director is told of renders that failed: which, why, and how to try them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from studio.bridge.job_items import job_row
from studio.bridge.notices import Deed, Notice
from studio.document.film import Film
from studio.document.ledger import Failed, JobRecord
from studio.wording import term, tr

NAMED = 4
Retry = Callable[[JobRecord], object]


@dataclass(frozen=True, kw_only=True)
class FailedRenders(Notice):
    """Renders that failed for one reason, told of together.

    Attributes:
        titles: what failed, by the id of its job.
        reason: why, as a sentence.
    """

    titles: tuple[tuple[str, str], ...]
    reason: str
    tries: tuple[Callable[[], object], ...] = field(compare=False, repr=False)

    def joined(self, other: Notice) -> Notice | None:
        """What tells of both, where they failed for the same reason."""
        if not isinstance(other, FailedRenders):
            return None
        if (other.reason, other.cause) != (self.reason, self.cause):
            return None
        new = [place for place, one in enumerate(other.titles) if one not in self.titles]
        if not new:
            return self
        titles = (*self.titles, *(other.titles[place] for place in new))
        return _told(titles, self.reason, self.cause, (*self.tries, *(other.tries[p] for p in new)))

    def without(self, job_id: str) -> Notice | None:
        """The other renders: this one is tried again, or off the list."""
        left = [place for place, (known, _) in enumerate(self.titles) if known != job_id]
        if not left or len(left) == len(self.titles):
            return self if left else None
        titles = tuple(self.titles[place] for place in left)
        return _told(titles, self.reason, self.cause, tuple(self.tries[place] for place in left))


def failure(film: Film, job: JobRecord, retry: Retry) -> FailedRenders | None:
    """The notice of a job that failed; ``None`` for any other, and once it is off the list."""
    if not isinstance(job.state, Failed) or job.dismissed:
        return None
    row = job_row(film, job, None)
    cause = "" if row.cause in row.words else row.cause
    return _told(((job.id, row.title),), row.words, cause, (lambda: retry(job),))


def _told(
    titles: tuple[tuple[str, str], ...],
    reason: str,
    cause: str,
    tries: tuple[Callable[[], object], ...],
) -> FailedRenders:
    names = [title for _, title in titles]
    sentence, again = f"{names[0]}: {reason}", tr("Try again")
    if len(names) > 1:
        listed = "; ".join(names[:NAMED]) + ("; …" if len(names) > NAMED else "")
        told = term("{count} renders failed: {names}. {reason}")
        sentence = tr(told, count=len(names), names=listed, reason=reason)
        again = tr("Try all again")
    return FailedRenders(
        sentence=sentence,
        cause=cause,
        level="problem",
        deed=Deed(text=again, do=lambda: [each() for each in tries]),
        titles=titles,
        reason=reason,
        tries=tries,
    )
