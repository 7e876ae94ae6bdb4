"""The tabs of a film's timelines: opened by a click, named in place, put in order by dragging."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QWidget

from studio.document.cut_changes import move_timeline, open_timeline, rename_timeline
from studio.document.film import Film
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.ui.timeline_fields import PlaceField
from studio.wording import tr

TABS_PX = 26
_ROOM_PX = 150

Apply = Callable[[Callable[[Film], Film], str], bool]


class TimelineTabs(QTabBar):
    """One tab a timeline; a single one is hidden, but while it is named.

    Signals:
        room_changed: they come into sight or go, where the film is as it was.
    """

    room_changed = Signal()

    def __init__(self, store: Store, apply: Apply, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self._store = store
        self._apply = apply
        self._shown: tuple[tuple[str, str], ...] = ()
        self._following = False
        self._field: PlaceField | None = None
        self.setDocumentMode(True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(store.read_only is None)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(tr("Timelines"))
        self.currentChanged.connect(self._opened)
        self.tabMoved.connect(self._moved)
        self.follow()

    def follow(self) -> bool:
        """Show the film's timelines as they are; returns whether there are tabs to be seen."""
        film = self._store.film
        wanted = tuple((one.id, one.name) for one in film.timelines)
        self._following = True
        if wanted != self._shown:
            self._shown = wanted
            while self.count() > len(wanted):
                self.removeTab(self.count() - 1)
            for at, (name, text) in enumerate(wanted):
                if at == self.count():
                    self.addTab(text)
                self.setTabText(at, text)
                self.setTabData(at, name)
        ids = [name for name, _ in wanted]
        active = active_timeline(film).id
        if active in ids:
            self.setCurrentIndex(ids.index(active))
        self._following = False
        seen = len(wanted) > 1 or self._field is not None
        self.setVisible(seen)
        return seen

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        self.rename(self.tabAt(event.position().toPoint()))

    def rename_open(self) -> None:
        """Let the open timeline's name be written."""
        self.rename(self.currentIndex())

    def rename(self, at: int) -> None:
        """Let a timeline's name be written in its tab; Return keeps it, Escape leaves it."""
        if not 0 <= at < self.count():
            return
        timeline_id = str(self.tabData(at))
        self._field = field = PlaceField(
            self.tabText(at),
            QRect(),
            lambda name: self._apply(
                lambda film: rename_timeline(film, timeline_id, name), tr("Rename timeline")
            ),
            self,
        )
        field.setAccessibleName(tr("Name of the timeline"))
        field.ended.connect(self._named)
        self.room_changed.emit()
        # Only now: a tab that was hidden has no place before.
        tab = self.tabRect(at)
        field.setGeometry(tab.x() + 1, 1, max(_ROOM_PX, tab.width() - 2), TABS_PX - 2)
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _named(self) -> None:
        self._field = None
        if self.hasFocus():
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.room_changed.emit()

    def _opened(self, at: int) -> None:
        if not self._following and at >= 0:
            timeline_id = str(self.tabData(at))
            self._apply(lambda film: open_timeline(film, timeline_id), tr("Open timeline"))

    def _moved(self, _from: int, to: int) -> None:
        if not self._following:
            # Qt has moved the tab itself; the film follows, and the tabs need not.
            ids = [str(self.tabData(at)) for at in range(self.count())]
            self._shown = tuple((name, self.tabText(at)) for at, name in enumerate(ids))
            timeline_id = ids[to]
            self._apply(lambda film: move_timeline(film, timeline_id, to), tr("Order timelines"))

    def place(self, at: QPoint, width: int) -> None:
        """Stand above the view, from ``at`` on."""
        self.setGeometry(at.x(), at.y(), width, TABS_PX)
