"""Arrays on the disk whose room is claimed before they are written.

A page of a map that finds no room on the disk ends the process at once, without an exception. So
the room is claimed first, where a full disk is still an error that can be told.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import DTypeLike, NDArray

_NOTHING = bytes(1 << 20)


def claim(file: IO[bytes], size_bytes: int) -> None:
    """Make ``file`` at least ``size_bytes`` long, with room on the disk for all of it.

    Raises:
        OSError: if there is not enough room.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size_bytes)
        return
    file.seek(0, os.SEEK_END)
    for at in range(file.tell(), size_bytes, len(_NOTHING)):
        file.write(_NOTHING[: size_bytes - at])


def claimed_array(path: Path, kind: DTypeLike, shape: tuple[int, ...]) -> NDArray[np.generic]:
    """The array in the file ``path``, which is made, or kept where it is there, to be written.

    Raises:
        OSError: if the disk has no room for it or the folder cannot be written.
    """
    size_bytes = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
    with path.open("ab") as file:
        claim(file, size_bytes)
    return np.memmap(path, dtype=kind, mode="r+", shape=shape)
