"""The last few of what was made, as many as fit into so many bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable

from engine.recent import Recent, Value


class RecentBytes(Recent[Value]):
    """Keeps values of ``most_bytes`` in all; what was not asked for longest goes first.

    One that is larger alone is not kept, and takes no other's place.

    Args:
        most_bytes: of all that is kept.
        bytes_of: a value's.
    """

    def __init__(self, most_bytes: int, bytes_of: Callable[[Value], int]) -> None:
        super().__init__(kept=sys.maxsize)
        self._most_bytes, self._bytes_of = most_bytes, bytes_of
        self._kept_bytes = 0

    @property
    def kept_bytes(self) -> int:
        """Of all that is kept now."""
        return self._kept_bytes

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What is known under ``key``, else what ``make`` returns."""
        if key in self:
            return super().get(key, make)
        value = make()
        self.put(key, value)
        return value

    def put(self, key: Hashable, value: Value) -> None:
        """Keep what was made elsewhere, under ``key``, as if it was asked for now."""
        before = self._known.pop(key, None)
        if before is not None:
            self._kept_bytes -= self._bytes_of(before)
        size = self._bytes_of(value)
        if size > self._most_bytes:
            return
        super().put(key, value)
        self._kept_bytes += size
        while self._kept_bytes > self._most_bytes:
            _, gone = self._known.popitem(last=False)
            self._kept_bytes -= self._bytes_of(gone)
