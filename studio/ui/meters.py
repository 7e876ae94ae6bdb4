"""The level meters: peak of the left and right channel with a held mark and a clip light."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme
from studio.wording import tr

FLOOR_DB = -48.0
FALL_DB = 1.6
HOLD_BEATS = 40
_MARKS_DB = (-36, -24, -12, -6)


class Meters(QWidget):
    """Two bars from -48 dB to full scale; a click puts the clip lights out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels = [FLOOR_DB, FLOOR_DB]
        self._held = [FLOOR_DB, FLOOR_DB]
        self._age = [0, 0]
        self._clipped = [False, False]
        self.setFixedWidth(22)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Sound level"))
        self.setToolTip(tr("Peak level of the left and right channel"))
        self._timer = QTimer(self)
        self._timer.setInterval(33)
        self._timer.timeout.connect(self._fall)

    def show_peaks(self, left: float, right: float) -> None:
        """Show the peaks of the last moment, as amplitudes (1 is full scale)."""
        for channel, amplitude in enumerate((left, right)):
            level = 20 * math.log10(amplitude) if amplitude > 0 else FLOOR_DB
            self._levels[channel] = max(self._levels[channel], level, FLOOR_DB)
            if level >= self._held[channel]:
                self._held[channel], self._age[channel] = max(level, FLOOR_DB), 0
            self._clipped[channel] |= amplitude > 1.0
        if not self._timer.isActive():
            self._timer.start()
        self.update()

    def rest(self) -> None:
        """Fall silent at once."""
        self._levels = [FLOOR_DB, FLOOR_DB]
        self._held = [FLOOR_DB, FLOOR_DB]
        self._timer.stop()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(22, 120)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._clipped = [False, False]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = 7.0
        for channel in range(2):
            x = 3.0 + channel * (width + 2)
            light = QRectF(x, 0, width, 4)
            painter.setBrush(theme.colour(theme.BAD if self._clipped[channel] else theme.LINE))
            painter.drawRoundedRect(light, 1, 1)
            self._paint_bar(painter, QRectF(x, 7, width, self.height() - 7), channel)

    def _paint_bar(self, painter: QPainter, area: QRectF, channel: int) -> None:
        painter.setBrush(theme.colour(theme.LINE))
        painter.drawRoundedRect(area, 2, 2)
        shades = QLinearGradient(area.bottomLeft(), area.topLeft())
        shades.setColorAt(0.0, theme.colour(theme.GOOD))
        shades.setColorAt(_share(-9), theme.colour(theme.GOOD))
        shades.setColorAt(_share(-4), theme.colour(theme.CAUTION))
        shades.setColorAt(1.0, theme.colour(theme.BAD))
        painter.setBrush(shades)
        tall = area.height() * _share(self._levels[channel])
        painter.drawRoundedRect(QRectF(area.x(), area.bottom() - tall, area.width(), tall), 2, 2)
        painter.setBrush(theme.colour(theme.WELL, 150))
        for mark in _MARKS_DB:
            y = area.bottom() - area.height() * _share(mark)
            painter.drawRect(QRectF(area.x(), y, area.width(), 1))
        if self._held[channel] > FLOOR_DB:
            y = area.bottom() - area.height() * _share(self._held[channel])
            painter.setBrush(theme.colour(theme.TEXT))
            painter.drawRect(QRectF(area.x(), y, area.width(), 1.5))

    def _fall(self) -> None:
        for channel in range(2):
            self._levels[channel] = max(FLOOR_DB, self._levels[channel] - FALL_DB)
            self._age[channel] += 1
            if self._age[channel] > HOLD_BEATS:
                self._held[channel] = self._levels[channel]
        if max(self._levels) <= FLOOR_DB and max(self._held) <= FLOOR_DB:
            self._timer.stop()
        self.update()


def _share(level_db: float) -> float:
    """How far up the bar a level stands, 0 to 1."""
    return min(1.0, max(0.0, (level_db - FLOOR_DB) / -FLOOR_DB))
