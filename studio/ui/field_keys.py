"""Keys that belong to the field being written, in a window whose plain keys are commands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QToolButton,
    QWidget,
)

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_LINES = (QLineEdit, QAbstractSpinBox)
_BUTTONS = (QPushButton, QToolButton)
_TEXTS = (*_LINES, QPlainTextEdit, QTextEdit)


class FieldKeys(QObject):
    """Lets Return end a line and press a button, and Esc leave a field where something is written.

    Elsewhere Return keeps the take under the hand and Esc stops its render. Qt's own fields claim
    letters, but not these: what they leave comes up to the window, or to the dock that floats.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if not isinstance(event, QKeyEvent):
            return False
        field = QApplication.focusWidget()
        if field is not None and is_own(field, event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                # The field had no use of its own for it: the next Esc is the window's again.
                field.clearFocus()
                return True
            if event.type() == QEvent.Type.KeyPress and isinstance(field, _BUTTONS):
                field.click()
                return True
        return False


def go_to(button: QWidget) -> None:
    """Give a button the keys as Tab does, so that Return presses it."""
    button.setFocus(Qt.FocusReason.ShortcutFocusReason)
    # Qt notes it by itself only where the focus changes at once, in a window that is in front.
    button.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def is_written_in(field: QWidget | None) -> bool:
    """Whether ``field`` is one that is being written in."""
    return isinstance(field, _TEXTS)


def is_own(field: QWidget, event: QKeyEvent) -> bool:
    """Whether a key is the field's that has the focus, before it is a command."""
    if event.key() == Qt.Key.Key_Escape:
        return isinstance(field, _TEXTS) and event.modifiers() == Qt.KeyboardModifier.NoModifier
    plain = not event.modifiers() & _COMMANDS
    return plain and event.key() in _ENDS and (isinstance(field, _LINES) or _is_gone_to(field))


def _is_gone_to(field: QWidget) -> bool:
    """Whether the hand went to a button by keys: one that was clicked leaves Return to commands."""
    by_keys = Qt.WidgetAttribute.WA_KeyboardFocusChange
    return isinstance(field, _BUTTONS) and field.window().testAttribute(by_keys)
