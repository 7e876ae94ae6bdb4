"""What the states of shots, renders and takes are called, wherever they are told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from studio.wording import term

if TYPE_CHECKING:
    from studio.document.ledger import Decision, TakeKind

RowState = Literal[
    "draft", "undecided", "queued", "running", "preview", "full", "stale", "failed", "locked"
]
"""The state of a shot; ``undecided`` has no take in the cut and some that wait for a word."""

STATE_WORDS: Mapping[RowState, str] = {
    "draft": term("Draft"),
    "undecided": term("To decide"),
    "queued": term("Queued"),
    "running": term("Rendering"),
    "preview": term("Preview"),
    "full": term("Full"),
    "stale": term("Changed"),
    "failed": term("Failed"),
    "locked": term("Locked"),
}

DECISION_WORDS: Mapping[Decision, str] = {
    "undecided": STATE_WORDS["undecided"],
    "kept": term("Kept"),
    "rejected": term("Rejected"),
}

IN_THE_CUT = term("In the cut")

KIND_WORDS: Mapping[TakeKind, str] = {
    "preview": STATE_WORDS["preview"],
    "full": STATE_WORDS["full"],
    "edit": term("Edit"),
    "import": term("Imported"),
    "still": term("Still"),
}
