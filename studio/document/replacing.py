"""Replace edits: a clip shows another source, and stays what it is in all else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from studio.document.errors import ChangeError
from studio.document.film import Clip, ClipSource, Film, Media, Timeline, TrackKind
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import Drawn, Missing, Resolved, resolve_clip, source_length
from studio.document.retime import showing, source_out
from studio.document.timeline_access import (
    Place,
    editable_places,
    timeline_of,
    with_clips,
    with_timeline,
)
from studio.wording import tr


def replace_source(
    film: Film,
    timeline_id: str,
    clip_id: str,
    source: ClipSource,
    *,
    frame: int,
    shows: int,
    linked: bool = True,
    ledger: Ledger,
) -> Film:
    """Let a clip show ``source``, whose frame ``shows`` then stands on the timeline's ``frame``.

    Place, length, speed and all that is set on the clip stay. Partners that show what it showed
    go along, in sync; a sound does not where the new source has none.

    Raises:
        ChangeError: if the source is too short there, or has no picture (or sound) for the clip;
            if the clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    changed: list[tuple[Place, Clip]] = []
    for place in _alike(timeline, clip_id, linked=linked):
        clip = showing(
            replace(place.clip, source=source, retiming=None), frame - place.clip.start, shows
        )
        shown = resolve_clip(film, ledger, clip)
        kind = timeline.tracks[place.track].kind
        if not _has(shown, kind):
            if changed:
                continue
            raise ChangeError(
                tr("This has no picture; put the playhead on a sound to replace that.")
                if kind == "video"
                else tr("This has no sound; put the playhead on a picture to replace that.")
            )
        _require_frames(clip, source_length(film, shown, kind))
        changed.append((place, clip))
    return with_timeline(film, with_clips(timeline, changed))


def _alike(timeline: Timeline, clip_id: str, *, linked: bool) -> Iterator[Place]:
    """The clip, then those of its partners that show the same source."""
    first, *others = editable_places(timeline, [clip_id], linked=linked)
    yield first
    yield from (place for place in others if place.clip.source == first.clip.source)


def _require_frames(clip: Clip, length: int | None) -> None:
    """Refuse a clip that uses more than there is of its source.

    Raises:
        ChangeError: with the sentence.
    """
    before = max(0, -clip.source_in)
    after = 0 if length is None else max(0, source_out(clip) - length)
    if before and after:
        raise ChangeError(
            tr(
                "This is too short for the clip: {n} frames are missing. Trim the clip first.",
                n=before + after,
            )
        )
    if before:
        raise ChangeError(
            tr(
                "This begins too late for the clip: {n} frames are missing before the one that is "
                "looked at. Look at a later one, or trim the clip.",
                n=before,
            )
        )
    if after:
        raise ChangeError(
            tr(
                "This ends too early for the clip: {n} frames are missing after the one that is "
                "looked at. Look at an earlier one, or trim the clip.",
                n=after,
            )
        )


def _has(shown: Resolved, kind: TrackKind) -> bool:
    """Whether there is something of a source to be seen, or heard."""
    match shown:
        case Media():
            return shown.kind != "audio" if kind == "video" else shown.facts.samples > 0
        case TakeRecord():
            return kind == "video" or shown.samples > 0
        case Missing():
            return True
        case Drawn():
            return kind == "video"
