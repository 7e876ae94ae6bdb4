"""Keys that belong to the field being written, in a window whose plain keys are commands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class FieldKeys(QObject):
    """Lets Return end a line wherever one is written; elsewhere it keeps the take under the hand.

    Qt's own fields claim letters, but not Return: what they leave comes up to the window.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _KEYS
            and not event.modifiers() & _COMMANDS
            and isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox))
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)
