"""The spool: the mix of a whole film, in memory while it is short and on the disk while it is not.

Shape letters: S samples.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from engine.errors import MediaError
from engine.media import not_written
from engine.rooms import claim

Sound = NDArray[np.float32]

IN_MEMORY_BYTES = 64 * 2**20
_SAMPLE_BYTES = 2 * 4


class Spool:
    """Room for sounds (2, S) that is given back at the end of the ``with``.

    Args:
        path: what is written in the end; files lie beside it only while the spool is open.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder: TemporaryDirectory[str] | None = None
        self._given = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def room(self, samples: int) -> Sound:
        """A silent sound of this length to write into.

        Raises:
            MediaError: if the disk has no room for it.
        """
        if not spooled_bytes(samples):
            return np.zeros((2, samples), np.float32)
        try:
            return self._on_disk(samples)
        except OSError as error:
            raise MediaError(not_written(self._path, error)) from error

    def _on_disk(self, samples: int) -> Sound:
        if self._folder is None:
            self._folder = TemporaryDirectory(
                prefix=".sound-", dir=self._path.parent, ignore_cleanup_errors=True
            )
        self._given += 1
        file = Path(self._folder.name) / f"{self._given}.f32"
        with file.open("wb") as empty:
            claim(empty, spooled_bytes(samples))
        return np.memmap(file, np.float32, "r+", shape=(2, samples))


def spooled_bytes(samples: int) -> int:
    """What a sound of this length takes on the disk: nothing while it fits into memory."""
    size_bytes = samples * _SAMPLE_BYTES
    return size_bytes if size_bytes > IN_MEMORY_BYTES else 0
