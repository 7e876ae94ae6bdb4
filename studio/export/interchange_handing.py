"""Handing a cut over: one call for every form that is not media, with what the form drops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from studio.document.film import Film, Subtitle, Timeline, new_id
from studio.document.ledger import Ledger
from studio.document.queries import is_marked
from studio.export.interchange import INTERCHANGES, write_interchange
from studio.export.interchange_sheet import sheet_of
from studio.export.interchange_takes import has_takes, takes_beside, with_takes_written
from studio.export.subtitles import (
    KINDS,
    Subtitles,
    caption_at,
    frames_of,
    kind_of,
    write_subtitles,
)
from studio.export.targets import check_target
from studio.wording import tr

SUFFIXES: tuple[str, ...] = (
    *(form.suffix for form in INTERCHANGES),
    *(kind.suffix for kind in KINDS),
)


def is_handed_over(path: Path) -> bool:
    """Whether a file's name asks for a cut or subtitles rather than for media."""
    return path.suffix.lower() in SUFFIXES


def is_subtitles(path: Path) -> bool:
    """Whether a file's name asks for subtitles."""
    return path.suffix.lower() in {kind.suffix for kind in KINDS}


def hand_over(
    film: Film,
    ledger: Ledger,
    timeline: Timeline,
    folder: Path,
    path: Path,
    *,
    span: tuple[int, int] | None = None,
    with_takes: bool = False,
    tell: Callable[[str], None] = lambda _name: None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Write a timeline, or its subtitles, in the form that the name of ``path`` asks for.

    Args:
        film: that has the timeline.
        ledger: with its takes.
        timeline: that is written.
        folder: of the film.
        path: of the file.
        span: of subtitles the frames from and until, for a film that begins with the first of them;
            all if None. A cut is always handed over whole.
        with_takes: of a cut its takes as well, in a folder beside it.
        tell: told the name of each take before it is written.
        stopped: asked while takes are written.

    Returns:
        What the form drops, as sentences.

    Raises:
        EngineError: if there is nothing to write, or it cannot be written.
    """
    check_target(path, folder)
    if not is_subtitles(path):
        sheet = sheet_of(film, ledger, timeline, folder)
        if with_takes:
            sheet = with_takes_written(sheet, ledger, folder, takes_beside(path), tell, stopped)
        dropped = write_interchange(path, sheet)
        if with_takes or not has_takes(sheet):
            return dropped
        return (
            *dropped,
            tr(
                "Few other programs read takes as they lie in the film (.mkv). Handed over “with "
                "its takes” (--takes), they come along as ProRes."
            ),
        )
    lines = timeline.subtitles if span is None else _within(timeline.subtitles, *span)
    captions = [caption_at(one.start, one.end, one.text, film.rate) for one in lines]
    write_subtitles(path, captions)
    drops = kind_of(path).drops
    said = [tr(drops)] if drops else []
    if span is None and is_marked(timeline):
        said.append(tr("Its times are those of the whole timeline, not of the marked part."))
    return tuple(said)


def _within(lines: tuple[Subtitle, ...], first: int, end: int) -> tuple[Subtitle, ...]:
    """What of ``lines`` is seen from frame ``first`` until ``end``, counted from there."""
    return tuple(
        replace(one, start=max(one.start, first) - first, end=min(one.end, end) - first)
        for one in lines
        if one.start < end and one.end > first
    )


def subtitles_of(read: Subtitles, rate: Fraction) -> tuple[tuple[Subtitle, ...], tuple[str, ...]]:
    """Subtitles as a timeline has them: in their order and without overlaps.

    Where two overlap, the earlier one ends where the next begins; two that begin on one frame
    become one of more lines.

    Returns:
        The subtitles, and what was changed, as sentences.
    """
    made: list[Subtitle] = []
    trimmed = joined = 0
    for caption in read.captions:
        start, end = frames_of(caption, rate)
        words = caption.text
        if made and made[-1].start == start:
            text = f"{made[-1].text}\n{words}"
            last = made.pop()
            made.append(Subtitle(id=last.id, start=start, end=max(end, last.end), text=text))
            joined += 1
            continue
        if made and made[-1].end > start:
            last = made.pop()
            made.append(Subtitle(id=last.id, start=last.start, end=start, text=last.text))
            trimmed += 1
        made.append(Subtitle(id=new_id(), start=start, end=end, text=words))
    notes = list(read.notes)
    if trimmed:
        notes.append(tr("{trimmed} ended early, where the next one begins.", trimmed=trimmed))
    if joined:
        notes.append(tr("{joined} joined the one that begins on the same frame.", joined=joined))
    return tuple(made), tuple(notes)
