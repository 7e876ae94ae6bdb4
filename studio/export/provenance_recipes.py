"""What a take's own recipe file says of its making, where its folder lies with the film."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from studio.document.codec import Body
from studio.document.errors import UnsafePathError
from studio.document.ledger import TakeRecord
from studio.document.paths import inside

_FILE = "recipe.json"
_RECIPE_BYTES = 4 << 20
MAKING = ("backend", "engine", "sampler", "steps", "device")


def making_of(folder: Path | None, take: TakeRecord) -> Body:
    """By what a take was made: those of ``MAKING`` that its recipe file names.

    The ledger keeps the request of a take; the engine writes the rest beside its pictures.

    Args:
        folder: of the film; ``None`` where it has none.
        take: whose recipe is read.
    """
    held = _read(folder, take)
    return {name: held[name] for name in MAKING if isinstance(held.get(name), str | int)}


def hashes_of(folder: Path | None, take: TakeRecord) -> dict[str, str]:
    """The files that a take was made from, as its recipe file names them, by content."""
    named = _read(folder, take).get("references")
    return {
        str(one["source"]).replace("\\", "/"): str(one["sha256"])
        for one in (named if isinstance(named, list) else [])
        if isinstance(one, dict) and one.get("source") and one.get("sha256")
    }


def _read(folder: Path | None, take: TakeRecord) -> Body:
    """A recipe file; one that is gone or broken says nothing, as that must not fail a manifest."""
    if folder is None:
        return {}
    try:
        path = inside(folder, f"{take.folder}/{_FILE}")
        if not path.is_file() or path.stat().st_size > _RECIPE_BYTES:
            return {}
        read = json.loads(path.read_text(encoding="utf-8"))
    except (UnsafePathError, OSError, ValueError, RecursionError):
        return {}
    return cast("Body", read) if isinstance(read, dict) else {}
