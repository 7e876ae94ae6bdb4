"""Paths inside a film's folder: relative, with forward slashes, and never leading out."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from studio.document.errors import UnsafePathError

_DRIVE = re.compile(r"[A-Za-z]:")


def check_relative(relative: str) -> str:
    """``relative`` itself, if it can only lead into the film's folder.

    Raises:
        UnsafePathError: if it is absolute, steps upwards, or has characters no path has.
    """
    parts = relative.split("/")
    bad = (
        not relative
        or "\\" in relative
        or not relative.isprintable()
        or relative.startswith("/")
        or _DRIVE.match(relative) is not None
        or any(part in {"", ".", ".."} for part in parts)
    )
    if bad:
        raise UnsafePathError(f"The path “{relative[:80]}” leads out of the film's folder.")
    return relative


def inside(root: Path, relative: str) -> Path:
    """The file in the folder ``root`` that ``relative`` names.

    Raises:
        UnsafePathError: if it leads out of ``root``, through a link too.
    """
    path = root / PurePosixPath(check_relative(relative))
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError) as error:
        raise UnsafePathError(f"The path “{relative[:80]}” cannot be followed.") from error
    if not resolved.is_relative_to(root.resolve()):
        raise UnsafePathError(f"The path “{relative[:80]}” leads out of the film's folder.")
    return path


def is_there(path: Path) -> bool:
    """Whether anything is at ``path``; not where nobody may look, or no name can be so long."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def relative_to(root: Path, path: Path) -> str:
    """``path`` as it is written into the film.

    Raises:
        UnsafePathError: if it is not in ``root``.
    """
    try:
        return check_relative(path.resolve().relative_to(root.resolve()).as_posix())
    except ValueError as error:
        raise UnsafePathError(f"{path.name} is not in the film's folder.") from error
