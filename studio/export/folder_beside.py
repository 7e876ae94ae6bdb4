"""A folder of files written beside its name: renamed when it is whole, removed otherwise."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MediaError
from engine.media import not_written
from studio.wording import tr


@dataclass
class Part:
    """The work in progress.

    Attributes:
        path: where files are written.
        done: set once all of them are whole.
    """

    path: Path
    done: bool = False


@contextmanager
def folder_beside(folder: Path) -> Generator[Part, None, None]:
    """A folder to write to, renamed to ``folder`` when done and removed otherwise."""
    part = Part(folder.with_name(folder.name + ".part"))
    if folder.exists():
        raise MediaError(tr("{folder} exists already; name another place.", folder=folder))
    try:
        shutil.rmtree(part.path, ignore_errors=True)
        part.path.mkdir()
        yield part
        if part.done:
            part.path.replace(folder)
    except OSError as error:
        raise MediaError(not_written(folder, error)) from error
    finally:
        shutil.rmtree(part.path, ignore_errors=True)


def plain_name(name: str) -> str:
    """``name`` as a part of a file's name."""
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name)[:60]
