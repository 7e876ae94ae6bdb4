"""Files that tell what passes through them, and end once the work on them is to stop.

For a library that works through a whole file within one call.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import IO


class Passing:
    """Bytes that pass through one or more files.

    Args:
        of_bytes: how many there will be.
        tell: told which share of them has passed, from 0 to 1.
        stopped: asked at each piece; once it says yes, reading and writing fail.
    """

    def __init__(
        self, of_bytes: int, tell: Callable[[float], None], stopped: Callable[[], bool]
    ) -> None:
        self._of_bytes = max(1, of_bytes)
        self._done_bytes = 0
        self._tell = tell
        self._stopped = stopped

    def go_on(self) -> None:
        """Nothing, unless the work is to stop.

        Raises:
            OSError: if it is.
        """
        if self._stopped():
            raise OSError(errno.ECANCELED, "stopped")

    def through(self, file: IO[bytes], *, counted: bool = True) -> WatchedFile:
        """``file``, watched; what passes through it tells how far the work is, if ``counted``."""
        return WatchedFile(file, self._passed if counted else self._looked_at)

    def _passed(self, size_bytes: int) -> None:
        self.go_on()
        self._done_bytes += size_bytes
        self._tell(min(1.0, self._done_bytes / self._of_bytes))

    def _looked_at(self, _size_bytes: int) -> None:
        self.go_on()


class WatchedFile:
    """As much of a file as the library of content credentials asks for."""

    def __init__(self, file: IO[bytes], passed: Callable[[int], None]) -> None:
        self._file = file
        self._passed = passed

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self._file.read(size)
        self._passed(len(block))
        return block

    def write(self, block: bytes) -> int:
        """Write bytes."""
        self._passed(len(block))
        return self._file.write(block)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go elsewhere."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return self._file.tell()

    def flush(self) -> None:
        """Hand on what was written."""
        self._file.flush()
