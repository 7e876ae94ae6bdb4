"""When the selected pictures run: their speed, and how each takes over from the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from studio.document.dissolve_changes import Alignment, alignment_of
from studio.document.film import Clip, Timeline, Track


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The timing that pictures have in common.

    Attributes:
        speed: as a share of their sources'; ``None`` where they differ.
        meets: whether any of them begins where another ends, so that it can dissolve.
        dissolve: frames of the dissolves there, 0 at hard cuts; ``None`` where they differ.
        alignment: where those dissolves lie; ``None`` where they differ, or there are none.
    """

    speed: float | None
    meets: bool
    dissolve: int | None
    alignment: Alignment | None


def timing_of(chosen: Sequence[tuple[Track, Clip]]) -> Timing:
    """What is shown of pictures and the tracks that they are on."""
    meeting = [clip for track, clip in chosen if _meets(track, clip)]
    speeds = {clip.speed for _, clip in chosen}
    lengths = {0 if clip.dissolve is None else clip.dissolve.frames for clip in meeting}
    placed: set[Alignment] = {
        alignment_of(clip.dissolve) for clip in meeting if clip.dissolve is not None
    }
    return Timing(
        speed=float(speeds.pop()) if len(speeds) == 1 else None,
        meets=bool(meeting),
        dissolve=lengths.pop() if len(lengths) == 1 else None if lengths else 0,
        alignment=placed.pop() if len(placed) == 1 else None,
    )


def cuts_of(
    timeline: Timeline, chosen: Iterable[tuple[Track, Clip]], selection: AbstractSet[str]
) -> list[str]:
    """The cuts before chosen pictures, by the clips after them; pictures first.

    A selected sound that begins with a picture and dissolves as it does goes on doing so.
    """
    meeting = [clip for track, clip in chosen if _meets(track, clip)]
    alike = {(clip.start, clip.dissolve) for clip in meeting}
    sounds = [
        clip
        for track in timeline.tracks
        if track.kind == "audio" and not track.locked
        for clip in (track.clips[track.positions[i]] for i in selection if i in track.positions)
        if (clip.start, clip.dissolve) in alike and _meets(track, clip)
    ]
    return [clip.id for clip in (*meeting, *sounds)]


def _meets(track: Track, clip: Clip) -> bool:
    """Whether another clip ends where ``clip`` begins."""
    at = track.positions[clip.id]
    return at > 0 and track.clips[at - 1].end == clip.start
