"""The due line: what waits for a word of the director's, because nothing renders by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets import push_button
from studio.wording import term, tr


class DueLine(QFrame):
    """A line for shots that have changed and one for drafts; hidden while there are none.

    Signals:
        action_asked: the id of a command.
    """

    action_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self._stale, self._stale_words = self._line(
            theme.CAUTION, tr("Render"), "shot.render_stale"
        )
        self._drafts, self._draft_words = self._line(
            theme.TEXT_SOFT, tr("Preview all"), "shot.preview_drafts"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stale)
        column.addWidget(self._drafts)
        self.show_counts(0, 0)

    def show_counts(self, stale: int, drafts: int) -> None:
        """Say how many shots are stale and how many are drafts."""
        changed = term("{count} shots have changed")
        one = tr("One shot has changed")
        self._stale_words.setText(one if stale == 1 else tr(changed, count=stale))
        written = tr("{count} drafts have no preview", count=drafts)
        self._draft_words.setText(written)
        self._stale.setVisible(stale > 0)
        # One draft is the shot under the hand more often than not, and P previews that.
        self._drafts.setVisible(drafts > 1)
        self.setVisible(stale > 0 or drafts > 1)

    def _line(self, colour: str, text: str, action_id: str) -> tuple[QWidget, QLabel]:
        line = QWidget()
        words = QLabel()
        words.setFont(theme.font(theme.FONT_SMALL_PX))
        words.setStyleSheet(f"color: {colour};")
        words.setWordWrap(True)
        words.setToolTip(tr("Nothing is rendered before you say so"))
        button = push_button(text, lambda: self.action_asked.emit(action_id), quiet=True)
        button.setObjectName(action_id)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(line)
        row.setContentsMargins(theme.WIDE, 2, theme.TIGHT, 2)
        row.addWidget(words, 1)
        row.addWidget(button)
        return line, words
