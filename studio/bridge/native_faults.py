"""Faults that no handler of Python hears of: a library brings the whole process down."""

from __future__ import annotations

import faulthandler
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TextIO


class NativeFaults:
    """Has where every thread was written down when it happens, for the next start to tell.

    Args:
        folder: where that is written; every process has a file of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None

    def watch(self) -> None:
        """Begin; where somebody watches already, or nothing can be written, nothing happens."""
        if self._file is not None or faulthandler.is_enabled():
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path(os.getpid()).open("w", encoding="utf-8")
        except OSError:
            return
        faulthandler.enable(self._file)

    def end(self) -> None:
        """The process ends as it should."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        self._path(os.getpid()).unlink(missing_ok=True)

    def left(self) -> list[tuple[str, str]]:
        """When earlier processes were brought down, and what they left; each is told once."""
        found: list[tuple[str, str]] = []
        for path in sorted(self._folder.glob("native *.txt")):
            process = path.stem.removeprefix("native ")
            if process.isdecimal() and _lives(int(process)):
                continue
            try:
                when, text = path.stat().st_mtime, path.read_text(encoding="utf-8")
                path.unlink()
            except OSError:
                continue
            if text:
                found.append((datetime.fromtimestamp(when).strftime("%Y-%m-%d %H:%M:%S"), text))
        return found

    def _path(self, process: int) -> Path:
        return self._folder / f"native {process}.txt"


def _lives(process: int) -> bool:
    if sys.platform == "win32":
        return False  # a file that is written to cannot be taken away there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
