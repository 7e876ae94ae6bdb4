"""The sheet of a copy that is being written: how far it is, and a way to stop it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from studio.bridge.copying import CopyProgress
from studio.ui.sheet import Sheet
from studio.ui.widgets import ProgressLine
from studio.wording import term, tr


class CopySheet(Sheet):
    """Shows one copy; put away, the copying goes on.

    Signals:
        stopped: the director wants no copy.
    """

    alone = False
    stopped = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, tr("Saving a copy"), (460, 150))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("soft", True)
        self.progress = ProgressLine()
        self.progress.stopped.connect(self.stopped)
        self.column.addWidget(self.words)
        self.column.addWidget(self.progress)
        self.column.addStretch(1)

    def open(self, folder: Path, *, moves: bool) -> None:
        """Show a copy that has just begun; ``moves`` says that the window goes on in it."""
        goes_on = tr("The window goes on in the copy as soon as it is written.")
        stays = tr("You can go on working; what you change from now on is not in it.")
        what = term("The film, its media and its takes are copied into {folder}.")
        self.words.setText(f"{tr(what, folder=folder)} {goes_on if moves else stays}")
        self.progress.show_progress(folder.name, None)
        self.lay()

    def show_progress(self, now: CopyProgress) -> None:
        """Show how far it is."""
        words = tr("{done:,.0f} of {of:,.0f} MB", done=now.done_bytes / 1e6, of=now.of_bytes / 1e6)
        share = now.done_bytes / now.of_bytes if now.of_bytes else None
        self.progress.show_progress(words, share, now.left_s)
