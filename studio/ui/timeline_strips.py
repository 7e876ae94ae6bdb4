"""The insides of clips: filmstrips and waveforms, cut from cached tiles."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from studio.document.film import Clip
from studio.document.retime import is_retimed, source_frame
from studio.document.timebase import held_picture, samples_at
from studio.ui import theme
from studio.ui.tile_cache import Shelf, TileCache
from studio.ui.timeline_geometry import HEADER_PX, Geometry
from studio.ui.timeline_sources import Content, SourceLook
from studio.ui.waveform import Pyramid, drawn

FRESH_S = 0.004
TILE_PX = 256
_DRAWN_BYTES = 64 << 20


class Strips:
    """Draws pictures and sound into clips; asks the cache for what it has not got."""

    def __init__(self, tiles: TileCache | None, wanted: Callable[[], None]) -> None:
        """Draw from ``tiles``; ``wanted`` is called when a paint ran out of time for more."""
        self._tiles = tiles
        self._wanted = wanted
        self._drawn: Shelf[QPixmap] = Shelf(_DRAWN_BYTES)
        self._until = 0.0

    def begin(self) -> None:
        """Start a paint, with its time for tiles that must be drawn afresh."""
        self._until = time.perf_counter() + FRESH_S

    def paint_pictures(
        self, painter: QPainter, geometry: Geometry, clip: Clip, look: SourceLook, area: QRect
    ) -> None:
        """Fill ``area`` with the clip's pictures, each where it is shown, cropped to meet."""
        content = look.content
        if self._tiles is None or content is None or not content.width or area.height() < 12:
            return
        width = max(8, round(area.height() * content.width / max(1, content.height)))
        step = 1 << max(0, math.floor(math.log2(max(1.0, width / geometry.zoom))))
        step_px = step * geometry.zoom
        crop = min(width, math.ceil(step_px))
        # A retimed clip is laid out by its own frames, another by those of its source, so that
        # its pictures stay where they are while its head is trimmed.
        retimed = is_retimed(clip)
        source_in = 0 if retimed else clip.source_in
        origin = geometry.x(clip.start) - source_in * geometry.zoom
        low = max(area.left(), HEADER_PX)
        high = min(area.right() + 1, geometry.width)
        first = max(source_in // step, math.floor((low - origin) / step_px))
        last = math.ceil((high - origin) / step_px)
        painter.save()
        painter.setClipRect(QRect(low, area.top(), high - low, area.height()), _INTERSECT)
        for number in range(first, last):
            # The first tile would show pictures that lie before the clip.
            frame = max(number * step, source_in)
            if retimed:
                frame = source_frame(clip, min(frame, clip.length - 1))
            left = round(origin + number * step_px)
            self._paint_picture(painter, content, frame, look, left, crop, width, area)
        painter.restore()

    def _paint_picture(
        self,
        painter: QPainter,
        content: Content,
        frame: int,
        look: SourceLook,
        left: int,
        crop: int,
        width: int,
        area: QRect,
    ) -> None:
        if self._tiles is None:
            return
        if content.pictures > 1 and content.rate:
            picture = held_picture(frame, content.rate, look.film_rate)
        else:
            picture = 0
        picture = max(0, min(picture, content.pictures - 1))
        source = self._tiles.picture(content.key, picture)
        if source is None:
            source, picture = self._tiles.poster(content.key), -1
        if source is None:
            return
        ratio = _ratio(painter)
        key = (content.key, picture, source.cacheKey(), area.height(), width, ratio)
        pixmap = self._drawn.get(key)
        if pixmap is None:
            if time.perf_counter() > self._until:
                self._wanted()
                return
            pixmap = _fitted(source, width, area.height(), ratio)
            self._drawn.put(key, pixmap, pixmap.width() * pixmap.height() * 4)
        if crop < width:
            # The middle of a picture says more than its left edge.
            inset = (width - crop) // 2
            shown = QRect(round(inset * ratio), 0, round(crop * ratio), pixmap.height())
            painter.drawPixmap(QRect(left, area.top(), crop, area.height()), pixmap, shown)
        else:
            painter.drawPixmap(left, area.top(), pixmap)

    def paint_sound(
        self, painter: QPainter, geometry: Geometry, clip: Clip, look: SourceLook, area: QRect
    ) -> None:
        """Fill ``area`` with the clip's waveform, in tiles that stay while it scrolls."""
        content = look.content
        if self._tiles is None or content is None or area.height() < 8:
            return
        peaks = self._tiles.peaks(content.key)
        if peaks is None or not peaks.samples:
            return
        middle = area.top() + area.height() // 2
        painter.fillRect(area.left(), middle, area.width(), 1, theme.colour(theme.WAVEFORM, 40))
        left = geometry.x(clip.start)
        low, high = max(area.left(), HEADER_PX), min(area.right() + 1, geometry.width)
        first, last = (low - left) // TILE_PX, (high - left - 1) // TILE_PX
        painter.save()
        painter.setClipRect(QRect(low, area.top(), high - low, area.height()), _INTERSECT)
        for number in range(max(0, first), last + 1):
            tile = self._wave_tile(
                content.key, peaks, clip, look, geometry.zoom, number, area.height(), painter
            )
            if tile is None:
                self._wanted()
                break
            painter.drawPixmap(left + number * TILE_PX, area.top(), tile)
        painter.restore()

    def _wave_tile(
        self,
        content_key: str,
        peaks: Pyramid,
        clip: Clip,
        look: SourceLook,
        zoom: float,
        number: int,
        height: int,
        painter: QPainter,
    ) -> QPixmap | None:
        """One tile of a waveform, or ``None`` where this paint has no more time for it."""
        ratio = _ratio(painter)
        whole = round(clip.length * zoom)
        columns = min(TILE_PX, whole - number * TILE_PX)
        retiming = (clip.source_in, clip.source_phase, clip.speed, clip.backwards, clip.length)
        key = (content_key, retiming, zoom, number, columns, height, ratio, clip.gain_db)
        known = self._drawn.get(key)
        if known is not None or columns <= 0:
            return known
        if time.perf_counter() > self._until:
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


def _ratio(painter: QPainter) -> float:
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatio()


def _fitted(source: QImage, width: int, height: int, ratio: float) -> QPixmap:
    """A picture scaled to a strip's height, at the screen's resolution."""
    scaled = source.scaled(
        round(width * ratio),
        round(height * ratio),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    pixmap = QPixmap.fromImage(scaled)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


_INTERSECT = Qt.ClipOperation.IntersectClip
