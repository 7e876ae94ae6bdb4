"""Times as hands type them: ``1:12``, ``112``, ``90f``, or ``+12`` from where one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from studio.document.errors import TimecodeError
from studio.document.timebase import from_counted, nominal
from studio.wording import tr

_FRAMES = re.compile(r"(\d{1,9})\s*f", re.IGNORECASE)
_DIGITS = re.compile(r"\d{1,9}")
_PARTS = re.compile(r"\d{0,3}(?:[:;.,]\d{0,3}){1,3}")


@dataclass(frozen=True)
class TypedTime:
    """A place, or a way from the place where one is.

    Attributes:
        frames: the place counted from the first frame, or how far later, or earlier.
        moves: it is a way.
    """

    frames: int
    moves: bool = False

    def of(self, now: int) -> int:
        """The frame that is meant by one who is at ``now``."""
        return now + self.frames if self.moves else self.frames


def read_time(text: str, rate: Fraction) -> TypedTime:
    """What a typed text says at ``rate``.

    Digits are read from the right, two a part, so that ``112`` is a second and twelve frames; a
    part may hold more than it counts to, and an empty one, as in ``5.``, is none. A number that
    drop-frame timecode skips is the next that there is.

    Raises:
        TimecodeError: if it is no time.
    """
    typed = text.strip().replace("\N{MINUS SIGN}", "-")
    sign, body = (typed[:1], typed[1:].strip()) if typed[:1] in {"+", "-"} else ("", typed)
    frames = _frames_of(body, rate)
    if frames is None:
        raise TimecodeError(
            tr(
                "“{value}” is not a timecode. Type 1:12 or 112 to go to a second and 12 frames, "
                "+12 or -12 to move by frames.",
                value=text,
            )
        )
    return TypedTime(-frames if sign == "-" else frames, moves=bool(sign))


def _frames_of(body: str, rate: Fraction) -> int | None:
    counted = _FRAMES.fullmatch(body)
    if counted is not None:
        return int(counted[1])
    if _DIGITS.fullmatch(body):
        filled = body.zfill(8)
        parts = [filled[:-6], filled[-6:-4], filled[-4:-2], filled[-2:]]
    elif _PARTS.fullmatch(body) and any(letter.isdigit() for letter in body):
        parts = re.split(r"[:;.,]", body)
    else:
        return None
    *above, frames = (int(part or 0) for part in parts)
    seconds = 0
    for part in above:
        seconds = seconds * 60 + part
    return from_counted(seconds * nominal(rate) + frames, rate)
