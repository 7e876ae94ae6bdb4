"""Tiles painted: the thumbnail or waveform of a source, or its icon while there is none."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from studio.ui import icons, theme
from studio.ui.tile_cache import TileCache
from studio.ui.waveform import drawn

_ICONS = {"image": "picture", "video": "film", "audio": "sound"}


def paint_tile(
    painter: QPainter, tiles: TileCache, key: str, kind: str, area: QRect, picture: int = 0
) -> bool:
    """Fill ``area`` with what the source looks or sounds like; whether there was something."""
    painter.fillRect(area, theme.colour(theme.WELL))
    if key and kind == "audio":
        peaks = tiles.peaks(key)
        if peaks is not None and peaks.samples and area.width() > 8:
            columns = area.width() - 8
            low, high = peaks.columns(0.0, peaks.samples / columns, columns)
            wave = drawn(low, high, max(8, area.height() - 12), theme.colour(theme.WAVEFORM), 1.4)
            painter.fillRect(area, theme.colour(theme.AUDIO_CLIP))
            painter.drawImage(area.topLeft() + QPointF(4, 6).toPoint(), wave)
            return True
    elif key:
        image = tiles.picture(key, picture)
        if image is not None and not image.isNull():
            paint_filling(painter, image, QRectF(area))
            return True
    side = min(22, area.height() - 8)
    mark = QRect(0, 0, side, side)
    mark.moveCenter(area.center())
    icons.draw(painter, _ICONS.get(kind, "film"), mark, theme.TEXT_FAINT)
    return False


def paint_missing(painter: QPainter, area: QRect, *, seen: bool) -> None:
    """Say over a tile that its file is gone; ``seen`` leaves what was known of it to be seen."""
    painter.fillRect(area, theme.colour(theme.WELL, 200 if seen else 255))
    mark = QRect(0, 0, 18, 18)
    mark.moveCenter(area.center())
    icons.draw(painter, "warning", mark, theme.BAD)


def paint_filling(painter: QPainter, image: QImage, area: QRectF) -> None:
    """Draw ``image`` so that it fills ``area``, cropped about its centre."""
    scale = max(area.width() / image.width(), area.height() / image.height())
    width, height = area.width() / scale, area.height() / scale
    part = QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
    painter.drawImage(area, image, part)
