"""The spool: the mix of a whole film, in memory while it is short and on the disk while it is not.

Shape letters: S samples.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray

from engine.errors import MediaError
from engine.media import not_written
from engine.rooms import claim

Sound = NDArray[np.float32]

IN_MEMORY_BYTES = 64 * 2**20
_SAMPLE_BYTES = 2 * 4


def room_beside(path: Path, samples: int) -> Sound:
    """A silent sound (2, S) to write into, given back with its last use.

    On the disk it has no name, so that nothing of it stays where the program is killed.

    Args:
        path: what is written in the end; the room is on the same disk.
        samples: of each side.

    Raises:
        MediaError: if the disk has no room for it.
    """
    if not spooled_bytes(samples):
        return np.zeros((2, samples), np.float32)
    try:
        with TemporaryFile(dir=path.parent) as nameless:
            claim(nameless, spooled_bytes(samples))
            return np.memmap(nameless, np.float32, "r+", shape=(2, samples))
    except OSError as error:
        raise MediaError(not_written(path, error)) from error


def spooled_bytes(samples: int) -> int:
    """What a sound of this length takes on the disk: nothing while it fits into memory."""
    size_bytes = samples * _SAMPLE_BYTES
    return size_bytes if size_bytes > IN_MEMORY_BYTES else 0
