"""Requests as the ledger keeps them: JSON text whose paths are relative to the film's folder."""

from __future__ import annotations

import json
from pathlib import Path

from engine.api import ShotRequest
from engine.errors import RequestError
from studio.render.film_paths import inside, stored_path
from studio.wording import tr


def store_request(request: ShotRequest, folder: Path) -> str:
    """``request`` as JSON text for the ledger, its paths relative to the film's ``folder``."""

    def stored(path: str) -> str:
        return stored_path(folder, path)

    return json.dumps(request.with_files(stored).to_json(), ensure_ascii=False)


def load_request(text: str, folder: Path) -> ShotRequest:
    """The request that ``store_request`` wrote, its paths in the film's ``folder``.

    Raises:
        RequestError: if it is unreadable, or names a file outside the folder.
    """
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise RequestError(tr("This is not a readable request: {error}.", error=error)) from error

    def loaded(path: str) -> str:
        return str(inside(folder, path))

    return ShotRequest.from_json(plain).with_files(loaded)
