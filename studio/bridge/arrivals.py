"""Files that come into a film together, and what is to be done when the last of them is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

Then = Callable[[tuple[str, ...]], object]


@dataclass
class _Party:
    """Files that are waited for; ``ids`` holds the media of those heard of, empty if refused."""

    paths: tuple[Path, ...]
    then: Then
    ids: dict[Path, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return len(self.ids) == len(self.paths)

    def media_ids(self) -> tuple[str, ...]:
        return tuple(self.ids[path] for path in self.paths if self.ids[path])


class Arrivals:
    """Waits for files that belong together, in whatever company they come in."""

    def __init__(self) -> None:
        self._parties: list[_Party] = []

    def expect(self, paths: Iterable[Path], then: Then) -> None:
        """Do ``then`` with the media of ``paths``, in their order, once all are heard of.

        Those that could not be brought in are left out; where none could, nothing is done.
        """
        self._parties.append(_Party(tuple(dict.fromkeys(paths)), then))

    def awaits(self, path: Path) -> bool:
        """Whether something is done with a file once it is in."""
        return any(path in party.paths for party in self._parties)

    def heard(self, path: Path, media_id: str) -> None:
        """A file is in the film, or refused, and then without an id."""
        for party in self._parties:
            if path in party.paths:
                party.ids[path] = media_id
        complete = [party for party in self._parties if party.complete]
        self._parties = [party for party in self._parties if not party.complete]
        for party in complete:
            if ids := party.media_ids():
                party.then(ids)

    def forget(self) -> None:
        """Wait for nothing more."""
        self._parties.clear()
