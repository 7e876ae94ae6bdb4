"""Levels in words, and read from them: gains such as ``-3.5 dB``, pans such as ``L 40``."""

from __future__ import annotations

import re

from studio.document.errors import ChangeError
from studio.wording import tr

_GAIN = re.compile(r"([+-]?\d{1,3}(?:[.,]\d{1,3})?)\s*(?:db)?", re.IGNORECASE)
_PAN = re.compile(r"(?:(l|left)|(r|right))\s*(\d{1,3})", re.IGNORECASE)
_CENTRES = ("", "c", "centre", "center", "0")


def gain_words(gain_db: float) -> str:
    """A gain as it is written."""
    return f"{gain_db:+.1f} dB" if round(gain_db, 1) else "0 dB"


def pan_words(pan: float) -> str:
    """A pan as it is written, in hundredths: ``L 40``, ``R 100``, or ``centre``."""
    share = round(abs(pan) * 100)
    return f"{'L' if pan < 0 else 'R'} {share}" if share else tr("centre")


def gain_of(text: str) -> float:
    """The decibels that a text says.

    Raises:
        ChangeError: if it says none.
    """
    found = _GAIN.fullmatch(text.strip())
    if found is None:
        raise ChangeError(tr("A gain is a number of decibels, such as -3.5."))
    return float(found[1].replace(",", "."))


def pan_of(text: str) -> float:
    """The pan that a text says.

    Raises:
        ChangeError: if it says none.
    """
    if text.strip().casefold() in (*_CENTRES, tr("centre").casefold()):
        return 0.0
    found = _PAN.fullmatch(text.strip())
    if found is None:
        raise ChangeError(tr("A pan is L or R and up to 100, such as L 40, or centre."))
    return int(found[3]) / (-100 if found[1] else 100)
