"""The picture over the whole screen, and nothing else; the keys go on working."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow

from studio.ui.viewer import Viewer


class FullPicture(QObject):
    """Clears the window of everything but the picture, and puts it all back.

    A double click on the picture, the command or Esc leaves.
    """

    def __init__(self, window: QMainWindow, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._window = window
        self._viewer = viewer
        self._places = QByteArray()
        self._was_full = False
        self._on = False
        viewer.picture.double_pressed.connect(self.toggle)

    @property
    def is_on(self) -> bool:
        """Whether only the picture is to be seen."""
        return self._on

    def toggle(self) -> None:
        """Show the picture alone, or everything again."""
        if self._on:
            self.leave()
        else:
            self._enter()

    def leave(self) -> None:
        """Show everything again, where it was."""
        if not self._on:
            return
        self._on = False
        window = self._window
        window.removeEventFilter(self)
        self._viewer.show_alone(False)
        window.menuBar().show()
        window.statusBar().show()
        if not self._was_full:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        window.restoreState(self._places)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        # Esc also stops a render; while the picture is alone it means the picture.
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.leave()
                return True
        return super().eventFilter(watched, event)

    def _enter(self) -> None:
        self._on = True
        window = self._window
        self._was_full = window.isFullScreen()
        self._places = window.saveState()
        for dock in window.findChildren(QDockWidget):
            dock.hide()
        window.menuBar().hide()
        window.statusBar().hide()
        self._viewer.show_alone(True)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        window.installEventFilter(self)
        self._viewer.picture.setFocus()
