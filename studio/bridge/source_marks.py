"""The in and out marks of takes and files that were looked at, kept for a sitting."""

from __future__ import annotations

from dataclasses import dataclass

from studio.document.film import ClipSource


@dataclass(frozen=True)
class SourceRange:
    """What is marked in one source, in frames of the film; the end is exclusive."""

    start: int | None = None
    end: int | None = None


UNMARKED = SourceRange()


class SourceMarks:
    """A range for every source; a mark behind the other one takes that off."""

    def __init__(self) -> None:
        self._ranges: dict[ClipSource, SourceRange] = {}

    def of(self, source: ClipSource) -> SourceRange:
        """What is marked in a source."""
        return self._ranges.get(source, UNMARKED)

    def mark(self, source: ClipSource, part: SourceRange) -> None:
        """Mark a part, and nothing else of it."""
        self._ranges[source] = part

    def mark_in(self, source: ClipSource, frame: int) -> None:
        """Let the marked part begin with ``frame``."""
        end = self.of(source).end
        self._ranges[source] = SourceRange(frame, None if end is not None and end <= frame else end)

    def mark_out(self, source: ClipSource, frame: int) -> None:
        """Let the marked part end with ``frame``, which belongs to it."""
        start = self.of(source).start
        kept = None if start is not None and start > frame else start
        self._ranges[source] = SourceRange(kept, frame + 1)

    def clear_in(self, source: ClipSource) -> None:
        """Take the mark at the beginning off."""
        self._ranges[source] = SourceRange(None, self.of(source).end)

    def clear_out(self, source: ClipSource) -> None:
        """Take the mark at the end off."""
        self._ranges[source] = SourceRange(self.of(source).start, None)
