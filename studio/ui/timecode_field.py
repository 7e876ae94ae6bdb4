"""The time under the picture: read while the film plays, typed over to go somewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.words_field import WordsField
from studio.wording import tr

_WIDEST = "00:00:00:00"
_FRAME_PX = 14
_SIGNS = ("+", "-")


class TimecodeField(WordsField):
    """A time that looks like a label until a hand writes on it.

    Signals:
        begun: it is being written on.
        entered: Return was pressed; carries what was written.
        abandoned: Esc was pressed.
        ended: it is a label again.
    """

    begun = Signal()
    entered = Signal(str)
    abandoned = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._time = "00:00:00:00"
        self._fresh = False
        self.setFont(theme.font(15, weight=500, tabular=True))
        self.setText(self._time)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(_WIDEST) + _FRAME_PX)
        self.setAccessibleName(tr("Timecode"))
        self.setToolTip(tr("Type a time to go there, or + and frames to go on by them."))
        self.setStyleSheet(
            "QLineEdit { background: transparent; border: 1px solid transparent;"
            " border-radius: 3px; padding: 1px 4px; }"
            f"QLineEdit:hover {{ border-color: {theme.LINE_STRONG}; }}"
            f"QLineEdit:focus {{ background: {theme.FIELD}; border-color: {theme.ACCENT}; }}"
        )
        self.returnPressed.connect(lambda: self.entered.emit(self.text()))

    @property
    def time(self) -> str:
        """The time that is shown where nobody writes."""
        return self._time

    def show_time(self, time: str) -> None:
        """Show another time, once nobody writes on it."""
        self._time = time
        if not self.hasFocus():
            self.setText(time)

    def begin(self, first: str = "") -> None:
        """Let it be written on, from ``first`` on where that is given."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if first:
            self.setText(first)
        else:
            self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        super().focusInEvent(event)
        self._fresh = event.reason() == Qt.FocusReason.MouseFocusReason
        self.begun.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setText(self._time)
            self.ended.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        # The press that came for the field means all of it; the next one a letter.
        if self._fresh:
            self._fresh = False
            self.selectAll()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if not self.hasSelectedText():
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self.abandoned.emit()
            return
        if self.text() in _SIGNS and event.text() in _SIGNS:
            self.clear()  # another sign in the place of the one that stands there
        super().keyPressEvent(event)
