"""A hand on the timeline: real presses, moves and releases, and what became of the cut."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """Presses, drags and lets go on a view, and looks at what became of the cut."""

    def __init__(self, view):
        self.view = view
        self.applied = []
        view.store.changed.subscribe(lambda _before, after: self.applied.append(after))

    def clip(self, clip_id):
        place = find_clip(active_timeline(self.view.store.film), clip_id)
        return None if place is None else place.clip

    def track_of(self, clip_id):
        timeline = active_timeline(self.view.store.film)
        return timeline.tracks[find_clip(timeline, clip_id).track].id

    def rect(self, clip_id):
        geometry, timeline = self.view.geometry_now(), self.view.timeline
        place = find_clip(timeline, clip_id)
        return geometry.clip_rect(geometry.lane_of(place.track), place.clip)

    def middle(self, clip_id):
        rect = self.rect(clip_id)
        return QPoint(rect.center().x(), rect.bottom() - 6)

    def head(self, clip_id):
        rect = self.rect(clip_id)
        return QPoint(rect.left() + 1, rect.bottom() - 6)

    def tail(self, clip_id):
        rect = self.rect(clip_id)
        return QPoint(rect.right() - 1, rect.bottom() - 6)

    def press(self, point, keys=NONE):
        QTest.mousePress(self.view.viewport(), LEFT, keys, point)

    def move(self, point, keys=NONE):
        viewport = self.view.viewport()
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            QPointF(point),
            QPointF(viewport.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            LEFT,
            keys,
        )
        QApplication.sendEvent(viewport, event)

    def release(self, point, keys=NONE):
        QTest.mouseRelease(self.view.viewport(), LEFT, keys, point)

    def drag(self, start, end, keys=NONE):
        self.press(start, keys)
        self.move((start + end) / 2, keys)
        self.move(end, keys)
        self.release(end, keys)

    def click(self, point, keys=NONE):
        self.press(point, keys)
        self.release(point, keys)

    def by(self, frames):
        return QPoint(round(frames * self.view.session.zoom), 0)
