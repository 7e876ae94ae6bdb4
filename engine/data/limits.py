"""What weights can make, as data that lies in them: sizes, rates, lengths, references and words.

What a network was taught follows from the clips that it learned from. It is the entry ``limits``
of the transformer's metadata; weights without it are those that came before it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.api import Size, WordGroup
from engine.errors import RequestError, WeightsError
from engine.plain import from_plain, to_plain
from engine.shapes import TIME_STRIDE, ClipShape, nearest_legal_frames
from engine.world.vocabulary import words_of

_KEY = "limits"
_ONE_PASS_S = 15
# Pictures beyond which a length is damage, not a promise: an hour at 30 a second.
_LONGEST = 108_001
_SHORTEST = 9
_SHAPES = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "2.39": 2.39}
# Sides are whole pixels, so that a small picture of a shape is nearly of it.
_NEARLY = 0.03


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What weights can make.

    Attributes:
        frames: numbers of pictures of a clip, ascending, that they learned.
        longest: pictures of the longest clip that is made in one pass, learned or not.
        shots: that are made together.
        images, videos, tracks: references of each kind.
    """

    sizes: tuple[Size, ...]
    rates: tuple[Fraction, ...]
    frames: tuple[int, ...]
    longest: int
    vocabulary: tuple[WordGroup, ...]
    shots: int = 4
    images: int = 9
    videos: int = 3
    tracks: int = 3

    @property
    def untrained_frames(self) -> tuple[int, ...]:
        """Numbers of pictures, ascending, that are longer than what was learned."""
        return tuple(range(self.frames[-1] + TIME_STRIDE, self.longest + 1, TIME_STRIDE))


def limits_of(shape: ClipShape, level: int) -> Limits:
    """What a network can make that learned from clips of ``shape`` at a level of the world."""
    longest = nearest_legal_frames(math.ceil(_ONE_PASS_S * shape.rate))[1]
    return Limits(
        sizes=(Size(width=shape.width, height=shape.height, shape=_shape_name(shape)),),
        rates=(shape.rate,),
        frames=tuple(range(min(_SHORTEST, shape.frames), shape.frames + 1, TIME_STRIDE)),
        longest=max(longest, shape.frames),
        vocabulary=tuple(
            WordGroup(name=name, words=words) for name, words in words_of(level).items()
        ),
    )


def limits_entry(limits: Limits) -> dict[str, str]:
    """``limits`` as an entry of the metadata of weights."""
    return {_KEY: json.dumps(to_plain(limits))}


def limits_in(metadata: Mapping[str, str], name: str) -> Limits:
    """The limits that weights say of themselves in ``metadata``, or those of the first ones.

    Raises:
        WeightsError: if the entry of the file ``name`` cannot be read, or allows nothing.
    """
    if _KEY not in metadata:
        return FIRST_LIMITS
    try:
        limits = from_plain(Limits, json.loads(metadata[_KEY]))
        clips = [
            ClipShape(width=size.width, height=size.height, frames=frames, rate=rate)
            for size in limits.sizes
            for rate in limits.rates
            for frames in limits.frames
        ]
    except (ValueError, RequestError) as error:
        raise WeightsError(f"{name} does not say what it can make. Copy it again.") from error
    if not clips or limits.longest > _LONGEST:
        raise WeightsError(f"{name} says of itself what no weights can make. Copy it again.")
    return limits


def _shape_name(shape: ClipShape) -> str:
    """The frame shape that a picture stands for."""
    ratio = shape.width / shape.height
    name = min(_SHAPES, key=lambda one: abs(math.log(ratio / _SHAPES[one])))
    if abs(math.log(ratio / _SHAPES[name])) < _NEARLY:
        return name
    common = math.gcd(shape.width, shape.height)
    return f"{shape.width // common}:{shape.height // common}"


FIRST_LIMITS = limits_of(ClipShape(width=128, height=72, frames=25), level=1)
