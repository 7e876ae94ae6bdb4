"""What is on its way into a film, kept for the next sitting beside the director's own settings."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

_MOST_BYTES = 4 << 20


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that should come into the film.

    Attributes:
        path: where it lies.
        bin_id: the bin that it was dropped on; empty for the first.
        shot_id: the shot that it was dropped on; empty for none.
    """

    path: Path
    bin_id: str = ""
    shot_id: str = ""


class PendingImports:
    """The files that are not in yet.

    The list lies with the settings and never in the film's folder: a folder that came from a
    stranger would say which files of this machine are read, and copied into it.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Read the list in ``file``; ``None`` keeps it in memory only."""
        self._file = file
        self._wanted = _read(file)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """All of them, in their order."""
        return tuple(self._wanted.values())

    def add(self, wanted: Iterable[Wanted]) -> None:
        """Remember files, before the first of them is read."""
        self._wanted |= {one.path: one for one in wanted}
        self._write()

    def remove(self, paths: Iterable[Path]) -> None:
        """Forget files that are in, or never will be."""
        found = [path for path in paths if self._wanted.pop(path, None) is not None]
        if found:
            self._write()

    def clear(self) -> None:
        """Forget all of them."""
        self.remove(tuple(self._wanted))

    def _write(self) -> None:
        """Write the list; a full disk is no reason to stop working."""
        if self._file is None:
            return
        plain = [
            {"path": str(one.path), "bin": one.bin_id, "shot": one.shot_id} for one in self.wanted
        ]
        try:
            if not plain:
                self._file.unlink(missing_ok=True)
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside = self._file.with_name(self._file.name + ".new")
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(plain, stream)
            beside.replace(self._file)
        except OSError:
            return


def pending_file(folder: Path, film: Path) -> Path:
    """Where the list of the film whose file is ``film`` lies in ``folder``."""
    return folder / f"{hashlib.sha256(str(film.resolve()).encode()).hexdigest()[:32]}.json"


def _read(file: Path | None) -> dict[Path, Wanted]:
    """The list, or nothing where there is none to be read."""
    try:
        if file is None or file.stat().st_size > _MOST_BYTES:
            return {}
        plain = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = [_wanted(one) for one in plain] if isinstance(plain, list) else []
    return {one.path: one for one in found if one is not None}


def _wanted(plain: object) -> Wanted | None:
    if not isinstance(plain, dict):
        return None
    held = cast("dict[str, Any]", plain)
    path, bin_id, shot_id = (held.get(name, "") for name in ("path", "bin", "shot"))
    if not (isinstance(path, str) and isinstance(bin_id, str) and isinstance(shot_id, str)):
        return None
    return Wanted(path=Path(path), bin_id=bin_id, shot_id=shot_id) if path else None
