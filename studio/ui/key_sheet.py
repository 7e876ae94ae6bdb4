"""The key sheet: every command with its keys, by menu, from the one registry."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.actions import ActionRegistry
from studio.bridge.keymaps import PRESETS
from studio.ui import theme
from studio.ui.sheet import Sheet
from studio.ui.widgets import choice

_COLUMNS = (
    ("Film", "Edit", "Shot", "Queue", "View", "Help"),
    ("Play", "Timeline", "Label"),
    ("Cut", "Clip"),
)


class KeySheet(Sheet):
    """Lies over the window; F1 or Esc puts it away.

    Signals:
        preset_chosen: the name of another preset of keys.
    """

    preset_chosen = Signal(str)

    def __init__(self, actions: ActionRegistry, window: QWidget) -> None:
        presets = [(title, name) for name, (title, _) in PRESETS.items()]
        self.preset = choice("Preset of keys", presets)
        super().__init__(window, "Keys", beside=self.preset)
        self._actions = actions
        self.preset.activated.connect(self._choose)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setStyleSheet(
            f"QScrollArea, QScrollArea > QWidget > QWidget {{ background: {theme.PANEL}; }}"
        )
        self.column.addWidget(self._scroll, 1)

    def place(self) -> QRect:
        """Nearly the whole window: there are many keys."""
        return self._window.rect().adjusted(60, 50, -60, -50)

    def open(self, preset: str) -> None:
        """Show the keys as they are now."""
        self.preset.setCurrentIndex(max(0, self.preset.findData(preset)))
        self._scroll.setWidget(self._made())
        self.lay()

    def toggle(self, preset: str) -> None:
        """Show the sheet, or put it away."""
        if self.isVisible():
            self.put_away()
        else:
            self.open(preset)

    def _choose(self) -> None:
        self.preset_chosen.emit(self.preset.currentData())
        self.open(self.preset.currentData())

    def _made(self) -> QWidget:
        sheet = QWidget()
        row = QHBoxLayout(sheet)
        row.setSpacing(44)
        row.setContentsMargins(0, 0, 12, 0)
        for menus in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(theme.GAP)
            for menu in menus:
                column.addLayout(self._section(menu))
            column.addStretch(1)
            row.addLayout(column, 1)
        return sheet

    def _section(self, menu: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.WIDE)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        title = QLabel(menu)
        title.setObjectName("menu")
        title.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
        title.setStyleSheet(f"color: {theme.ACCENT};")
        grid.addWidget(title, 0, 0)
        line = 1
        for spec, action in self._actions:
            keys = action.shortcuts()
            if spec.menu != menu or not keys:
                continue
            words = QLabel(spec.text.removesuffix("…"))
            words.setProperty("soft", True)
            native = QKeySequence.SequenceFormat.NativeText
            key = QLabel("   ".join(one.toString(native) for one in keys))
            key.setFont(theme.font(weight=500))
            key.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, line, 0)
            grid.addWidget(key, line, 1)
            line += 1
        return grid
