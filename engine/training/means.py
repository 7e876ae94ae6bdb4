"""Running means of what a run reports, over the steps between two lines of its log."""

from __future__ import annotations

import math
from collections.abc import Mapping


class Means:
    """Means by name; a figure that a batch could not measure (NaN) does not count."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def add(self, figures: Mapping[str, float]) -> None:
        """Take in the figures of one batch."""
        for name, value in figures.items():
            if math.isfinite(value):
                self._sums[name] = self._sums.get(name, 0.0) + value
                self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, float]:
        """The means since the last call, in the order in which names came up."""
        means = {name: total / self._counts[name] for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        return means
