"""Requests as the ledger keeps them: JSON text whose paths are relative to the film's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.api import Edit, Extend, Generate, ShotRequest, Upgrade
from engine.errors import RequestError
from studio.render.film_paths import inside, stored_path
from studio.wording import tr


def store_request(request: ShotRequest, folder: Path) -> str:
    """``request`` as JSON text for the ledger, its paths relative to the film's ``folder``."""

    def stored(path: str) -> str:
        return stored_path(folder, path)

    return json.dumps(_with_paths(request, stored).to_json(), ensure_ascii=False)


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

    return _with_paths(ShotRequest.from_json(plain), loaded)


def _with_paths(request: ShotRequest, turn: Callable[[str], str]) -> ShotRequest:
    """``request`` with every path put through ``turn``."""
    references = tuple(replace(r, source=turn(r.source)) for r in request.references)
    match request.task:
        case Generate() as task:
            pass
        case Edit() as task:
            mask = None if task.mask is None else turn(task.mask)
            task = replace(task, source=turn(task.source), mask=mask)
        case Extend() as task:
            task = replace(task, source=turn(task.source))
        case Upgrade() as task:
            task = replace(task, source=turn(task.source))
    return replace(request, references=references, task=task)
