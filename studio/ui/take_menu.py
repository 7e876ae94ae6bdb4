"""The menu of a take: what can be done with the one under the hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from studio.bridge.actions import ActionRegistry

ENTRIES = (
    "shot.keep", "shot.reject", "-",
    "shot.edit", "shot.region", "shot.ladder", "shot.rerun", "-",
    "shot.full_from_preview", "-",
    "shot.extend", "shot.extend_back", "-",
    "shot.compare", "shot.judge", "-",
    "shot.favourite", "shot.note", "-",
    "shot.reproduce", "shot.use_frame",
)  # fmt: skip


def take_menu(parent: QWidget, actions: ActionRegistry) -> QMenu:
    """What can be done with the take under the hand."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for entry in ENTRIES:
        if entry == "-":
            menu.addSeparator()
        else:
            menu.addAction(actions[entry])
    return menu
