"""Furnishing: what a window needs for a film, imported when there is the first one.

The panels, and all that renders, plays and exports behind them, are half of the program. A window
without a film is up in half the time without them; they come in beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.api import Backend
from studio.bridge.pending_imports import PendingImports, pending_file
from studio.bridge.room import Room, RoomParts
from studio.document.project_file import Project, ReadOnly
from studio.render.estimates import History
from studio.ui.film_commands import bind_film_commands, follow_session
from studio.ui.panel_focus import StrayFocus
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.main_window import MainWindow


class Furnishing:
    """Makes the room and the panels of every film that a window opens.

    Args:
        window: what they stand in.
        build: makes a backend; called on working threads only.
        history: seconds that renders took on this machine.
    """

    def __init__(self, window: MainWindow, build: Callable[[], Backend], history: History) -> None:
        self._window, self._build, self._history = window, build, history
        bind_film_commands(window)

    def room(self, project: Project) -> Room:
        """What works on a film; nothing of it is seen yet."""
        imports = self._window.settings.path.with_name("imports")
        access = project.access
        parts = RoomParts(
            store=project.store,
            folder=project.folder,
            build=self._build,
            history=self._history,
            pending=PendingImports(pending_file(imports, project.file)),
            losses=access.losses if isinstance(access, ReadOnly) else (),
        )
        return Room(parts, self._window)

    def panels(self, room: Room) -> Workspace:
        """The panels of a film, made breath by breath."""
        workspace = Workspace(self._window, room, self._window.actions_)
        follow_session(self._window, workspace)
        StrayFocus(self._window, workspace.viewer.picture)
        return workspace
