"""The probe of the timeline: painted and felt at random places while somebody times it."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from studio.bridge.session import Session
from studio.document.store import Store
from studio.ui import theme
from studio.ui.timeline_geometry import HEADER_PX, TOP_PX
from studio.ui.timeline_hits import hit_test
from studio.ui.timeline_view import TimelineView


class TimelineProbe:
    """A timeline in a view, painted and felt at random places."""

    def __init__(self, view: TimelineView, chance: random.Random) -> None:
        self._view, self._chance = view, chance

    def paint(self) -> None:
        """Paint everything at another zoom and place, as while zooming and scrolling."""
        view = self._view
        view.session.set_zoom(10 ** self._chance.uniform(-2.2, 1.0))
        bar = view.horizontalScrollBar()
        bar.setValue(self._chance.randint(0, max(0, bar.maximum())))
        view.repaint_all()
        # Not grab(): that would draw into a picture of its own as well.
        view.viewport().repaint()

    def hit(self) -> None:
        """Ask what lies under a place."""
        size = self._view.viewport().size()
        x = self._chance.randint(HEADER_PX, size.width() - 1)
        point = QPoint(x, self._chance.randint(TOP_PX, size.height() - 1))
        hit_test(self._view.geometry_now(), self._view.timeline, point)


@contextmanager
def lone_view(store: Store, size_px: tuple[int, int]) -> Iterator[TimelineView]:
    """A timeline's view in a window of its own."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    theme.dress(app)
    view = TimelineView(store, Session())
    view.resize(*size_px)
    view.show()
    app.processEvents()
    try:
        yield view
    finally:
        view.close()
        view.deleteLater()
        app.processEvents()
