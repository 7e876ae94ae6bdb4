"""SubRip subtitles (.srt): a number, two times and lines of text, parted by blank lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from studio.export.subtitles_text import Caption, Fault, Parsed, clock, from_clock, timed
from studio.wording import tr

ARROW = "-->"


def parse_srt(text: str) -> Parsed:
    """The captions of a text, also where numbers are wrong or blank lines are missing."""
    captions: list[Caption] = []
    faults: list[Fault] = []
    for line, times, words in _entries(text.split("\n")):
        start, _, rest = times.partition(ARROW)
        # What follows the second time are coordinates of old players.
        end = rest.split()[0] if rest.split() else ""
        caption, fault = timed(from_clock(start), from_clock(end), words, line)
        captions += [caption] if caption else []
        faults += [fault] if fault else []
    if not captions and not faults and text.strip():
        faults.append(
            Fault(
                line=1,
                words=tr("there is no line of times with “{arrow}” in this file.", arrow=ARROW),
            )
        )
    return Parsed(captions=tuple(captions), faults=tuple(faults))


def _entries(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Line number, times and text of each entry; an entry begins at its line of times."""
    starts = [place for place, line in enumerate(lines) if ARROW in line]
    for place, following in pairwise([*starts, len(lines)]):
        body = list(lines[place + 1 : following])
        if following < len(lines) and body and body[-1].strip().isdigit():
            body.pop()  # the number of the entry that follows
        yield place + 1, lines[place], "\n".join(body)


def render_srt(captions: Sequence[Caption]) -> str:
    """The text of a file, with the line ends that the oldest players expect."""
    entries = (
        f"{number}\n{clock(one.start_ms, ',')} {ARROW} {clock(one.end_ms, ',')}\n{one.text}\n"
        for number, one in enumerate(captions, 1)
    )
    return "\n".join(entries).replace("\n", "\r\n")
