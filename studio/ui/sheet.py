"""A sheet: a page that lies over the window until Esc or its button puts it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets import icon_button


class Sheet(QFrame):
    """The frame of every such page; the window under it goes on."""

    def __init__(self, window: QWidget, title: str, size_px: tuple[int, int]) -> None:
        super().__init__(window)
        self._window = window
        self._size_px = size_px
        self.setObjectName("over")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet(
            f"#over {{ background: {theme.PANEL}; border: 1px solid {theme.LINE_STRONG};"
            " border-radius: 8px; }"
        )
        self.setAccessibleName(title)
        name = QLabel(title)
        name.setFont(theme.font(18, weight=600))
        head = QHBoxLayout()
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(icon_button("reject", self.tr("Close"), self.put_away))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 18, 18, 18)
        self.column.setSpacing(theme.WIDE)
        self.column.addLayout(head)
        self.hide()

    def lay(self) -> None:
        """Lay it over the middle of the window."""
        room = self._window.rect()
        width = min(self._size_px[0], room.width() - 40)
        height = min(self._size_px[1], room.height() - 60)
        self.setGeometry((room.width() - width) // 2, (room.height() - height) // 3, width, height)
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        """Give the keys back to the window."""
        self.hide()
        self._window.setFocus()

    def event(self, event: QEvent) -> bool:
        # Esc also stops a render; while a sheet is up it means the sheet.
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if _is_escape(event):
            self.put_away()
        else:
            super().keyPressEvent(event)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
