"""Three-point edits: where a piece of a source goes when three of its four ends are marked."""

from __future__ import annotations

from dataclasses import dataclass

from studio.document.errors import ChangeError
from studio.wording import tr


@dataclass(frozen=True)
class Marks:
    """What is marked in a source and on the timeline, in frames; ends are exclusive."""

    source_in: int | None = None
    source_out: int | None = None
    record_in: int | None = None
    record_out: int | None = None


@dataclass(frozen=True)
class Stretch:
    """What of the source goes where.

    Attributes:
        source_in: its first frame.
        start: where that lands on the timeline.
    """

    source_in: int
    start: int
    length: int


def stretch_of(marks: Marks, *, playhead: int, source_length: int | None, usual: int) -> Stretch:
    """The piece that marks ask for.

    Where both ends of the timeline are marked they decide the length; a source marked only at its
    end is laid back from there. What is not marked is the playhead, and the source from end to
    end; of one without an end, ``usual`` frames.

    Raises:
        ChangeError: if an end lies before its beginning, or the source has too few frames.
    """
    _ordered(marks.source_in, marks.source_out, "source")
    _ordered(marks.record_in, marks.record_out, "timeline")
    record = _length(marks.record_in, marks.record_out)
    source = _length(marks.source_in, marks.source_out)
    if record is not None:
        length = record
    elif source is not None:
        length = source
    elif marks.source_out is not None:
        length = marks.source_out
    else:
        length = usual if source_length is None else source_length - (marks.source_in or 0)
    if marks.source_in is None and marks.source_out is not None:
        source_in = marks.source_out - length
    else:
        source_in = marks.source_in or 0
    if marks.record_in is not None:
        start = marks.record_in
    elif marks.record_out is not None:
        start = marks.record_out - length
    else:
        start = playhead
    if length < 1 or source_in < 0 or start < 0:
        raise ChangeError(tr("There are not enough frames before the out point."))
    if source_length is not None and source_in + length > source_length:
        raise ChangeError(tr("The source has fewer frames than the marked part of the timeline."))
    return Stretch(source_in, start, length)


def _length(first: int | None, last: int | None) -> int | None:
    return None if first is None or last is None else last - first


def _ordered(first: int | None, last: int | None, what: str) -> None:
    if first is not None and last is not None and last <= first:
        raise ChangeError(tr("The out point of the {what} lies before its in point.", what=what))
