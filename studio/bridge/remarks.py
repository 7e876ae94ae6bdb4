"""What is remarked on a shot: one line of its preflight list, and the changes that put it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.bridge.reference_rows import take_name
from studio.document.film import Film, Media, ShotReference
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Missing, resolve_source
from studio.wording import tr

Subject = Literal["tag", "frames", "size", "rate", "pool", "missing", "replaced", "failed", "other"]
Level = Literal["fixed", "warning", "refused"]


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A change that would put a remark right; ``name`` is what undo calls it."""

    label: str
    name: str
    change: Callable[[Film], Film]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One line of the list.

    Attributes:
        ahead: it is rendered all the same, and no button would mend it.
    """

    subject: Subject
    level: Level
    sentence: str
    remedy: str = ""
    fixes: tuple[Fix, ...] = ()
    ahead: bool = False


def called(film: Film, ledger: Ledger, one: ShotReference) -> str:
    """What a reference is called in a remark: its tag, or else its file or take."""
    if one.tag:
        return f"@{one.tag}"
    match resolve_source(film, ledger, one.source):
        case Media() as media:
            return media.name
        case Missing():
            return tr("A reference")
        case TakeRecord() as take:
            return take_name(film, take)
