"""The sheets of what is kept: backups of a film to open as copies, and the last crash report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from studio.ui.sheet import Sheet
from studio.ui.widgets import push_button
from studio.wording import tr


class BackupSheet(Sheet):
    """The backups of one film, which need not be open, the newest first.

    Signals:
        chosen: the backup that should be opened as a copy.
    """

    chosen = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, tr("Backups"), (460, 460))
        said = QLabel(
            tr(
                "A backup opens as a copy beside the film; the film itself stays as it is. "
                "They are made every ten minutes of work, and kept by the hour and by the day."
            )
        )
        said.setWordWrap(True)
        said.setProperty("soft", True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Backups, newest first"))
        self.list.itemActivated.connect(lambda _item: self._open())
        self.button = push_button(tr("Open a copy"), self._open, primary=True)
        self.column.addWidget(said)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self.button)

    def open(self, backups: list[Path], now: datetime) -> None:
        """Show backups, oldest first as the film has them."""
        self.list.clear()
        for path in reversed(backups):
            item = QListWidgetItem(told(path, now))
            item.setData(Qt.ItemDataRole.UserRole, path)
            self.list.addItem(item)
        if not backups:
            self.list.addItem(tr("None yet: the first one comes with the next changes."))
        self.button.setEnabled(bool(backups))
        self.list.setCurrentRow(0)
        self.lay()
        self.list.setFocus()

    def _open(self) -> None:
        item = self.list.currentItem()
        path = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        if path is not None:
            self.put_away()
            self.chosen.emit(Path(path))


class CrashSheet(Sheet):
    """The last crash report, as it was written."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, tr("The last crash report"), (720, 560))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Crash report"))
        self.column.addWidget(self.text, 1)

    def open(self, report: str) -> None:
        """Show a report."""
        self.text.setPlainText(report or tr("Nothing has gone wrong inside the program yet."))
        self.lay()


def told(path: Path, now: datetime) -> str:
    """When a backup was made, in the words of a person."""
    stamp = " ".join(path.stem.split(" ")[-2:])
    try:
        made = datetime.strptime(stamp, "%Y-%m-%d %H%M%S")
    except ValueError:
        return path.stem
    clock = made.strftime("%H:%M")
    minutes = round((now - made).total_seconds() / 60)
    if 0 <= minutes < 90:
        return tr("{clock}, {minutes} min ago", clock=clock, minutes=minutes)
    days = (now.date() - made.date()).days
    day = {0: tr("today"), 1: tr("yesterday")}.get(days, made.strftime("%d %B"))
    return f"{clock}, {day}"
