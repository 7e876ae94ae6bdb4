"""The key sheet: every command with its keys, by menu, and the keys of single panels.

Commands come from the registry, the others from the table that the panels themselves go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
from studio.bridge.panel_keys import PANELS, PanelKeys
from studio.ui import theme
from studio.ui.sheet import Sheet
from studio.ui.state_legend import state_lines
from studio.ui.widgets import choice
from studio.wording import term, tr

_COLUMNS = (
    (term("Film"), term("Edit"), term("Shot"), term("Queue"), term("Help")),
    (term("Take"), term("Play"), term("Timeline"), term("View")),
    (term("Cut"), term("Clip")),
)
_WORDS_PX = 150
_BESIDE = 1
"""The column with room for the keys of panels."""
_LEGEND = 0
"""And the one with room for what the colours and shapes of states mean."""

Line = tuple[str, Sequence[QKeySequence]]


class KeySheet(Sheet):
    """Lies over the window; F1 or Esc puts it away.

    Signals:
        preset_chosen: the name of another preset of keys.
    """

    preset_chosen = Signal(str)

    def __init__(self, actions: ActionRegistry, window: QWidget) -> None:
        presets = [(tr(title), name) for name, (title, _) in PRESETS.items()]
        self.preset = choice(tr("Preset of keys"), presets)
        super().__init__(window, tr("Keys"), beside=self.preset)
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
        for number, menus in enumerate(_COLUMNS):
            column = QVBoxLayout()
            column.setSpacing(theme.GAP)
            for menu in menus:
                column.addLayout(_section(menu, theme.ACCENT, self._commands(menu)))
            if number == _BESIDE:
                column.addWidget(_heading(tr("While a panel has the focus")))
                for panel in PANELS.values():
                    column.addLayout(_section(panel.title, theme.TEXT_SOFT, _keys_of(panel)))
            if number == _LEGEND:
                column.addWidget(_heading(tr("States in the stripe over the cut, and on clips")))
                column.addLayout(state_lines())
            column.addStretch(1)
            row.addLayout(column, 1)
        return sheet

    def _commands(self, menu: str) -> Iterator[Line]:
        for spec, action in self._actions:
            if spec.menu == menu and action.shortcuts():
                yield spec.plain, action.shortcuts()


def _keys_of(panel: PanelKeys) -> Iterator[Line]:
    for entry in panel.keys:
        yield tr(entry.text), [QKeySequence(key) for key in entry.keys.split()]


def _heading(text: str) -> QLabel:
    heading = QLabel(text)
    heading.setObjectName("menu")
    return heading


def _section(name: str, colour: str, lines: Iterable[Line]) -> QGridLayout:
    """A name over its lines of words and keys."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.WIDE)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(0, 1)
    title = _heading(tr(name))
    title.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
    title.setStyleSheet(f"color: {colour};")
    grid.addWidget(title, 0, 0)
    native = QKeySequence.SequenceFormat.NativeText
    for number, (text, keys) in enumerate(lines, 1):
        words = QLabel(text)
        # In a small window they take two lines, so that all keys are in sight.
        if words.sizeHint().width() > _WORDS_PX:
            words.setWordWrap(True)
            words.setMinimumWidth(_WORDS_PX)
        words.setProperty("soft", True)
        key = QLabel("   ".join(one.toString(native) for one in keys))
        key.setFont(theme.font(weight=500))
        key.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(words, number, 0)
        grid.addWidget(key, number, 1)
    return grid
