"""The keyboard's focus among panels, of which some stand behind the tab of another one.

To Qt such a panel is visible, only far outside of the window.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from shiboken6 import isValid

from studio.ui.sheet import PutAway


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


class StrayFocus(QObject):
    """Gives the keys that a field let go of to what the field stands in, or else to the picture.

    Nobody's keys are commands, too, but a time that is typed would be lost, and Tab would begin
    anywhere. What lies over the window hears the next Esc.
    """

    def __init__(self, window: QMainWindow, picture: QWidget) -> None:
        """Watch over ``window`` for as long as there is ``picture``."""
        super().__init__(picture)
        self._window, self._picture = window, picture
        self._left: QWidget | None = None
        # Later, as whoever takes the keys from one often gives them to another.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._give)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_change)

    def _on_change(self, old: QWidget | None, now: QWidget | None) -> None:
        if now is None and old is not None:
            self._left = old
            self._soon.start()

    def _give(self) -> None:
        left, self._left = self._left, None
        if QApplication.focusWidget() is not None or not self._window.isActiveWindow():
            return
        home = _put_away_around(left) if left is not None and isValid(left) else None
        if home is None and self._picture.isVisible():
            home = self._picture
        if home is not None:
            home.setFocus(Qt.FocusReason.OtherFocusReason)


def _put_away_around(one: QWidget) -> QWidget | None:
    """What is put away by Esc and has ``one`` in it, while it is in sight."""
    around = one.parentWidget()
    while around is not None and not isinstance(around, PutAway):
        around = around.parentWidget()
    return around if around is not None and around.isVisible() else None


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
