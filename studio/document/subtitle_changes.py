"""Changes to the subtitles of a timeline: lines that follow each other and never overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict, Unpack

from studio.document.errors import ChangeError
from studio.document.film import Film, Subtitle
from studio.document.timeline_access import timeline_of, with_timeline
from studio.wording import tr


class SubtitleEdit(TypedDict, total=False):
    """What may be set on a line."""

    start: int
    end: int
    text: str


def set_subtitles(film: Film, timeline_id: str, lines: Iterable[Subtitle]) -> Film:
    """Give a timeline these lines and no others; one that runs into the next is cut short.

    Raises:
        ChangeError: if a line has no length, or two begin on the same frame.
    """
    timeline = timeline_of(film, timeline_id)
    ordered = sorted(lines, key=lambda line: line.start)
    fitted: list[Subtitle] = []
    for number, line in enumerate(ordered):
        following = ordered[number + 1 :][:1]
        end = min(line.end, following[0].start) if following else line.end
        if line.start < 0 or end <= line.start:
            raise ChangeError(tr("A subtitle needs a frame of its own."))
        fitted.append(line if end == line.end else replace(line, end=end))
    if tuple(fitted) == timeline.subtitles:
        return film
    return with_timeline(film, replace(timeline, subtitles=tuple(fitted)))


def add_subtitle(film: Film, timeline_id: str, line: Subtitle) -> Film:
    """Add a line; the one before it is cut short, and it ends where the next one begins.

    Raises:
        ChangeError: as ``set_subtitles``.
    """
    return set_subtitles(film, timeline_id, (*timeline_of(film, timeline_id).subtitles, line))


def edit_subtitle(film: Film, timeline_id: str, line_id: str, **edit: Unpack[SubtitleEdit]) -> Film:
    """Set the words or times of a line, held between its neighbours.

    Raises:
        ChangeError: if it is gone or would have no length.
    """
    lines = timeline_of(film, timeline_id).subtitles
    at = _position(lines, line_id)
    low = lines[at - 1].end if at else 0
    line = replace(lines[at], **edit)
    start = max(low, line.start)
    end = min(line.end, lines[at + 1].start) if lines[at + 1 :] else line.end
    changed = replace(line, start=start, end=end)
    return set_subtitles(film, timeline_id, (*lines[:at], changed, *lines[at + 1 :]))


def remove_subtitles(film: Film, timeline_id: str, line_ids: Iterable[str]) -> Film:
    """Take lines out, if they are there."""
    names = set(line_ids)
    lines = timeline_of(film, timeline_id).subtitles
    return set_subtitles(film, timeline_id, (line for line in lines if line.id not in names))


def _position(lines: tuple[Subtitle, ...], line_id: str) -> int:
    for number, line in enumerate(lines):
        if line.id == line_id:
            return number
    raise ChangeError(tr("This subtitle is no longer on the timeline."))
