"""What of a cut is not finished yet, and would be delivered so."""

from __future__ import annotations

from dataclasses import dataclass

from studio.document.film import Film, Timeline
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Missing, resolve_clip, visible_tracks


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """How much of a cut is not as it is meant to be.

    Attributes:
        previews: takes that are previews still, each once.
        blank: clips that have nothing to show, as no take was kept or a file is not in the film.
    """

    previews: int = 0
    blank: int = 0


def unfinished(film: Film, ledger: Ledger, timeline: Timeline, span: tuple[int, int]) -> Unfinished:
    """What of the pictures from a frame until another is not finished."""
    start, end = span
    previews: set[str] = set()
    blank = 0
    for track in visible_tracks(timeline):
        for clip in track.clips:
            if not clip.enabled or clip.end <= start or clip.start >= end:
                continue
            match resolve_clip(film, ledger, clip):
                case Missing():
                    blank += 1
                case TakeRecord(kind="preview", id=take_id):
                    previews.add(take_id)
                case _:
                    pass
    return Unfinished(previews=len(previews), blank=blank)
