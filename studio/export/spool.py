"""The spool: the mix of a whole film, in memory while it is short and on the disk while it is not.

Shape letters: S samples.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from engine.media.rooms import claim

Sound = NDArray[np.float32]

IN_MEMORY_BYTES = 64 * 2**20


class Spool:
    """Room for sounds (2, S) that is given back at the end of the ``with``.

    Args:
        place: an existing folder; files lie there only while the spool is open.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._folder: TemporaryDirectory[str] | None = None
        self._given = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def room(self, samples: int) -> Sound:
        """A silent sound of this length to write into."""
        if samples * 8 <= IN_MEMORY_BYTES:
            return np.zeros((2, samples), np.float32)
        if self._folder is None:
            self._folder = TemporaryDirectory(
                prefix=".sound-", dir=self._place, ignore_cleanup_errors=True
            )
        self._given += 1
        file = Path(self._folder.name) / f"{self._given}.f32"
        with file.open("wb") as empty:
            claim(empty, samples * 8)
        return np.memmap(file, np.float32, "r+", shape=(2, samples))
