"""Stamps of files: what tells that one was changed, mended or brought back."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Size and time of ``path``; ``None`` where it is not there."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns
