"""The insides of clips: filmstrips and waveforms, cut from cached tiles."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from studio.document.film import Clip
from studio.document.retime import is_retimed, source_frame
from studio.document.timebase import samples_at
from studio.ui import theme
from studio.ui.tile_cache import Shelf, TileCache
from studio.ui.timeline_geometry import HEADER_PX, TOP_PX, Geometry
from studio.ui.timeline_rows import Canvas
from studio.ui.timeline_sources import Content, SourceLook
from studio.ui.waveform import Pyramid, drawn

FRESH_S = 0.002
TILE_PX = 256
_FITTED_BYTES = _DRAWN_BYTES = 32 << 20
_LEAST_PX = 12
Pixels = NDArray[np.uint32]

# A clip, its look, and the columns of the view from which on and up to which it reaches.
Dressed = tuple[Clip, SourceLook, int, int]


class _Fit(NamedTuple):
    """How pictures of one size are fitted into a lane.

    Attributes:
        size: of a picture in pixels of the device: width and height.
        step: frames from one picture to the next.
        step_px, crop_px: how far apart they are, and how much of each is seen.
        inset_px: of a picture that is not seen at either side.
        ratio: device pixels a pixel.
    """

    size: tuple[int, int]
    step: int
    step_px: float
    crop_px: int
    inset_px: int
    ratio: float


class Strips:
    """Lays pictures and sound into clips; asks the cache for what it has not got."""

    def __init__(self, tiles: TileCache | None, wanted: Callable[[], None]) -> None:
        """Draw from ``tiles``; ``wanted`` is called when a paint ran out of time for more."""
        self._tiles = tiles
        self._wanted = wanted
        self._fitted: Shelf[Pixels] = Shelf(_FITTED_BYTES)
        self._drawn: Shelf[QPixmap] = Shelf(_DRAWN_BYTES)
        self._heard: dict[str, Pyramid | None] = {}  # asked for once a paint
        self._until = 0.0
        self._progress = False

    def begin(self) -> None:
        """Start a paint, with its time for tiles that must be drawn afresh."""
        self._until = time.perf_counter() + FRESH_S
        self._progress = False
        self._heard.clear()

    def lay_pictures(
        self, canvas: Canvas, geometry: Geometry, top: int, height: int, clips: Iterable[Dressed]
    ) -> None:
        """Fill clips of a lane with their pictures, each where it is shown, cropped to meet.

        They are written into the canvas row by row, as the lanes are: hundreds of them are in sight
        of a large cut, and a painter takes several times as long for each.

        Args:
            canvas: to be written on, right of the headers and below the ruler.
            geometry: where everything lies.
            top: the first row that they fill.
            height: how many rows they fill.
            clips: with the columns that they fill; those with nothing to show are passed over.
        """
        if self._tiles is None or height < _LEAST_PX:
            return
        begin = round(top * canvas.ratio)
        row = max(begin, round(TOP_PX * canvas.ratio))
        ground = canvas.pixels[row : begin + round(height * canvas.ratio)]
        rows = slice(row - begin, row - begin + len(ground))
        fits: dict[tuple[int, int], _Fit] = {}
        for clip, look, left, right in clips:
            content = look.content
            if content is None or not content.width:
                continue
            size = content.width, content.height
            fit = fits.get(size)
            if fit is None:
                fit = fits[size] = _fit(size, height, geometry.zoom, canvas.ratio)
            within = max(left, HEADER_PX), min(right, geometry.width)
            for picture, column, cut, count in _places(geometry, clip, look, fit, within):
                tile = self._tile(content, picture, fit)
                if tile is not None:
                    ground[:, column : column + count] = tile[rows, cut : cut + count]

    def _tile(self, content: Content, picture: int, fit: _Fit) -> Pixels | None:
        """A picture at a strip's size, or the one that stands in for it; ``None`` for neither."""
        assert self._tiles is not None
        key = (content.key, picture, fit.size)
        known = self._fitted.get(key)
        if known is not None:
            return known
        source = self._tiles.picture(content.key, picture)
        if source is None:
            source, key = self._tiles.poster(content.key), (content.key, -1, fit.size)
            if source is None:
                return None
            known = self._fitted.get(key)
            if known is not None:
                return known
        if not self._has_time():
            self._wanted()
            return None
        tile = _fitted(source, *fit.size)
        self._fitted.put(key, tile, tile.nbytes)
        return tile

    def _has_time(self) -> bool:
        """Whether this paint may draw another tile afresh.

        One it always may: on a busy machine the time can be over before the first, in every paint.
        """
        if self._progress and time.perf_counter() > self._until:
            return False
        self._progress = True
        return True

    def paint_sound(
        self, painter: QPainter, geometry: Geometry, clip: Clip, look: SourceLook, area: QRect
    ) -> None:
        """Fill ``area`` with the clip's waveform, in tiles that stay while it scrolls."""
        content = look.content
        if self._tiles is None or content is None or area.height() < 8:
            return
        if content.key not in self._heard:
            self._heard[content.key] = self._tiles.peaks(content.key)
        peaks = self._heard[content.key]
        if peaks is None or not peaks.samples:
            return
        top, height = area.top(), area.height()
        painter.fillRect(area.left(), top + height // 2, area.width(), 1, _QUIET)
        left = geometry.x(clip.start)
        low, high = max(area.left(), HEADER_PX), min(area.right() + 1, geometry.width)
        first, last = (low - left) // TILE_PX, (high - left - 1) // TILE_PX
        ratio = _ratio(painter)
        for number in range(max(0, first), last + 1):
            tile = self._wave_tile(
                content.key, peaks, clip, look, geometry.zoom, number, height, ratio
            )
            if tile is None:
                self._wanted()
                break
            # Cut where the clip ends: a clip of the painter's would have to be set for each.
            begin = left + number * TILE_PX
            width = min(TILE_PX, high - begin)
            source = QRect(0, 0, round(width * ratio), tile.height())
            painter.drawPixmap(QRect(begin, top, width, height), tile, source)

    def _wave_tile(
        self,
        content_key: str,
        peaks: Pyramid,
        clip: Clip,
        look: SourceLook,
        zoom: float,
        number: int,
        height: int,
        ratio: float,
    ) -> QPixmap | None:
        """One tile of a waveform, or ``None`` where this paint has no more time for it."""
        whole = round(clip.length * zoom)
        columns = min(TILE_PX, whole - number * TILE_PX)
        # Whole numbers: to hash a fraction takes longer than all the rest.
        speed = clip.speed.numerator, clip.speed.denominator
        used = clip.source_in, clip.source_phase, clip.length
        key = (content_key, used, speed, clip.backwards, zoom, number, columns, height, ratio,
               clip.gain_db)  # fmt: skip
        known = self._drawn.get(key)
        if known is not None or columns <= 0:
            return known
        if not self._has_time():
            return None
        per_frame = samples_at(1 << 20, look.film_rate, peaks.rate_hz) / (1 << 20)
        per_column = float(clip.speed) * per_frame / (zoom * ratio)
        at = number * TILE_PX * ratio
        if clip.backwards:
            at = whole * ratio - at - round(columns * ratio)
        begin = clip.source_in + clip.source_phase / clip.speed.denominator
        first = begin * per_frame + at * per_column
        low, high = peaks.columns(first, per_column, round(columns * ratio))
        if clip.backwards:
            low, high = low[::-1], high[::-1]
        gain = 10 ** (clip.gain_db / 20)
        picture = drawn(low, high, round(height * ratio), QColor(theme.WAVEFORM), gain)
        tile = QPixmap.fromImage(picture)
        tile.setDevicePixelRatio(ratio)
        self._drawn.put(key, tile, picture.sizeInBytes())
        return tile


def _fit(size: tuple[int, int], height_px: int, zoom: float, ratio: float) -> _Fit:
    """How pictures of ``size`` are fitted into strips of ``height_px``."""
    width_px = max(8, round(height_px * size[0] / max(1, size[1])))
    step = 1 << max(0, math.floor(math.log2(max(1.0, width_px / zoom))))
    crop_px = min(width_px, math.ceil(step * zoom))
    # The middle of a picture says more than its left edge.
    inset_px = (width_px - crop_px) // 2
    fitted = round(width_px * ratio), round(height_px * ratio)
    return _Fit(fitted, step, step * zoom, crop_px, inset_px, ratio)


def _places(
    geometry: Geometry, clip: Clip, look: SourceLook, fit: _Fit, within: tuple[int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """The pictures of a clip between two columns.

    Yields:
        The number of each, and in pixels of the device the first column that it fills, the first of
        its own that is seen, and how many are.
    """
    size, step, step_px, crop, inset, ratio = fit
    low, high = within
    # A retimed clip is laid out by its own frames, another by those of its source, so that its
    # pictures stay where they are while its head is trimmed.
    retimed = is_retimed(clip)
    source_in = 0 if retimed else clip.source_in
    origin = geometry.x(clip.start) - source_in * geometry.zoom
    first = max(source_in // step, math.floor((low - origin) / step_px))
    for number in range(first, math.ceil((high - origin) / step_px)):
        left = round(origin + number * step_px)
        # Compared here: min and max of hundreds of pictures take longer than all the rest.
        begin = left if left > low else low
        end = left + crop if left + crop < high else high
        if begin >= end:
            continue
        # The first would be a picture that lies before the clip.
        shown = number * step if number > first else max(number * step, source_in)
        if retimed:
            shown = source_frame(clip, min(shown, clip.length - 1))
        column, cut = round(begin * ratio), round((begin - left + inset) * ratio)
        count, room = round(end * ratio) - column, size[0] - cut
        yield look.picture_on(shown), column, cut, count if count < room else room


def _ratio(painter: QPainter) -> float:
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatio()


def _fitted(source: QImage, width: int, height: int) -> Pixels:
    """A picture scaled to a strip's size in pixels of the device, (height, width)."""
    scaled = source.scaled(
        width,
        height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    ).convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(scaled.constBits(), np.uint32)
    return bits.reshape(height, scaled.bytesPerLine() // 4)[:, :width].copy()


_QUIET = theme.colour(theme.WAVEFORM, 40)
