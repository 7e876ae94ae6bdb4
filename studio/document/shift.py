"""Edges and whole clips that go earlier or later together, by no more than all of them can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from studio.document.film import Clip, Film, Timeline
from studio.document.lane import head_at, moved, tail_at
from studio.document.source_room import ENDLESS, SourceRoom
from studio.document.timeline_access import Place, with_clips, with_timeline

Edge = Literal["head", "tail"]
FACING: dict[Edge, Edge] = {"head": "tail", "tail": "head"}


@dataclass(frozen=True)
class Shift:
    """What moves as one.

    An edge is held by its clip, which keeps a frame, by its source, and by what lies beside it,
    unless that gives way: as the edge that faces it, or as a clip that is carried.

    Attributes:
        timeline: where it is.
        sources: how far its clips may grow.
        edges: the clips of which one edge moves, or each of both.
        carried: the clips that move as they are.
    """

    timeline: Timeline
    sources: SourceRoom
    edges: dict[tuple[str, Edge], Place]
    carried: dict[str, Place] = field(default_factory=dict[str, Place])

    @property
    def clip_ids(self) -> frozenset[str]:
        """Every clip that is not left as it is."""
        return frozenset({*(name for name, _ in self.edges), *self.carried})

    def room(self) -> tuple[int, int]:
        """How far it may go earlier (not positive) and later."""
        spans = list(self._spans())
        return max((low for low, _ in spans), default=0), min(
            (high for _, high in spans), default=0
        )

    def held(self, frames: int) -> int:
        """``frames``, or as much of it as there is room for."""
        low, high = self.room()
        return min(max(frames, low), high)

    def by(self, film: Film, frames: int) -> Film:
        """``film`` with all of it later by ``frames``, as far as there is room."""
        frames = self.held(frames)
        if not frames:
            return film
        changed = {name: (place, moved(place.clip, frames)) for name, place in self.carried.items()}
        for (name, edge), place in self.edges.items():
            _, clip = changed.get(name, (place, place.clip))
            changed[name] = (place, edge_moved(clip, edge, frames))
        return with_timeline(film, with_clips(self.timeline, changed.values()))

    def _spans(self) -> Iterator[tuple[int, int]]:
        for (_, edge), place in self.edges.items():
            shorter = place.clip.length - 1
            if edge == "head":
                yield -self.sources.before(place), shorter
            else:
                yield -shorter, self.sources.after(place)
            yield self._free(place, edge)
        for place in self.carried.values():
            yield self._free(place, "head")
            yield self._free(place, "tail")

    def _free(self, place: Place, edge: Edge) -> tuple[int, int]:
        """How far what lies beside an edge lets it go."""
        clips, clip = self.timeline.tracks[place.track].clips, place.clip
        at = place.position + (1 if edge == "tail" else -1)
        other = clips[at] if 0 <= at < len(clips) else None
        if other is not None and (
            (other.id, FACING[edge]) in self.edges or other.id in self.carried
        ):
            return -ENDLESS, ENDLESS
        if edge == "head":
            return (0 if other is None else other.end) - clip.start, ENDLESS
        return -ENDLESS, ENDLESS if other is None else other.start - clip.end


def edge_frame(clip: Clip, edge: Edge) -> int:
    """The frame that an edge of ``clip`` lies on."""
    return clip.start if edge == "head" else clip.end


def edge_moved(clip: Clip, edge: Edge, frames: int) -> Clip:
    """``clip`` with one of its edges later by ``frames``."""
    if edge == "head":
        return head_at(clip, clip.start + frames)
    return tail_at(clip, clip.end + frames)


def beside(timeline: Timeline, place: Place, edge: Edge) -> Place | None:
    """The clip that meets the one at ``place`` at an edge."""
    clips = timeline.tracks[place.track].clips
    at = place.position + (1 if edge == "tail" else -1)
    if not 0 <= at < len(clips):
        return None
    other = clips[at]
    meets = edge_frame(other, FACING[edge]) == edge_frame(place.clip, edge)
    return Place(place.track, at, other) if meets else None
