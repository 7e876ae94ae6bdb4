"""What is let in from other programs' files: sizes, depth, rates, speeds, and notes on the rest."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

from studio.document.retime import FASTEST, SLOWEST
from studio.document.timebase import FILM_RATES
from studio.export.interchange_sheet import InterchangeError
from studio.wording import tr

MAX_BYTES = 64 << 20
MAX_DEPTH = 120
MAX_CLIPS = 100_000
MAX_FRAME = 1 << 30


class Notes:
    """What was left out or mended: equal faults are counted, not listed."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._said: dict[str, None] = {}

    def count(self, predicate: str) -> None:
        """One more clip of which ``predicate`` is true, such as ``has an effect``."""
        self._counts[predicate] += 1

    def say(self, sentence: str) -> None:
        """Something that is true of the whole."""
        self._said[sentence] = None

    def sentences(self) -> tuple[str, ...]:
        """All of it."""
        counted = (
            tr("One clip {predicate}.", predicate=predicate)
            if number == 1
            else tr("Of {number} clips each {predicate}.", number=number, predicate=predicate)
            for predicate, number in self._counts.items()
        )
        return (*self._said, *counted)


def check_depth(text: str) -> None:
    """See that JSON text does not nest so deeply that a parser runs out of stack.

    Raises:
        InterchangeError: if it does.
    """
    depth, inside, skip = 0, False, False
    for letter in text:
        if skip:
            skip = False
        elif inside:
            skip = letter == "\\"
            inside = letter != '"'
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InterchangeError(tr("This file nests too deeply to be a cut."))
        elif letter in "]}":
            depth -= 1


def film_rate_of(value: float) -> Fraction:
    """The rate that a float stands for: 23.976 and 23.98 are 24000/1001."""
    if not math.isfinite(value) or value <= 0:
        return FILM_RATES[1]
    nearest = min(FILM_RATES, key=lambda rate: abs(float(rate) - value))
    # 23.98 lies nearer to 24000/1001 than to 24 by little: only what is written short is rounded.
    if abs(float(nearest) - value) < 0.006:
        return nearest
    return max(Fraction(1, 1000), Fraction(value).limit_denominator(1001))


def speed_of(scalar: float) -> tuple[Fraction, bool]:
    """A speed within bounds, and whether it runs backwards."""
    if not math.isfinite(scalar) or scalar == 0:
        return Fraction(1), False
    speed = Fraction(abs(scalar)).limit_denominator(1001)
    return min(FASTEST, max(SLOWEST, speed)), scalar < 0
