"""What commands on the cut act on: the selected clips, and the cuts near them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from studio.document.film import Clip, Timeline


def chosen_clips(timeline: Timeline, selection: AbstractSet[str]) -> list[Clip]:
    """The selected clips, pictures first, in time."""
    return [
        clip
        for track in reversed(timeline.tracks)
        for at in sorted(track.positions[one] for one in selection if one in track.positions)
        for clip in (track.clips[at],)
    ]


def cuts_in_hand(timeline: Timeline, selection: AbstractSet[str], playhead: int) -> list[str]:
    """The later clips of the cuts in hand: between selected clips, or near the playhead."""
    inner: list[str] = []
    beside: list[tuple[int, str]] = []
    for track in timeline.tracks:
        if track.locked:
            continue
        for left, right in zip(track.clips, track.clips[1:], strict=False):
            held = left.id in selection or right.id in selection or not selection
            if left.end != right.start or not held:
                continue
            if left.id in selection and right.id in selection:
                inner.append(right.id)
            beside.append((abs(right.start - playhead), right.id))
    if inner:
        return inner
    nearest = min((far for far, _ in beside), default=0)
    return [clip_id for far, clip_id in beside if far == nearest]
