"""A file written beside its name: renamed when it is whole, removed otherwise."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av

from engine.errors import MediaError, UnwrittenError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass
class Beside:
    """The work in progress.

    Attributes:
        path: where it is written.
        done: set once it is whole, so that it gets its name.
    """

    path: Path
    done: bool = False


@contextmanager
def written_beside(path: Path) -> Iterator[Beside]:
    """A path to write to, renamed to ``path`` when done and removed otherwise.

    Raises:
        MediaError: if ``path`` is a folder.
        UnwrittenError: with a sentence for missing permission or a full disk.
    """
    if path.is_dir():
        raise MediaError(f"{path} is a folder; name a file.")
    beside = Beside(path.with_name(path.name + ".part"))
    try:
        yield beside
        if beside.done:
            with beside.path.open("rb+") as file:
                os.fsync(file.fileno())
            beside.path.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise UnwrittenError(not_written(path, error)) from error
    finally:
        _remove(beside.path)


def not_written(path: Path, error: Exception) -> str:
    """Why ``path`` was not written, as a sentence."""
    number = getattr(error, "errno", None)
    if number in _FULL:
        return f"{path.name} was not written: the disk is full. Free some space and write it again."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.name} was not written: {path.parent} may not be written to."
    if number in (errno.ENOENT, errno.ENOTDIR):
        return f"{path.name} was not written: the folder {path.parent} does not exist."
    reason = getattr(error, "strerror", None) or str(error)
    return f"{path.name} was not written: {reason}."


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder is gone or forbidden: there is nothing of ours in it
        return
