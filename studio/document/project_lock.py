"""Locks: one program writes a film, and the others are told who; one makes a take."""

from __future__ import annotations

import os
import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from studio.document.errors import FilmInUseError

_HELD_AT = 1 << 20


class FilmLock:
    """Held from construction to ``close``, and let go by the system if the program dies."""

    def __init__(self, film_file: Path) -> None:
        """Take the lock of a project file.

        Raises:
            FilmInUseError: naming who holds it.
            OSError: if the folder cannot be written to.
        """
        path = film_file.with_name(film_file.name + ".lock")
        held = hold(path)
        if held is None:
            holder = _text_of(path)
            who = f" ({holder})" if holder.isprintable() and holder else ""
            raise FilmInUseError(
                f"{film_file.parent.name} is open in another window or program{who}. "
                "Close it there first.",
                film_file,
            )
        self._file = held
        self._file.truncate(0)
        started = datetime.now().astimezone().strftime("%H:%M on %d %B")
        text = f"process {os.getpid()} on {socket.gethostname()}, since {started}"
        self._file.write(text.encode())
        self._file.flush()

    def close(self) -> None:
        """Let go of the lock."""
        self._file.close()


def hold(path: Path) -> BinaryIO | None:
    """Take the lock that ``path`` is, until what is returned is closed or the program dies.

    Returns:
        ``None`` where another window or program has it.

    Raises:
        OSError: if the file cannot be made.
    """
    while True:
        file = _opened(path)
        if not _locked(file):
            file.close()
            return None
        if _is_at(file, path):
            return file
        file.close()  # whoever had it removed it since it was opened


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Whether ``path`` still leads to ``file``."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def _text_of(path: Path) -> str:
    """Who wrote into a lock; empty where that cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(200).decode(errors="replace").strip()
    except OSError:
        return ""


def _opened(path: Path) -> BinaryIO:
    """The lock's file, open for reading and writing; a link in its place is not followed."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)  # pyright: ignore


if sys.platform == "win32":
    import msvcrt

    def _locked(file: BinaryIO) -> bool:
        """Lock a byte far behind the text, which stays readable for others."""
        file.seek(_HELD_AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

else:
    import fcntl

    def _locked(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
