"""What the states of shots, renders and takes are called, wherever they are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from studio.wording import term, tr

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

STATE_MEANINGS: Mapping[RowState, str] = {
    "draft": term("Nothing is made of it yet"),
    "undecided": term("Takes wait to be kept or rejected"),
    "queued": term("Waits for its turn in the queue"),
    "running": term("Is being rendered now"),
    "preview": term("The cut shows a preview of it"),
    "full": term("The cut shows it in full quality"),
    "stale": term("Asks for something else than the cut shows"),
    "failed": term("Its last render failed"),
    "locked": term("Nothing changes it until it is unlocked"),
}

DECISION_WORDS: Mapping[Decision, str] = {
    "undecided": STATE_WORDS["undecided"],
    "kept": term("Kept"),
    "rejected": term("Rejected"),
}

IN_THE_CUT = term("In the cut")
PASSED_OVER = term("Passed over")
"""Of a take that nothing was said of before another was kept."""

KIND_WORDS: Mapping[TakeKind, str] = {
    "preview": STATE_WORDS["preview"],
    "full": STATE_WORDS["full"],
    "edit": term("Edit"),
    "import": term("Imported"),
    "still": term("Still"),
}


@dataclass(frozen=True)
class Standing:
    """Where a shot stands: its state, and how many of its takes wait for a word.

    Attributes:
        newer: they came after the take that is in the cut.
    """

    state: RowState = "draft"
    waiting: int = 0
    newer: bool = False

    @property
    def beside(self) -> int:
        """How many takes are told of beside the state, which may say by itself that some wait."""
        return 0 if self.state == "undecided" else self.waiting

    @property
    def foremost(self) -> RowState:
        """What is told where there is room for one thing: what asks for a word, if nothing runs."""
        settled = self.state in ("preview", "full", "stale")
        return "undecided" if settled and self.waiting else self.state

    @cached_property
    def state_words(self) -> str:
        """The state, as it is called everywhere."""
        return tr(STATE_WORDS[self.state])

    def words(self) -> str:
        """The state, and what waits, where that says more."""
        state = self.state_words
        if self.state == "undecided":
            more = tr("{n} takes", n=self.waiting) if self.waiting > 1 else ""
        else:
            more = self._waiting_words()
        return " · ".join(part for part in (state, more) if part)

    def _waiting_words(self) -> str:
        if not self.waiting:
            return ""
        if self.waiting == 1:
            return tr("A newer take to decide on") if self.newer else tr("A take to decide on")
        words = (
            term("{n} newer takes to decide on") if self.newer else term("{n} takes to decide on")
        )
        return tr(words, n=self.waiting)
