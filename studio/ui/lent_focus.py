"""The keys' way back: what is laid over the window takes them, and who had them gets them again."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class LentFocus:
    """Remembers who had the keyboard's focus before something was laid over ``window``."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._lender: QWidget | None = None

    def borrow(self, borrower: QWidget) -> None:
        """Let ``borrower`` have the keys."""
        holder = QApplication.focusWidget()
        if holder is not None and holder is not borrower and not borrower.isAncestorOf(holder):
            self._lender = holder
        borrower.setFocus()

    def give_back(self) -> None:
        """Let who had the keys have them again, or the window if that is gone or hidden."""
        lender, self._lender = self._lender, None
        if lender is not None and isValid(lender) and lender.isVisible() and lender.isEnabled():
            lender.setFocus()
        else:
            self._window.setFocus()
