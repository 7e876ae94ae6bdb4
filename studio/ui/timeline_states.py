"""The states of shots on their clips: in words, as marks, and as one mark where that is all.

What is alike is gathered while lanes are drawn and painted in one go: hundreds of clips are in
sight of a large cut.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from studio.bridge.state_words import RowState, Standing
from studio.ui import icons, theme
from studio.ui.timeline_labels import Words

WORDY_PX = 110
MARK_PX = 11
MARKED_FROM_PX = MARK_PX + 2
_MARK_TOP_PX = 3
_GAP_PX = 4
_TINTS = {state: QColor(tint) for state, tint in theme.STATE_COLOURS.items()}
# The quiet colours of what waits are too near to those of clips for thin lines.
_MARK_TINTS: dict[RowState, str] = {
    **theme.STATE_COLOURS,
    "draft": theme.TEXT_SOFT,
    "queued": theme.TEXT_SOFT,
}


def mark_tint(state: RowState) -> str:
    """The colour that the mark of a state is drawn in."""
    return _MARK_TINTS[state]


class StateMarks:
    """Draws states on clips; squares and marks are kept back until all of them are there."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._squares: dict[RowState, list[QRect]] = {}
        self._marks: dict[RowState, list[tuple[int, int]]] = {}

    def lay(
        self, painter: QPainter, standing: Standing, place: tuple[int, int, int], ratio: float
    ) -> int:
        """Put a state, and the takes that wait beside it, at the end of a name's row.

        Args:
            painter: of the lanes.
            standing: of the shot.
            place: first and last column of the row, and its top.
            ratio: device pixels a pixel.

        Returns:
            The last column that is still free.
        """
        left, right, top = place
        state, beside = standing.state, standing.beside
        if right - left <= WORDY_PX:
            return self._lay_marks(painter, standing, place, ratio)
        right = self._lay_words(painter, standing.state_words, right, top, ratio)
        self._squares.setdefault(state, []).append(QRect(right - 5, top + 6, 5, 5))
        right -= 11
        return self._lay_waiting(painter, beside, right, top, ratio) if beside else right

    def lay_narrow(
        self, painter: QPainter, standing: Standing, place: tuple[int, int, int], ratio: float
    ) -> None:
        """Put what there is room for on a clip too narrow for a name.

        ``place`` are its first column, the one behind its last, and its top.
        """
        left, right, top = place
        inset = min(5, (right - left - MARK_PX) // 2)
        self._lay_marks(painter, standing, (left + inset, right - 1 - inset, top), ratio)

    def paint(self, painter: QPainter) -> None:
        """Draw what was kept back, all of a state in one go."""
        painter.setPen(Qt.PenStyle.NoPen)
        for state, squares in self._squares.items():
            painter.setBrush(_TINTS[state])
            painter.drawRects(squares)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatio()
        for state, corners in self._marks.items():
            mark = icons.pixmap(theme.STATE_ICONS[state], MARK_PX, mark_tint(state), ratio)
            for left, top in corners:
                painter.drawPixmap(left, top, mark)
        self._squares, self._marks = {}, {}

    def _lay_words(self, painter: QPainter, text: str, right: int, top: int, ratio: float) -> int:
        words = self._words.tiny(text, ratio)
        right -= words.width
        painter.drawPixmap(right, top, words.pixmap)
        return right - 5

    def _lay_marks(
        self, painter: QPainter, standing: Standing, place: tuple[int, int, int], ratio: float
    ) -> int:
        left, right, top = place
        if not standing.beside:
            return self._mark(standing.state, right, top)
        if right - left < 2 * MARK_PX + _GAP_PX:
            return self._mark(standing.foremost, right, top)
        right = self._mark(standing.state, right, top)
        if right - left < MARK_PX + self._words.tiny(str(standing.beside), ratio).width:
            return self._mark("undecided", right, top)
        return self._lay_waiting(painter, standing.beside, right, top, ratio)

    def _lay_waiting(
        self, painter: QPainter, count: int, right: int, top: int, ratio: float
    ) -> int:
        """The mark of takes that wait for a word, and how many."""
        right = self._lay_words(painter, str(count), right, top, ratio)
        return self._mark("undecided", right + _GAP_PX, top)

    def _mark(self, state: RowState, right: int, top: int) -> int:
        corner = (right - MARK_PX + 1, top + _MARK_TOP_PX)
        self._marks.setdefault(state, []).append(corner)
        return right - MARK_PX - _GAP_PX
