"""The tables of a project file, their version, and the steps from one version to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from studio.document.errors import NewerVersionError, NotAFilmError
from studio.wording import tr

VERSION = 5
APPLICATION_ID = int.from_bytes(b"DLYS", "big")
MAX_VALUE_BYTES = 256 << 20

_STATEMENTS: tuple[str, ...] = (
    "CREATE TABLE film (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE timelines (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE tracks (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE clips (id TEXT PRIMARY KEY NOT NULL, track TEXT NOT NULL, "
    "start INTEGER NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE shots (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE bins (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE media (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE cards (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE TABLE ledger (sequence INTEGER PRIMARY KEY NOT NULL, kind TEXT NOT NULL, "
    "body TEXT NOT NULL) STRICT",
    "CREATE TABLE history (sequence INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
    "changes BLOB NOT NULL) STRICT",
    "CREATE TABLE cursor (id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), "
    "sequence INTEGER NOT NULL) STRICT",
)

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises; SQLite's messages may quote bytes that are no text."""

Upgrade = Callable[[sqlite3.Connection], None]


def _to_version_2(connection: sqlite3.Connection) -> None:
    """Speed, envelopes, poses, grades, dissolves, groups, subtitles and frame shapes.

    All of them have defaults that say what version 1 meant, and reading fills them in; the rows
    stay. The number is what keeps an older program from opening the film and losing them.
    """


def _to_version_3(connection: sqlite3.Connection) -> None:
    """Notes on takes, the shots of a sequence's job, and what jobs were thought to take and took.

    An older program leaves records out that it does not know: the number keeps it from that.
    """


def _to_version_4(connection: sqlite3.Connection) -> None:
    """Cards of props and voices, and takes that are stills of their shot; the rows stay.

    What was a still before is a preview to the ledger, and stays one.
    """


def _to_version_5(connection: sqlite3.Connection) -> None:
    """Pan of clips and tracks, and gain of tracks; the rows stay, and sound as they did."""


UPGRADES: Mapping[int, Upgrade] = {
    1: _to_version_2,
    2: _to_version_3,
    3: _to_version_4,
    4: _to_version_5,
}
"""What makes a file of the version named one of the next; each in the same transaction."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a project file so that nothing stored in it is run.

    The connection may be handed to another thread; only one may use it at a time.
    """
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=5.0,
    )
    connection.text_factory = _decoded
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    return connection


def _decoded(text: bytes) -> str:
    """Stored text, also where damage has left bytes that are none."""
    return text.decode(errors="replace")


def make_durable(connection: sqlite3.Connection) -> None:
    """Let every commit reach the disk before it returns, with readers beside the writer."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty file a project file; the caller has begun a transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in _STATEMENTS:
        connection.execute(statement)
    connection.execute("INSERT INTO cursor VALUES (1, 0)")


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the file's tables.

    Raises:
        NotAFilmError: if it is some other program's file.
        NewerVersionError: if a later version of this one has written it.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise NotAFilmError(tr("This file is not a film."))
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise NewerVersionError(
            tr(
                "This film was saved by a newer version of Dailies (format {version}; "
                "this one reads up to {version2}). Nothing was changed. Update Dailies "
                "to open it.",
                version=version,
                version2=VERSION,
            )
        )
    return int(version)


def check_tables(connection: sqlite3.Connection) -> None:
    """See that the file holds our tables and nothing that could act by itself.

    Raises:
        NotAFilmError: if a table differs, or there is a trigger, a view or a foreign index.
    """
    found = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    if sorted(sql for (sql,) in found) != sorted(_STATEMENTS):
        raise NotAFilmError(tr("This file holds things that no film has, and was not opened."))


def upgrade(
    connection: sqlite3.Connection,
    upgrades: Mapping[int, Upgrade] = UPGRADES,
    target: int = VERSION,
) -> None:
    """Bring a file to the version ``target`` in one transaction; its history is dropped."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version >= target:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(version, target):
            upgrades[step](connection)
        connection.execute("DELETE FROM history")
        connection.execute("UPDATE cursor SET sequence = 0")
        connection.execute(f"PRAGMA user_version = {target}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
