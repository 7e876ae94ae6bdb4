"""The console: progress with time left for people, JSON for machines, places for what is made."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.errors import RequestError
from engine.whole_files import refuse_unwritable, write_whole

_LINE_EVERY_S = 5.0


class Meter:
    """Progress of one job on stderr: a line that is rewritten, or one now and then in a log."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._live = sys.stderr.isatty()
        self._began_s = time.monotonic()
        self._told_s = -math.inf
        self._open = False

    def show(self, done: int, of: int, left_s: float | None = None) -> None:
        """Say that ``done`` of ``of`` parts are done; the time left is guessed where not given."""
        now_s = time.monotonic()
        if not self._live and now_s - self._told_s < _LINE_EVERY_S and done < of:
            return
        self._told_s = now_s
        if left_s is None and done:
            left_s = (now_s - self._began_s) / done * (of - done)
        left = "" if left_s is None else f", {duration(left_s)} left"
        end = "" if self._live else "\n"
        start = "\r\x1b[K" if self._live else ""
        print(f"{start}{self._what}: {done} of {of}{left}", end=end, file=sys.stderr, flush=True)
        self._open = self._live

    def close(self) -> None:
        """End the rewritten line."""
        if self._open:
            print(file=sys.stderr, flush=True)
            self._open = False


def say(sentence: str) -> None:
    """A sentence for the person at the console."""
    print(sentence, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """``seconds`` as a person says it."""
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def output(path: Path, suffix: str) -> Path:
    """``path``, if a file of that name can be written; nothing is written yet.

    Raises:
        RequestError: if its name or its folder is wrong.
    """
    if path.suffix.lower() != suffix:
        raise RequestError(f"{path.name} must end in {suffix}: that is what is written.")
    if not path.parent.is_dir():
        raise RequestError(f"{path.name} was not written: the folder {path.parent} does not exist.")
    refuse_unwritable(path)
    return path


@contextlib.contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make ``folder``; where the work then fails, what was made and is empty is removed again.

    Raises:
        RequestError: if it cannot be made.
    """
    fresh = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"{folder} cannot be made: {error.strerror or error}.") from error
    try:
        yield
    except BaseException:
        for place in fresh:
            with contextlib.suppress(OSError):
                place.rmdir()
        raise


@contextlib.contextmanager
def workspace(out: Path) -> Iterator[Path]:
    """A hidden folder beside ``out`` for work in progress, removed at the end, whatever happens.

    Raises:
        RequestError: if the folder cannot be written to.
    """
    try:
        folder = tempfile.TemporaryDirectory(
            dir=out.parent, prefix=f".{out.name}.", ignore_cleanup_errors=True
        )
    except OSError as error:
        raise RequestError(
            f"{out.name} was not written: {out.parent} may not be written to "
            f"({error.strerror or error})."
        ) from error
    with folder as name:
        yield Path(name)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON.

    Raises:
        EngineError: if it cannot be written.
    """
    write_whole(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
