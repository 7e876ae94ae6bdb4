"""The sheet of a licence that weights come under, read before they are first used."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QWidget

from engine.api import Licence
from studio.ui.sheet import Sheet
from studio.ui.widgets import push_button
from studio.wording import tr


class LicenceSheet(Sheet):
    """Shows the terms whole; closing it accepts nothing.

    Signals:
        accepted: the folder of the weights and the hash of the terms.
    """

    alone = False
    accepted = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, tr("The licence of these weights"), (720, 560))
        self._folder, self._licence = "", ""
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setProperty("soft", True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Licence"))
        self.accept = push_button(tr("I accept these terms"), self._accept, primary=True)
        self.decline = push_button(tr("Not now"), self.put_away)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.decline)
        row.addWidget(self.accept)
        self.column.addWidget(self.said)
        self.column.addWidget(self.text, 1)
        self.column.addLayout(row)

    def open(self, folder: str, licence: Licence) -> None:
        """Show the terms that the weights in ``folder`` come under."""
        self._folder, self._licence = folder, licence.sha256
        self.said.setText(
            tr(
                "The weights in {folder} are not Dailies' own. They come under {name}, which binds "
                "you when you use them.",
                folder=folder,
                name=licence.name,
            )
        )
        self.text.setPlainText(licence.text)
        self.lay()
        self.decline.setFocus()

    def _accept(self) -> None:
        self.put_away()
        self.accepted.emit(self._folder, self._licence)
