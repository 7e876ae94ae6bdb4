"""How panels are laid out: a column that scrolls but is never cut, and pages in one place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

_WIDEST_PX = 310


class PanelScroll(QScrollArea):
    """Scrolls ``inner``; the panel around it cannot be made so narrow that something is cut."""

    def __init__(self, inner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner = inner
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        bar = self.verticalScrollBar().sizeHint().width()
        wide = self._inner.minimumSizeHint().width() + bar
        # What is only there at times, such as a long remark, must not push the picture aside.
        return QSize(min(wide, _WIDEST_PX), super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class NarrowChoice(QComboBox):
    """Choices that may be narrower than the longest of them; the open list shows all of it."""

    def __init__(self, letters: int = 4, parent: QWidget | None = None) -> None:
        """Make one that keeps room for so many ``letters``."""
        super().__init__(parent)
        adjusted = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(adjusted)
        self.setMinimumContentsLength(letters)

    def showPopup(self) -> None:  # noqa: N802 (Qt's name)
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 24)
        super().showPopup()


def scrolling(inner: QWidget) -> PanelScroll:
    """What scrolls ``inner`` up and down and never sideways."""
    return PanelScroll(inner)


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
