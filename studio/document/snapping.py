"""Snapping, decided in frames: the edge, marker or playhead nearest to where a hand is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from studio.document.film import Timeline, Track
from studio.document.lane import first_from, first_touching

SnapKind = Literal["clip", "marker", "playhead", "range", "start", "key"]


@dataclass(frozen=True)
class Snap:
    """What was caught.

    Attributes:
        frame: the frame to draw the line at.
        offset: what is to be added to the hand's frame or movement.
    """

    frame: int
    offset: int
    kind: SnapKind


def snap_frame(
    timeline: Timeline,
    frame: int,
    reach: int,
    *,
    playhead: int | None = None,
    ignored: AbstractSet[str] = frozenset(),
    keys: Iterable[int] = (),
) -> Snap | None:
    """The point nearest to ``frame`` and at most ``reach`` frames away.

    ``ignored`` are the ids of clips that are being dragged, ``keys`` further frames to catch at,
    such as those of other keys. Looks at a few clips of each track, however many it has.
    """
    best: Snap | None = None
    points = chain(
        _points(timeline, frame, reach, playhead, ignored), ((key, "key") for key in keys)
    )
    for point, kind in points:
        offset = point - frame
        if abs(offset) <= reach and (best is None or abs(offset) < abs(best.offset)):
            best = Snap(point, offset, kind)
    return best


def snap_move(
    timeline: Timeline,
    edges: Iterable[int],
    frames: int,
    reach: int,
    *,
    playhead: int | None = None,
    ignored: AbstractSet[str] = frozenset(),
) -> Snap | None:
    """What the nearest of ``edges`` catches once moved by ``frames``.

    Its ``offset`` is to be added to ``frames``.
    """
    caught = (
        snap_frame(timeline, edge + frames, reach, playhead=playhead, ignored=ignored)
        for edge in edges
    )
    return min(
        (snap for snap in caught if snap is not None),
        key=lambda snap: abs(snap.offset),
        default=None,
    )


def _points(
    timeline: Timeline,
    frame: int,
    reach: int,
    playhead: int | None,
    ignored: AbstractSet[str],
) -> Iterator[tuple[int, SnapKind]]:
    yield 0, "start"
    if playhead is not None:
        yield playhead, "playhead"
    for point in (timeline.in_frame, timeline.out_frame):
        if point is not None:
            yield point, "range"
    for marker in timeline.markers:
        yield marker.frame, "marker"
    for track in timeline.tracks:
        for point in _edges(track, frame - reach, frame + reach, ignored):
            yield point, "clip"


def _edges(track: Track, low: int, high: int, ignored: AbstractSet[str]) -> Iterator[int]:
    """Edges of the track's clips between ``low`` and ``high``, those included."""
    clips = track.clips
    for clip in clips[first_touching(clips, low - 1) : first_from(clips, high + 1)]:
        if clip.id not in ignored:
            yield clip.start
            yield clip.end
