"""Keys that a widget takes before the window hears them, whose plain keys are commands.

Qt offers every key to the widget with the focus before the window's commands get it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from studio.bridge.panel_keys import PanelName, deed_of


def offers(event: QEvent, *keys: Qt.Key) -> bool:
    """Whether ``event`` offers one of ``keys``."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() in keys
    )


def claims_deed(event: QEvent, panel: PanelName) -> bool:
    """Take a key that means something to ``panel`` if ``event`` offers it; whether it did."""
    offered = (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and bool(deed_of(panel, event))
    )
    if offered:
        event.accept()
    return offered


def claims(event: QEvent, *keys: Qt.Key) -> bool:
    """Take one of ``keys`` if ``event`` offers it; whether it did."""
    offered = offers(event, *keys)
    if offered:
        event.accept()
    return offered
