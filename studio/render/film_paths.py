"""Paths of the film's own folder, as the ledger keeps them and as the engine needs them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from engine.errors import RequestError
from studio.wording import tr

TAKES = "takes"


def inside(folder: Path, stored: str) -> Path:
    """The file that ``stored``, relative with forward slashes, names in ``folder``.

    Raises:
        RequestError: if it leads out of the folder.
    """
    base = folder.resolve()
    path = PurePosixPath(stored)
    whole = (base / path).resolve()
    if not stored or path.is_absolute() or not whole.is_relative_to(base):
        raise RequestError(tr("{stored!r} is not a file of the film.", stored=stored))
    return whole


def stored_path(folder: Path, path: str | Path) -> str:
    """``path``, of a file in ``folder``, as ``inside`` reads it.

    Raises:
        RequestError: if it lies outside the folder.
    """
    base, whole = folder.resolve(), Path(path).resolve()
    if not whole.is_relative_to(base) or whole == base:
        raise RequestError(tr("{path} is not in the film's folder; import it first.", path=path))
    return whole.relative_to(base).as_posix()
