"""The writer: one thread that puts revisions into a project file, in their order."""

from __future__ import annotations

import atexit
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from studio.document.codec import encode, to_text
from studio.document.emitter import Emitter
from studio.document.errors import SaveError
from studio.document.film import Film
from studio.document.ledger import LedgerRecord
from studio.document.rows import TABLES, RowChange, differences, pack
from studio.document.store import HISTORY_LENGTH, FilmWrite, LedgerWrite, Write
from studio.wording import tr

RETRY_S = 1.0
# What has just been changed is painted first: the rows of a ripple compute for as long as that, and
# each of the two would have to wait for the other's turns with the interpreter.
PATIENCE_S = 0.04

_DELETE = {table: f"DELETE FROM {table} WHERE id = ?" for table in TABLES}  # noqa: S608 - our own
_UPSERT = {
    table: f"INSERT INTO {table} (id, body) VALUES (?, ?) "  # noqa: S608 - our own
    "ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    for table in TABLES
}


@dataclass(frozen=True)
class Saved:
    """Everything up to ``revision`` would survive a crash."""

    revision: int


@dataclass(frozen=True)
class Saving:
    """Revisions are on their way to the disk."""


@dataclass(frozen=True)
class SaveFailed:
    """Revisions are held in memory and tried again.

    Attributes:
        reason: what is wrong, as a sentence.
        advice: what becomes of the changes or is to be done, as another.
    """

    reason: str
    advice: str
    cause: str

    @property
    def sentence(self) -> str:
        """Both, for the screen."""
        return f"{self.reason} {self.advice}"


SaveStatus = Saved | Saving | SaveFailed


class Writer:
    """Writes what it is given on a thread of its own and acknowledges it.

    Revisions that wait together share a transaction, so that a slow disk is waited for once.

    Attributes:
        status_changed: emitted, on the writer's thread, with every new status.
    """

    def __init__(
        self, connection: sqlite3.Connection, after_save: Callable[[], None] = lambda: None
    ) -> None:
        """Start the thread; ``connection`` is its own from now on."""
        self.status_changed: Emitter[SaveStatus] = Emitter()
        self._connection = connection
        self._after_save = after_save
        self._waiting: list[Write] = []
        self._batch: list[Write] = []
        self._closing = False
        self._awaited = 0
        self._status: SaveStatus = Saved(0)
        self._saved = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="film-writer", daemon=True)
        atexit.register(self.drain)  # a program that forgets to close still saves
        self._thread.start()

    @property
    def status(self) -> SaveStatus:
        """How far the disk has followed."""
        return self._status

    def write(self, write: Write) -> None:
        """Take a revision for writing; returns at once."""
        with self._changed:
            self._waiting.append(write)
            if isinstance(self._status, Saved):
                self._status = Saving()
            self._changed.notify_all()

    def saved(self, revision: int) -> bool:
        """Whether this revision would survive a crash."""
        return self._saved >= revision

    def wait_saved(self, revision: int, timeout_s: float) -> bool:
        """Wait until it would; ``False`` when the time is up.

        Raises:
            SaveError: if it cannot be written at present.
        """
        with self._changed:
            self._awaited += 1
            self._changed.notify_all()
            try:
                self._changed.wait_for(
                    lambda: self._saved >= revision or isinstance(self._status, SaveFailed),
                    timeout_s,
                )
            finally:
                self._awaited -= 1
            if self._saved < revision and isinstance(self._status, SaveFailed):
                raise SaveError(self._status.sentence)
            return self._saved >= revision

    def close(self) -> None:
        """Write what waits, end the thread and close the file.

        Raises:
            SaveError: if something could not be written; it is lost now.
        """
        atexit.unregister(self.drain)
        self.drain()
        self._connection.close()
        if isinstance(self._status, SaveFailed):
            raise SaveError(
                tr("{reason} The last changes were not saved.", reason=self._status.reason)
            )

    def drain(self) -> None:
        """Let the thread write what waits, and end; nothing may be given to it afterwards."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting or self._batch) or self._closing)
                self._changed.wait_for(lambda: self._closing or self._awaited > 0, PATIENCE_S)
                self._batch += self._waiting
                self._waiting = []
                if not self._batch:
                    return
            if self._committed(self._batch):
                self._batch = []
                continue
            with self._changed:
                if self._closing:
                    return
                self._changed.wait_for(lambda: self._closing, RETRY_S)

    def _committed(self, batch: list[Write]) -> bool:
        """Write a batch as one transaction; the whole of it or nothing."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for write in batch:
                write_revision(self._connection, write)
            self._connection.execute("COMMIT")
        except Exception as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            reason, advice = save_fault(error)
            self._become(SaveFailed(reason, advice, f"{type(error).__name__}: {error}"))
            return False
        with self._changed:
            self._saved = batch[-1].revision
        self._become(Saving() if self._waiting else Saved(self._saved))
        self._after_save()
        return True

    def _become(self, status: SaveStatus) -> None:
        with self._changed:
            known, self._status = self._status, status
            self._changed.notify_all()
        if status != known:
            self.status_changed.emit(status)


def write_revision(connection: sqlite3.Connection, write: Write) -> None:
    """Write one revision; the caller holds the transaction."""
    match write:
        case FilmWrite():
            changes = differences(write.before, write.after)
            write_rows(connection, changes)
            _write_history(connection, write, changes)
        case LedgerWrite(records=records):
            write_records(connection, records)
        case _:
            assert_never(write)


def write_film(connection: sqlite3.Connection, film: Film) -> None:
    """Write every row of a film into an empty file."""
    write_rows(connection, differences(None, film))


def write_records(connection: sqlite3.Connection, records: tuple[LedgerRecord, ...]) -> None:
    """Append records to the ledger."""
    connection.executemany(
        "INSERT INTO ledger (kind, body) VALUES (?, ?)",
        [(type(record).__name__, to_text(encode(record))) for record in records],
    )


def write_rows(connection: sqlite3.Connection, changes: list[RowChange]) -> None:
    """Bring the rows to what they are after ``changes``."""
    moves: list[tuple[object, str]] = []
    for change in changes:
        if change.after is None:
            connection.execute(_DELETE[change.table], (change.id,))
        elif change.before is not None and change.whole is None:
            moves.append((change.after["start"], change.id))
        else:
            _write_row(connection, change)
    connection.executemany("UPDATE clips SET start = ? WHERE id = ?", moves)


def _write_row(connection: sqlite3.Connection, change: RowChange) -> None:
    body = dict(change.whole or change.after or {})
    if change.table == "clips":
        place = (body.pop("track"), body.pop("start"))
        connection.execute(
            "INSERT INTO clips (id, track, start, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) "
            "DO UPDATE SET track = excluded.track, start = excluded.start, body = excluded.body",
            (change.id, *place, to_text(body)),
        )
        return
    connection.execute(
        _UPSERT[change.table],
        (change.id, to_text(body)),
    )


def _write_history(
    connection: sqlite3.Connection, write: FilmWrite, changes: list[RowChange]
) -> None:
    """Move the cursor of the history; a new change ends what lay ahead of it."""
    (at,) = connection.execute("SELECT sequence FROM cursor").fetchone()
    match write.direction:
        case "forward":
            at += 1
            connection.execute("DELETE FROM history WHERE sequence >= ?", (at,))
            connection.execute(
                "INSERT INTO history VALUES (?, ?, ?)", (at, write.name, pack(changes))
            )
            oldest = at - HISTORY_LENGTH
            connection.execute("DELETE FROM history WHERE sequence <= ?", (oldest,))
        case "undo":
            at -= 1
        case "redo":
            at += 1
        case _:
            assert_never(write.direction)
    connection.execute("UPDATE cursor SET sequence = ?", (at,))


def save_fault(error: Exception) -> tuple[str, str]:
    """What keeps a film from being saved, and what becomes of the changes: two sentences."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    held = tr("Your changes are held in memory and written as soon as that is possible.")
    rescue = tr("Save a copy of the film now.")
    match code:
        case sqlite3.SQLITE_FULL:
            return tr("The disk is full."), held
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return tr("The film's folder cannot be written to."), held
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return tr("Another program holds the film's file."), held
        case sqlite3.SQLITE_IOERR:
            return tr("The disk reports an error, or is full."), held
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return tr("The film's file was damaged while it was open."), rescue
        case _:
            return tr("The last change could not be saved."), rescue


def file_fault(error: Exception) -> str:
    """What went wrong with a file or database, to stand behind a colon."""
    if isinstance(error, OSError):
        return f"{(error.strerror or str(error)).lower()}."
    return save_fault(error)[0].lower()
