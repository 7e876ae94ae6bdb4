"""A label that takes the room that is left: nothing beside it moves when its words change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from studio.ui import theme


class YieldingLabel(QLabel):
    """Small dim words of one line or several, each cut short where it finds no room.

    Give it a stretch in its row: it asks for no width of its own.
    """

    def __init__(self, size_px: int = theme.FONT_SMALL_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setProperty("dim", True)
        self.setFont(theme.font(size_px, tabular=True))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def words(self) -> str:
        """All that it says, whether there is room for it or not."""
        return self._words

    def show_words(self, words: str) -> None:
        """Say ``words``; where there is no room for all of them they are under the pointer."""
        if words != self._words:
            self._words = words
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room, dots = self.fontMetrics(), self.width(), Qt.TextElideMode.ElideRight
        lines = [metrics.elidedText(line, dots, room) for line in self._words.split("\n")]
        shown = "\n".join(lines)
        self.setText(shown)
        self.setToolTip("" if shown == self._words else self._words)
