"""WebVTT subtitles (.vtt), after the W3C's candidate recommendation of 2019."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.export.subtitles_srt import ARROW
from studio.export.subtitles_text import (
    Caption,
    Fault,
    Parsed,
    clock,
    from_clock,
    printable,
    tidy,
    timed,
)
from studio.wording import tr

_MARK = re.compile(r"(</?[ibu]>)")
_CLASSED = re.compile(r"<([ibu])\.[^<>]*>", re.IGNORECASE)
_NO_CAPTION = ("NOTE", "STYLE", "REGION")


def parse_vtt(text: str) -> Parsed:
    """The captions of a text; notes, styles, regions and settings are passed over."""
    lines = text.split("\n")
    if not re.match(r"WEBVTT(?:\s|$)", lines[0]):
        return Parsed(
            captions=(), faults=(Fault(line=1, words=tr("a WebVTT file begins with “WEBVTT”.")),)
        )
    captions: list[Caption] = []
    faults: list[Fault] = []
    for line, times, words in _cues(lines):
        start, _, rest = times.partition(ARROW)
        end = rest.split()[0] if rest.split() else ""
        # Tags go first: what looks like one once it is unescaped is words.
        kept = tidy(_CLASSED.sub(r"<\1>", words))
        caption, fault = timed(from_clock(start), from_clock(end), kept, line)
        if caption:
            shown = printable(html.unescape(caption.text)).strip()
            captions += [replace(caption, text=shown)] if shown else []
        faults += [fault] if fault else []
    return Parsed(captions=tuple(captions), faults=tuple(faults))


def _cues(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Line number, times and text of each cue."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*lines[1:], ""], 2):
        if line.strip():
            block.append((number, line))
            continue
        yield from _cue(block)
        block = []


def _cue(block: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    if not block or block[0][1].startswith(_NO_CAPTION):
        return
    for place, (number, line) in enumerate(block[:2]):
        if ARROW in line:
            yield number, line, "\n".join(text for _, text in block[place + 1 :])
            return


def render_vtt(captions: Sequence[Caption]) -> str:
    """The text of a file."""
    cues = (
        f"{clock(one.start_ms, '.')} {ARROW} {clock(one.end_ms, '.')}\n{_escaped(one.text)}\n"
        for one in captions
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def _escaped(text: str) -> str:
    """``text`` with its marks, and every other ``<`` and ``&`` as the format writes them."""
    parts = _MARK.split(text)
    return "".join(
        part if _MARK.fullmatch(part) else html.escape(part, quote=False) for part in parts
    )
