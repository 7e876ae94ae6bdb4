"""The project: a film's folder, open; its store, its lock, its writer and its backups."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.document.backups import Backups
from studio.document.errors import (
    DamagedFilmError,
    FilmInUseError,
    NotAFilmError,
    ProjectError,
)
from studio.document.film import Film
from studio.document.film_log import log_of, put_strange_log_aside
from studio.document.ledger import Ledger
from studio.document.paths import inside, relative_to
from studio.document.project_lock import FilmLock
from studio.document.project_making import FILM_FILE, make_folders, write_project
from studio.document.project_rows import Contents, read_contents
from studio.document.project_writer import Writer, file_fault
from studio.document.schema import (
    UNREADABLE,
    VERSION,
    check_tables,
    connect,
    make_durable,
    upgrade,
    version_of,
)
from studio.document.store import Store

_HEADER = b"SQLite format 3\0"
_BESIDE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Writable:
    """Changes are taken and saved."""


@dataclass(frozen=True)
class ReadOnly:
    """No change is taken, for the reason that the sentence gives.

    Attributes:
        losses: what could not be read of a damaged film, as sentences.
    """

    sentence: str
    losses: tuple[str, ...] = ()


Access = Writable | ReadOnly


@dataclass
class _Hold:
    """What an open project holds on to while it may be written."""

    lock: FilmLock
    writer: Writer
    backups: Backups


class Project:
    """An open film. Close it when done: its last changes are waited for."""

    def __init__(self, file: Path, store: Store, access: Access, hold: _Hold | None) -> None:
        """Use ``open_project`` or ``create_project``."""
        self.file = file
        self.store = store
        self.access = access
        self._hold = hold

    @property
    def folder(self) -> Path:
        """The film's folder."""
        return self.file.parent

    @property
    def place(self) -> Path:
        """What opens this very film again: its folder, or its file where another has the folder."""
        return self.folder if self.file.name == FILM_FILE else self.file

    @property
    def writer(self) -> Writer | None:
        """What saves it, with its status; ``None`` where it is read-only."""
        return None if self._hold is None else self._hold.writer

    def path(self, relative: str) -> Path:
        """The file that a path in the film or the ledger names.

        Raises:
            UnsafePathError: if it would lie outside the film's folder.
        """
        return inside(self.folder, relative)

    def relative(self, path: Path) -> str:
        """A file in the film's folder as it is written into the film.

        Raises:
            UnsafePathError: if it lies outside.
        """
        return relative_to(self.folder, path)

    def close(self) -> None:
        """Wait for the last changes and let the film go; a second time does nothing.

        Raises:
            SaveError: if changes could not be saved and are lost now.
        """
        hold, self._hold = self._hold, None
        if hold is None:
            return
        try:
            hold.writer.drain()
            hold.backups.close()
            hold.writer.close()
        finally:
            hold.lock.close()


def create_project(folder: Path, film: Film, ledger: Ledger | None = None) -> Project:
    """Make a folder a film's and open it.

    The file appears whole or not at all.

    Raises:
        ProjectError: if there is a film already, or it cannot be written.
    """
    file = folder / FILM_FILE
    if file.exists():
        raise ProjectError(f"There is a film in {folder.name} already. Open it instead.")
    write_project(folder, film, ledger or Ledger())
    return open_project(file)


def open_project(path: Path, *, read_only: bool = False) -> Project:
    """Open a film by its folder or its file.

    A film that is damaged, or cannot be written, is opened read-only; ``access`` says why.

    Raises:
        NotAFilmError: if there is no film.
        NewerVersionError: if a later version has written it.
        FilmInUseError: if it is open elsewhere and not asked for read-only.
        DamagedFilmError: if nothing of it can be read, or only its backups are left.
    """
    try:
        file = _film_file(path)
        if read_only:
            return _opened_for_reading(file, "The film was opened for reading only.")
        return _opened_as_can_be(file)
    except OSError as error:
        raise ProjectError(f"{path.name} cannot be opened: {file_fault(error)}") from error


def _opened_as_can_be(file: Path) -> Project:
    try:
        lock = FilmLock(file)
    except OSError as error:
        return _opened_for_reading(file, f"The film cannot be written: {file_fault(error)}")
    try:
        return _opened_for_writing(file, lock)
    except _UnwritableError as error:
        lock.close()
        return _opened_for_reading(file, str(error))
    except UNREADABLE as error:
        lock.close()
        return _opened_despite(file, error)
    except BaseException:
        lock.close()
        raise


def _opened_despite(file: Path, error: Exception) -> Project:
    """What is to be done when SQLite cannot read the file for writing."""
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            raise FilmInUseError(
                f"Another program holds the file of {file.parent.name}. Close it there first.",
                file,
            ) from error
        case (
            sqlite3.SQLITE_READONLY
            | sqlite3.SQLITE_PERM
            | sqlite3.SQLITE_CANTOPEN
            | sqlite3.SQLITE_FULL
            | sqlite3.SQLITE_IOERR
        ):
            return _opened_for_reading(file, f"The film cannot be written: {file_fault(error)}")
        case _:
            return _opened_damaged(file)


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


class _UnwritableError(Exception):
    """A sound film that cannot be written, with the sentence."""


def _opened_for_writing(file: Path, lock: FilmLock) -> Project:
    try:
        put_strange_log_aside(file)
        connection = connect(file)
    except (OSError, sqlite3.OperationalError) as error:
        raise _UnwritableError(f"The film cannot be written: {file_fault(error)}") from error
    try:
        contents = _sound_contents(connection, file)
        _prove_writable(connection, file)
    except BaseException:
        connection.close()
        raise
    backups = Backups(file)
    writer = Writer(connection, after_save=backups.make_if_due)
    store = Store(
        contents.film,
        contents.ledger,
        journal=writer,
        undo=contents.undo,
        redo=contents.redo,
    )
    return Project(file, store, Writable(), _Hold(lock, writer, backups))


def _sound_contents(connection: sqlite3.Connection, file: Path) -> Contents:
    """What the file holds, brought to this version first.

    Raises:
        sqlite3.DatabaseError: if it is damaged.
        _UnwritableError: if no backup of an earlier version can be made.
    """
    if version_of(connection) < VERSION:
        try:
            Backups(file).make()
        except OSError as error:
            raise _UnwritableError(
                "The film is of an earlier version and is brought up to date only once there is a "
                f"backup of it, which cannot be written: {file_fault(error)}"
            ) from error
        upgrade(connection)
    check_tables(connection)
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(str(verdict))
    contents = read_contents(connection, file.parent.name)
    if contents.losses:
        raise sqlite3.DatabaseError(contents.losses[0])
    return contents


def _prove_writable(connection: sqlite3.Connection, file: Path) -> None:
    """See that a transaction can be written to the disk, and that the folders are there."""
    try:
        make_durable(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE cursor SET sequence = sequence")
        connection.execute("COMMIT")
        make_folders(file.parent)
    except (sqlite3.OperationalError, OSError) as error:
        raise _UnwritableError(f"The film cannot be written: {file_fault(error)}") from error


def _opened_for_reading(file: Path, sentence: str) -> Project:
    """The film from a copy, which also works where the folder cannot be written to."""
    try:
        with _copy_of(file) as connection:
            version_of(connection)
            upgrade(connection)
            check_tables(connection)
            contents = read_contents(connection, file.parent.name)
    except UNREADABLE:
        return _opened_damaged(file)
    return _reading(file, contents, sentence)


def _opened_damaged(file: Path) -> Project:
    """What can be read of a damaged film, from a copy; the file itself is left as it is."""
    try:
        with _copy_of(file) as connection:
            version_of(connection)
            contents = read_contents(connection, file.parent.name, damaged=True)
    except UNREADABLE as error:
        raise _beyond_reading(file) from error
    sentence = (
        "The film's file is damaged. It was opened read-only with all that can be read. "
        f"Save a copy, or restore a backup.{_newest_backup(file)}"
    )
    return _reading(file, contents, sentence)


def _reading(file: Path, contents: Contents, sentence: str) -> Project:
    store = Store(contents.film, contents.ledger, read_only=sentence)
    return Project(file, store, ReadOnly(sentence, contents.losses), None)


@contextmanager
def _copy_of(file: Path) -> Generator[sqlite3.Connection]:
    """A connection to a copy that is gone afterwards."""
    try:
        held = tempfile.TemporaryDirectory()
    except OSError as error:
        raise ProjectError(
            "The film cannot be written, and to be read it is copied to the system's folder for "
            f"temporary files, which cannot be written either: {file_fault(error)}"
        ) from error
    with held as folder, closing(connect(_copied(file, Path(folder)))) as connection:
        yield connection


def _copied(file: Path, folder: Path) -> Path:
    """The file and the log of its last changes, copied to ``folder``."""
    target = folder / FILM_FILE
    try:
        shutil.copyfile(file, target)
        log = log_of(file)
        if log is not None:
            shutil.copyfile(log, target.with_name(FILM_FILE + "-wal"))
    except OSError as error:
        raise ProjectError(f"The film cannot be read: {file_fault(error)}") from error
    return target


def _film_file(path: Path) -> Path:
    """The project file that ``path`` is or has in it.

    Raises:
        NotAFilmError: if there is none.
        ProjectError: if it, or what SQLite keeps beside it, is a link.
        DamagedFilmError: if its very beginning is not that of a project file, or it is gone and
            its backups are not.
    """
    file = path / FILM_FILE if path.is_dir() else path
    for ending in _BESIDE:
        # SQLite follows links, and would write to wherever a stranger's film says.
        if file.with_name(file.name + ending).is_symlink():
            raise ProjectError(
                f"{file.name}{ending} is a link, which may lead anywhere. Put the file itself in "
                "its place to open the film."
            )
    known = file.name == FILM_FILE or bool(Backups(file).files())
    if not file.is_file():
        if Backups(file).files():
            raise DamagedFilmError(
                f"The film's file {file.name} is gone.{_newest_backup(file)}", file
            )
        raise NotAFilmError(f"There is no film in {path.name or path}.")
    try:
        with file.open("rb") as stream:
            header = stream.read(len(_HEADER))
    except OSError as error:
        raise ProjectError(f"The film cannot be read: {file_fault(error)}") from error
    if header == _HEADER:
        return file
    if known:
        raise _beyond_reading(file)
    raise NotAFilmError(f"{file.name} is not a film.")


def _beyond_reading(file: Path) -> DamagedFilmError:
    return DamagedFilmError(
        "The film's file is damaged and nothing of it can be read. It was left as it is."
        f"{_newest_backup(file)}",
        file,
    )


def _newest_backup(file: Path) -> str:
    backups = Backups(file).files()
    return f" The newest backup is {backups[-1].name}." if backups else ""
