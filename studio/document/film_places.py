"""Films by where they lie: recognised, and told apart by what they are called."""

from __future__ import annotations

from pathlib import Path

from studio.document.backups import Backups, when_restored
from studio.document.project_making import FILM_FILE


def is_film(path: Path) -> bool:
    """Whether ``path`` is a film's folder or a project file, however damaged."""
    try:
        if path.is_dir():
            file = path / FILM_FILE
            return file.is_file() or bool(Backups(file).files())
        return path.suffix == ".dailies" and path.is_file()
    except OSError:  # nobody may look
        return False


def film_name(path: Path, name: str = "") -> str:
    """What the film at a folder or file is called, told apart from those beside it.

    Args:
        path: a folder, or the file of a film that shares its folder.
        name: the film's own; the folder's where it is not known.
    """
    name = name or (path.parent.name if path.suffix == ".dailies" else path.name)
    restored = when_restored(path)
    return name if restored is None else f"{name} (restored {restored:%Y-%m-%d %H:%M})"
