"""The log that SQLite keeps beside a project file, and logs that are another file's."""

from __future__ import annotations

from pathlib import Path

_ASIDE = ".put-aside"
_FORMATS = slice(18, 20)
_KEEPS_LOG = b"\2\2"


def log_of(file: Path) -> Path | None:
    """The log with the last changes of ``file``; ``None`` where there is none of its own.

    Raises:
        OSError: if the file cannot be read.
    """
    log = file.with_name(file.name + "-wal")
    return log if log.exists() and _keeps_log(file) else None


def put_strange_log_aside(file: Path) -> None:
    """Rename a log that is not that of ``file``, which SQLite would write over it.

    One is left where a program was killed and its film's file was then removed, or a backup was
    put in its place by hand. A file whose log it were would say that it keeps one: a film that is
    new, and a backup, do not.

    Raises:
        OSError: if it cannot be renamed.
    """
    log = file.with_name(file.name + "-wal")
    if log.exists() and not _keeps_log(file):
        log.replace(log.with_name(log.name + _ASIDE))


def _keeps_log(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(_FORMATS.stop)[_FORMATS] == _KEEPS_LOG
