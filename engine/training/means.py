"""Running means of what a run reports, over the steps between two lines of its log."""

from __future__ import annotations

import math
from collections.abc import Mapping


class Means:
    """Means by name; a figure that a batch could not measure (NaN) does not count.

    Attributes:
        sums, counts: of what was measured, by every name that came up.
    """

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    def add(self, figures: Mapping[str, float]) -> None:
        """Take in the figures of one batch."""
        for name, value in figures.items():
            measured = math.isfinite(value)
            self.sums[name] = self.sums.get(name, 0.0) + (value if measured else 0.0)
            self.counts[name] = self.counts.get(name, 0) + measured

    def take(self) -> dict[str, float]:
        """The means since the last call, in the order in which names came up."""
        means = {name: self.sums[name] / count for name, count in self.counts.items() if count}
        self.sums, self.counts = {}, {}
        return means
