"""The take rows: a shot's takes in the order of their lineage, each edit after what it edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.bridge.rows import RowsModel
from studio.document.film import Shot
from studio.document.ledger import Decision, Ledger, TakeKind, TakeRecord
from studio.document.queries import best_upgrade

_KINDS: Mapping[TakeKind, str] = {
    "preview": "Preview",
    "full": "Full",
    "edit": "Edit",
    "import": "Imported",
}


@dataclass(frozen=True, kw_only=True)
class TakeRow:
    """One take as it stands beside the others.

    Attributes:
        depth: how many edits lie between it and a take made from nothing.
        upgraded: a full render of it is finished and shown in its place.
        chosen: it stands for the shot in the cut.
        tile, frame: its thumbnail, as the tile cache knows it.
    """

    id: str
    title: str
    kind: TakeKind
    words: str
    depth: int
    decision: Decision
    upgraded: bool
    chosen: bool
    tile: str
    frame: int
    flags: tuple[str, ...] = ()
    seed: int = 0
    parent_id: str = ""


class TakeItems(RowsModel[TakeRow]):
    """The takes of the shot under the hand."""

    def row_id(self, row: TakeRow) -> str:
        return row.id

    def text(self, row: TakeRow) -> str:
        return f"{row.title}, {row.words}"


def take_rows(shot: Shot | None, ledger: Ledger) -> tuple[TakeRow, ...]:
    """The takes of ``shot``, upgrades folded into what they upgrade."""
    if shot is None:
        return ()
    takes = ledger.takes_by_shot.get(shot.id, ())
    numbers = {take.id: number for number, take in enumerate(_shown(takes), start=1)}
    children: dict[str, list[TakeRecord]] = {}
    for take in _shown(takes):
        parent = base_take(ledger, take.parent_id) if take.parent_id else ""
        children.setdefault(parent if parent in numbers else "", []).append(take)
    rows: list[TakeRow] = []
    pending = [(take, 0) for take in reversed(children.get("", []))]
    while pending:
        take, depth = pending.pop()
        rows.append(_row(take, numbers[take.id], depth, shot, ledger))
        pending += [(child, depth + 1) for child in reversed(children.get(take.id, []))]
    return tuple(rows)


def base_take(ledger: Ledger, take_id: str) -> str:
    """The take that a chain of upgrades began with."""
    take = ledger.takes.get(take_id)
    while take is not None and take.upgrade_of is not None and take.upgrade_of in ledger.takes:
        take = ledger.takes[take.upgrade_of]
    return take.id if take is not None else take_id


def _shown(takes: tuple[TakeRecord, ...]) -> list[TakeRecord]:
    known = {take.id for take in takes}
    return [take for take in takes if take.upgrade_of not in known]


def _row(take: TakeRecord, number: int, depth: int, shot: Shot, ledger: Ledger) -> TakeRow:
    best = best_upgrade(ledger, take.id) or take
    chosen = shot.chosen_take_id in (take.id, best.id)
    upgraded = best.id != take.id
    kind = "Full" if upgraded and take.kind == "preview" else _KINDS[take.kind]
    return TakeRow(
        id=take.id,
        title=f"Take {number}",
        kind=take.kind,
        words=take.label if take.kind == "edit" and take.label else kind,
        depth=depth,
        decision=ledger.decision(take.id),
        upgraded=upgraded,
        chosen=chosen,
        tile=f"take:{best.id}",
        frame=best.frames // 3,
        flags=best.flags,
        seed=take.seed,
        parent_id=take.parent_id or "",
    )
