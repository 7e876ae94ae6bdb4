"""The settings: look, size, keys and engine of this director on this machine."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from studio.bridge.keymaps import PRESETS
from studio.settings import Settings
from studio.ui import theme
from studio.ui.sheet import Sheet
from studio.ui.widgets import choice, push_button

_LOOKS = (("dark", "Dark"), ("light", "Light"))
_SCALES = (
    ("auto", "As the screen says"),
    ("1", "1x"),
    ("1.25", "1.25x"),
    ("1.5", "1.5x"),
    ("2", "2x"),
)
_ENGINES = (
    ("backlot", "Backlot, our own model"),
    ("ltx", "LTX-2, from a folder of weights that you have"),
    ("scripted", "None: shapes and tones, to try things out"),
)
_PLACES = (
    ("program", "In this program"),
    ("process", "In a process of its own"),
)


class SettingsSheet(Sheet):
    """Shows the settings and says what was changed.

    Signals:
        changed: the name of a setting and its new value.
        keys_asked, tour_asked: another sheet is wanted.
    """

    changed = Signal(str, str)
    keys_asked = Signal()
    tour_asked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Settings", (520, 400))
        form = QFormLayout()
        form.setVerticalSpacing(theme.WIDE)
        form.setHorizontalSpacing(theme.ROOM)
        self.boxes: dict[str, QComboBox] = {}
        presets = tuple((name, title) for name, (title, _) in PRESETS.items())
        for name, title, choices in (
            ("look", self.tr("Look"), _LOOKS),
            ("scale", self.tr("Size of everything"), _SCALES),
            ("keymap", self.tr("Keys"), presets),
            ("backend", self.tr("Engine"), _ENGINES),
            ("place", self.tr("Where it runs"), _PLACES),
        ):
            box = choice(title, [(words, value) for value, words in choices])
            box.activated.connect(lambda _index, name=name: self._tell(name))
            self.boxes[name] = box
            form.addRow(title, box)
        form.addRow("", push_button(self.tr("Change single keys…"), self.keys_asked.emit))
        form.addRow("", push_button(self.tr("Show me round again"), self.tour_asked.emit))
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setProperty("soft", True)
        self.column.addLayout(form)
        self.column.addStretch(1)
        self.column.addWidget(self.said)

    def open(self, settings: Settings) -> None:
        """Show the settings as they are."""
        for name, box in self.boxes.items():
            box.setCurrentIndex(max(0, box.findData(getattr(settings, name))))
        self.said.clear()
        self.lay()

    def _tell(self, name: str) -> None:
        if name in ("look", "scale", "backend", "place"):
            self.said.setText(self.tr("This comes with the next start of Dailies."))
        self.changed.emit(name, self.boxes[name].currentData())
