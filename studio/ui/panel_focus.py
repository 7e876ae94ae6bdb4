"""The keyboard's focus among panels of which some stand behind the tab of another one.

To Qt such a panel is visible, only far outside of the window.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget


def tab_on(window: QMainWindow, *, forward: bool) -> bool:
    """Give the focus to what Tab reaches next of what is in sight; ``False`` where nothing is."""
    here: QWidget = window.focusWidget() or window
    one = _beside(here, forward=forward)
    while not _stops(window, one):
        if one is here:
            return False
        one = _beside(one, forward=forward)
    if one is here:
        return False
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    one.setFocus(reason)
    return True


def leave_behind(dock: QDockWidget, *, seen: bool) -> None:
    """Take the focus from a panel that has gone behind another: what is typed would be unseen."""
    holder = QApplication.focusWidget()
    if not seen and holder is not None and dock.isAncestorOf(holder):
        holder.clearFocus()


def _beside(one: QWidget, *, forward: bool) -> QWidget:
    """The next in the ring that all widgets of a window are in."""
    return (one.nextInFocusChain() if forward else one.previousInFocusChain()) or one


def _stops(window: QMainWindow, one: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    return (
        one.focusPolicy() & tab == tab
        and one.focusProxy() is None
        and one.isEnabled()
        and one.window() is window
        and one.isVisibleTo(window)
        and not _is_behind(window, one)
    )


def _is_behind(window: QMainWindow, one: QWidget) -> bool:
    around: QWidget | None = one
    while around is not None and not isinstance(around, QDockWidget):
        around = around.parentWidget()
    return around is not None and not window.rect().intersects(around.geometry())
