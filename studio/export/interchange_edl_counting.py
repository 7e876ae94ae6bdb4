"""How an edit decision list counts: at which rate, and with or without dropped numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from studio.document.timebase import FILM_RATES, from_timecode, is_drop_frame, nominal
from studio.export.interchange_edl import facts_in
from studio.export.interchange_limits import Notes
from studio.export.interchange_sheet import one_line
from studio.wording import tr

TIMECODE = r"(\d{1,3}[:;.]\d{2}[:;.]\d{2}[:;.,]\d{2,3})"
_EVENT_TIMES = re.compile(rf"\d{{1,6}}.*?\s{TIMECODE}\s+{TIMECODE}\s+{TIMECODE}\s+{TIMECODE}\s*$")
_NAMED = 40
_LAST_HOUR = 999


class Counting:
    """The frames that the timecodes of a list mean.

    Lists do not name their rate. Ours do, in a comment; of others it is the one that is expected,
    unless they drop numbers or name frames that it does not have.

    Args:
        lines: of the list.
        expected: the rate, where the list speaks of none.
        told: what had to be assumed is noted here.

    Attributes:
        film: name of the film, where the list is ours.
    """

    def __init__(self, lines: Sequence[str], expected: Fraction, told: Notes) -> None:
        self.film = ""
        events = (match for line in lines if (match := _EVENT_TIMES.match(line.strip())))
        times = [time for event in events for time in event.groups()]
        self._drops = any(";" in time for time in times)
        self.rate = self._named(lines) or self._shown(lines, times, expected, told)

    def switched(self, line: str) -> bool:
        """Whether ``line`` says how those after it count."""
        words = line.upper()
        if not words.startswith("FCM:"):
            return False
        self._drops = "NON" not in words
        return True

    def frame(self, timecode: str) -> int:
        """The frame that ``timecode`` means here.

        Raises:
            TimecodeError: if there is no such frame.
        """
        drops = self._drops or ";" in timecode
        rate = self.rate if drops else Fraction(nominal(self.rate))
        return from_timecode(timecode.replace(",", ":"), rate)

    def hour_before(self, frame: int) -> tuple[int, int]:
        """The last whole hour that is not after ``frame``, and the frame at which it begins."""
        hour = min(_LAST_HOUR, frame // (3600 * nominal(self.rate)) + 1)
        while hour and self.frame(f"{hour:02d}:00:00:00") > frame:
            hour -= 1
        return hour, self.frame(f"{hour:02d}:00:00:00")

    def _named(self, lines: Sequence[str]) -> Fraction | None:
        for line in lines[:_NAMED]:
            facts = facts_in(line.strip())
            if "rate" in facts:
                self.film = one_line(str(facts.get("film", "")))
                rate = fraction_of(facts["rate"])
                return rate if rate in FILM_RATES else None
        return None

    def _shown(
        self, lines: Sequence[str], times: Sequence[str], expected: Fraction, told: Notes
    ) -> Fraction:
        says_so = any(line.strip().upper() == "FCM: DROP FRAME" for line in lines[:_NAMED])
        if (says_so or self._drops) and not is_drop_frame(expected):
            told.say(tr("The list counts in drop frames and is taken to be at 29.97."))
            return Fraction(30000, 1001)
        last = max((_named_frame(time) for time in times), default=0)
        fits = (one for one in FILM_RATES if one == nominal(one) > last)
        rate = expected if last < nominal(expected) else next(fits, expected)
        if rate != expected:
            told.say(
                tr(
                    "The list names frame {last} and is taken to be at {rate} frames a second.",
                    last=last,
                    rate=rate,
                )
            )
        return rate


def _named_frame(time: str) -> int:
    """The last number of a timecode; 0 of one that is none at any rate."""
    parts = [int(part) for part in re.split("[:;.,]", time)]
    return 0 if max(parts[1:3]) > 59 else parts[3]


def fraction_of(value: object) -> Fraction | None:
    """What a text such as ``24000/1001`` means, if it is a number above nothing."""
    try:
        made = Fraction(value) if isinstance(value, str) and len(value) < 40 else None
    except (ValueError, ZeroDivisionError):
        return None
    return made if made is not None and made > 0 else None
