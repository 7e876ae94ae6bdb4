"""Moving all that follows a frame, on every track, without parting picture from sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from studio.document.film import Marker, Subtitle, Timeline
from studio.document.lane import Clips, clip_at, first_from, moved

Lanes = Mapping[int, Clips]


class Ripple:
    """What lies from a frame on, on all unlocked tracks, ready to be moved.

    On each track that is all that starts there or later. A clip that reaches across the frame
    stays, such as a bed of music - but if all that it is linked to moves, it moves as well: the
    sound that runs ahead of its picture goes where the picture goes.

    Args:
        timeline: whose tracks and locks count.
        lanes: the clips of its tracks as they are by now.
        frame: from where on.
        anchors: positions of the tracks that the edit is made on.
        held: clips that stay though they reach across the frame.
    """

    def __init__(
        self,
        timeline: Timeline,
        lanes: Lanes,
        frame: int,
        *,
        anchors: AbstractSet[int] = frozenset(),
        held: AbstractSet[str] = frozenset(),
    ) -> None:
        self._lanes = lanes
        self._anchors = anchors
        # Tracks that the edit has left alone so far know where their links are.
        self._known = {
            number: track.links
            for number, track in enumerate(timeline.tracks)
            if lanes[number] is track.clips
        }
        self._first = {
            number: first_from(lanes[number], frame)
            for number, track in enumerate(timeline.tracks)
            if not track.locked
        }
        for number in self._following(frame, held):
            self._first[number] -= 1

    def room(self) -> int:
        """How much earlier all that must keep its sync may go."""
        bound = {number for number in self._anchors if number in self._first}
        loose = set(self._first) - bound
        links = {link for number in bound for link in self._links(number)}
        while near := {number for number in loose if self._shares(number, links)}:
            loose -= near
            bound |= near
            links.update(*map(self._links, near))
        return min((self._space(number) for number in bound), default=1 << 40)

    def shifted(self, frames: int) -> dict[int, Clips]:
        """The lanes with what follows later by ``frames``.

        Where that is negative, by no more than ``room``, tracks without the space stay as they
        are: none of theirs is linked to what moves.
        """
        lanes = dict(self._lanes)
        for number, position in self._first.items():
            clips = lanes[number]
            if position < len(clips) and frames and self._space(number) >= -frames:
                lanes[number] = clips[:position] + tuple(
                    [moved(clip, frames) for clip in clips[position:]]
                )
        return lanes

    def _following(self, frame: int, held: AbstractSet[str]) -> list[int]:
        """The tracks whose clip across ``frame`` is linked to clips that all move."""
        across: dict[str, list[int]] = {}
        for number, position in self._first.items():
            clip = clip_at(self._lanes[number], frame)
            if clip is None or clip.start == frame or clip.id in held or clip.link_id is None:
                continue
            if position and self._lanes[number][position - 1] is clip:
                across.setdefault(clip.link_id, []).append(number)
        if not across:
            return []
        moving: set[str] = set()
        staying: set[str] = set()
        for number, clips in self._lanes.items():
            first = self._first.get(number, len(clips))
            for link, position in self._places(number, across.keys()):
                if number not in across[link]:
                    (moving if position >= first else staying).add(link)
        return [
            number
            for link, numbers in across.items()
            if link in moving and link not in staying
            for number in numbers
        ]

    def _space(self, number: int) -> int:
        """How much earlier what moves on a track could go."""
        clips, position = self._lanes[number], self._first[number]
        if position == len(clips):
            return 1 << 40
        return clips[position].start - (clips[position - 1].end if position else 0)

    def _links(self, number: int) -> set[str]:
        clips = self._lanes[number][self._first[number] :]
        return {clip.link_id for clip in clips if clip.link_id is not None}

    def _shares(self, number: int, links: AbstractSet[str]) -> bool:
        """Whether something that moves on a track carries one of ``links``."""
        known = self._known.get(number)
        if known is not None and known.keys().isdisjoint(links):
            return False
        return not links.isdisjoint(self._links(number))

    def _places(self, number: int, links: AbstractSet[str]) -> Iterable[tuple[str, int]]:
        """Each clip of a track that carries one of ``links``: which, and its position."""
        known = self._known.get(number)
        if known is not None:
            return [(link, position) for link in links for position in known.get(link, ())]
        return [
            (clip.link_id, position)
            for position, clip in enumerate(self._lanes[number])
            if clip.link_id is not None and clip.link_id in links
        ]


def markers_moved(markers: tuple[Marker, ...], frame: int, frames: int) -> tuple[Marker, ...]:
    """``markers`` with those from ``frame`` on later by ``frames``, in order."""
    if not any(marker.frame >= frame for marker in markers):
        return markers
    later = (
        replace(marker, frame=marker.frame + frames) if marker.frame >= frame else marker
        for marker in markers
    )
    return tuple(sorted(later, key=lambda marker: (marker.frame, marker.id)))


def subtitles_moved(lines: tuple[Subtitle, ...], frame: int, frames: int) -> tuple[Subtitle, ...]:
    """``lines`` with those from ``frame`` on later by ``frames``.

    Where that is negative, the stretch before ``frame`` is gone, and what was said in it.
    """
    if not any(line.end > frame + min(frames, 0) for line in lines):
        return lines
    kept: list[Subtitle] = []
    for line in lines:
        if line.start >= frame:
            kept.append(replace(line, start=line.start + frames, end=line.end + frames))
            continue
        end = line.end
        if frames < 0:
            end = max(min(end, frame + frames), end + frames if end > frame else 0)
        if end > line.start:
            kept.append(replace(line, end=end))
    return tuple(kept)


def with_time_moved(timeline: Timeline, frame: int, frames: int) -> Timeline:
    """``timeline`` with markers and subtitles from ``frame`` on later by ``frames``."""
    markers = markers_moved(timeline.markers, frame, frames)
    subtitles = subtitles_moved(timeline.subtitles, frame, frames)
    if markers is timeline.markers and subtitles is timeline.subtitles:
        return timeline
    return replace(timeline, markers=markers, subtitles=subtitles)
