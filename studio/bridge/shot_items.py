"""The shot list's rows: words, length, state and picture of every shot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QMimeData, Qt, Signal, SignalInstance

from studio.bridge.drags import MIME_TYPE, DragKind, carried, local_files, packed
from studio.bridge.engine_words import said
from studio.bridge.film_names import named
from studio.bridge.job_items import Pulse
from studio.bridge.rows import Index, RowsModel
from studio.bridge.state_words import RowState, Standing
from studio.bridge.take_items import telling_picture
from studio.document.film import ColourLabel, Film, SeedPolicy, Shot
from studio.document.ledger import Ledger, Running, TakeRecord
from studio.document.moved import shots_moved
from studio.document.queries import best_upgrade, shot_failure, shot_state, waiting_takes
from studio.wording import tr

_TAG = re.compile(r"(?<![\w@])@(\w+(?:-\w+)*)")
_RATE = Fraction(12)


@dataclass(frozen=True, kw_only=True)
class ShotRow:
    """One shot of the list.

    Attributes:
        tile: names its picture to the tile cache; empty where it has none.
        standing: its state, and the takes that wait for a word.
        done: how far its running render is, 0 to 1.
        frames, rate, size, move, policy, seed: what is edited in place.
        unknown: tags of its prompt that nothing is called.
        why: what its last render failed for, while that is its state.
    """

    id: str
    number: int
    name: str
    prompt: str
    length: str
    standing: Standing
    tile: str = ""
    picture: int = 0
    done: float = 0.0
    takes: int = 0
    frames: int = 0
    rate: Fraction = _RATE
    size: str = ""
    move: str = ""
    policy: SeedPolicy = "random"
    seed: int = 0
    locked: bool = False
    colour: ColourLabel = "none"
    unknown: tuple[str, ...] = ()
    why: str = ""

    @property
    def state(self) -> RowState:
        """Its state, without what waits beside it."""
        return self.standing.state

    @property
    def is_draft(self) -> bool:
        """Whether it is written, and nothing was made of it yet or waits to be."""
        written = bool(self.prompt.strip()) and not self.locked
        return written and not self.takes and self.state in ("draft", "failed")


class ShotRows:
    """The rows of the whole list; those of shots that nothing happened to are not made again."""

    def __init__(self) -> None:
        self._known: tuple[Film, Ledger] | None = None
        self._weights: str | None = None
        self._rows: dict[str, ShotRow] = {}

    def of(
        self, film: Film, ledger: Ledger, pulses: Mapping[str, Pulse], weights: str | None = None
    ) -> tuple[ShotRow, ...]:
        """The rows of ``film``'s shots as ``ledger`` and the running jobs have them now."""
        moved = shots_moved(self._known, (film, ledger)) if self._known else None
        if moved is None or weights != self._weights:
            self._rows = {}
        again = moved or frozenset()
        self._known, self._weights = (film, ledger), weights
        rows: dict[str, ShotRow] = {}
        for number, shot in enumerate(film.shots, start=1):
            row = self._rows.get(shot.id)
            if row is None or row.number != number or row.state == "running" or shot.id in again:
                row = shot_row(film, ledger, pulses, shot, number, weights)
            rows[shot.id] = row
        self._rows = rows
        return tuple(rows.values())


def shot_row(
    film: Film,
    ledger: Ledger,
    pulses: Mapping[str, Pulse],
    shot: Shot,
    number: int,
    weights: str | None,
) -> ShotRow:
    """The row of one shot, which is ``number`` in the list."""
    made = ledger.takes_by_shot.get(shot.id, ())
    takes = [take for take in made if take.upgrade_of is None and take.kind != "still"]
    best = pictured_take(ledger, shot)
    running = next(
        (job for job in ledger.jobs_by_shot.get(shot.id, ()) if isinstance(job.state, Running)),
        None,
    )
    pulse = pulses.get(running.id) if running is not None else None
    failed = shot_failure(film, ledger, shot)
    return ShotRow(
        id=shot.id,
        number=number,
        name=shot.name,
        prompt=shot.prompt,
        length=f"{float(shot.frames / shot.rate):.1f} s",
        standing=shot_standing(film, ledger, shot, weights),
        tile=f"take:{best.id}" if best is not None else "",
        picture=telling_picture(best) if best is not None else 0,
        done=pulse.step / pulse.of if pulse is not None and pulse.of else 0.0,
        takes=len(takes),
        frames=shot.frames,
        rate=shot.rate,
        size=shot.camera.size,
        move=shot.camera.move,
        policy=shot.seed_policy,
        seed=shot.seed,
        locked=shot.locked,
        colour=shot.colour,
        unknown=unknown_tags(film, shot),
        why="" if failed is None else named(said(failed.sentence), film, ledger),
    )


def pictured_take(ledger: Ledger, shot: Shot) -> TakeRecord | None:
    """The take whose picture stands for a shot, in its best render; ``None`` where it has none.

    That is the one in the cut, or else the newest that was not rejected: a still only where there
    is nothing that moves.
    """
    if shot.chosen_take_id:
        return best_upgrade(ledger, shot.chosen_take_id)
    open_to = [
        take
        for take in ledger.takes_by_shot.get(shot.id, ())
        if take.upgrade_of is None and ledger.decision(take.id) != "rejected"
    ]
    newest = [take for take in open_to if take.kind != "still"] or open_to
    return best_upgrade(ledger, newest[-1].id) if newest else None


def shot_standing(film: Film, ledger: Ledger, shot: Shot, weights: str | None = None) -> Standing:
    """Where a shot stands, as it is told of everywhere.

    One whose job runs just now is told apart from those that wait, and a take that waits for a
    word comes before none at all. A locked one asks for nothing.
    """
    if shot.locked:
        return Standing("locked")
    waiting, chosen = len(waiting_takes(ledger, shot)), shot.chosen_take_id is not None
    jobs = ledger.jobs_by_shot.get(shot.id, ())
    state: RowState = shot_state(film, ledger, shot, weights)
    if any(isinstance(job.state, Running) for job in jobs):
        state = "running"
    elif waiting and (state == "draft" or (state == "failed" and not chosen)):
        state = "undecided"
    return Standing(state, waiting, newer=chosen)


class ShotItems(RowsModel[ShotRow]):
    """The shot list; media dropped on a row become references of its shot.

    Signals:
        media_dropped: a shot id and the media ids that were dropped on it.
        cards_dropped, takes_dropped: the same of cards and takes.
        files_dropped: a shot id and paths from another program.
        moved: shot ids and the place they were dropped at.
        written: a shot id and its new prompt, written in the list.
    """

    media_dropped = Signal(str, object)
    cards_dropped = Signal(str, object)
    takes_dropped = Signal(str, object)
    files_dropped = Signal(str, object)
    moved = Signal(object, int)
    written = Signal(str, str)

    def row_id(self, row: ShotRow) -> str:
        return row.id

    def text(self, row: ShotRow) -> str:
        return f"{row.name}, {row.standing.words()}: {row.prompt}"

    def tip(self, row: ShotRow) -> str:
        unknown = ", ".join(f"@{tag}" for tag in row.unknown)
        nobody = tr("Nothing is called {tags}.", tags=unknown) if unknown else ""
        standing = "" if row.state == "draft" else row.standing.words()
        lines = (row.prompt, nobody, row.why, standing)
        return "\n".join(part for part in lines if part)

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
        return [MIME_TYPE, "text/uri-list"]

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        rows = [self.row(index.row()) for index in indexes]
        return packed("shot", (row.id for row in rows if row is not None))

    def canDropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if data.hasUrls() or (
            carried(data, "media") or carried(data, "card") or carried(data, "take")
        ):
            return parent.isValid()
        return bool(carried(data, "shot"))

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        target = self.row(parent.row()) if parent.isValid() else None
        if target is not None and self._given(target.id, data):
            return True
        shots = carried(data, "shot")
        if shots:
            place = parent.row() if parent.isValid() else row if row >= 0 else self.rowCount()
            self.moved.emit(shots, place)
        # False, so that the view does not remove what was moved: the document moves it.
        return False

    def _given(self, shot_id: str, data: QMimeData) -> bool:
        """Tell what was dropped on a shot; whether it was something for a shot."""
        signals: tuple[tuple[DragKind, SignalInstance], ...] = (
            ("media", self.media_dropped),
            ("card", self.cards_dropped),
            ("take", self.takes_dropped),
        )
        for kind, signal in signals:
            ids = carried(data, kind)
            if ids:
                signal.emit(shot_id, ids)
                return True
        paths = tuple(map(str, local_files(data)))
        if paths:
            self.files_dropped.emit(shot_id, paths)
        return bool(paths)


def unknown_tags(film: Film, shot: Shot) -> tuple[str, ...]:
    """Tags that a prompt names and neither a card nor a reference has."""
    if "@" not in shot.prompt:
        return ()
    known = {card.tag.casefold() for card in film.cards}
    known |= {one.tag.casefold() for one in shot.references}
    return tuple(tag for tag in _TAG.findall(shot.prompt) if tag.casefold() not in known)
