"""Files that are whole or not there: written beside their names and renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from engine.errors import EngineError, RequestError, unwritten


def write_whole(path: Path, contents: bytes | str, *, lasting: bool = True) -> None:
    """Write ``path`` whole or not at all; folders that are missing are made.

    Args:
        path: replaced by a file with ``contents``.
        contents: of the file; text in UTF-8.
        lasting: whether it must survive a power cut.

    Raises:
        EngineError: if the disk is full or may not be written.
    """
    plain = contents.encode() if isinstance(contents, str) else contents
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(plain)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        # If the folder itself cannot be written, the first error says so.
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise EngineError(unwritten(path, error)) from error


def refuse_unwritable(path: Path) -> None:
    """Refuse a name that no file can be written under, before the work that is to fill it.

    Raises:
        RequestError: if it is a folder's, or lies where nothing may be written.
    """
    if path.is_dir():
        raise RequestError(f"{path} is a folder; name a file.")
    folder = next(place for place in path.absolute().parents if place.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RequestError(
            f"{path.name} was not written: {folder} may not be written to "
            f"({error.strerror or error})."
        ) from error
