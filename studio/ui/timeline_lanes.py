"""Whole tracks as rows of pixels: what makes ten thousand clips as quick to paint as ten.

A row holds one colour a pixel column. It is computed by numpy from cached starts and ends, and
stretched to the height of its lane, so that clips of a pixel or less merge into blocks.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from studio.document.film import Clip, Track
from studio.ui import theme
from studio.ui.timeline_geometry import HEADER_PX, Geometry
from studio.ui.timeline_sources import SourceLooks

Ints = NDArray[np.int64]
Colours = NDArray[np.uint32]

LANE_FILL = {"video": theme.LANE_VIDEO, "audio": theme.LANE_AUDIO}
_EDGE_FROM_PX = 6


@dataclass(frozen=True)
class LaneArrays:
    """A track's clips as arrays, in order.

    Attributes:
        mixed: positions of those that begin with a dissolve.
    """

    clips: tuple[Clip, ...]
    both: Ints
    body: Colours
    top: Colours
    stripe: Colours
    mixed: Ints

    @property
    def starts(self) -> Ints:
        """Where each begins."""
        return self.both[0]

    @property
    def ends(self) -> Ints:
        """The frame after each one's last."""
        return self.both[1]


@dataclass(frozen=True)
class Sight:
    """The clips of a track that are in sight, in pixels right of the headers.

    Attributes:
        first: position of the first of them on the track.
        left, right: within the view.
        whole_left, whole_right: also where that lies outside of it.
    """

    first: int
    left: Ints
    right: Ints
    whole_left: Ints
    whole_right: Ints


class LaneStore:
    """The arrays of every track, made anew only where its clips or the looks have changed."""

    def __init__(self) -> None:
        self._arrays: dict[str, LaneArrays] = {}
        self._sights: dict[str, tuple[LaneArrays, Geometry, Sight]] = {}
        self._looks: SourceLooks | None = None

    def arrays(self, track: Track, looks: SourceLooks) -> LaneArrays:
        """The arrays of ``track``."""
        if looks is not self._looks:
            self._arrays.clear()
            self._looks = looks
        known = self._arrays.get(track.id)
        if known is None or known.clips is not track.clips:
            known = self._arrays[track.id] = _arrays(track, looks)
        return known

    def sight(self, track: Track, looks: SourceLooks, geometry: Geometry) -> Sight:
        """The part of ``track`` that lies in the view; worked out once a paint."""
        arrays = self.arrays(track, looks)
        known = self._sights.get(track.id)
        if known is not None and known[0] is arrays and known[1] is geometry:
            return known[2]
        sight = in_sight(arrays, geometry)
        self._sights[track.id] = (arrays, geometry, sight)
        return sight


def mixed_in_sight(arrays: LaneArrays, sight: Sight) -> list[int]:
    """Positions on the track of clips in sight, or right behind it, that begin with a dissolve."""
    if not len(arrays.mixed):
        return []
    first, last = sight.first, sight.first + len(sight.left)
    return arrays.mixed[(arrays.mixed >= first) & (arrays.mixed <= last)].tolist()


def in_sight(arrays: LaneArrays, geometry: Geometry) -> Sight:
    """The part of ``arrays`` that lies in the view."""
    first = int(np.searchsorted(arrays.ends, geometry.first_frame, "right"))
    after = int(np.searchsorted(arrays.starts, geometry.end_frame, "left"))
    edge = geometry.width - HEADER_PX
    # Starts and ends in one array: half the calls, each of which costs more than its numbers.
    both = np.rint(arrays.both[:, first:after] * geometry.zoom).astype(np.int64)
    both -= geometry.scroll_x
    left, right = both
    np.maximum(right, left + 1, out=right)
    inside = np.maximum(both, _INSIDE)
    np.minimum(inside, [[edge - 1], [edge]], out=inside)
    return Sight(first, inside[0], inside[1], left, right)


_INSIDE = np.array([[0], [1]], np.int64)


def row(
    sight: Sight, colours: Colours, ground: str, width: int, accents: Ints | None = None
) -> Colours:
    """One row of ``width`` pixels with the clips of ``sight`` on ``ground``.

    ``accents`` are positions, counted within the sight, that are drawn in the accent.
    """
    pixels = np.full(width, _argb(QColor(ground)), np.uint32)
    count = len(sight.left)
    if not count:
        return pixels
    fill = colours[sight.first : sight.first + count]
    if accents is not None and len(accents):
        fill = fill.copy()
        fill[accents] = _ACCENT
    spread(pixels, sight.left, sight.right, fill)
    edged = sight.right - sight.left >= _EDGE_FROM_PX
    pixels[sight.right[edged] - 1] = _EDGE
    return pixels


def spread(pixels: Colours, left: Ints, right: Ints, colours: Colours) -> None:
    """Give the pixels from ``left`` up to ``right`` the colour of each."""
    widths = right - left
    offsets = np.cumsum(widths) - widths
    at = np.arange(int(widths.sum())) + np.repeat(left - offsets, widths)
    pixels[at] = np.repeat(colours, widths)


def corners(sight: Sight, ground: str, width: int, from_px: int) -> QImage:
    """A row with the outermost pixels of wide clips in ``ground``, and nothing else.

    Laid over the first and the last row of a lane it reads as rounded corners.
    """
    pixels = np.zeros(width, np.uint32)
    wide = sight.whole_right - sight.whole_left >= from_px
    for columns in (sight.whole_left[wide], sight.whole_right[wide] - 2):
        inside = columns[(columns >= 0) & (columns < width)]
        pixels[inside] = _argb(QColor(ground))
    image_format = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.tobytes(), width, 1, 4 * width, image_format).copy()


def image(pixels: Colours) -> QImage:
    """A row as an image one pixel high; it keeps its own copy."""
    width = len(pixels)
    return QImage(pixels.tobytes(), width, 1, 4 * width, QImage.Format.Format_RGB32).copy()


def positions_in_sight(track: Track, sight: Sight, clip_ids: AbstractSet[str]) -> list[int]:
    """Where ``clip_ids`` stand within the sight."""
    count = len(sight.left)
    known = track.positions
    if len(clip_ids) <= count:
        found = (known.get(clip_id, -1) - sight.first for clip_id in clip_ids)
        return [at for at in found if 0 <= at < count]
    clips = track.clips[sight.first : sight.first + count]
    return [at for at, clip in enumerate(clips) if clip.id in clip_ids]


def _arrays(track: Track, looks: SourceLooks) -> LaneArrays:
    clips = track.clips
    count = len(clips)
    colours = [_colours(track, clip, looks) for clip in clips]
    return LaneArrays(
        clips,
        np.array([[clip.start for clip in clips], [clip.end for clip in clips]], np.int64),
        np.fromiter((body for body, _, _ in colours), np.uint32, count),
        np.fromiter((top for _, top, _ in colours), np.uint32, count),
        np.fromiter((stripe for _, _, stripe in colours), np.uint32, count),
        np.array([at for at, clip in enumerate(clips) if clip.dissolve is not None], np.int64),
    )


_KNOWN: dict[tuple[object, ...], tuple[int, int, int]] = {}


def _colours(track: Track, clip: Clip, looks: SourceLooks) -> tuple[int, int, int]:
    """Body, name strip and state stripe of a clip."""
    look = looks.look(clip)
    label = clip.colour if clip.colour != "none" else look.colour
    draft = look.content is None and not look.drawn
    key = (track.kind, label, draft, look.missing, look.state, clip.enabled)
    known = _KNOWN.get(key)
    if known is not None:
        return known
    video = track.kind == "video"
    body = theme.VIDEO_CLIP if video else theme.AUDIO_CLIP
    top = theme.VIDEO_CLIP_TOP if video else theme.AUDIO_CLIP_TOP
    if label != "none":
        top = theme.LABEL_COLOURS[label]
        body = theme.mixed(top, LANE_FILL[track.kind], 0.4).name()
    if look.missing:
        top, body = theme.LOST_CLIP_TOP, theme.LOST_CLIP
    elif draft:
        top = theme.mixed(top, theme.RAISED, 0.45).name()
        body = theme.mixed(body, theme.PANEL, 0.62).name()
    fade = 0.0 if clip.enabled else 0.6
    ground = LANE_FILL[track.kind]
    stripe = theme.STATE_COLOURS[look.state] if look.state and clip.enabled else ""
    made = (
        _argb(theme.mixed(body, ground, fade)),
        _argb(theme.mixed(top, ground, fade)),
        _argb(QColor(stripe)) if stripe else 0,
    )
    _KNOWN[key] = made
    return made


def _argb(colour: QColor) -> int:
    return int(colour.rgb())


_ACCENT = _argb(theme.mixed(theme.ACCENT, theme.VIDEO_CLIP, 0.35))
_EDGE = _argb(QColor(theme.CLIP_EDGE))
