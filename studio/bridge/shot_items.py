"""The shot list's rows: words, length, state and picture of every shot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QMimeData, Qt, Signal

from studio.bridge.drags import MIME_TYPE, carried, packed
from studio.bridge.job_items import Pulse
from studio.bridge.rows import Index, RowsModel
from studio.document.film import Film, Shot
from studio.document.ledger import Ledger, Running
from studio.document.queries import best_upgrade, shot_state

RowState = Literal["draft", "queued", "running", "preview", "full", "stale", "failed", "locked"]

STATE_WORDS: Mapping[RowState, str] = {
    "draft": "Draft",
    "queued": "Queued",
    "running": "Rendering",
    "preview": "Preview",
    "full": "Full",
    "stale": "Changed",
    "failed": "Failed",
    "locked": "Locked",
}


@dataclass(frozen=True, kw_only=True)
class ShotRow:
    """One shot of the list.

    Attributes:
        tile: names its picture to the tile cache; empty where it has none.
        done: how far its running render is, 0 to 1.
        undecided: takes that wait to be kept or rejected.
    """

    id: str
    number: int
    name: str
    prompt: str
    length: str
    state: RowState
    tile: str = ""
    picture: int = 0
    done: float = 0.0
    takes: int = 0
    undecided: int = 0


def shot_rows(
    film: Film, ledger: Ledger, pulses: Mapping[str, Pulse], weights: str | None = None
) -> tuple[ShotRow, ...]:
    """The rows of the whole list."""
    return tuple(
        _row(film, ledger, pulses, shot, number, weights)
        for number, shot in enumerate(film.shots, start=1)
    )


def row_state(film: Film, ledger: Ledger, shot: Shot, weights: str | None = None) -> RowState:
    """The state of a shot; one whose job runs just now is told apart from those that wait."""
    jobs = ledger.jobs_by_shot.get(shot.id, ())
    if not shot.locked and any(isinstance(job.state, Running) for job in jobs):
        return "running"
    return shot_state(film, ledger, shot, weights)


class ShotItems(RowsModel[ShotRow]):
    """The shot list; media dropped on a row become references of its shot.

    Signals:
        media_dropped: a shot id and the media ids that were dropped on it.
        moved: shot ids and the place they were dropped at.
        written: a shot id and its new prompt, written in the list.
    """

    media_dropped = Signal(str, object)
    moved = Signal(object, int)
    written = Signal(str, str)

    def row_id(self, row: ShotRow) -> str:
        return row.id

    def text(self, row: ShotRow) -> str:
        return f"{row.name}, {STATE_WORDS[row.state]}: {row.prompt}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.EditRole:
            row = self.row(index.row())
            return row.prompt if row is not None else ""
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        row = self.row(index.row())
        if row is None or role != Qt.ItemDataRole.EditRole:
            return False
        if str(value) != row.prompt:
            self.written.emit(row.id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        extra = Qt.ItemFlag.ItemIsDropEnabled
        if index.isValid():
            extra |= Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsEditable
        return super().flags(index) | extra

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [MIME_TYPE]

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        rows = [self.row(index.row()) for index in indexes]
        return packed("shot", (row.id for row in rows if row is not None))

    def canDropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if carried(data, "media"):
            return parent.isValid()
        return bool(carried(data, "shot"))

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        target = self.row(parent.row()) if parent.isValid() else None
        dropped = carried(data, "media")
        if dropped and target is not None:
            self.media_dropped.emit(target.id, dropped)
            return True
        shots = carried(data, "shot")
        if shots:
            place = parent.row() if parent.isValid() else row if row >= 0 else self.rowCount()
            self.moved.emit(shots, place)
        # False, so that the view does not remove what was moved: the document moves it.
        return False


def _row(
    film: Film,
    ledger: Ledger,
    pulses: Mapping[str, Pulse],
    shot: Shot,
    number: int,
    weights: str | None,
) -> ShotRow:
    takes = [take for take in ledger.takes_by_shot.get(shot.id, ()) if take.upgrade_of is None]
    undecided = [take for take in takes if ledger.decision(take.id) == "undecided"]
    shown = shot.chosen_take_id or (takes[-1].id if takes else "")
    best = best_upgrade(ledger, shown) if shown else None
    running = next(
        (job for job in ledger.jobs_by_shot.get(shot.id, ()) if isinstance(job.state, Running)),
        None,
    )
    pulse = pulses.get(running.id) if running is not None else None
    return ShotRow(
        id=shot.id,
        number=number,
        name=shot.name,
        prompt=shot.prompt,
        length=f"{float(shot.frames / shot.rate):.1f} s",
        state=row_state(film, ledger, shot, weights),
        tile=f"take:{best.id}" if best is not None else "",
        picture=best.frames // 3 if best is not None else 0,
        done=pulse.step / pulse.of if pulse is not None and pulse.of else 0.0,
        takes=len(takes),
        undecided=len(undecided),
    )
