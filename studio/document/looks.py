"""How a clip is shown and heard: where it stands, its colour, its curves, fades and dissolves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

FadeShape = Literal["natural", "linear", "smooth", "sharp"]
"""How a fade rises: ``natural`` is even for pictures and of equal power for sound; ``smooth``
starts and ends softly; ``sharp`` stays low and comes up late."""

DissolveKind = Literal["cross", "dip"]
"""``cross`` shows both clips at once; ``dip`` goes down to black and up again."""

Easing = Literal["hold", "linear", "smooth"]
"""How a value goes on from a key to the next one: not at all, evenly, or softly at both ends."""

PoseField = Literal[
    "x",
    "y",
    "scale",
    "rotation_deg",
    "crop_left",
    "crop_top",
    "crop_right",
    "crop_bottom",
    "opacity",
]


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Where a picture stands in the frame, and how much of it is seen.

    The picture is first fitted into the frame whole, in its middle; then cropped, scaled about
    its own middle, turned, and moved.

    Attributes:
        x, y: how far its middle lies from the frame's, in widths and heights of the frame;
            right and down are positive.
        scale: 1 fits it, 0.01 to 20.
        rotation_deg: clockwise.
        crop_left, crop_top, crop_right, crop_bottom: shares of the picture that are cut off,
            0 to 1.
        opacity: 0 to 1.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    rotation_deg: float = 0.0
    crop_left: float = 0.0
    crop_top: float = 0.0
    crop_right: float = 0.0
    crop_bottom: float = 0.0
    opacity: float = 1.0


FITTED = Pose()
"""A picture whole and in the middle, as it is without a transform."""


class PoseEdit(TypedDict, total=False):
    """What may be set of a pose."""

    x: float
    y: float
    scale: float
    rotation_deg: float
    crop_left: float
    crop_top: float
    crop_right: float
    crop_bottom: float
    opacity: float


@dataclass(frozen=True, kw_only=True)
class Key:
    """The value of a curve at a frame.

    Attributes:
        frame: counted from the clip's first; may lie outside of the clip, where a trim hid it.
        easing: how it goes on to the next key.
    """

    frame: int
    value: float
    easing: Easing = "linear"


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One field of a pose that changes while the clip lasts; it stands in for the pose's own.

    Attributes:
        keys: by frame, at least one, no two on the same.
    """

    field: PoseField
    keys: tuple[Key, ...]


@dataclass(frozen=True, kw_only=True)
class GainPoint:
    """A point of a gain envelope; between two points the decibels change evenly.

    Attributes:
        frame: counted from the clip's first; may lie outside of it, where a trim hid it.
        gain_db: added to the clip's own gain; -60 is silence.
    """

    frame: int
    gain_db: float


@dataclass(frozen=True, kw_only=True)
class Grade:
    """Basic colour.

    Attributes:
        exposure: in stops, -5 to 5; each doubles or halves the light.
        contrast: about middle grey, 0 to 2; 1 leaves it.
        saturation: 0 is grey, 1 leaves it, up to 2.
        temperature: -1 is coldest (blue), 1 is warmest (orange).
    """

    exposure: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    temperature: float = 0.0


UNGRADED = Grade()
"""Colour as it is in the source."""


@dataclass(frozen=True, kw_only=True)
class Dissolve:
    """How a clip takes over from the one that ends where it begins.

    It runs from ``before`` frames ahead of the cut to ``frames - before`` after it. A cross
    dissolve shows more of both sources than their clips do: the earlier one's pictures after its
    end, the later one's before its beginning. Where a source has none, its last one is held.

    Attributes:
        frames: its length, at least 2.
        before: how many of them lie before the cut.
    """

    frames: int
    before: int
    kind: DissolveKind = "cross"

    @property
    def after(self) -> int:
        """How many frames lie after the cut."""
        return self.frames - self.before
