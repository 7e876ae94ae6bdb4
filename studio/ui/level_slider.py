"""Sliders of sound: they rest somewhere in the middle, say their value, and change once let go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from studio.document.curves import LOUDEST_DB, SILENCE_DB
from studio.ui import theme
from studio.ui.level_words import gain_words, pan_words

_HANDLE_PX = 12.0


class LevelSlider(QWidget):
    """A slider over whole steps; a double click puts it back to where it rests.

    Args:
        range_: the lowest and the highest value, in steps.
        step: what one step is worth.
        words: a value in words.
        keys: the step of an arrow key, and of a page.

    Signals:
        chosen: the value, once the hand has let go or a key was pressed.
    """

    chosen = Signal(float)

    def __init__(
        self,
        range_: tuple[int, int],
        step: float,
        words: Callable[[float], str],
        keys: tuple[int, int],
    ) -> None:
        super().__init__()
        self._step = step
        self._words = words
        self._kept = 0
        self.slider = _Line(Qt.Orientation.Horizontal)
        self.slider.setRange(*range_)
        self.slider.setSingleStep(keys[0])
        self.slider.setPageStep(keys[1])
        self.said = QLabel()
        self.said.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        self.said.setProperty("soft", True)
        self.said.setFixedWidth(58)
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.slider, 1)
        row.addWidget(self.said)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self._tell)
        self.show_value(0.0)

    def call(self, name: str) -> None:
        """Say what it is of, for screen readers and hands that rest on it."""
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(name)

    def show_value(self, value: float) -> None:
        """Stand where the film says; a hand that drags is left alone."""
        if self.slider.isSliderDown():
            return
        self._kept = round(value / self._step)
        self.slider.blockSignals(True)
        self.slider.setValue(self._kept)
        self.slider.blockSignals(False)
        self._say()

    def _moved(self) -> None:
        self._say()
        if not self.slider.isSliderDown():
            self._tell()

    def _tell(self) -> None:
        if self.slider.value() != self._kept:
            self._kept = self.slider.value()
            self.chosen.emit(self._kept * self._step)

    def _say(self) -> None:
        words = self._words(self.slider.value() * self._step)
        self.said.setText(words)
        self.slider.setAccessibleDescription(words)


class _Line(QSlider):
    """A slider whose line is lit from where it rests."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        self.setSliderDown(False)
        self.setValue(0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()  # the wheel scrolls the panel, and would turn levels on its way

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        rest, here = self._x(0), self._x(self.value())
        on = self.isEnabled()
        painter.setBrush(theme.colour(theme.LINE_STRONG))
        painter.drawRoundedRect(QRectF(0, middle - 1.5, self.width(), 3), 1.5, 1.5)
        painter.drawRect(QRectF(rest - 0.5, middle - 5, 1, 10))
        if on:
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawRect(QRectF(min(rest, here), middle - 1.5, abs(here - rest), 3))
        lit = theme.ACCENT_LIT if self.underMouse() or self.isSliderDown() else theme.TEXT
        shade = theme.ACCENT if self.hasFocus() else lit
        painter.setBrush(theme.colour(shade if on else theme.TEXT_FAINT))
        painter.drawEllipse(
            QRectF(here - _HANDLE_PX / 2, middle - _HANDLE_PX / 2, _HANDLE_PX, _HANDLE_PX)
        )

    def _x(self, value: int) -> float:
        share = (value - self.minimum()) / (self.maximum() - self.minimum())
        return _HANDLE_PX / 2 + share * (self.width() - _HANDLE_PX)


def gain_slider() -> LevelSlider:
    """A slider of decibels, in tenths."""
    bounds = round(SILENCE_DB * 10), round(LOUDEST_DB * 10)
    return LevelSlider(bounds, 0.1, gain_words, (5, 30))


def pan_slider() -> LevelSlider:
    """A slider from left to right, in hundredths."""
    return LevelSlider((-100, 100), 0.01, pan_words, (5, 25))
