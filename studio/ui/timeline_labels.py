"""The words on clips, drawn once and kept: laying text out anew costs more than all the rest."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from studio.ui import icons, theme
from studio.ui.timeline_geometry import NAME_PX

_MOST = 2000
_BASELINE_PX = 12
_DOTS = "…"
_LINK_PX = 13


@dataclass(frozen=True)
class Label:
    """A word as a picture as high as a name strip.

    Attributes:
        ends: where each of its letters ends.
    """

    pixmap: QPixmap
    width: int
    ends: tuple[int, ...]


class Words:
    """Labels by their text, colour and resolution."""

    def __init__(self) -> None:
        self._name_font = theme.font(theme.FONT_SMALL_PX, weight=500)
        self._tiny_font = theme.font(theme.FONT_TINY_PX)
        self._labels: dict[tuple[str, str, float, bool, bool], Label] = {}
        self._paragraphs: dict[tuple[str, int, int, float], QPixmap] = {}

    def paint_name(
        self,
        painter: QPainter,
        at: tuple[int, int],
        text: str,
        room_px: int,
        tint: str,
        ratio: float,
        *,
        linked: bool = False,
    ) -> None:
        """Draw a clip's name, cut short between letters where there is no room for all of it.

        ``linked`` puts the sign of a link before it.
        """
        label = self._label(text, tint, ratio, linked=linked)
        if label.width <= room_px:
            painter.drawPixmap(*at, label.pixmap)
            return
        dots = self._label(_DOTS, tint, ratio)
        shown = bisect_right(label.ends, room_px - dots.width)
        width = label.ends[shown - 1] if shown else 0
        source = QRect(0, 0, round(width * ratio), label.pixmap.height())
        painter.drawPixmap(QRect(*at, width, NAME_PX), label.pixmap, source)
        painter.drawPixmap(at[0] + width, at[1], dots.pixmap)

    def tiny(self, text: str, ratio: float) -> Label:
        """A small word, whole."""
        return self._label(text, theme.TEXT, ratio, tiny=True)

    def paragraph(self, text: str, width_px: int, height_px: int, ratio: float) -> QPixmap:
        """Small words over several lines, as many as there is room for."""
        # In steps, so that zooming does not lay it out anew at every width.
        width_px &= ~31
        key = (text, width_px, height_px, ratio)
        known = self._paragraphs.get(key)
        if known is not None:
            return known
        pixmap = QPixmap(math.ceil(width_px * ratio), math.ceil(height_px * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setFont(self._tiny_font)
        painter.setPen(QColor(theme.TEXT))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(0, 0, width_px, height_px), flags, text)
        painter.end()
        if len(self._paragraphs) >= _MOST:
            self._paragraphs.clear()
        self._paragraphs[key] = pixmap
        return pixmap

    def _label(
        self, text: str, tint: str, ratio: float, *, linked: bool = False, tiny: bool = False
    ) -> Label:
        key = (text, tint, ratio, linked, tiny)
        known = self._labels.get(key)
        if known is not None:
            return known
        if len(self._labels) >= _MOST:
            self._labels.clear()
        font = self._tiny_font if tiny else self._name_font
        metrics = QFontMetrics(font)
        before = _LINK_PX if linked else 0
        ends = tuple(before + metrics.horizontalAdvance(text, n) for n in range(1, len(text) + 1))
        width = max(1, before + metrics.horizontalAdvance(text))
        pixmap = QPixmap(math.ceil((width + 1) * ratio), math.ceil(NAME_PX * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        if linked:
            icons.draw(painter, "link", QRect(-1, 3, _LINK_PX - 2, _LINK_PX - 2), theme.TEXT_DIM)
        painter.setFont(font)
        painter.setPen(QColor(tint))
        painter.drawText(before, _BASELINE_PX, text)
        painter.end()
        label = self._labels[key] = Label(pixmap, width, ends)
        return label
