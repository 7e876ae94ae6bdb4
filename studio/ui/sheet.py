"""What Esc puts away: sheets that lie over the window, and forms within a panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.claimed_keys import claims
from studio.ui.lent_focus import LentFocus
from studio.ui.lying_over import lie_over
from studio.ui.widgets import icon_button
from studio.wording import tr


class PutAway(QFrame):
    """A frame that Esc puts away while it has the focus."""

    def put_away(self) -> None:
        """Leave it."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        # Esc also stops a render; while this is up it means this.
        return claims(event, Qt.Key.Key_Escape) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)


class Sheet(PutAway):
    """A page over the window, with a title and a button that closes it; the window goes on.

    Args:
        window: under it.
        title: of the page.
        size_px: width and height where the window has the room.
        beside: what stands beside the button.

    Attributes:
        alone: it takes the place of another such sheet; others lie over each other, as what is
            asked about a page must.
    """

    alone = True

    def __init__(
        self,
        window: QWidget,
        title: str,
        size_px: tuple[int, int] = (720, 560),
        *,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._size_px = size_px
        self._focus = LentFocus(window)
        lie_over(self)
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
        if beside is not None:
            head.addWidget(beside)
        head.addWidget(icon_button("reject", tr("Close"), self.put_away))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 18, 18, 18)
        self.column.setSpacing(theme.WIDE)
        self.column.addLayout(head)
        self.hide()

    def place(self) -> QRect:
        """Where in the window it lies."""
        room = self._window.rect()
        width = min(self._size_px[0], room.width() - 40)
        needed = max(self._size_px[1], self.sizeHint().height())
        height = min(needed, room.height() - 60)
        return QRect((room.width() - width) // 2, (room.height() - height) // 3, width, height)

    def lay(self) -> None:
        """Lay it over the middle of the window, in the place of another that lies there."""
        for other in self._window.findChildren(Sheet):
            if self.alone and other.alone and other is not self and other.isVisible():
                other.put_away()
        self.setGeometry(self.place())
        self.show()
        self.raise_()
        self._focus.borrow(self)

    def put_away(self) -> None:
        """Give the keys back to who had them."""
        self.hide()
        self._focus.give_back()
