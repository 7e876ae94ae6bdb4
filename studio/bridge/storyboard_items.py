"""The storyboard's rows: a still of every shot, or the takes of one contact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QMimeData, Qt

from studio.bridge.batches import (
    approved_still,
    sheet_in_work,
    sheet_of,
    sheet_size,
    still_is_stale,
    stills_of,
)
from studio.bridge.drags import packed
from studio.bridge.job_items import Pulse
from studio.bridge.rows import Index, RowsModel
from studio.bridge.shot_items import pictured_take
from studio.bridge.state_words import DECISION_WORDS, IN_THE_CUT, PASSED_OVER, STATE_WORDS
from studio.bridge.take_items import take_title, telling_picture
from studio.document.film import Film, Shot, TakeSource
from studio.document.ledger import JobRecord, Ledger, Running, TakeRecord
from studio.document.queries import waiting_takes
from studio.wording import term, tr

BoardState = Literal[
    "blank", "unwritten", "queued", "running", "fresh", "undecided", "passed", "approved",
    "stale", "kept", "chosen",
]  # fmt: skip
IN_WORK: frozenset[BoardState] = frozenset({"queued", "running"})

BOARD_WORDS: Mapping[BoardState, str] = {
    "blank": term("No still yet"),
    "unwritten": term("Nothing written"),
    "queued": STATE_WORDS["queued"],
    "running": STATE_WORDS["running"],
    "fresh": term("To approve"),
    "undecided": DECISION_WORDS["undecided"],
    "passed": PASSED_OVER,
    "approved": term("Approved"),
    "stale": STATE_WORDS["stale"],
    "kept": DECISION_WORDS["kept"],
    "chosen": IN_THE_CUT,
}


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One frame of the board.

    Attributes:
        id: of the shot, or of the take where it is a contact sheet.
        take_id: what its picture is of; empty where there is none.
        picture: which picture of that.
        stands_in: the name of that take, where it is no still but shown for want of one.
        done: how far its render is, 0 to 1.
        count: stills of the shot.
    """

    id: str
    number: int
    title: str
    words: str
    state: BoardState
    take_id: str = ""
    picture: int = 0
    stands_in: str = ""
    done: float = 0.0
    count: int = 0


class BoardItems(RowsModel[BoardRow]):
    """The storyboard; its pictures are dragged onto shots, bins and the cut."""

    def row_id(self, row: BoardRow) -> str:
        return row.id

    def text(self, row: BoardRow) -> str:
        state = ", ".join(word for word in (tr(BOARD_WORDS[row.state]), row.stands_in) if word)
        return f"{row.number}, {row.title}, {state}: {row.words}"

    def tip(self, row: BoardRow) -> str:
        words = term("The picture is of {take}: a still can be made, and approved as first frame.")
        return tr(words, take=row.stands_in) if row.stands_in else ""

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row(index.row()) if index.isValid() else None
        drag = Qt.ItemFlag.ItemIsDragEnabled if row is not None and row.take_id else None
        return super().flags(index) if drag is None else super().flags(index) | drag

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        rows = [self.row(index.row()) for index in indexes]
        return packed("take", (row.take_id for row in rows if row is not None and row.take_id))


def board_rows(film: Film, ledger: Ledger, pulses: Mapping[str, Pulse]) -> tuple[BoardRow, ...]:
    """A row for every shot, with its approved still or its newest one, or a take's picture."""
    return tuple(
        board_row(film, ledger, pulses, shot, number) for number, shot in enumerate(film.shots, 1)
    )


def sheet_rows(
    shot: Shot | None, ledger: Ledger, pulses: Mapping[str, Pulse]
) -> tuple[BoardRow, ...]:
    """A row for every take of the newest contact sheet of ``shot``, made or to be made."""
    if shot is None:
        return ()
    job = sheet_in_work(ledger, shot.id)
    if job is not None:
        count = sheet_size(job)
        return tuple(
            BoardRow(
                id=f"{job.id}-{number}",
                number=number,
                title=tr("Seed"),
                words=shot.name,
                state=_in_work(job),
                done=_done(job, pulses),
            )
            for number in range(1, count + 1)
        )
    return tuple(
        BoardRow(
            id=take.id,
            number=number,
            title=tr("Seed {seed}", seed=take.seed),
            words=shot.name,
            state=_decided(shot, ledger, take),
            take_id=take.id,
        )
        for number, take in enumerate(sheet_of(ledger, shot.id), 1)
        if ledger.decision(take.id) != "rejected"
    )


def board_row(
    film: Film, ledger: Ledger, pulses: Mapping[str, Pulse], shot: Shot, number: int
) -> BoardRow:
    """The row of one shot, which is the ``number``-th."""
    stills = stills_of(ledger, shot.id)
    approved = approved_still(ledger, shot)
    source = approved.source if approved is not None else None
    take_id = source.take_id if isinstance(source, TakeSource) else ""
    newest = stills[-1] if stills else None
    if not take_id and newest is not None:
        take_id = newest.id
    shown = ledger.takes.get(take_id)
    job = next(
        (j for j in ledger.jobs_by_shot.get(shot.id, ()) if j.kind == "still" and j.is_open), None
    )
    stale = shown is not None and still_is_stale(film, ledger, shot, shown)
    stand_in = pictured_take(ledger, shot) if shown is None else None
    seen = shown or stand_in
    return BoardRow(
        id=shot.id,
        number=number,
        title=shot.name,
        words=shot.prompt,
        state=_state(shot, job=job, has_still=shown is not None, approved=approved is not None,
                     stale=stale),
        take_id=seen.id if seen is not None else "",
        picture=telling_picture(stand_in) if stand_in is not None else 0,
        stands_in=take_title(ledger, stand_in) if stand_in is not None else "",
        done=_done(job, pulses),
        count=len(stills),
    )  # fmt: skip


def _in_work(job: JobRecord) -> BoardState:
    return "running" if isinstance(job.state, Running) else "queued"


def _decided(shot: Shot, ledger: Ledger, take: TakeRecord) -> BoardState:
    """What has become of a take of a contact sheet that was not rejected."""
    if shot.chosen_take_id == take.id:
        return "chosen"
    if ledger.decision(take.id) == "kept":
        return "kept"
    return "undecided" if take in waiting_takes(ledger, shot) else "passed"


def _state(
    shot: Shot, *, job: JobRecord | None, has_still: bool, approved: bool, stale: bool
) -> BoardState:
    if job is not None:
        return _in_work(job)
    if not has_still:
        return "blank" if shot.prompt.strip() else "unwritten"
    if stale:
        return "stale"
    return "approved" if approved else "fresh"


def _done(job: JobRecord | None, pulses: Mapping[str, Pulse]) -> float:
    if job is None or not isinstance(job.state, Running):
        return 0.0
    pulse = pulses.get(job.id)
    return pulse.step / pulse.of if pulse is not None and pulse.of else 0.0
