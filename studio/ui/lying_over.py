"""What lies over the window, and stays there whatever panel is brought to the front below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow, QWidget

_MARK = "lies_over"


def lie_over(widget: QWidget) -> None:
    """Let ``widget``, a child of the window, lie over all of its panels."""
    widget.setProperty(_MARK, True)


class KeptBelow(QObject):
    """Keeps the panel that it filters below what lies over ``window``.

    Qt puts a panel over everything else when its tab is brought to the front.
    """

    def __init__(self, window: QMainWindow, panel: QWidget) -> None:
        super().__init__(panel)
        self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.ZOrderChange:
            # Only then: Qt turns to the tab of a panel that it finds over everything else.
            QTimer.singleShot(0, self, self._lift)
        return False

    def _lift(self) -> None:
        for child in self._window.children():  # the lowest first, so that their order stays
            if isinstance(child, QWidget) and child.property(_MARK) and child.isVisible():
                child.raise_()
