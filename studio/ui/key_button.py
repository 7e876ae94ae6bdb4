"""The little diamond beside a value: whether it has keys, and whether one is here."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from studio.ui import theme
from studio.wording import term, tr

KEY_SIZE = QSize(18, 22)
KeyState = Literal["none", "elsewhere", "here"]
_WORDS = {
    "none": term("Put a key on {name} here"),
    "elsewhere": term("Put a key on {name} here; it has some elsewhere"),
    "here": term("Take the key off {name}"),
}


class KeyButton(QToolButton):
    """Hollow and faint without keys, hollow and lit with keys elsewhere, filled with one here."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._state: KeyState = "none"
        self.setFixedSize(KEY_SIZE)
        self.setAutoRaise(True)
        self.show_state("none")

    @property
    def state(self) -> KeyState:
        """Whether there are keys, and one here."""
        return self._state

    def show_state(self, state: KeyState) -> None:
        """Show whether there are keys, and one here."""
        self._state = state
        words = tr(_WORDS[state], name=self._name)
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self._state != "none" and self.isEnabled()
        tint = theme.colour(theme.ACCENT if lit else theme.TEXT_FAINT)
        painter.setPen(tint)
        painter.setBrush(tint if self._state == "here" else Qt.BrushStyle.NoBrush)
        middle, side = QPointF(self.width() / 2, self.height() / 2), 4.5
        painter.drawPolygon(
            QPolygonF(
                [
                    middle + QPointF(0, -side),
                    middle + QPointF(side, 0),
                    middle + QPointF(0, side),
                    middle + QPointF(-side, 0),
                ]
            )
        )
