"""Which code drew the clips of a store: what is added to it later is to be drawn by the same.

Clips that another version drew are good to learn from, but not beside new ones: what they show, or
how it is laid out, may differ, and nobody could tell which is which.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import TrainingError
from engine.source_digest import source_digest

_FILE = "drawn_by"


def note_drawing(folder: Path, module: str) -> None:
    """Keep in ``folder`` that its clips are drawn by ``module`` as it is now."""
    (folder / _FILE).write_text(source_digest(module), encoding="utf-8")


def refuse_other_drawing(folder: Path, module: str) -> None:
    """Refuse to add to clips in ``folder`` that were drawn by ``module`` as it is no more.

    Raises:
        TrainingError: if they were, or if nobody knows.
    """
    path = folder / _FILE
    if path.is_file() and path.read_text(encoding="utf-8") == source_digest(module):
        return
    raise TrainingError(
        f"The clips in {folder} were drawn by another version of this program, and new ones may "
        "be unlike them. Learn from them as they are, name another folder, or delete this one to "
        "draw them anew."
    )
