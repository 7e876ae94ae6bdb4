"""The last few of what was made, by what it was made from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Keeps as many values as it is told to; what was not asked for longest goes first."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._known: OrderedDict[Hashable, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._known

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What is known under ``key``, else what ``make`` returns."""
        if key not in self._known:
            self.put(key, make())
        self._known.move_to_end(key)
        return self._known[key]

    def put(self, key: Hashable, value: Value) -> None:
        """Keep what was made elsewhere, under ``key``, as if it was asked for now."""
        self._known[key] = value
        self._known.move_to_end(key)
        while len(self._known) > self._kept:
            self._known.popitem(last=False)
