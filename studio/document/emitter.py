"""A signal without a toolkit: those who subscribe are called in order when it is emitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVarTuple

Values = TypeVarTuple("Values")


class Emitter(Generic[*Values]):
    """Calls its listeners, on the emitting thread, with the values it is given."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[*Values], object]] = []

    def subscribe(self, listener: Callable[[*Values], object]) -> Callable[[], None]:
        """Add a listener; the returned function takes it off again."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def emit(self, *values: *Values) -> None:
        """Call every listener; one added or removed meanwhile counts from the next time on."""
        for listener in tuple(self._listeners):
            listener(*values)
