"""The settings: look, size, sound, keys and engine of this director on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from studio.bridge.keymaps import PRESETS
from studio.settings import Settings
from studio.ui import theme
from studio.ui.sheet import Sheet
from studio.ui.widgets import choice, push_button
from studio.wording import term, tr

_LOOKS = (("dark", term("Dark")), ("light", term("Light")))
_SCALES = (
    ("auto", term("As the screen says")),
    ("1", "1x"),
    ("1.25", "1.25x"),
    ("1.5", "1.5x"),
    ("2", "2x"),
)
_ENGINES = (
    ("backlot", term("Backlot, our own model")),
    ("ltx", term("LTX-2, from a folder of weights that you have")),
    ("scripted", term("None: shapes and tones, to try things out")),
)
_DEFAULT_OUTPUT = ("", term("System default"))
_OWN = "own"
_PLACES = (
    ("process", term("In a process of its own")),
    ("program", term("In this program")),
)


class SettingsSheet(Sheet):
    """Shows the settings and says what was changed.

    Args:
        window: what it lies over.
        outputs: finds the names of the sound devices; called on a thread, as it takes a while.

    Signals:
        changed: the name of a setting and its new value.
        certificate_asked: the director wants to name a certificate of their own.
        keys_asked, tour_asked: another sheet is wanted.
    """

    changed = Signal(str, str)
    certificate_asked = Signal()
    keys_asked = Signal()
    tour_asked = Signal()
    _listed = Signal(tuple)

    def __init__(self, window: QWidget, outputs: Callable[[], tuple[str, ...]]) -> None:
        super().__init__(window, tr("Settings"), (520, 440))
        self._outputs = outputs
        self._listed.connect(self._show_outputs, Qt.ConnectionType.QueuedConnection)
        form = QFormLayout()
        form.setVerticalSpacing(theme.WIDE)
        form.setHorizontalSpacing(theme.ROOM)
        self.boxes: dict[str, QComboBox] = {}
        presets = tuple((name, title) for name, (title, _) in PRESETS.items())
        for name, title, choices in (
            ("look", tr("Look"), _LOOKS),
            ("scale", tr("Size of everything"), _SCALES),
            ("output", tr("Sound output"), (_DEFAULT_OUTPUT,)),
            ("keymap", tr("Keys"), presets),
            ("backend", tr("Engine"), _ENGINES),
            ("place", tr("Where it runs"), _PLACES),
        ):
            # The longest name of a device would make the sheet wider.
            letters = 24 if name == "output" else 0
            box = choice(title, [(tr(words), value) for value, words in choices], letters)
            box.activated.connect(lambda _index, name=name: self._tell(name))
            self.boxes[name] = box
            form.addRow(title, box)
        self.boxes["output"].setToolTip(
            tr("What is plugged in while something is heard is listed once it is silent.")
        )
        made = (tr("One made on this machine"), "")
        self.certificate = choice(tr("Certificate"), [made, ("", _OWN)])
        self.certificate.setToolTip(tr("What films are signed with, where that is ticked."))
        self.certificate.activated.connect(self._tell_certificate)
        form.addRow(tr("Certificate"), self.certificate)
        form.addRow("", push_button(tr("Change single keys…"), self.keys_asked.emit))
        form.addRow("", push_button(tr("Show me round again"), self.tour_asked.emit))
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setProperty("soft", True)
        self.column.addLayout(form)
        self.column.addStretch(1)
        self.column.addWidget(self.said)

    def open(self, settings: Settings) -> None:
        """Show the settings as they are."""
        self._list_outputs((), settings.output)
        threading.Thread(target=self._find_outputs, name="sound outputs", daemon=True).start()
        for name, box in self.boxes.items():
            box.setCurrentIndex(max(0, box.findData(getattr(settings, name))))
        own = Path(settings.certificate).name
        words = tr("Your own: {name}", name=own) if own else tr("Your own…")
        self.certificate.setItemText(1, words)
        self.certificate.setCurrentIndex(1 if own else 0)
        self.said.clear()
        self.lay()

    def _find_outputs(self) -> None:
        names = self._outputs()
        try:
            self._listed.emit(names)
        except RuntimeError:
            return  # the window was closed meanwhile

    def _show_outputs(self, names: tuple[str, ...]) -> None:
        self._list_outputs(names, self.boxes["output"].currentData())

    def _list_outputs(self, names: Iterable[str], chosen: str) -> None:
        """Offer the system's default output, those with these names, and the chosen one."""
        box = self.boxes["output"]
        box.clear()
        value, words = _DEFAULT_OUTPUT
        box.addItem(tr(words), value)
        for name in names:
            box.addItem(name, name)
        if box.findData(chosen) < 0:
            box.addItem(chosen, chosen)
        box.setCurrentIndex(box.findData(chosen))

    def _tell_certificate(self) -> None:
        if self.certificate.currentData() == _OWN:
            self.certificate_asked.emit()
        else:
            self.changed.emit("certificate", "")

    def _tell(self, name: str) -> None:
        if name in ("look", "scale", "backend", "place"):
            self.said.setText(tr("This comes with the next start of Dailies."))
        self.changed.emit(name, self.boxes[name].currentData())
