"""The shape of a timeline's frame, and the picture size that it has."""

from __future__ import annotations

from fractions import Fraction

from studio.document.film import Film, FrameShape, PictureSize, Timeline

ASPECTS: dict[FrameShape, Fraction] = {
    "16:9": Fraction(16, 9),
    "9:16": Fraction(9, 16),
    "1:1": Fraction(1),
    "2.39": Fraction(239, 100),
}
"""Width over height of every shape that is not the film's own."""

SHAPES: tuple[FrameShape, ...] = ("film", *ASPECTS)


def frame_size(film: Film, timeline: Timeline) -> PictureSize:
    """The picture size of a timeline, with even sides.

    The film's longer side is that of a landscape frame's width and of a portrait frame's height;
    a square has the height that 16:9 would have.
    """
    aspect = ASPECTS.get(timeline.shape)
    if aspect is None:
        return PictureSize(width=film.width, height=film.height)
    longer = max(film.width, film.height)
    if aspect == 1:
        side = _even(longer * Fraction(9, 16))
        return PictureSize(width=side, height=side)
    if aspect > 1:
        return PictureSize(width=_even(Fraction(longer)), height=_even(longer / aspect))
    return PictureSize(width=_even(longer * aspect), height=_even(Fraction(longer)))


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))
