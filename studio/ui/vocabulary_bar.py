"""The vocabulary bar: the words that the weights have learned, where prompts are written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from engine.api import Capabilities, WordGroup
from studio.ui import theme
from studio.wording import tr

_LINE_PX = 20


class VocabularyBar(QWidget):
    """A small menu for each kind of word; in as many lines as they need.

    Signals:
        chosen: a word to write at the cursor.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[WordGroup, ...] = ()
        self._buttons: list[QToolButton] = []
        self.setStyleSheet(
            f"QToolButton {{ padding: 1px 5px; color: {theme.TEXT_DIM}; }}"
            f"QToolButton:hover, QToolButton:focus {{ color: {theme.TEXT}; }}"
        )
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Words that the model knows"))
        self.hide()

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """The menus, one for each kind of word."""
        return tuple(self._buttons)

    def show_words(self, capabilities: Capabilities | None) -> None:
        """Offer the words of an engine; hidden where it does not name any."""
        groups = capabilities.vocabulary if capabilities is not None else ()
        if groups == self._groups:
            return
        self._groups = groups
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [self._button(group) for group in groups]
        self.setVisible(bool(groups))
        self._lay_out()

    def _button(self, group: WordGroup) -> QToolButton:
        button = QToolButton(self)
        button.setText(group.name)
        button.setFont(theme.font(theme.FONT_TINY_PX, weight=500))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(tr("Words for {kind}", kind=group.name))
        button.setToolTip(", ".join(group.words))
        menu = QMenu(button)
        # A hundred words and more, which are only read where a menu is opened.
        menu.aboutToShow.connect(partial(self._fill, menu, group.words))
        button.setMenu(menu)
        button.show()
        return button

    def _fill(self, menu: QMenu, words: Sequence[str]) -> None:
        if menu.isEmpty():
            for word in words:
                menu.addAction(word, partial(self.chosen.emit, word))

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._placed(width)[1]

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, self._placed(max(200, self.width()))[1])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        places, height = self._placed(self.width())
        for button, area in zip(self._buttons, places, strict=True):
            button.setGeometry(area)
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def _placed(self, width: int) -> tuple[list[QRect], int]:
        places: list[QRect] = []
        x = y = 0
        for button in self._buttons:
            wanted = button.fontMetrics().horizontalAdvance(button.text()) + 12
            if x and x + wanted > width:
                x, y = 0, y + _LINE_PX
            places.append(QRect(x, y, wanted, _LINE_PX))
            x += wanted + 1
        return places, y + _LINE_PX
