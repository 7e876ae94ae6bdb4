"""What the director is told of renders that failed: which, why, and what helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from studio.bridge.job_items import job_row
from studio.bridge.notices import Deed, Notice
from studio.document.film import Film
from studio.document.ledger import Failed, JobRecord, Ledger
from studio.wording import term, tr

NAMED = 4


@dataclass(frozen=True)
class Hands:
    """What can be done about a failed render.

    Attributes:
        retry: it is put into the queue again.
        show: its shot comes under the hand, by id, with what it asks for.
    """

    retry: Callable[[JobRecord], object]
    show: Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class FailedRenders(Notice):
    """Renders that failed for one reason, told of together.

    Attributes:
        titles: what failed, by the id of its job.
        reason: why, as a sentence.
    """

    titles: tuple[tuple[str, str], ...]
    reason: str
    jobs: tuple[JobRecord, ...] = field(compare=False, repr=False)
    hands: Hands = field(compare=False, repr=False)

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
        jobs = (*self.jobs, *(other.jobs[place] for place in new))
        return _told(titles, self.reason, self.cause, jobs, self.hands)

    @property
    def of_film(self) -> bool:
        """Always: they are tried again, or led to, in the film that they are of."""
        return True

    def without(self, job_id: str) -> Notice | None:
        """The other renders: this one is tried again, or off the list."""
        left = [place for place, (known, _) in enumerate(self.titles) if known != job_id]
        if not left or len(left) == len(self.titles):
            return self if left else None
        titles = tuple(self.titles[place] for place in left)
        jobs = tuple(self.jobs[place] for place in left)
        return _told(titles, self.reason, self.cause, jobs, self.hands)


def failure(film: Film, ledger: Ledger, job: JobRecord, hands: Hands) -> FailedRenders | None:
    """The notice of a job that failed; ``None`` for any other, and once it is off the list."""
    if not isinstance(job.state, Failed) or job.dismissed:
        return None
    row = job_row(film, ledger, job, None)
    cause = "" if row.cause in row.words else row.cause
    return _told(((job.id, row.title),), row.words, cause, (job,), hands)


def _told(
    titles: tuple[tuple[str, str], ...],
    reason: str,
    cause: str,
    jobs: tuple[JobRecord, ...],
    hands: Hands,
) -> FailedRenders:
    names = [title for _, title in titles]
    sentence = f"{names[0]}: {reason}"
    if len(names) > 1:
        listed = "; ".join(names[:NAMED]) + ("; …" if len(names) > NAMED else "")
        told = term("{count} renders failed: {names}. {reason}")
        sentence = tr(told, count=len(names), names=listed, reason=reason)
    offers, deed = _help(jobs, hands)
    return FailedRenders(
        sentence=sentence,
        cause=cause,
        level="problem",
        offers=offers,
        deed=deed,
        titles=titles,
        reason=reason,
        jobs=jobs,
        hands=hands,
    )


def _help(jobs: tuple[JobRecord, ...], hands: Hands) -> tuple[tuple[str, ...], Deed | None]:
    """The commands that help, and what helps and is none: not to try again what must fail again."""
    state = jobs[0].state
    match state.blame if isinstance(state, Failed) else "machine":
        case "weights":
            return ("film.settings",), None
        case "file":  # one of the bin, or else a take or what cannot be read, which the shot names
            return ("film.relink",), _to_the_shot(jobs, hands)
        case "request":
            return (), _to_the_shot(jobs, hands)
        case _:
            again = tr("Try again") if len(jobs) == 1 else tr("Try all again")
            return (), Deed(text=again, do=lambda: [hands.retry(job) for job in jobs])


def _to_the_shot(jobs: tuple[JobRecord, ...], hands: Hands) -> Deed | None:
    shot_id = next((job.shot_id for job in jobs if job.shot_id), None)
    if shot_id is None:
        return None
    return Deed(text=tr("Go to the shot"), do=lambda: hands.show(shot_id))
