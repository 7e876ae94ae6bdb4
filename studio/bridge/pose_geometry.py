"""Where a posed picture lies in the frame, and which pose puts it where the hand wants it.

All lengths are in parts of the frame's height, so that turning keeps shapes; the frame is
``aspect`` wide. Points are (across, down) from the frame's middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from studio.document.film import Clip, Film, Media
from studio.document.ledger import Ledger, TakeRecord
from studio.document.looks import Pose
from studio.document.queries import resolve_clip

Point = tuple[float, float]
_SMALLEST = 0.01


@dataclass(frozen=True)
class Box:
    """A picture in a frame.

    Attributes:
        aspect: width over height of the frame.
        width, height: of the picture when it is fitted whole.
        pose: where it stands.
    """

    aspect: float
    width: float
    height: float
    pose: Pose

    @property
    def middle(self) -> Point:
        """The middle of the uncropped picture."""
        return self.pose.x * self.aspect, self.pose.y

    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Top left, top right, bottom right and bottom left of what is left of it."""
        left, right = self.pose.crop_left - 0.5, 0.5 - self.pose.crop_right
        top, bottom = self.pose.crop_top - 0.5, 0.5 - self.pose.crop_bottom
        return (
            self.point(left, top),
            self.point(right, top),
            self.point(right, bottom),
            self.point(left, bottom),
        )

    def edges(self) -> tuple[Point, Point, Point, Point]:
        """The middles of the left, top, right and bottom edge."""
        a, b, c, d = self.corners()
        return _between(d, a), _between(a, b), _between(b, c), _between(c, d)

    def point(self, across: float, down: float) -> Point:
        """Where a place of the picture lies; both from -0.5 to 0.5 of it."""
        turn, scale = math.radians(self.pose.rotation_deg), self.pose.scale
        x, y = across * self.width * scale, down * self.height * scale
        cos, sin = math.cos(turn), math.sin(turn)
        middle = self.middle
        return middle[0] + cos * x - sin * y, middle[1] + sin * x + cos * y

    def place(self, point: Point) -> Point:
        """Which place of the picture lies at a point; the inverse of ``point``."""
        turn, scale = math.radians(self.pose.rotation_deg), self.pose.scale
        x, y = point[0] - self.middle[0], point[1] - self.middle[1]
        cos, sin = math.cos(turn), math.sin(turn)
        return (
            (cos * x + sin * y) / (self.width * scale),
            (cos * y - sin * x) / (self.height * scale),
        )

    def holds(self, point: Point) -> bool:
        """Whether a point lies on what is left of the picture."""
        across, down = self.place(point)
        pose = self.pose
        return (
            pose.crop_left <= across + 0.5 <= 1 - pose.crop_right
            and pose.crop_top <= down + 0.5 <= 1 - pose.crop_bottom
        )


def box_of(aspect: float, size: tuple[int, int] | None, pose: Pose) -> Box:
    """A picture of ``size`` pixels in a frame; ``None`` has the frame's own shape."""
    shape = aspect if size is None else size[0] / max(1, size[1])
    width = min(aspect, shape)
    return Box(aspect=aspect, width=width, height=width / shape, pose=pose)


def moved(box: Box, by: Point, *, straight: bool) -> Pose:
    """The pose after a move; ``straight`` keeps to the longer of the two ways."""
    across, down = by
    if straight:
        across, down = (across, 0.0) if abs(across) > abs(down) else (0.0, down)
    return replace(box.pose, x=box.pose.x + across / box.aspect, y=box.pose.y + down)


def scaled(box: Box, start: Point, end: Point) -> Pose:
    """The pose after a corner was pulled from one point to another."""
    before, after = _far(box.middle, start), _far(box.middle, end)
    return replace(box.pose, scale=max(_SMALLEST, box.pose.scale * after / max(before, 1e-6)))


def turned(box: Box, start: Point, end: Point, *, in_steps: bool) -> Pose:
    """The pose after it was turned from one point to another; steps are of 15 degrees."""
    middle = box.middle
    by = math.degrees(
        math.atan2(end[1] - middle[1], end[0] - middle[0])
        - math.atan2(start[1] - middle[1], start[0] - middle[0])
    )
    by = (by + 180) % 360 - 180
    degrees = box.pose.rotation_deg + by
    return replace(box.pose, rotation_deg=15 * round(degrees / 15) if in_steps else degrees)


def cropped(box: Box, edge: int, end: Point) -> Pose:
    """The pose after an edge (left, top, right, bottom) was pulled to a point."""
    across, down = box.place(end)
    pose = box.pose
    match edge:
        case 0:
            return replace(pose, crop_left=_share(across + 0.5, pose.crop_right))
        case 1:
            return replace(pose, crop_top=_share(down + 0.5, pose.crop_bottom))
        case 2:
            return replace(pose, crop_right=_share(0.5 - across, pose.crop_left))
        case _:
            return replace(pose, crop_bottom=_share(0.5 - down, pose.crop_top))


def filling(aspect: float, size: tuple[int, int] | None) -> float:
    """The scale at which a picture fills the frame."""
    box = box_of(aspect, size, Pose())
    return max(aspect / box.width, 1.0 / box.height)


def source_size(film: Film, ledger: Ledger, clip: Clip) -> tuple[int, int] | None:
    """The size of what a clip shows, in pixels; ``None`` where it has the frame's shape."""
    found = resolve_clip(film, ledger, clip)
    match found:
        case TakeRecord(width=width, height=height):
            return width, height
        case Media(facts=facts) if facts.width and facts.height:
            return facts.width, facts.height
        case _:
            return None


def _share(value: float, opposite: float) -> float:
    return min(max(0.0, value), 1.0 - opposite)


def _between(first: Point, second: Point) -> Point:
    return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2


def _far(first: Point, second: Point) -> float:
    return math.hypot(first[0] - second[0], first[1] - second[1])
