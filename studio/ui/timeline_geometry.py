"""The geometry of the timeline: where frames and tracks lie in pixels, and what is under a point.

Letters: ``x`` and ``y`` are pixels of the viewport at 1x; frames are integers of the timeline.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal

from PySide6.QtCore import QRect

from studio.document.film import Clip, Marker, Subtitle, Track, TrackKind
from studio.document.looks import PoseField

HEADER_PX = 148
RULER_PX = 28
PLAYHEAD_TOP_PX = 12  # of its head, above which times are read
STRIPE_PX = 6
TOP_PX = RULER_PX + STRIPE_PX + 2
LANE_GAP_PX = 1
GROUP_GAP_PX = 6
EDGE_PX = 6
NAME_PX = 16
HANDLE_PX = 11
HEIGHT_GRIP_PX = 4
BUTTON_PX = 20
SUBTITLES_PX = 22

_top = attrgetter("top")

ClipPart = Literal["body", "head", "tail", "fade_in", "fade_out", "dissolve", "gain", "key"]
HeaderPart = Literal["name", "mute", "solo", "lock", "height"]


@dataclass(frozen=True)
class Lane:
    """A track as it is drawn.

    Attributes:
        number: position in ``timeline.tracks``.
        top: distance from the first lane's top, before scrolling.
    """

    number: int
    track_id: str
    kind: TrackKind
    top: int
    height: int

    @property
    def bottom(self) -> int:
        """The row after its last."""
        return self.top + self.height


@dataclass(frozen=True)
class KeyRow:
    """Keys in one row of a clip.

    Attributes:
        name: what they change; of all together, the names of all.
        frames: counted from the clip's first; only those on the clip.
        y: the row of the view at which their middles stand.
    """

    name: str
    fields: tuple[PoseField, ...]
    frames: tuple[int, ...]
    y: int


@dataclass(frozen=True)
class KeyHold:
    """Keys that a hand can take: those of ``row`` on ``frame``, counted from the clip's first."""

    row: KeyRow
    frame: int


@dataclass(frozen=True)
class ClipHit:
    """A clip, at one of its parts; ``key`` where that is a key."""

    lane: Lane
    clip: Clip
    part: ClipPart
    key: KeyHold | None = None


@dataclass(frozen=True)
class LaneHit:
    """An empty place on a track."""

    lane: Lane
    frame: int


@dataclass(frozen=True)
class RulerHit:
    """A frame on the ruler; ``told`` is the clip whose shot's state the stripe shows there."""

    frame: int
    told: Clip | None = None


@dataclass(frozen=True)
class MarkerHit:
    """A marker on the ruler."""

    marker: Marker


@dataclass(frozen=True)
class HeaderHit:
    """A track's header, at one of its parts."""

    lane: Lane
    part: HeaderPart


@dataclass(frozen=True)
class SubtitleHit:
    """A line of the subtitles, at one of its ends or between them."""

    line: Subtitle
    part: Literal["body", "head", "tail"]


@dataclass(frozen=True)
class NothingHit:
    """Outside of everything, at a frame."""

    frame: int


Hit = ClipHit | LaneHit | RulerHit | MarkerHit | HeaderHit | SubtitleHit | NothingHit


def lanes_of(tracks: tuple[Track, ...]) -> tuple[Lane, ...]:
    """Lanes from the topmost picture track down to the lowest sound track."""
    lanes: list[Lane] = []
    top = 0
    for number in range(len(tracks) - 1, -1, -1):
        track = tracks[number]
        if lanes and lanes[-1].kind != track.kind:
            top += GROUP_GAP_PX
        lanes.append(Lane(number, track.id, track.kind, top, track.height_px))
        top += track.height_px + LANE_GAP_PX
    return tuple(lanes)


@dataclass(frozen=True)
class Geometry:
    """Where everything lies for one size, zoom and scroll position of the view.

    Attributes:
        zoom: pixels a frame.
        scroll_x: pixels of the timeline that are scrolled out at the left.
        scroll_y: pixels of the lanes that are scrolled out at the top.
    """

    width: int
    height: int
    zoom: float
    scroll_x: int
    scroll_y: int
    lanes: tuple[Lane, ...]

    def x(self, frame: int) -> int:
        """The pixel column at which ``frame`` begins."""
        return round(frame * self.zoom) - self.scroll_x + HEADER_PX

    def frame(self, x: int) -> int:
        """The frame that is drawn at ``x``."""
        return max(0, math.floor((x - HEADER_PX + self.scroll_x) / self.zoom))

    def nearest_frame(self, x: int) -> int:
        """The frame whose beginning is nearest to ``x``."""
        return max(0, round((x - HEADER_PX + self.scroll_x) / self.zoom))

    def frames(self, pixels: int) -> int:
        """The nearest number of frames that ``pixels`` are wide."""
        return round(pixels / self.zoom)

    @property
    def first_frame(self) -> int:
        """The first frame in sight."""
        return self.frame(HEADER_PX)

    @property
    def end_frame(self) -> int:
        """The frame after the last one in sight."""
        return self.frame(self.width) + 1

    @cached_property
    def lanes_height(self) -> int:
        """Height of all lanes together."""
        return self.lanes[-1].bottom if self.lanes else 0

    def y(self, lane: Lane) -> int:
        """The row at which ``lane`` begins."""
        return TOP_PX + lane.top - self.scroll_y

    def lane_at(self, y: int) -> Lane | None:
        """The lane that is drawn at ``y``."""
        if y < TOP_PX:
            return None
        inside = y - TOP_PX + self.scroll_y
        at = bisect_right(self.lanes, inside, key=_top) - 1
        if at < 0 or inside >= self.lanes[at].bottom + LANE_GAP_PX:
            return None
        return self.lanes[at]

    def lane_of(self, number: int) -> Lane:
        """The lane of the track at position ``number``."""
        return self.lanes[len(self.lanes) - 1 - number]

    def lanes_in_sight(self) -> tuple[Lane, ...]:
        """The lanes of which at least a row is drawn."""
        low, high = self.scroll_y, self.scroll_y + self.height - TOP_PX
        return tuple(lane for lane in self.lanes if lane.bottom > low and lane.top < high)

    def clip_rect(self, lane: Lane, clip: Clip) -> QRect:
        """Where ``clip`` is drawn."""
        left = self.x(clip.start)
        return QRect(left, self.y(lane), max(1, self.x(clip.end) - left), lane.height)

    def fade_handle(self, rect: QRect, clip: Clip, part: ClipPart) -> QRect:
        """Where a fade is taken hold of, in a clip that is drawn at ``rect``."""
        if part == "fade_in":
            centre = max(self.x(clip.start + clip.fade_in), rect.left() + EDGE_PX + HANDLE_PX // 2)
        else:
            centre = min(self.x(clip.end - clip.fade_out), rect.right() - EDGE_PX - HANDLE_PX // 2)
        return QRect(centre - HANDLE_PX // 2, rect.top() + NAME_PX, HANDLE_PX, HANDLE_PX)


def header_buttons(lane: Lane, y: int) -> dict[HeaderPart, QRect]:
    """Where the buttons of a header lie that is drawn from ``y`` on."""
    top = y + max(0, min((lane.height - BUTTON_PX) // 2, 8))
    left = HEADER_PX - 3 * (BUTTON_PX + 2) - 6
    parts: tuple[HeaderPart, ...] = ("mute", "solo", "lock")
    return {
        part: QRect(left + at * (BUTTON_PX + 2), top, BUTTON_PX, BUTTON_PX)
        for at, part in enumerate(parts)
    }
