"""The editor of keys: every command with its keys, changed by pressing others, conflicts told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from studio.bridge.actions import ACTIONS, ActionSpec
from studio.bridge.keymaps import keymap
from studio.ui import theme
from studio.ui.sheet import Sheet
from studio.ui.widgets import push_button
from studio.ui.words_field import WordsField
from studio.wording import term, tr

_NATIVE = QKeySequence.SequenceFormat.NativeText


class KeyEditor(Sheet):
    """Changes the director's own keys over a preset.

    Signals:
        changed: the director's own keys by action id, all of them.
    """

    changed = Signal(dict)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, tr("Change keys"), (640, 620))
        self._preset = "dailies"
        self._own: dict[str, list[str]] = {}
        self.search = WordsField()
        self.search.setPlaceholderText(tr("A command or a key"))
        self.search.setAccessibleName(tr("Find a command"))
        self.search.textChanged.connect(self._fill)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Commands and their keys"))
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setAccessibleName(tr("New key"))
        self.keys.keySequenceChanged.connect(lambda _keys: self._warn())
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        self.warning.setMinimumHeight(32)
        self.warning.setStyleSheet(f"color: {theme.CAUTION};")
        self.set = push_button(tr("Use this key"), self._set, primary=True)
        self.none = push_button(tr("No key"), self._none)
        self.back = push_button(tr("As in the preset"), self._back)
        row = QHBoxLayout()
        row.addWidget(self.keys, 1)
        for button in (self.set, self.none, self.back):
            row.addWidget(button)
        self.column.addWidget(self.search)
        self.column.addWidget(self.list, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.warning)

    def open(self, preset: str, own: Mapping[str, Sequence[str]]) -> None:
        """Show the keys of ``preset`` under the director's own."""
        self._preset = preset
        self._own = {action_id: list(keys) for action_id, keys in own.items()}
        self.search.clear()
        self._fill()
        self.lay()
        self.search.setFocus()

    def choose(self, action_id: str) -> None:
        """Make a command the one that is changed."""
        for place in range(self.list.count()):
            if self.list.item(place).data(Qt.ItemDataRole.UserRole) == action_id:
                self.list.setCurrentRow(place)

    def clash(self) -> str:
        """The command that has the new key already; empty where none has."""
        wanted = self.keys.keySequence().toString()
        current = self._current()
        if not wanted or current is None:
            return ""
        keys = keymap(self._preset, self._own)
        for spec in ACTIONS:
            same = any(QKeySequence(key).toString() == wanted for key in keys[spec.id])
            if same and spec.id != current.id:
                return spec.id
        return ""

    def _fill(self) -> None:
        current = self._current()
        words = self.search.text().casefold().split()
        keys = keymap(self._preset, self._own)
        # Every row that comes or goes would otherwise ask for conflicts among all keys.
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for spec in ACTIONS:
            shown = "   ".join(QKeySequence(key).toString(_NATIVE) for key in keys[spec.id])
            mark = "  •" if spec.id in self._own else ""
            text = f"{spec.place}:  {spec.plain}{mark}     {shown}"
            if all(word in text.casefold() for word in words):
                item = QListWidgetItem(text)
                item.setData(Qt.ItemDataRole.UserRole, spec.id)
                self.list.addItem(item)
        if current is not None:
            self.choose(current.id)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        blocker.unblock()
        self._show_current()

    def _current(self) -> ActionSpec | None:
        item = self.list.currentItem()
        wanted = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return next((spec for spec in ACTIONS if spec.id == wanted), None)

    def _show_current(self) -> None:
        spec = self._current()
        for widget in (self.keys, self.set, self.none, self.back):
            widget.setEnabled(spec is not None)
        if spec is not None:
            keys = keymap(self._preset, self._own)[spec.id]
            self.keys.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
            self.back.setEnabled(spec.id in self._own)
        self._warn()

    def _warn(self) -> None:
        taken = self.clash()
        owner = next((spec for spec in ACTIONS if spec.id == taken), None)
        if owner is None:
            self.warning.clear()
            return
        key = self.keys.keySequence().toString(_NATIVE)
        words = term("{key} is {command} now; using it here takes it from there.")
        self.warning.setText(tr(words, key=key, command=owner.plain))

    def _set(self) -> None:
        spec, owner = self._current(), self.clash()
        wanted = self.keys.keySequence().toString()
        if spec is None:
            return
        if owner:
            left = [
                key
                for key in keymap(self._preset, self._own)[owner]
                if QKeySequence(key).toString() != wanted
            ]
            self._own[owner] = left
        self._own[spec.id] = [wanted] if wanted else []
        self._tell()

    def _none(self) -> None:
        spec = self._current()
        if spec is not None:
            self._own[spec.id] = []
            self._tell()

    def _back(self) -> None:
        spec = self._current()
        if spec is not None:
            self._own.pop(spec.id, None)
            self._tell()

    def _tell(self) -> None:
        self._fill()
        self.changed.emit(dict(self._own))
