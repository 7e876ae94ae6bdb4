"""The picture of a comparison: two frames under a wipe, side by side, or their difference."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme
from studio.wording import tr

CompareMode = Literal["wipe", "side", "difference"]
Picture = NDArray[np.uint8]
DIFFERENCE_GAIN = 4
_GAP_PX = 10


class ComparePicture(QWidget):
    """Shows two pictures of one size.

    Signals:
        wiped: where the wipe stands, 0 (all B) to 1 (all A).
    """

    wiped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 140)
        self.setAccessibleName(tr("Two takes compared"))
        self._mode: CompareMode = "wipe"
        self._wipe = 0.5
        self._pixels: tuple[Picture, Picture] | None = None
        self._images: tuple[QImage, QImage] | None = None
        self._apart: QImage | None = None
        self.names: tuple[str, str] = ("A", "B")

    @property
    def mode(self) -> CompareMode:
        """How the two are shown."""
        return self._mode

    @property
    def wipe(self) -> float:
        """Where the wipe stands, 0 to 1."""
        return self._wipe

    def set_mode(self, mode: CompareMode) -> None:
        """Show the two in another way."""
        self._mode = mode
        self._apart = None
        cursor = Qt.CursorShape.SplitHCursor if mode == "wipe" else Qt.CursorShape.ArrowCursor
        self.setCursor(cursor)
        self.update()

    def set_wipe(self, share: float) -> None:
        """Let A be seen up to ``share`` of the width."""
        self._wipe = min(1.0, max(0.0, share))
        self.wiped.emit(self._wipe)
        self.update()

    def show_pair(self, first: Picture, second: Picture) -> None:
        """Show these pictures, uint8 (H, W, 3), of the same frame."""
        self._pixels = (first, second)
        self._images = (_image(first), _image(second))
        self._apart = None
        self.update()

    def areas(self) -> tuple[QRectF, QRectF]:
        """Where A and B lie; the same place but side by side."""
        room = QRectF(self.rect()).adjusted(10, 10, -10, -10)
        shape = 16 / 9
        if self._images is not None:
            shape = self._images[0].width() / max(1, self._images[0].height())
        if self._mode != "side":
            area = _fitted(room, shape)
            return area, area
        half = (room.width() - _GAP_PX) / 2
        left = _fitted(QRectF(room.x(), room.y(), half, room.height()), shape)
        return left, left.translated(half + _GAP_PX, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(theme.SURROUND))
        first, second = self.areas()
        painter.fillRect(first, theme.colour(theme.SCREEN))
        painter.fillRect(second, theme.colour(theme.SCREEN))
        if self._images is None or self._pixels is None:
            return
        if self._mode == "difference":
            if self._apart is None:
                self._apart = _image(difference(*self._pixels))
            painter.drawImage(first, self._apart)
            _paint_name(painter, first, f"{self.names[0]} − {self.names[1]}", right=False)
            return
        painter.drawImage(second, self._images[1])
        if self._mode == "wipe":
            edge = first.x() + first.width() * self._wipe
            painter.save()
            painter.setClipRect(QRectF(first.x(), first.y(), edge - first.x(), first.height()))
            painter.drawImage(first, self._images[0])
            painter.restore()
            _paint_edge(painter, edge, first)
        else:
            painter.drawImage(first, self._images[0])
        _paint_name(painter, first, self.names[0], right=False)
        _paint_name(painter, second, self.names[1], right=True)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._drag(event.position())

    def _drag(self, at: QPointF) -> None:
        area, _ = self.areas()
        if self._mode == "wipe" and area.width() > 0:
            self.set_wipe((at.x() - area.x()) / area.width())


def difference(first: Picture, second: Picture) -> Picture:
    """How far two pictures are apart, channel by channel, four times as bright as it is."""
    apart = np.abs(first.astype(np.int16) - second.astype(np.int16)) * DIFFERENCE_GAIN
    return np.minimum(apart, 255).astype(np.uint8)


def _image(pixels: Picture) -> QImage:
    height, width, _ = pixels.shape
    held = np.ascontiguousarray(pixels)
    # A copy: the comparison outlives the player's ring of pictures.
    return QImage(held.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _fitted(room: QRectF, shape: float) -> QRectF:
    width = min(room.width(), room.height() * shape)
    area = QRectF(0, 0, width, width / shape)
    area.moveCenter(room.center())
    return area


def _paint_edge(painter: QPainter, x: float, area: QRectF) -> None:
    painter.setPen(QPen(theme.colour(theme.ON_PICTURE, 220), 1.5))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    painter.setBrush(theme.colour(theme.ON_PICTURE))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(x, area.center().y()), 5, 5)


def _paint_name(painter: QPainter, area: QRectF, name: str, *, right: bool) -> None:
    painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
    width = painter.fontMetrics().horizontalAdvance(name) + 16
    x = area.right() - 8 - width if right else area.x() + 8
    pill = QRectF(x, area.y() + 8, width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("#000000", 170))
    painter.drawRoundedRect(pill, 10, 10)
    painter.setPen(theme.colour(theme.ON_PICTURE))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, name)
