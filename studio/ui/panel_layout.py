"""How panels are laid out: a column that scrolls but is never cut, and pages in one place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from studio.ui import theme

_WIDEST_PX = 310
_SETTLED_MS = 300


class PanelScroll(QScrollArea):
    """Scrolls ``inner``; the panel around it cannot be made so narrow that something is cut."""

    def __init__(self, inner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner = inner
        self._hint = QSize()
        self._wanted: QWidget | None = None
        self._put: int | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Tab goes to what is in it, which is then scrolled to.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setWidget(inner)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        bar = self.verticalScrollBar().sizeHint().width()
        wide = self._inner.minimumSizeHint().width() + bar
        # What is only there at times, such as a long remark, must not push the picture aside.
        return QSize(min(wide, _WIDEST_PX), super().minimumSizeHint().height())

    def bring(self, widget: QWidget) -> None:
        """Scroll to ``widget`` as soon as it has its place, unless the hand scrolls elsewhere."""
        self._wanted, self._put = widget, None
        QTimer.singleShot(0, self, self._scroll_there)
        QTimer.singleShot(_SETTLED_MS, self, self._leave)

    def _scroll_there(self) -> None:
        if self._wanted is None or not isValid(self._wanted):
            return
        bar = self.verticalScrollBar()
        if self._put is not None and self._put != bar.value():
            self._leave()
            return
        self.ensureWidgetVisible(self._wanted, 0, theme.GAP)
        self._put = bar.value()

    def _leave(self) -> None:
        """From now on the panel stays where the hand puts it."""
        self._wanted = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            if self._wanted is not None:
                QTimer.singleShot(0, self, self._scroll_there)
                QTimer.singleShot(0, self, self._leave)
            hint = self.minimumSizeHint()
            if hint != self._hint:  # or all of the window would be laid out for nothing
                self._hint = hint
                self.updateGeometry()
        return super().eventFilter(watched, event)


class Pages(QStackedWidget):
    """Pages in one place, which is as small as the one in sight can be.

    Qt keeps room for the largest of them, and those that are not seen push aside what is.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _number: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint()


class NarrowChoice(QComboBox):
    """Choices that may be narrower than the longest of them; the open list shows all of it."""

    def __init__(self, letters: int = 4, parent: QWidget | None = None) -> None:
        """Make one that keeps room for so many ``letters``."""
        super().__init__(parent)
        adjusted = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(adjusted)
        self.setMinimumContentsLength(letters)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Say with dots that there is more, where Qt would cut through a letter."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        field = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        beside = 0 if option.currentIcon.isNull() else self.iconSize().width() + 4
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - beside - 2
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:  # noqa: N802 (Qt's name)
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 24)
        super().showPopup()


def scrolling(inner: QWidget) -> PanelScroll:
    """What scrolls ``inner`` up and down and never sideways."""
    return PanelScroll(inner)


def footed(scroll: PanelScroll, *rows: Sequence[QWidget]) -> QWidget:
    """``scroll`` over a foot that stays in sight: what the panel is there for is done there.

    Args:
        scroll: what is scrolled.
        rows: of the foot; the first of a row gets twice the room of the others.
    """
    foot = QFrame()
    foot.setProperty("panel", True)
    column = QVBoxLayout(foot)
    column.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
    column.setSpacing(theme.GAP)
    for widgets in rows:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for place, widget in enumerate(widgets):
            row.addWidget(widget, 1 if place else 2)
        column.addLayout(row)
    whole = QWidget()
    outer = QVBoxLayout(whole)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    outer.addWidget(scroll, 1)
    outer.addWidget(foot)
    return whole


def tab_through(*widgets: QWidget) -> None:
    """Let Tab go through ``widgets`` in this order, whenever each of them was made."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def fill(panel: QWidget, content: QWidget) -> None:
    """Let ``content`` be all that ``panel`` shows, from edge to edge."""
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)


def padded(inner: QWidget) -> QVBoxLayout:
    """A column that is all of ``inner``, with the room that a panel leaves at its edges."""
    column = QVBoxLayout(inner)
    column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
    column.setSpacing(theme.GAP)
    return column


def field_grid(part: QWidget) -> QGridLayout:
    """A grid that is all of ``part``: names, and fields that take the room there is."""
    grid = QGridLayout(part)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.GAP)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    return grid


def yielding(pages: QStackedWidget, least_px: int) -> QStackedWidget:
    """Let pages be as low as ``least_px``, whatever the highest of them asks for."""
    pages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
    pages.setMinimumHeight(least_px)
    return pages


def paged(*pages: QWidget) -> QStackedWidget:
    """Pages of which one is shown, the first at first."""
    stack = QStackedWidget()
    for page in pages:
        stack.addWidget(page)
    return stack
