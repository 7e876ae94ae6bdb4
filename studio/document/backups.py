"""Rotating backups of a project file: ten minutes, hours and days back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from studio.document.errors import ProjectError
from studio.document.project_writer import file_fault
from studio.document.schema import connect

INTERVAL = timedelta(minutes=10)
KEEP_RECENT = 6
KEEP_HOURS = 8
KEEP_DAYS = 5
FOLDER = "backups"
_STAMP = "%Y-%m-%d %H%M%S"
_STAMP_LETTERS = 17
_RESTORED = " restored "
_PART = ".dailies.part"


def local_now() -> datetime:
    """This moment on the director's clock."""
    return datetime.now().astimezone().replace(tzinfo=None)


class Backups:
    """The backups of one project file, in a folder beside it."""

    def __init__(self, film_file: Path, clock: Callable[[], datetime] = local_now) -> None:
        """Look after the backups of ``film_file``; makes none by itself."""
        self._film_file = film_file
        self._folder = film_file.parent / FOLDER
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._last = max(self.times(), default=None)

    def times(self) -> list[datetime]:
        """When backups were made, oldest first."""
        return sorted(time for time in map(self._made, self.files()) if time is not None)

    def files(self) -> list[Path]:
        """The backups, oldest first; a link is none, as it may lead to another film."""
        if self._folder.is_symlink() or not self._folder.is_dir():
            return []
        found = (
            path
            for path in self._folder.iterdir()
            if path.suffix == ".dailies" and not path.is_symlink()
        )
        return sorted(path for path in found if self._made(path) is not None)

    def make_if_due(self) -> None:
        """Start a backup on a thread of its own if the last one is ten minutes old."""
        now = self._clock()
        if self._last is not None and timedelta(0) <= now - self._last < INTERVAL:
            return
        if self._thread is not None and self._thread.is_alive():
            return
        self._last = now
        self._thread = threading.Thread(target=self._try, args=(now,), name="film-backup")
        self._thread.start()

    def make(self, now: datetime | None = None) -> Path:
        """Make a backup, take off those that are no longer due, and return its path.

        Raises:
            OSError: if the folder cannot be written to.
            sqlite3.Error: if the file cannot be read or copied.
        """
        if self._folder.is_symlink():
            raise OSError("The backups folder is a link.")
        self._folder.mkdir(exist_ok=True)
        time = now or self._clock()
        target = self._folder / f"{self._film_file.stem} {time.strftime(_STAMP)}.dailies"
        copy_file(self._film_file, target)
        self._prune(time)
        return target

    def close(self) -> None:
        """Wait for a backup that is being made."""
        if self._thread is not None:
            self._thread.join()

    def _try(self, now: datetime) -> None:
        try:
            self.make(now)
        except (OSError, sqlite3.Error):
            self._last = None  # tried again after the next change

    def _prune(self, now: datetime) -> None:
        times = self.times()
        # Those of a clock that ran ahead count by themselves: none made since would stay else.
        keep = due(time for time in times if time <= now) | due(t for t in times if t > now)
        for path in self.files():
            if self._made(path) not in keep:
                path.unlink(missing_ok=True)
        for path in self._folder.iterdir():
            # Half written when the program was killed. The film's lock is ours: nobody writes it.
            name, part, _ = path.name.partition(_PART)
            if part and self._made(path.with_name(f"{name}.dailies")) is not None:
                path.unlink(missing_ok=True)

    def _made(self, path: Path) -> datetime | None:
        """When a backup of this film was made; ``None`` for whatever else lies there."""
        head = f"{self._film_file.stem} "
        return _time_of(path.stem.removeprefix(head)) if path.stem.startswith(head) else None


def due(times: Iterable[datetime]) -> set[datetime]:
    """The backups to keep: the last six, and the last of eight hours and of five days."""
    ordered = sorted(times, reverse=True)
    hours: dict[str, datetime] = {}
    days: dict[str, datetime] = {}
    for time in ordered:
        hours.setdefault(time.strftime("%Y-%m-%d %H"), time)
        days.setdefault(time.strftime("%Y-%m-%d"), time)
    return {
        *ordered[:KEEP_RECENT],
        *list(hours.values())[:KEEP_HOURS],
        *list(days.values())[:KEEP_DAYS],
    }


def restored_copy(file: Path, backup: Path) -> Path:
    """Copy a backup beside the project file, to be opened by its path; nothing is overwritten.

    Raises:
        ProjectError: if it cannot be read or written.
    """
    stem = file.stem.partition(_RESTORED)[0]
    moment = local_now()
    while (target := _restored_at(file, stem, moment)).exists():
        moment += timedelta(seconds=1)  # the clock was set back, or hands are quick
    try:
        copy_file(backup, target)
    except (OSError, sqlite3.Error) as error:
        raise ProjectError(f"The backup cannot be restored: {file_fault(error)}") from error
    return target


def _restored_at(file: Path, stem: str, moment: datetime) -> Path:
    return file.with_name(f"{stem}{_RESTORED}{moment.strftime(_STAMP)}.dailies")


def when_restored(file: Path) -> datetime | None:
    """When a project file was restored from a backup; ``None`` if it never was."""
    return _time_of(file.stem.partition(_RESTORED)[2])


def backed_up(path: Path) -> Path | None:
    """The project file that ``path`` is a backup of; ``None`` where it is none."""
    stem, stamp = path.stem[: -_STAMP_LETTERS - 1], path.stem[-_STAMP_LETTERS:]
    if path.parent.name != FOLDER or path.suffix != ".dailies" or _time_of(stamp) is None:
        return None
    return path.parent.with_name(f"{stem}.dailies")


def copy_file(source: Path, target: Path) -> None:
    """Copy a project file, also while it is written, and put the copy in place at once.

    Where that fails nothing stays of it: a disk that is full needs the room.

    Raises:
        OSError: if the target cannot be written.
        sqlite3.Error: if the source cannot be read.
    """
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with closing(connect(source, read_only=True)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
        part.replace(target)
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _time_of(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP)
    except ValueError:
        return None
