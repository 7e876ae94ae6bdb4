"""The line under the picture: where it stands in what is looked at, and the hand that moves it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from studio.ui import theme
from studio.wording import tr

_HEIGHT_PX = 18
_LINE_PX = 4
_MARK_PX = 10
_HANDLE_PX = 12
_BETWEEN_SIDES_PX = 14  # as far from the window's edge as the picture


class ScrubBar(QSlider):
    """All of the cut, a take or a file as one line; its value is the frame that is seen.

    ``valueChanged`` tells of a hand alone, not of what is shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._marked: tuple[int | None, int | None] = (None, None)
        self.setFixedHeight(_HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # frames are stepped by the picture's keys
        self.setAccessibleName(tr("Place in what is looked at"))
        self.show_length(0, (None, None))

    def show_length(self, frames: int, marked: tuple[int | None, int | None]) -> None:
        """Stand for so many frames, from in up to out of which are marked; ``None`` is unmarked."""
        if (self.maximum(), self._marked) == (max(0, frames - 1), marked):
            return
        self._marked = marked
        with QSignalBlocker(self):
            self.setRange(0, max(0, frames - 1))
        self.setEnabled(frames > 1)
        self.update()

    def show_frame(self, frame: int) -> None:
        """Stand on a frame; a hand that drags is left alone, as pictures come behind it."""
        if not self.isSliderDown():
            with QSignalBlocker(self):
                self.setValue(frame)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if self.isSliderDown():
            self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, low, high = self.height() / 2, self._x(0), self._x(self.maximum())
        painter.setBrush(theme.colour(theme.LINE_STRONG))
        painter.drawRoundedRect(QRectF(low, middle - _LINE_PX / 2, high - low, _LINE_PX), 2, 2)
        if not self.isEnabled():
            return
        self._paint_marked(painter, middle)
        lit = theme.ACCENT_LIT if self.underMouse() or self.isSliderDown() else theme.TEXT
        painter.setBrush(theme.colour(lit))
        painter.drawEllipse(QPointF(self._x(self.value()), middle), _HANDLE_PX / 2, _HANDLE_PX / 2)

    def _paint_marked(self, painter: QPainter, middle: float) -> None:
        begin, end = self._marked
        if begin is None and end is None:
            return
        left = self._x(begin or 0)
        right = self._x(self.maximum() if end is None else end - 1)
        painter.setBrush(theme.colour(theme.ACCENT))
        painter.drawRect(QRectF(left, middle - _LINE_PX / 2, max(2.0, right - left), _LINE_PX))
        for x, frame in ((left, begin), (right, end)):
            if frame is not None:
                painter.drawRect(QRectF(x - 1, middle - _MARK_PX / 2, 2, _MARK_PX))

    def _follow(self, at: QPointF) -> None:
        room = max(1.0, self._x(self.maximum()) - self._x(0))
        share = (at.x() - self._x(0)) / room
        self.setValue(round(min(1.0, max(0.0, share)) * self.maximum()))
        self.update()

    def _x(self, frame: int) -> float:
        low = _BETWEEN_SIDES_PX
        return low + frame / max(1, self.maximum()) * (self.width() - 2 * low)
