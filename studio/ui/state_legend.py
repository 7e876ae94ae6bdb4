"""The states of shots explained, as the stripe over the cut and the marks on clips tell them."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.bridge.state_words import STATE_MEANINGS, STATE_WORDS, RowState
from studio.ui import icons, theme
from studio.ui.timeline_states import MARK_PX, mark_tint
from studio.wording import tr

_STRIPE_PX, _GAP_PX, _HEIGHT_PX = 30, 8, 15


class StateSample(QWidget):
    """A piece of the stripe in a state, and the mark of that state."""

    def __init__(self, state: RowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: RowState = state
        self.setFixedSize(_STRIPE_PX + _GAP_PX + MARK_PX, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        rows = theme.STATE_SHAPES[self._state]
        top = (_HEIGHT_PX - len(rows)) // 2
        painter.fillRect(0, top - 1, _STRIPE_PX, len(rows) + 2, theme.colour(theme.WELL))
        for row, lit in enumerate(rows):
            if lit == "#":
                tint = theme.colour(theme.STATE_COLOURS[self._state])
                painter.fillRect(0, top + row, _STRIPE_PX, 1, tint)
        side = (_HEIGHT_PX - MARK_PX) // 2
        mark = QRect(_STRIPE_PX + _GAP_PX, side, MARK_PX, MARK_PX)
        icons.draw(painter, theme.STATE_ICONS[self._state], mark, mark_tint(self._state))


def state_lines() -> QGridLayout:
    """A line for every state: how it looks, what it is called, and what it means."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.WIDE)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(2, 1)
    for number, state in enumerate(STATE_WORDS):
        name, meaning = QLabel(tr(STATE_WORDS[state])), QLabel(tr(STATE_MEANINGS[state]))
        name.setFont(theme.font(weight=500))
        meaning.setWordWrap(True)
        meaning.setProperty("soft", True)
        for label in (name, meaning):
            label.setObjectName("state")
        grid.addWidget(StateSample(state), number, 0)
        grid.addWidget(name, number, 1)
        grid.addWidget(meaning, number, 2)
    return grid
