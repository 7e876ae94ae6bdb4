"""The key sheet: every command with its keys, by menu, from the one registry."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
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
from studio.ui.widgets import icon_button

_COLUMNS = (
    ("Film", "Edit", "Shot", "View", "Help"),
    ("Play", "Timeline", "Label"),
    ("Cut", "Clip"),
)


class KeySheet(QFrame):
    """Lies over the window; F1 or Esc puts it away.

    Signals:
        preset_chosen: the name of another preset of keys.
    """

    preset_chosen = Signal(str)

    def __init__(self, actions: ActionRegistry, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self.setObjectName("sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet(
            f"#sheet {{ background: {theme.PANEL}; border: 1px solid {theme.LINE_STRONG};"
            " border-radius: 8px; }"
            f" QScrollArea, QScrollArea > QWidget > QWidget {{ background: {theme.PANEL}; }}"
        )
        self.preset = QComboBox()
        self.preset.setAccessibleName(self.tr("Preset of keys"))
        for name, (title, _) in PRESETS.items():
            self.preset.addItem(title, name)
        self.preset.activated.connect(self._choose)
        title = QLabel(self.tr("Keys"))
        title.setFont(theme.font(18, weight=600))
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.preset)
        head.addWidget(icon_button("reject", self.tr("Close"), self.put_away))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 18, 18)
        column.setSpacing(theme.WIDE)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.hide()

    def open(self, preset: str) -> None:
        """Show the keys as they are now."""
        window = self._window
        self.setGeometry(window.rect().adjusted(60, 50, -60, -50))
        self.preset.setCurrentIndex(max(0, self.preset.findData(preset)))
        self._scroll.setWidget(self._made())
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        """Give the keys back to the window."""
        self.hide()
        self._window.setFocus()

    def toggle(self, preset: str) -> None:
        """Show the sheet, or put it away."""
        if self.isVisible():
            self.put_away()
        else:
            self.open(preset)

    def event(self, event: QEvent) -> bool:
        # Esc also stops a render; while the sheet is up it means the sheet.
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if _is_escape(event):
            self.put_away()
        else:
            super().keyPressEvent(event)

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


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
