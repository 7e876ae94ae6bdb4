"""The trim gesture, and the lattice that a generated shot's length stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from PySide6.QtCore import QPoint

from studio.bridge.session import Tool
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film
from studio.document.retime import head_room, is_retimed, tail_room
from studio.document.shift import Edge, Shift, beside, edge_frame
from studio.document.timebase import conformed_length, held_picture, to_timecode
from studio.document.timeline_access import find_clip
from studio.document.trim_changes import (
    ripple_trim,
    roll_edit,
    rolling,
    trim_clip,
    trimming,
)
from studio.ui.timeline_geometry import Lane
from studio.ui.timeline_gestures import Gesture, Ground, Keys
from studio.ui.timeline_sources import SourceLook
from studio.ui.two_up import Sight, across
from studio.wording import term, tr


@dataclass(frozen=True)
class LatticeFit:
    """How a length on the timeline is made by an engine with legal lengths.

    Attributes:
        pictures: the legal number of pictures that covers it.
        handles: frames of the film that are made and not shown.
    """

    pictures: int
    handles: int


def lattice_fit(clip: Clip, look: SourceLook, legal: tuple[int, ...]) -> LatticeFit | None:
    """The fit of a clip; ``None`` where it is not generated, or no legal length is long enough."""
    if look.engine_rate is None or is_retimed(clip):
        return None
    last = clip.source_in + clip.length - 1
    needed = held_picture(last, look.engine_rate, look.film_rate) + 1
    pictures = next((one for one in legal if one >= needed), None)
    if pictures is None:
        return None
    made = conformed_length(pictures, look.engine_rate, look.film_rate)
    return LatticeFit(pictures, made - clip.length)


def legal_lengths(clip: Clip, look: SourceLook, legal: tuple[int, ...]) -> tuple[int, ...]:
    """Lengths of the source, in frames of the film, that leave no handles."""
    if look.engine_rate is None or is_retimed(clip):
        return ()
    return tuple(conformed_length(one, look.engine_rate, look.film_rate) for one in legal)


class TrimGesture(Gesture):
    """An end of a clip dragged: trimmed, rippled or rolled, as the tool says."""

    name = term("Trim")

    def __init__(
        self,
        ground: Ground,
        press: QPoint,
        lane: Lane,
        clip: Clip,
        edge: Edge,
        tool: Tool,
        legal: tuple[int, ...],
    ) -> None:
        super().__init__(ground, press)
        self.lane = lane
        self.clip = clip
        self.edge: Edge = edge
        self.tool: Tool = tool
        self.name = {"ripple": term("Ripple trim"), "roll": term("Roll")}.get(tool, term("Trim"))
        self._legal = legal
        self._look = ground.looks.look(clip)

    def update(self, point: QPoint, keys: Keys) -> None:
        if not self.started(point):
            return
        linked, also = self.ground.links(keys), self.company(self.clip.id, keys)
        shift = self._shift(also, linked=linked)
        own = frozenset({self.clip.id}) if shift is None else shift.clip_ids
        at = edge_frame(self.clip, self.edge)
        wanted = self._snapped(at + self.dragged_frames(point), own)
        # What follows a ripple gives way, which the neighbours of a trim do not.
        if shift is None or self.tool == "ripple":
            frame = self._held(wanted)
        else:
            frame = at + shift.held(wanted - at)
        if frame != wanted:
            self.snap = None
        self.change = self._change(frame, also, linked=linked)
        self.seen = self._sight(frame)
        self._say(frame)

    def _sight(self, frame: int) -> Sight:
        """The picture at the end in hand, and beside it that of what it meets then, too."""
        ground = self.ground
        # A ripple at the head takes pictures off where the clip stands.
        first = self.clip.start if self.tool == "ripple" and self.edge == "head" else frame
        place = find_clip(ground.timeline, self.clip.id)
        meets = place is not None and beside(ground.timeline, place, self.edge) is not None
        if meets and self.tool in ("ripple", "roll"):
            return across(first - 1, first, ground.film.rate)
        return Sight((first if self.edge == "head" else first - 1,))

    def _shift(self, also: frozenset[str], *, linked: bool) -> Shift | None:
        """What moves with the edge; ``None`` where nothing does, for which the change says why."""
        ground = self.ground
        moves = partial(rolling, also=also) if self.tool == "roll" else trimming
        try:
            return moves(
                ground.film,
                ground.timeline.id,
                self.clip.id,
                self.edge,
                linked=linked,
                ledger=ground.looks.ledger,
            )
        except ChangeError:
            return None

    def _snapped(self, frame: int, own: frozenset[str]) -> int:
        """``frame`` caught by what lies near, but not by what moves itself."""
        self.snap = None
        caught = self.ground.snapped(frame, own)
        if caught is not None:
            self.snap = caught.frame
            return caught.frame
        if self.edge == "tail" and self.ground.snapping and self._look.content is None:
            for legal in self._legal_tails():
                if abs(legal - frame) <= self.ground.reach // 2:
                    return legal
        return frame

    def _held(self, frame: int) -> int:
        """``frame`` within what the source has."""
        room = self._look.frames(self.lane.kind)
        if self.edge == "head":
            before = head_room(self.clip, room)
            low = 0 if before is None else self.clip.start - before
            return min(max(frame, low), self.clip.end - 1)
        after = tail_room(self.clip, room)
        if after is not None:
            frame = min(frame, self.clip.end + after)
        return max(frame, self.clip.start + 1)

    def _change(self, frame: int, also: frozenset[str], *, linked: bool) -> Callable[[Film], Film]:
        timeline_id, clip_id, edge = self.ground.timeline.id, self.clip.id, self.edge
        ledger = self.ground.looks.ledger
        match self.tool:
            case "ripple":
                return lambda film: ripple_trim(
                    film, timeline_id, clip_id, edge, frame, linked=linked, ledger=ledger
                )
            case "roll":
                return lambda film: roll_edit(
                    film, timeline_id, clip_id, edge, frame, also=also, linked=linked, ledger=ledger
                )
            case "select" | "razor" | "slip" | "slide":
                return lambda film: trim_clip(
                    film, timeline_id, clip_id, edge, frame, linked=linked, ledger=ledger
                )
            case _:
                assert_never(self.tool)

    def _legal_tails(self) -> tuple[int, ...]:
        before = self.clip.start - self.clip.source_in
        return tuple(
            before + length
            for length in legal_lengths(self.clip, self._look, self._legal)
            if before + length > self.clip.start
        )

    def _say(self, frame: int) -> None:
        length = self.clip.end - frame if self.edge == "head" else frame - self.clip.start
        self.hint = f"{to_timecode(length, self.ground.film.rate)}  {length} f"
        if not self._legal or self._look.engine_rate is None or is_retimed(self.clip):
            return
        source_in = self.clip.source_in
        if self.edge == "head":
            source_in += frame - self.clip.start
        fit = lattice_fit(_resized(self.clip, source_in, length), self._look, self._legal)
        if fit is None:
            self.hint += tr(
                "  ·  more than {legal} pictures, the longest that is made", legal=self._legal[-1]
            )
        else:
            handles = (
                tr("no handles")
                if not fit.handles
                else tr("{handles} f handles", handles=fit.handles)
            )
            self.hint += tr(
                "  ·  {pictures} pictures, {handles}", pictures=fit.pictures, handles=handles
            )
        if self.edge == "tail":
            self.lattice = self._legal_tails()


def _resized(clip: Clip, source_in: int, length: int) -> Clip:
    return Clip(
        id=clip.id, source=clip.source, start=clip.start, length=length, source_in=source_in
    )
