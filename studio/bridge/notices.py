"""Notices: sentences for the director, with the technical cause for those who ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["info", "done", "problem"]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What can be done about this one thing; a command would do it to what is selected."""

    text: str
    do: Callable[[], object] = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to tell the director.

    Attributes:
        cause: the technical detail, shown when asked for.
        level: problems stay until they are put away, others go by themselves.
        offers: ids of commands that help, shown as buttons.
        deed: what helps and is no command, shown as a button that puts the notice away.
    """

    sentence: str
    cause: str = ""
    level: Level = "info"
    offers: tuple[str, ...] = ()
    deed: Deed | None = None

    def joined(self, other: Notice) -> Notice | None:
        """What says both this and ``other``; ``None`` where they are two things."""
        return self if other == self else None

    @property
    def of_film(self) -> bool:
        """Whether it offers something that can be done in the film that is open alone."""
        return self.deed is not None

    def without(self, _job_id: str) -> Notice | None:
        """What is left to say once a job is no longer as it was; ``None`` where nothing is."""
        return self


def refusal(sentence: str, losses: Sequence[str] = ()) -> Notice:
    """Why a film takes no changes, and the ways out; ``losses`` are what of it cannot be read."""
    return Notice(
        sentence=sentence,
        cause="\n".join(losses),
        level="problem",
        offers=("film.save_copy", "film.backups") if losses else ("film.save_copy",),
    )
