"""Where two clips of a track are seen at once, and how much of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from studio.document.film import Clip, Timeline
from studio.document.lane import Clips, clips_between, first_touching
from studio.document.looks import Dissolve


@dataclass(frozen=True)
class Mix:
    """Two clips during their dissolve.

    Attributes:
        outgoing, incoming: the clips before and after the cut. One of them is off its own
            stretch: ask ``retime.source_frame`` with an offset beyond it.
        at: frames since the dissolve began.
    """

    outgoing: Clip
    incoming: Clip
    dissolve: Dissolve
    at: int

    @property
    def share(self) -> Fraction:
        """How much of the incoming clip is seen; steps through the middles of the frames."""
        return Fraction(2 * self.at + 1, 2 * self.dissolve.frames)


def undissolved(timeline: Timeline) -> Timeline:
    """``timeline`` with hard cuts alone: every clip is seen by itself."""
    tracks = (
        replace(track, clips=tuple(replace(clip, dissolve=None) for clip in track.clips))
        if any(clip.dissolve is not None for clip in track.clips)
        else track
        for track in timeline.tracks
    )
    return replace(timeline, tracks=tuple(tracks))


def dissolve_span(incoming: Clip) -> tuple[int, int] | None:
    """The first frame of a clip's dissolve and the one after its last, on the timeline."""
    dissolve = incoming.dissolve
    if dissolve is None:
        return None
    return incoming.start - dissolve.before, incoming.start + dissolve.after


def mix_at(clips: Clips, frame: int) -> Mix | None:
    """The dissolve that runs at ``frame`` on a track, if one does."""
    position = first_touching(clips, frame)
    for number in (position, position + 1):
        if 0 < number < len(clips):
            mix = _mix(clips[number - 1], clips[number], frame)
            if mix is not None:
                return mix
    return None


def mixes_between(clips: Clips, start: int, end: int) -> Iterator[Mix]:
    """Every dissolve with a frame in ``[start, end)``, as it is at its first frame."""
    for number in range(max(1, first_touching(clips, start)), len(clips)):
        # One more than begins there: a dissolve may be longer than the clip that it begins in.
        if number > 1 and clips[number - 2].start >= end:
            return
        span = dissolve_span(clips[number])
        if span is not None and span[0] < end and span[1] > start:
            mix = _mix(clips[number - 1], clips[number], span[0])
            if mix is not None:
                yield mix


def clips_shown(clips: Clips, start: int, end: int) -> Clips:
    """The clips of a track with a frame in ``[start, end)``, on their stretch or in a dissolve."""
    found = {clip.id: clip for clip in clips_between(clips, start, end)}
    if end > start:
        for mix in mixes_between(clips, start, end):
            found |= {mix.outgoing.id: mix.outgoing, mix.incoming.id: mix.incoming}
    return tuple(sorted(found.values(), key=lambda clip: clip.start))


def _mix(outgoing: Clip, incoming: Clip, frame: int) -> Mix | None:
    dissolve, span = incoming.dissolve, dissolve_span(incoming)
    if dissolve is None or span is None or outgoing.end != incoming.start:
        return None
    return (
        Mix(outgoing, incoming, dissolve, frame - span[0]) if span[0] <= frame < span[1] else None
    )
