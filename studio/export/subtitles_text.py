"""A caption, its simple marks of italics, bold and underline, and times as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from studio.wording import tr

MAX_MS = 100 * 3_600_000
MAX_LETTERS = 2_000

_MARK = re.compile(r"<(/?)([ibu])>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")


@dataclass(frozen=True, kw_only=True)
class Caption:
    """Words that stand over the picture for a while.

    Attributes:
        start_ms, end_ms: from when until when, in milliseconds of the cut.
        text: lines parted by newlines; ``<i>``, ``<b>`` and ``<u>`` mark letters.
    """

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something in a file that could not be used.

    Attributes:
        line: counted from 1.
        words: what is wrong with it and what was done, as a sentence.
    """

    line: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """All that was found in a text: what can be used and what cannot."""

    captions: tuple[Caption, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """Letters that look alike."""

    text: str
    italic: bool = False
    bold: bool = False
    underlined: bool = False


def runs_of(line: str) -> Iterator[Run]:
    """The parts of a marked line, in order."""
    on = {"i": 0, "b": 0, "u": 0}
    at = 0
    for mark in _MARK.finditer(line):
        if mark.start() > at:
            yield _run(line[at : mark.start()], on)
        name = mark[2].lower()
        on[name] = max(0, on[name] - 1) if mark[1] else on[name] + 1
        at = mark.end()
    if at < len(line):
        yield _run(line[at:], on)


def _run(text: str, on: dict[str, int]) -> Run:
    return Run(text=text, italic=on["i"] > 0, bold=on["b"] > 0, underlined=on["u"] > 0)


def plain_text(text: str) -> str:
    """``text`` without its marks."""
    return _MARK.sub("", text)


def tidy(text: str) -> str:
    """``text`` with the marks that are known, without other tags, blank ends and blank lines."""
    kept = _ANY_TAG.sub(lambda tag: tag[0].lower() if _MARK.fullmatch(tag[0]) else "", text)
    lines = (line.strip() for line in kept.split("\n"))
    shown = "\n".join(line for line in lines if plain_text(line).strip())
    return printable(shown)


def printable(text: str) -> str:
    """``text`` without control characters; spaces that do not break stay as plain ones."""
    spaced = "".join(" " if letter.isspace() and letter != "\n" else letter for letter in text)
    return "".join(letter for letter in spaced if letter == "\n" or letter.isprintable())


def timed(
    start_ms: int | None, end_ms: int | None, text: str, line: int
) -> tuple[Caption | None, Fault | None]:
    """A caption, and what is wrong with it: one of them, or both where it was mended."""
    if start_ms is None or end_ms is None:
        return None, Fault(
            line=line, words=tr("the time cannot be read; the subtitle was left out.")
        )
    if max(start_ms, end_ms) > MAX_MS:
        return None, Fault(
            line=line, words=tr("the time lies beyond 100 hours; the subtitle was left out.")
        )
    if end_ms <= start_ms:
        return None, Fault(
            line=line, words=tr("it ends before it begins; the subtitle was left out.")
        )
    tidied = tidy(text)
    if not plain_text(tidied).strip():
        return None, Fault(line=line, words=tr("there are no words; the subtitle was left out."))
    fault = None
    if len(tidied) > MAX_LETTERS:
        tidied = tidy(plain_text(tidied)[:MAX_LETTERS])
        fault = Fault(
            line=line, words=tr("it was cut to {max_letters} letters.", max_letters=MAX_LETTERS)
        )
    return Caption(start_ms=start_ms, end_ms=end_ms, text=tidied), fault


def clock(time_ms: int, mark: str) -> str:
    """``HH:MM:SS`` and milliseconds after ``mark``."""
    seconds, milliseconds = divmod(time_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{milliseconds:03d}"


_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,9}))?", re.ASCII)


def from_clock(text: str) -> int | None:
    """Milliseconds of ``[H:]M:S.f``, rounded; ``None`` if it is no time."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = int(match[1] or 0), int(match[2]), int(match[3])
    if minutes > 59 or seconds > 59:
        return None
    digits = match[4] or "0"
    fraction_ms = round(int(digits) * 1000 / 10 ** len(digits))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction_ms
