"""The command palette: every command by a few of its letters, with its key beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.actions import ActionRegistry
from studio.ui import theme
from studio.ui.announcing import announce
from studio.ui.lent_focus import LentFocus
from studio.ui.lying_over import lie_over
from studio.wording import tr

WIDTH_PX = 460
HEIGHT_PX = 340


class CommandPalette(QFrame):
    """Lies over the top of the window until a command is chosen or Esc is pressed."""

    def __init__(self, actions: ActionRegistry, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._focus = LentFocus(window)
        self._actions = actions
        lie_over(self)
        self.setObjectName("palette")
        self.setStyleSheet(
            f"#palette {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-radius: 6px; }} QListWidget {{ background: transparent; }}"
        )
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("What do you want to do?"))
        self.field.setAccessibleName(tr("Find a command"))
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.currentItemChanged.connect(self._say)
        self.list.itemClicked.connect(lambda _item: self._run())
        self.list.setAccessibleName(tr("Commands"))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.hide()

    def open(self) -> None:
        """Show the palette with all that can be done now."""
        window = self._window
        width = min(WIDTH_PX, window.width() - 40)
        self.setGeometry((window.width() - width) // 2, 60, width, HEIGHT_PX)
        self.field.clear()
        self._find("")
        self.show()
        self.raise_()
        self._focus.borrow(self.field)

    def close_up(self) -> None:
        """Put the palette away."""
        self.hide()
        self._focus.give_back()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            count = max(1, self.list.count())
            self.list.setCurrentRow((self.list.currentRow() + step) % count)
        else:
            return False
        return True

    def _say(self, item: QListWidgetItem | None) -> None:
        """Tell what Return would do: the keys stay in the field."""
        if item is not None and self.isVisible():
            announce(self.list, item.data(Qt.ItemDataRole.AccessibleTextRole))

    def _find(self, text: str) -> None:
        words = text.lower().split()
        self.list.clear()
        for spec, action in self._actions:
            name = f"{spec.place} {spec.words}".lower()
            refused = self._actions.refuses(spec.id)
            if (action.isEnabled() or refused) and all(word in name for word in words):
                self._add(f"{spec.place}:  {spec.plain}", action, refused=refused)
        self.list.setCurrentRow(0)

    def _add(self, text: str, action: QAction, *, refused: bool) -> None:
        """Add a command; one that the film refuses is dim, and says so when it is chosen."""
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, action.objectName())
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
        row = QWidget()
        row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line = QHBoxLayout(row)
        line.setContentsMargins(8, 4, 8, 4)
        name = QLabel(text)
        name.setEnabled(not refused)
        line.addWidget(name, 1)
        key = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
        key.setProperty("dim", True)
        line.addWidget(key)
        item.setSizeHint(row.sizeHint().grownBy(QMargins(0, 3, 0, 3)))
        self.list.addItem(item)
        self.list.setItemWidget(item, row)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close_up()
        if item is not None:
            self._actions.trigger(item.data(Qt.ItemDataRole.UserRole))
