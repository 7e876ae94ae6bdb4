"""Colour matching: the grade that brings one clip's colours near to another's.

Shape letters: N pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import MediaError
from studio.document.film import Clip, Track
from studio.document.looks import FITTED, UNGRADED, Grade
from studio.playback.cut import Cut
from studio.playback.drawing import drawn
from studio.playback.grading import DISPLAY_GAMMA, LUMA, graded
from studio.playback.picture_reader import PictureReader
from studio.wording import tr

Pixels = NDArray[np.uint8]

_ROUNDS = 24
_DAMPING = 0.7
_SIDE = 48  # pictures are looked at by about so many pixels a side
_MOMENTS = (1 / 6, 1 / 2, 5 / 6)
_FLAT = 2.0  # of 255: less contrast or colour than this says nothing


@dataclass(frozen=True)
class Colours:
    """What a grade changes, measured of pixels.

    Attributes:
        light: mean of the linear light, in stops.
        spread: standard deviation of the luma, of 255.
        colour: mean distance from grey, of 255.
        warmth: red light over blue light, in stops.
    """

    light: float
    spread: float
    colour: float
    warmth: float


def matched(source: Pixels, target: Pixels) -> Grade:
    """The grade in which one clip's pixels are as light, hard, full and warm as another's.

    Each measure answers mostly to one field of a grade, so all four are walked to together.

    Args:
        source: (N, 1, 3), ungraded.
        target: (N, 1, 3), as it is seen.
    """
    wanted, grade = measured(target), UNGRADED
    for _ in range(_ROUNDS):
        now = measured(graded(source, grade))
        contrast, saturation = grade.contrast, grade.saturation
        if min(now.spread, wanted.spread) > _FLAT:
            contrast *= (wanted.spread / now.spread) ** _DAMPING
        if min(now.colour, wanted.colour) > _FLAT:
            saturation *= (wanted.colour / now.colour) ** _DAMPING
        grade = Grade(
            exposure=_within(grade.exposure + _DAMPING * (wanted.light - now.light), 5.0),
            contrast=min(2.0, contrast),
            saturation=min(2.0, saturation),
            temperature=_within(grade.temperature + _DAMPING * (wanted.warmth - now.warmth), 1.0),
        )
    return Grade(
        exposure=round(grade.exposure, 2),
        contrast=round(grade.contrast, 2),
        saturation=round(grade.saturation, 2),
        temperature=round(grade.temperature, 2),
    )


def measured(pixels: Pixels) -> Colours:
    """What a grade changes of ``pixels`` (N, 1, 3)."""
    seen = pixels.reshape(-1, 3).astype(np.float64)
    light = ((seen / 255) ** DISPLAY_GAMMA).mean(axis=0) + 1e-5
    luma = seen @ np.array(LUMA)
    return Colours(
        light=float(np.log2(light @ np.array(LUMA))),
        spread=float(luma.std()),
        colour=float(np.abs(seen - luma[:, None]).mean()),
        warmth=float(np.log2(light[0] / light[2])),
    )


def pixels_of(cut: Cut, clip: Clip, *, as_seen: bool) -> Pixels:
    """Some of a clip's pixels (N, 1, 3), from its beginning, middle and end.

    Args:
        cut: the film that the clip belongs to.
        clip: whose pictures are looked at.
        as_seen: in the clip's own grade, or as they are in the source.

    Raises:
        MediaError: if there is no picture or it cannot be read.
    """
    bare = replace(clip, fade_in=0, fade_out=0, pose=FITTED, curves=(), enabled=True, dissolve=None)
    alone = cut.with_tracks((Track(id="v", kind="video", name="V", clips=(bare,)),))
    found = [_looked_at(alone, clip.start + int(clip.length * at)) for at in _MOMENTS]
    pixels = np.concatenate(found)
    return graded(pixels, clip.grade) if as_seen else pixels


def _looked_at(cut: Cut, frame: int) -> Pixels:
    layer = cut.plates(frame)[0].layers[0]
    footage = layer.footage
    if footage.drawn is not None:
        picture = drawn(footage.drawn, layer.share, 16 * _SIDE // 9, _SIDE)
    elif footage.picture is None:
        raise MediaError(footage.missing or tr("This clip has no picture."))
    else:
        reader = PictureReader(footage.picture, footage.rate)
        try:
            picture = reader.picture(layer.index)
        finally:
            reader.close()
    step = max(1, min(picture.shape[:2]) // _SIDE)
    return np.ascontiguousarray(picture[::step, ::step, :3]).reshape(-1, 1, 3)


def _within(value: float, most: float) -> float:
    return min(max(value, -most), most)
