"""Gestures that are the same on every panel: drops, clicks on rows, and colours looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
PICTURE = "#cd5a46"


class FlatReader:
    """Pictures of one colour and a short hum, in the place of files."""

    def picture(self, key, picture, height_px):
        return np.full((height_px, height_px * 16 // 9, 3), (205, 90, 70), np.uint8)

    def sound(self, key):
        return np.full((2400, 2), 0.5, np.float32), 24_000

    def is_there(self, key):
        return True


def files(*paths: Path) -> QMimeData:
    """What another program drags."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(
    widget: QWidget,
    mime: QMimeData,
    at: QPoint | None = None,
    action: Qt.DropAction = Qt.DropAction.CopyAction,
    keys: Qt.KeyboardModifier = NONE,
) -> bool:
    """Drag over ``widget`` and let go, ``keys`` held; whether it would take what is carried."""
    point = widget.rect().center() if at is None else at
    enter = QDragEnterEvent(point, action, mime, LEFT, keys)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(widget, QDragMoveEvent(point, action, mime, LEFT, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(point), action, mime, LEFT, keys))
    return True


def click_row(view: QAbstractItemView, row: int) -> None:
    """Click on a row of a list."""
    area = view.visualRect(view.model().index(row, 0))
    QTest.mouseClick(view.viewport(), LEFT, NONE, area.center())


def double_click_row(view: QAbstractItemView, row: int) -> None:
    """Double click on a row of a list, as a hand does it."""
    click_row(view, row)
    area = view.visualRect(view.model().index(row, 0))
    QTest.mouseDClick(view.viewport(), LEFT, NONE, area.center())


def colours(widget: QWidget, area: QRect | None = None) -> set[str]:
    """Every colour that ``widget`` shows, or a part of it."""
    image = (widget.grab() if area is None else widget.grab(area)).toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
