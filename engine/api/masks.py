"""What is asked of a backend to follow a painted region through a shot, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class MaskKey:
    """A region as it was painted on one picture.

    Attributes:
        frame: which picture of the part that is followed, at the rate of the track.
        mask: a grey picture of the source's shape, white inside.
    """

    frame: int
    mask: str


@dataclass(frozen=True, kw_only=True)
class MaskTrack:
    """A painted region to be followed; every picture follows the key that is nearest to it.

    Attributes:
        source: a take's folder or any media file.
        keys: at least one; each has a frame of its own.
        frames: how many pictures of the source are followed through.
        rate: of these pictures.
        in_s: where in the source the first of them lies, in seconds.
    """

    source: str
    keys: tuple[MaskKey, ...]
    frames: int
    rate: Fraction
    in_s: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class TrackedMask:
    """A region on every picture of a source.

    Attributes:
        path: a grey clip, white inside; what ``Edit.mask`` takes.
        frames: its pictures.
        lost: pictures on which it was not found; it lies there where it was last seen.
    """

    path: str
    frames: int
    lost: tuple[int, ...] = ()
