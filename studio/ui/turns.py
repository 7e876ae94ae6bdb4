"""Turns: what panels have to show anew, a little at every turn of the event loop.

Many things happen at once when a render ends: takes and jobs are recorded one after the other, and
half the panels show something of each. A panel is shown anew once for all of them, one panel after
the other with keys, mouse and painting in between. What a hand does is shown at once. What is not
to be seen waits until it is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

TURN_S = 0.004


class Refresh(QObject):
    """Something that is to be shown anew; made by ``Turns.add``."""

    def __init__(self, turns: Turns, deed: Callable[[], object], panel: QWidget | None) -> None:
        super().__init__(turns)
        self._turns, self._deed, self.panel = turns, deed, panel
        self.asked = False
        if panel is not None:
            panel.installEventFilter(self)

    @property
    def in_sight(self) -> bool:
        """Whether its panel is to be seen, as far as it has one.

        A dock behind another tab counts as visible to Qt, and lies outside of the window.
        """
        panel = self.panel
        return panel is None or (panel.isVisible() and not panel.visibleRegion().isEmpty())

    def ask(self) -> None:
        """Show it anew soon, or when it comes into sight; asked twice it is done once."""
        if not self.asked:
            self.asked = True
            self._turns.put(self)

    def show(self) -> None:
        """Show it anew at once, or when it comes into sight: a hand has just changed it."""
        self.asked = True
        if self.in_sight:
            self.pay()

    def pay(self) -> None:
        """Show it anew if that is still to be done."""
        if self.asked:
            self.asked = False
            self._deed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        # Before its first paint: what is old is never seen.
        if self.asked and event.type() == QEvent.Type.Show:
            self.pay()
        return False


class Turns(QObject):
    """Lets refreshes have their turns, in the order in which they were asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Refresh] = []
        self._line: deque[Refresh] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    def add(self, deed: Callable[[], object], panel: QWidget | None = None) -> Refresh:
        """What ``deed`` shows in ``panel``; without a panel it is always in sight."""
        refresh = Refresh(self, deed, panel)
        self._all.append(refresh)
        return refresh

    def put(self, refresh: Refresh) -> None:
        """Let ``refresh`` have a turn."""
        self._line.append(refresh)
        if not self._timer.isActive():
            self._timer.start()

    def come_into_sight(self, panel: QWidget) -> None:
        """Show in ``panel`` what waits for it to be seen."""
        for refresh in self._all:
            if refresh.panel is panel:
                refresh.pay()

    def settle(self) -> None:
        """Show everything that waits at once, also what is not in sight."""
        while asked := [refresh for refresh in self._all if refresh.asked]:
            for refresh in asked:
                refresh.pay()

    def close(self) -> None:
        """Show nothing any more."""
        self._timer.stop()
        self._line.clear()
        for refresh in self._all:
            refresh.asked = False

    def _turn(self) -> None:
        until = time.perf_counter() + TURN_S
        while self._line:
            refresh = self._line.popleft()
            if refresh.in_sight:
                refresh.pay()
            if time.perf_counter() >= until:
                break
        if self._line:
            self._timer.start()
