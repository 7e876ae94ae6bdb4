"""Reading a project file into values, whole or what can be read of a damaged one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from studio.document.codec import Body, CodecError, decode, from_text
from studio.document.errors import UnsafePathError
from studio.document.film import Film
from studio.document.ledger import (
    ImportRecord,
    JobRecord,
    KeepRecord,
    Ledger,
    LedgerRecord,
    NoteRecord,
    Parked,
    TakeRecord,
    Verdict,
)
from studio.document.patching import patched
from studio.document.paths import check_relative
from studio.document.rows import EMPTY, FILM_ROW, TABLES, RowChange, Table
from studio.document.schema import UNREADABLE
from studio.document.store import StoredStep
from studio.wording import tr

RECORD_KINDS: dict[str, type[LedgerRecord]] = {
    kind.__name__: kind
    for kind in (TakeRecord, JobRecord, KeepRecord, NoteRecord, Verdict, ImportRecord)
}

Row = tuple[object, ...]
Fetch = Callable[[str, str], list[Row]]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a project file holds.

    Attributes:
        undo, redo: the steps behind, oldest first, and ahead, farthest first.
        losses: what could not be read, as sentences; empty for a sound file.
    """

    film: Film
    ledger: Ledger
    undo: tuple[StoredStep, ...]
    redo: tuple[StoredStep, ...]
    losses: tuple[str, ...]


def read_contents(connection: sqlite3.Connection, name: str, *, damaged: bool = False) -> Contents:
    """All that a project file holds.

    Args:
        connection: of the file.
        name: what the film is called where its own name cannot be read.
        damaged: read around faulty pages rather than stop at them.

    Raises:
        sqlite3.DatabaseError: if a page is faulty and ``damaged`` is not set.
    """
    losses: list[str] = []
    fetch = _salvager(connection, losses) if damaged else _reader(connection)
    changes = [change for table in TABLES for change in _rows_of(table, fetch, losses)]
    if not any(change.table == "film" for change in changes):
        losses.append(tr("The film's settings could not be read; others stand in for them."))
    film = patched(replace(EMPTY, name=name), changes, "after", losses)
    ledger = Ledger().append(*_records(fetch, losses))
    undo, redo = ((), ()) if damaged else _history(fetch)
    film = _without_strays(film, losses)
    return Contents(film=film, ledger=ledger, undo=undo, redo=redo, losses=tuple(losses))


def _reader(connection: sqlite3.Connection) -> Fetch:
    def fetch(table: str, columns: str) -> list[Row]:
        query = f"SELECT {columns} FROM {table} ORDER BY rowid"  # noqa: S608 - our own names
        return connection.execute(query).fetchall()

    return fetch


def _salvager(connection: sqlite3.Connection, losses: list[str]) -> Fetch:
    """Reads a table from both ends up to its faulty pages."""

    def one_way(table: str, columns: str, order: str) -> tuple[list[Row], bool]:
        rows: list[Row] = []
        try:
            query = (
                f"SELECT rowid, {columns} FROM {table} NOT INDEXED "  # noqa: S608
                f"ORDER BY rowid {order}"
            )
            for row in connection.execute(query):
                rows.append(row)  # noqa: PERF402 - what came before an error is kept
        except UNREADABLE:
            return rows, False
        return rows, True

    def fetch(table: str, columns: str) -> list[Row]:
        rows, whole = one_way(table, columns, "ASC")
        if not whole:
            losses.append(tr("A part of the {table} could not be read.", table=table))
            rows += one_way(table, columns, "DESC")[0]
        by_number = {row[0]: row[1:] for row in rows if isinstance(row[0], int)}
        return [by_number[number] for number in sorted(by_number)]

    return fetch


def _rows_of(table: Table, fetch: Fetch, losses: list[str]) -> list[RowChange]:
    columns = "id, body, track, start" if table == "clips" else "id, body"
    changes: list[RowChange] = []
    for row_id, text, *place in fetch(table, columns):
        try:
            body = _body(text)
        except CodecError:
            losses.append(tr("One of the {table} could not be read.", table=table))
            continue
        if place:
            body["track"], body["start"] = str(place[0]), _whole(place[1])
        if table == "film" and row_id != FILM_ROW:
            continue
        changes.append(RowChange(table, str(row_id), None, body))
    return changes


def _records(fetch: Fetch, losses: list[str]) -> list[LedgerRecord]:
    records: list[LedgerRecord] = []
    for name, text in fetch("ledger", "kind, body"):
        try:
            kind = RECORD_KINDS[str(name)]
            record = decode(kind, _body(text))
            _check_paths(record)
        except (CodecError, KeyError, UnsafePathError) as error:
            losses.append(f"A record of the ledger was left out: {error}")
        else:
            records.append(record)
    return records


def _history(fetch: Fetch) -> tuple[tuple[StoredStep, ...], tuple[StoredStep, ...]]:
    rows = fetch("cursor", "sequence")
    at = _whole(rows[0][0]) if rows else 0
    undo: list[StoredStep] = []
    redo: list[StoredStep] = []
    for sequence, name, packed in fetch("history", "sequence, name, changes"):
        step = StoredStep(str(name), packed if isinstance(packed, bytes) else b"")
        (undo if _whole(sequence) <= at else redo).append(step)
    return tuple(undo), tuple(reversed(redo))


def _without_strays(film: Film, losses: list[str]) -> Film:
    """``film`` without media whose paths lead out of its folder."""
    kept = tuple(one for one in film.media if _is_relative(one.path))
    if len(kept) == len(film.media):
        return film
    losses.append(tr("Media whose paths lead out of the film's folder were left out."))
    return replace(film, media=kept)


def _check_paths(record: LedgerRecord) -> None:
    match record:
        case TakeRecord(folder=path):
            check_relative(path)
        case JobRecord(state=Parked(checkpoint=path)):
            check_relative(path)
        case ImportRecord(media=media):
            check_relative(media.path)
        case _:
            pass


def _is_relative(path: str) -> bool:
    try:
        check_relative(path)
    except UnsafePathError:
        return False
    return True


def _body(text: object) -> Body:
    plain = from_text(text if isinstance(text, str) else "")
    if not isinstance(plain, dict):
        raise CodecError(tr("A row is not an object."))
    return plain


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
