"""Changes to how one clip takes over from another: dissolves within the handles there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline
from studio.document.lane import known_handle
from studio.document.ledger import Ledger
from studio.document.looks import Dissolve, DissolveKind
from studio.document.queries import resolve_clip, source_length
from studio.document.retime import head_room, tail_room
from studio.document.source_room import ENDLESS
from studio.document.timeline_access import (
    place_of,
    require_unlocked,
    timeline_of,
    with_clips,
    with_timeline,
)
from studio.wording import tr

Alignment = Literal["centre", "start", "end"]
"""Where a dissolve lies: across the cut, from the cut on, or up to the cut."""


@dataclass(frozen=True)
class Handles:
    """Frames that a cut has to dissolve with.

    Attributes:
        outgoing: of the earlier clip's source after its end.
        incoming: of the later clip's source before its beginning.
    """

    outgoing: int = ENDLESS
    incoming: int = ENDLESS


def handles_at(film: Film, ledger: Ledger, timeline: Timeline, incoming_id: str) -> Handles:
    """The handles at the cut where a clip begins.

    Raises:
        ChangeError: if the clip is gone, or nothing ends where it begins.
    """
    left, right = _pair(timeline, incoming_id)
    kind = timeline.tracks[place_of(timeline, incoming_id).track].kind
    ending = source_length(film, resolve_clip(film, ledger, left), kind)
    beginning = source_length(film, resolve_clip(film, ledger, right), kind)
    after = tail_room(left, ending)
    before = None if beginning is None else head_room(right, beginning)
    return Handles(
        ENDLESS if after is None or ending is None else after,
        known_handle(right) if before is None else before,
    )


def set_dissolve(
    film: Film,
    timeline_id: str,
    incoming_id: str,
    frames: int,
    *,
    kind: DissolveKind = "cross",
    alignment: Alignment = "centre",
    handles: Handles | None = None,
) -> Film:
    """Let a clip take over from the one before it by a dissolve, as long as the handles allow.

    The fades that meet at the cut go. A dip to black needs no handles: each clip is seen on its
    own side of the cut only.

    Args:
        film: to change.
        timeline_id: the timeline.
        incoming_id: the clip after the cut.
        frames: the length wanted.
        kind: cross dissolve or dip to black.
        alignment: where it lies.
        handles: what the sources have (``handles_at``); ``None`` sets no limit but the clips'.

    Raises:
        ChangeError: if nothing ends where the clip begins, its track is locked, or there are no
            frames to dissolve with.
    """
    timeline = timeline_of(film, timeline_id)
    place = place_of(timeline, incoming_id)
    require_unlocked(timeline.tracks[place.track])
    left, right = _pair(timeline, incoming_id)
    before, after = _most(timeline, left, right, kind, handles or Handles())
    wanted = _wanted(max(2, frames), alignment)
    dissolve = _within(wanted, before, after, alignment, kind)
    if dissolve is None:
        raise ChangeError(
            tr(
                "These clips have no frames beyond the cut to dissolve with. Trim them a little "
                "first, or dip to black."
            )
        )
    clips = timeline.tracks[place.track].clips
    earlier = replace(place, position=place.position - 1, clip=clips[place.position - 1])
    pairs = [
        (earlier, replace(left, fade_out=0)),
        (place, replace(right, fade_in=0, dissolve=dissolve)),
    ]
    changed = with_clips(timeline, pairs)
    return film if changed == timeline else with_timeline(film, changed)


def set_dissolves(
    film: Film,
    ledger: Ledger,
    timeline_id: str,
    incoming_ids: Sequence[str],
    frames: int,
    *,
    kind: DissolveKind | None = None,
    alignment: Alignment | None = None,
) -> Film:
    """Let several clips take over by a dissolve of ``frames``, as long as their sources allow.

    What is not said of kind and alignment stays as it is at each cut; no frames cut hard. A cut
    that cannot be dissolved is left, as long as another can.

    Raises:
        ChangeError: what ``set_dissolve`` says of the first cut, if none can be dissolved.
    """
    refusals: list[ChangeError] = []
    for clip_id in incoming_ids:
        try:
            timeline = timeline_of(film, timeline_id)
            known = place_of(timeline, clip_id).clip.dissolve
            if not frames:
                film = remove_dissolve(film, timeline_id, clip_id)
                continue
            film = set_dissolve(
                film,
                timeline_id,
                clip_id,
                frames,
                kind=kind or ("cross" if known is None else known.kind),
                alignment=alignment or alignment_of(known),
                handles=handles_at(film, ledger, timeline, clip_id),
            )
        except ChangeError as error:
            refusals.append(error)
    if refusals and len(refusals) == len(incoming_ids):
        raise refusals[0]
    return film


def alignment_of(dissolve: Dissolve | None) -> Alignment:
    """Where a dissolve lies at its cut; across it where there is none yet."""
    if dissolve is None or 0 < dissolve.before < dissolve.frames:
        return "centre"
    return "start" if not dissolve.before else "end"


def remove_dissolve(film: Film, timeline_id: str, incoming_id: str) -> Film:
    """Cut hard where a clip begins.

    Raises:
        ChangeError: if it is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    place = place_of(timeline, incoming_id)
    require_unlocked(timeline.tracks[place.track])
    if place.clip.dissolve is None:
        return film
    return with_timeline(film, with_clips(timeline, [(place, replace(place.clip, dissolve=None))]))


def _pair(timeline: Timeline, incoming_id: str) -> tuple[Clip, Clip]:
    place = place_of(timeline, incoming_id)
    clips = timeline.tracks[place.track].clips
    left = clips[place.position - 1] if place.position else None
    if left is None or left.end != place.clip.start:
        raise ChangeError(tr("A dissolve needs two clips that meet."))
    return left, place.clip


def _most(
    timeline: Timeline, left: Clip, right: Clip, kind: DissolveKind, handles: Handles
) -> tuple[int, int]:
    """The most frames before and after the cut."""
    taken = left.dissolve.after if left.dissolve is not None else 0
    place = place_of(timeline, right.id)
    following = timeline.tracks[place.track].clips[place.position + 1 :][:1]
    given = 0
    if following and following[0].dissolve is not None:
        given = following[0].dissolve.before
    before, after = left.length - taken, right.length - given
    if kind == "cross":
        before, after = min(before, handles.incoming), min(after, handles.outgoing)
    return max(0, before), max(0, after)


def _wanted(frames: int, alignment: Alignment) -> tuple[int, int]:
    shares: Mapping[Alignment, int] = {"centre": frames // 2, "start": 0, "end": frames}
    return shares[alignment], frames - shares[alignment]


def _within(
    wanted: tuple[int, int], before: int, after: int, alignment: Alignment, kind: DissolveKind
) -> Dissolve | None:
    """The dissolve nearest to what is wanted; what one side lacks the other may give."""
    ahead, behind = wanted
    if alignment == "centre":
        frames = ahead + behind
        ahead = min(ahead, before)
        behind = min(frames - ahead, after)
        ahead = min(frames - behind, before)
    ahead, behind = min(ahead, before), min(behind, after)
    if ahead + behind < 2:
        return None
    return Dissolve(frames=ahead + behind, before=ahead, kind=kind)
