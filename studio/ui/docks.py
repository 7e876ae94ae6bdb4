"""The docks: where the panels of a film stand, to begin with and after the director moved them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolButton, QWidget

from studio.bridge.actions import ActionRegistry
from studio.ui import theme
from studio.ui.breathing import breathe
from studio.ui.field_keys import FieldKeys
from studio.ui.lying_over import KeptBelow
from studio.ui.panel_focus import leave_behind
from studio.ui.widgets import SectionHeader
from studio.wording import term, tr

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


_LOW_PX = 820
_RIGHT_PX = 300
_TRACKS_PX = 336


@dataclass(frozen=True)
class Place:
    """Where a panel is docked to begin with."""

    key: str
    title: str
    area: Qt.DockWidgetArea


PLACES = (
    Place("bins", term("Bins"), _LEFT),
    Place("cards", term("Cards"), _LEFT),
    Place("shots", term("Shots"), _LEFT),
    Place("shot", term("Shot"), _RIGHT),
    Place("takes", term("Takes"), _RIGHT),
    Place("edit", term("Edit"), _RIGHT),
    Place("clip", term("Clip"), _RIGHT),
    Place("mix", term("Mix"), _RIGHT),
    Place("export", term("Export"), _RIGHT),
    Place("timeline", term("Timeline"), _BOTTOM),
    Place("storyboard", term("Storyboard"), _BOTTOM),
    Place("queue", term("Queue"), _RIGHT),
)
_CUT_TOOLS = (
    "cut.select",
    "cut.razor",
    "cut.ripple",
    "cut.roll",
    "cut.slip",
    "cut.slide",
    "",
    "cut.snap",
    "cut.linked",
    "cut.marker",
    "",
    "view.zoom_out",
    "view.fit",
    "view.zoom_in",
)


class Docks:
    """The docked panels of one film in one window."""

    def __init__(self, window: QMainWindow, panels: Mapping[str, QWidget]) -> None:
        """Dock ``panels``, by the keys of ``PLACES``."""
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        for place in PLACES:
            dock = QDockWidget(tr(place.title), window)
            dock.setObjectName(f"dock_{place.key}")
            dock.setWidget(panels[place.key])
            # Keys of a dock that floats do not come up to the window.
            dock.installEventFilter(FieldKeys(dock))
            dock.installEventFilter(KeptBelow(window, dock))
            dock.visibilityChanged.connect(lambda seen, dock=dock: leave_behind(dock, seen=seen))
            self._docks[place.key] = dock
            breathe()
        self.arrange()

    def __getitem__(self, key: str) -> QDockWidget:
        return self._docks[key]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._docks.values())

    def show(self, key: str) -> None:
        """Bring a panel to the front."""
        self._docks[key].show()
        self._docks[key].raise_()

    def arrange(self) -> None:
        """Put the panels where they are to begin with."""
        window, docks = self._window, self._docks
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        for place in PLACES:
            if docks[place.key].isFloating():
                docks[place.key].setFloating(False)
            window.addDockWidget(place.area, docks[place.key])
            docks[place.key].show()
            breathe()
        down = Qt.Orientation.Vertical
        if not self._is_low:
            window.splitDockWidget(docks["bins"], docks["shots"], down)
        window.splitDockWidget(docks["shot"], docks["takes"], down)
        breathe()
        # Only now: a panel that is split off a tab joins its tabs.
        window.tabifyDockWidget(docks["shot"], docks["edit"])
        window.tabifyDockWidget(docks["edit"], docks["clip"])
        window.tabifyDockWidget(docks["clip"], docks["mix"])
        window.tabifyDockWidget(docks["mix"], docks["export"])
        breathe()
        window.tabifyDockWidget(docks["takes"], docks["queue"])
        window.tabifyDockWidget(docks["bins"], docks["cards"])
        if self._is_low:
            window.tabifyDockWidget(docks["cards"], docks["shots"])
        window.tabifyDockWidget(docks["timeline"], docks["storyboard"])
        breathe()
        for key in ("shots" if self._is_low else "bins", "timeline", "shot", "takes"):
            docks[key].raise_()
        breathe()
        self._share_out()

    def veiled(self) -> list[QDockWidget]:
        """The panels in sight, not to be painted until each is told to."""
        shown = [dock for dock in self if not dock.visibleRegion().isEmpty()]
        for dock in shown:
            dock.setUpdatesEnabled(False)
        return shown

    def close(self) -> None:
        """Take the panels out of the window."""
        for dock in self:
            self._window.removeDockWidget(dock)
            # The window finds docks by name when it restores places: this one is none any more.
            dock.setObjectName("")
            dock.setParent(None)
            dock.deleteLater()
        self._docks.clear()

    @property
    def _is_low(self) -> bool:
        """Whether the window is too low for two panels beside the picture, one over the other."""
        return self._window.height() < _LOW_PX

    def _share_out(self) -> None:
        """Give every panel its part of the window."""
        window, docks = self._window, self._docks
        width, height = window.width(), window.height()
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        sides = [docks["bins"], docks["shot"]]
        window.resizeDocks(sides, [width * 21 // 100, max(width // 4, _RIGHT_PX)], across)
        # A picture and its sound are seen at any height, the four tracks of a new film at most.
        tracks = max(height * 38 // 100, min(_TRACKS_PX, height * 46 // 100))
        window.resizeDocks([docks["timeline"]], [tracks], down)
        if not self._is_low:
            left = [docks["bins"], docks["shots"]]
            window.resizeDocks(left, [height * 18 // 100, height * 47 // 100], down)
        right = [docks["shot"], docks["takes"]]
        window.resizeDocks(right, [height * 52 // 100, height * 38 // 100], down)


def cut_header(actions: ActionRegistry) -> QWidget:
    """The timeline's name and its tools."""
    header = SectionHeader(tr("Timeline"))
    for action_id in _CUT_TOOLS:
        if not action_id:
            gap = QWidget()
            gap.setFixedWidth(theme.WIDE)
            header.add(gap)
            continue
        button = QToolButton()
        button.setDefaultAction(actions[action_id])
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.add(button)
    return header
