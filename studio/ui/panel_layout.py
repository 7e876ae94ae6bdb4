"""How panels are laid out: a column that scrolls, and pages of which one is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget


def scrolling(inner: QWidget) -> QScrollArea:
    """What scrolls ``inner`` up and down and never sideways."""
    scroll = QScrollArea()
    scroll.setWidget(inner)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return scroll


def fill(panel: QWidget, content: QWidget) -> None:
    """Let ``content`` be all that ``panel`` shows, from edge to edge."""
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)


def paged(*pages: QWidget) -> QStackedWidget:
    """Pages of which one is shown, the first at first."""
    stack = QStackedWidget()
    for page in pages:
        stack.addWidget(page)
    return stack
