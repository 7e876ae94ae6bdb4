"""Long sounds kept on the disk between sittings: the name of one being written, and which go."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

_DAY_S = 24 * 3_600.0
_UNUSED_S = 14 * _DAY_S
_MOST_BYTES = 8 * 2**30
_PART = ".part"


def part_of(file: Path) -> Path:
    """Where ``file`` is written until it is whole: a name for this writer alone.

    The player and an export may decode the same sound at the same time.
    """
    return file.with_name(f"{file.stem}-{uuid.uuid4().hex[:8]}{_PART}")


def mark_used(file: Path) -> None:
    """Note that ``file`` is listened to, so that others go before it."""
    try:
        os.utime(file)
    except OSError:  # of a film that may only be read: nothing is written there, so nothing goes
        return


def prune(folder: Path, now_s: float | None = None) -> None:
    """Remove what nobody has listened to for two weeks, or for a day where all take over 8 GB.

    What a writer that was killed has left goes after a day.
    """
    now_s = time.time() if now_s is None else now_s
    facts: list[tuple[float, int, Path]] = []
    try:
        for file in folder.iterdir():
            known = file.stat()
            facts.append((known.st_mtime, known.st_size, file))
    except OSError:  # another one removes the same: the rest goes next time
        return
    held_bytes = sum(size for _, size, _ in facts)
    for used_s, size, file in sorted(facts):
        unused_s = now_s - used_s
        in_the_way = held_bytes > _MOST_BYTES or file.suffix == _PART
        if unused_s > _UNUSED_S or (in_the_way and unused_s > _DAY_S):
            held_bytes -= size
            _remove(file)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:  # one that is open may not be removed everywhere
        return
