"""A film that takes no changes: what would change it is dim, or answers with the way out."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from studio.bridge.actions import ActionRegistry
from studio.ui.field_keys import is_own
from studio.wording import term, tr

WHY = term("This film is open for reading only. Save a copy of it to change anything.")


class Readable(Protocol):
    """A panel that can be read by itself."""

    def only_read(self) -> None:
        """Leave what looks at the film as it is, and shut what would change it, for good."""
        ...


def shut(*widgets: QWidget) -> None:
    """Let nothing be done with ``widgets`` and what is in them, which say why."""
    for widget in widgets:
        widget.setEnabled(False)
        widget.setToolTip(tr(WHY))


def shut_menu(menu: QMenu, *looking: str) -> None:
    """Let nothing be chosen in ``menu`` but what reads ``looking``."""
    for action in menu.actions():
        action.setEnabled(action.text() in looking)


class RefusedKeys(QObject):
    """Has the keys of commands answered that the film refuses, as they would do nothing else.

    It hears what no field and no list has claimed for itself: what a command would be looked for
    by next.
    """

    def __init__(self, actions: ActionRegistry, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        hand = QApplication.focusWidget()
        if hand is not None and is_own(hand, event):
            return False
        refused = self._refused_by(QKeySequence(event.keyCombination()))
        if refused:
            event.accept()  # or the list under the hand would search for the letter
            self._actions.trigger(refused)
        return bool(refused)

    def _refused_by(self, keys: QKeySequence) -> str:
        for spec, action in self._actions:
            if self._actions.refuses(spec.id) and keys in action.shortcuts() and _is_heard(action):
                return spec.id
        return ""


def _is_heard(action: QAction) -> bool:
    """Whether the keys of ``action`` would be heard where the hand is."""
    hand = QApplication.focusWidget()
    return action.shortcutContext() == Qt.ShortcutContext.WindowShortcut or any(
        isinstance(one, QWidget) and hand is not None and (one is hand or one.isAncestorOf(hand))
        for one in action.associatedObjects()
    )
