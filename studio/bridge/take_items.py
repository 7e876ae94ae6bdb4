"""The take rows: a shot's takes in the order of their lineage, each edit after what it edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QMimeData, Qt

from studio.bridge.drags import packed
from studio.bridge.rows import Index, IsGone, RowsModel, never
from studio.bridge.state_words import DECISION_WORDS, IN_THE_CUT, KIND_WORDS, PASSED_OVER
from studio.document.film import Film, Shot
from studio.document.ledger import Decision, Ledger, TakeKind, TakeRecord
from studio.document.queries import best_upgrade, waiting_takes
from studio.document.take_lineage import asked, change_words
from studio.document.take_sources import base_take, is_behind
from studio.wording import term, tr


@dataclass(frozen=True, kw_only=True)
class TakeRow:
    """One take as it stands beside the others.

    Attributes:
        depth: how many edits lie between it and a take made from nothing.
        upgraded: a full render of it is finished and shown in its place.
        chosen: it stands for the shot in the cut.
        waits: it is to be kept or rejected.
        tile, frame: its thumbnail, as the tile cache knows it.
        folder: where its files are, in the film's folder.
        change: how strongly, when and where an edit changed what it edits.
        last: nothing further down was made of the same take as this one.
        trunk: which of the depths above it still go on below it.
        behind: what it was made from was replaced since.
        missing: its files are gone.
        shot: the name of its shot, where takes of several stand together.
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
    folder: str
    waits: bool = False
    flags: tuple[str, ...] = ()
    seed: int = 0
    parent_id: str = ""
    prompt: str = ""
    change: str = ""
    note: str = ""
    favourite: bool = False
    behind: bool = False
    missing: bool = False
    shot: str = ""
    last: bool = True
    trunk: tuple[bool, ...] = ()


class TakeItems(RowsModel[TakeRow]):
    """The takes of the shot under the hand, or those that were searched for."""

    def row_id(self, row: TakeRow) -> str:
        return row.id

    def text(self, row: TakeRow) -> str:
        parts = (row.shot, row.title, row.words, state_of(row), row.change, row.note, *row.flags)
        star = tr("favourite") if row.favourite else ""
        old = tr("made from a source that was replaced") if row.behind else ""
        gone = tr("its files are gone") if row.missing else ""
        return ", ".join(part for part in (*parts, star, old, gone) if part)

    def tip(self, row: TakeRow) -> str:
        """What a narrow row leaves out, and what its marks mean."""
        note = f"“{row.note}”" if row.note else ""
        head = " · ".join((row.title, row.words, state_of(row)))
        lines = [head, row.change, row.prompt, note, *row.flags]
        if row.behind:
            lines.append(tr("The take that this edit changed was replaced by another."))
        if row.missing:
            lines.append(gone_words(row))
        return "\n".join(line for line in lines if line)

    def flags(self, index: Index) -> Qt.ItemFlag:
        extra = Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | extra

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        rows = [self.row(index.row()) for index in indexes]
        return packed("take", (row.id for row in rows if row is not None))


def state_of(row: TakeRow) -> str:
    """What has become of a take, in a word or two."""
    if row.chosen:
        return tr(IN_THE_CUT)
    passed = row.decision == "undecided" and not row.waits
    return tr(PASSED_OVER if passed else DECISION_WORDS[row.decision])


def gone_words(row: TakeRow) -> str:
    """What is said of a take whose files are gone, and what brings it back."""
    words = term("The files of this take are gone. Put {folder} back into the film's folder, or "
                 "render the shot again.")  # fmt: skip
    return tr(words, folder=row.folder)


def take_rows(
    film: Film, shot: Shot | None, ledger: Ledger, is_gone: IsGone = never
) -> tuple[TakeRow, ...]:
    """The takes of ``shot``, upgrades folded into what they upgrade; stills stand on the board.

    ``is_gone`` says of the tile of a take whether its file is not there.
    """
    return () if shot is None else _marked(_rows(film, shot, ledger), is_gone)


def take_title(ledger: Ledger, take: TakeRecord) -> str:
    """What a take is called among those of its shot, such as ``Take 2``, in whichever upgrade."""
    if take.kind == "still":
        return tr("Still")
    made = (one for one in ledger.takes_by_shot.get(take.shot_id or "", ()) if one.kind != "still")
    shown, base = [one.id for one in _shown(tuple(made))], base_take(ledger, take.id)
    return _numbered(shown.index(base) + 1) if base in shown else tr("Take")


def telling_picture(take: TakeRecord) -> int:
    """The number of the picture that stands for a take: the first often shows little yet."""
    return take.frames // 3


def made_as(take: TakeRecord) -> str:
    """How a take was made: an edit by what it was asked, any other by its kind."""
    return take.label if take.kind == "edit" and take.label else tr(KIND_WORDS[take.kind])


def _marked(rows: Iterable[TakeRow], is_gone: IsGone) -> tuple[TakeRow, ...]:
    """``rows``, with those marked whose files are gone."""
    return tuple(replace(row, missing=True) if is_gone(row.tile) else row for row in rows)


def _rows(film: Film, shot: Shot, ledger: Ledger) -> list[TakeRow]:
    takes = tuple(t for t in ledger.takes_by_shot.get(shot.id, ()) if t.kind != "still")
    numbers = {take.id: number for number, take in enumerate(_shown(takes), start=1)}
    children: dict[str, list[TakeRecord]] = {}
    for take in _shown(takes):
        parent = base_take(ledger, take.parent_id) if take.parent_id else ""
        children.setdefault(parent if parent in numbers else "", []).append(take)
    rows: list[TakeRow] = []
    waiting = frozenset(take.id for take in waiting_takes(ledger, shot))
    pending: list[tuple[TakeRecord, tuple[bool, ...], bool]] = []

    def put_off(takes: list[TakeRecord], trunk: tuple[bool, ...]) -> None:
        for place, take in reversed(list(enumerate(takes, start=1))):
            pending.append((take, trunk, place == len(takes)))

    put_off(children.get("", []), ())
    while pending:
        take, trunk, last = pending.pop()
        row = _row(take, numbers[take.id], len(trunk), shot, ledger)
        old, waits = is_behind(film, ledger, take), take.id in waiting
        rows.append(replace(row, trunk=trunk, last=last, behind=old, waits=waits))
        put_off(children.get(take.id, []), (*trunk, not last))
    return rows


def found_takes(
    film: Film, ledger: Ledger, text: str, is_gone: IsGone = never, *, favourites: bool = False
) -> tuple[TakeRow, ...]:
    """The takes of all shots whose words, notes and instructions hold every word of ``text``.

    ``favourites`` leaves the others out.
    """
    wanted = text.casefold().split()
    found: list[TakeRow] = []
    for shot in film.shots:
        for row in _rows(film, shot, ledger):
            held = " ".join((shot.name, row.title, row.words, row.prompt, row.note)).casefold()
            if (row.favourite or not favourites) and all(word in held for word in wanted):
                found.append(replace(row, shot=shot.name, depth=0, trunk=(), last=True))
    return _marked(found, is_gone)


def _shown(takes: tuple[TakeRecord, ...]) -> list[TakeRecord]:
    known = {take.id for take in takes}
    return [take for take in takes if take.upgrade_of not in known]


def _numbered(number: int) -> str:
    return tr("Take {number}", number=number)


def _row(take: TakeRecord, number: int, depth: int, shot: Shot, ledger: Ledger) -> TakeRow:
    best = best_upgrade(ledger, take.id) or take
    chosen = shot.chosen_take_id in (take.id, best.id)
    upgraded = best.id != take.id
    made, note = asked(take.recipe), ledger.note(take.id)
    in_full = upgraded and take.kind == "preview"
    return TakeRow(
        id=take.id,
        title=_numbered(number),
        kind=take.kind,
        words=tr(KIND_WORDS["full"]) if in_full else made_as(take),
        depth=depth,
        decision=ledger.decision(take.id),
        upgraded=upgraded,
        chosen=chosen,
        tile=f"take:{best.id}",
        frame=telling_picture(best),
        folder=best.folder,
        flags=best.flags,
        seed=take.seed,
        parent_id=take.parent_id or "",
        prompt=made.prompt,
        change=change_words(made, take.rate),
        note=note.text,
        favourite=note.favourite,
    )
