"""Keys that a widget takes before the window hears them, whose plain keys are commands.

Qt offers every key to the widget with the focus before the window's commands get it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def offers(event: QEvent, *keys: Qt.Key) -> bool:
    """Whether ``event`` offers one of ``keys``."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() in keys
    )


def claims(event: QEvent, *keys: Qt.Key) -> bool:
    """Take one of ``keys`` if ``event`` offers it; whether it did."""
    offered = offers(event, *keys)
    if offered:
        event.accept()
    return offered
