"""The small widgets that every panel is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.time_words import time_left
from studio.ui import icons, theme
from studio.ui.panel_layout import NarrowChoice
from studio.wording import tr


def icon_button(
    icon_name: str, tip: str, clicked: Callable[[], object] | None = None, *, toggles: bool = False
) -> QToolButton:
    """A flat button with an icon; ``tip`` also names it to screen readers."""
    button = QToolButton()
    button.setIcon(icons.icon(icon_name))
    button.setIconSize(QSize(theme.ICON_SIZE, theme.ICON_SIZE))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(toggles)
    button.setAutoRaise(True)
    if clicked is not None:
        button.clicked.connect(lambda *_: clicked())
    return button


def push_button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    primary: bool = False,
    quiet: bool = False,
    icon_name: str = "",
) -> QPushButton:
    """A button with words: the panel's main one, a quiet one, or a plain one."""
    button = QPushButton(text)
    button.setProperty("quiet", quiet)
    set_primary(button, icon_name, primary=primary)
    if clicked is not None:
        button.clicked.connect(lambda *_: clicked())
    return button


def set_primary(button: QPushButton, icon_name: str = "", *, primary: bool) -> None:
    """Let a button be the panel's main one, or a plain one."""
    if button.property("primary") == primary:
        return
    button.setProperty("primary", primary)
    if icon_name:
        button.setIcon(icons.icon(icon_name, theme.ON_ACCENT if primary else theme.TEXT_SOFT))
    if button.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        button.style().unpolish(button)
        button.style().polish(button)


def small_label(text: str) -> QLabel:
    """The name of a field or of a part of a panel, small and dim."""
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setFont(theme.font(theme.FONT_SMALL_PX))
    return label


class SteadyLabel(QLabel):
    """Small words that change often, in room for so many letters; what is longer ends in dots.

    Around a label of any size the whole window is laid out anew at every word.
    """

    def __init__(self, letters: int) -> None:
        super().__init__()
        self.setProperty("dim", True)
        self.setFont(theme.font(theme.FONT_SMALL_PX))
        self.setContentsMargins(10, 2, 10, 2)
        metrics = self.fontMetrics()
        self._room_px = letters * metrics.averageCharWidth()
        self.setFixedSize(self._room_px + 20, metrics.height() + 4)

    def setText(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Say ``text``; where there is no room for all of it, the whole is under the pointer."""
        dots = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(text, dots, self._room_px)
        self.setToolTip(text if shown != text else "")
        super().setText(shown)


def choice(name: str, values: Iterable[tuple[str, object]], letters: int = 0) -> QComboBox:
    """A box of words, each with the value that it stands for; ``name`` is for screen readers.

    It is as wide as its longest words, or may be as narrow as so many ``letters``.
    """
    box = NarrowChoice(letters) if letters else QComboBox()
    box.setAccessibleName(name)
    for words, value in values:
        box.addItem(words, value)
    return box


class SectionHeader(QWidget):
    """A panel's or section's name, with room for its buttons at the right."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.WIDE, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        self._row.setSpacing(2)
        self._label = QLabel(text)
        self._label.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
        self._label.setProperty("soft", True)
        self._note = QLabel()
        self._note.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        self._note.setProperty("dim", True)
        self._row.addWidget(self._label)
        self._row.addSpacing(theme.TIGHT)
        self._row.addWidget(self._note)
        self._row.addStretch(1)
        self.setMinimumHeight(32)

    def set_text(self, text: str) -> None:
        """Change the name."""
        self._label.setText(text)

    def set_note(self, text: str) -> None:
        """Say something beside the name, such as a count."""
        self._note.setText(text)

    def add(self, widget: QWidget) -> None:
        """Put ``widget`` at the right end."""
        self._row.addWidget(widget)


def roomy(box: QAbstractSpinBox) -> None:
    """Set a number a little off its edge, which no style sheet does, and let it be narrow."""
    box.lineEdit().setTextMargins(6, 0, 4, 0)
    box.setMinimumWidth(60)


def choose_alone(view: QAbstractItemView, index: QModelIndex) -> None:
    """Make an item the current and only selected one, whatever keys are held.

    ``setCurrentIndex`` asks the keyboard: the keys of a command, such as Ctrl+Shift+N, would pick
    everything up to the item.
    """
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.selectionModel().setCurrentIndex(index, flag)


class EmptyState(QWidget):
    """What an empty panel says: what belongs here, and the one thing to do next."""

    acted = Signal()

    def __init__(
        self,
        icon_name: str,
        title: str,
        hint: str,
        action: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.ROOM, theme.TIGHT, theme.ROOM, theme.TIGHT)
        column.setSpacing(theme.TIGHT)
        column.addStretch(1)
        self._picture = QLabel()
        self._picture.setPixmap(icons.pixmap(icon_name, 32, theme.TEXT_FAINT, 2.0))
        self._picture.setContentsMargins(0, 0, 0, theme.TIGHT)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._title = _centred(title, theme.font(13, weight=500), "soft")
        self._hint = _centred(hint, theme.font(), "dim")
        self._button = push_button(action, self.acted.emit) if action else None
        self.setToolTip(hint)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        if self._button is not None:
            column.addSpacing(theme.GAP)
            column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave the picture out where the words would be cut for it, and then the words."""
        super().resizeEvent(event)
        wide = self.width() - 2 * theme.ROOM
        hint, picture = self._hint.heightForWidth(wide), self._picture.sizeHint().height()
        room = self.height() - 2 * theme.TIGHT - self._title.heightForWidth(wide) - theme.GAP
        if self._button is not None:
            room -= self._button.sizeHint().height() + theme.GAP + theme.TIGHT
        self._hint.setVisible(room >= hint)
        self._picture.setVisible(room >= hint + picture + theme.TIGHT)


def _centred(text: str, font: QFont, shade: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font)
    label.setProperty(shade, True)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


class Chip(QWidget):
    """A pill with a short text, such as ``@Ava`` or a take's state."""

    clicked = Signal()

    def __init__(
        self,
        text: str,
        colour: str = theme.TEXT_SOFT,
        *,
        filled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._colour = colour
        self._filled = filled
        self.setFont(theme.font(theme.FONT_SMALL_PX, weight=500))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_text(self, text: str, colour: str | None = None) -> None:
        """Say something else, in another colour where one is given."""
        if (text, colour or self._colour) == (self._text, self._colour):
            return
        self._text = text
        self._colour = colour or self._colour
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 16, 19)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.colour(self._colour, 0 if self._filled else 110))
        painter.setBrush(theme.colour(self._colour, 255 if self._filled else 30))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setPen(theme.colour(theme.ON_ACCENT if self._filled else self._colour))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class StrengthSlider(QWidget):
    """A slider from nothing to everything that says in words what the value keeps.

    Signals:
        changed: the strength, 0 to 1.
    """

    changed = Signal(float)

    def __init__(
        self,
        name: str,
        words: tuple[tuple[float, str], ...],
        value: float = 0.5,
        parent: QWidget | None = None,
    ) -> None:
        """Make a slider; ``words`` are rising strengths, each with what is said up to it."""
        super().__init__(parent)
        self._words = words
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 100)
        self._slider.setAccessibleName(name)
        self._value = QLabel()
        self._value.setFont(theme.font(tabular=True))
        self._value.setProperty("soft", True)
        self._said = QLabel()
        self._said.setFont(theme.font(theme.FONT_SMALL_PX))
        self._said.setProperty("dim", True)
        self._said.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(QLabel(name))
        top.addStretch(1)
        top.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._slider)
        column.addWidget(self._said)
        self._slider.valueChanged.connect(self._moved)
        self._slider.setValue(round(value * 100))
        self._say()

    @property
    def value(self) -> float:
        """The strength, 0 to 1."""
        return self._slider.value() / 100

    def set_value(self, value: float) -> None:
        """Move the slider to ``value``, 0 to 1."""
        self._slider.setValue(round(value * 100))

    def _moved(self) -> None:
        self._say()
        self.changed.emit(self.value)

    def _say(self) -> None:
        self._value.setText(f"{self.value:.0%}")
        said = next((text for upto, text in self._words if self.value <= upto), "")
        self._said.setText(tr(said))


class ProgressLine(QWidget):
    """A thin bar with what is going on, the time left, and a way to stop."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setFont(theme.font(theme.FONT_SMALL_PX))
        self._text.setProperty("soft", True)
        self._left = QLabel()
        self._left.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        self._left.setProperty("dim", True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setRange(0, 1000)
        self._stop = icon_button("stop", tr("Stop"), self.stopped.emit)
        words = QHBoxLayout()
        words.addWidget(self._text, 1)
        words.addWidget(self._left)
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addLayout(words)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(column, 1)
        row.addWidget(self._stop)

    def show_progress(self, text: str, share: float | None, left_s: float | None = None) -> None:
        """Show how far something is: ``share`` from 0 to 1, or ``None`` where nobody knows."""
        self._text.setText(text)
        self._left.setText(time_left(left_s))
        self._bar.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self._bar.setValue(round(share * 1000))
