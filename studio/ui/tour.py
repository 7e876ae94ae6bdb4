"""The first-run tour: four cards beside the panels they speak of; the window stays usable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets import push_button
from studio.wording import term, tr

_CARD_PX = 300
_GAP_PX = 14


@dataclass(frozen=True)
class TourStep:
    """One card: the panel it points at, by its key, and what it says."""

    panel: str
    title: str
    words: str


STEPS = (
    TourStep(
        "bins",
        term("Gather"),
        term(
            "Drop pictures, clips and sounds here. Name a face once, such as @Ava, and use it in "
            "every shot."
        ),
    ),
    TourStep(
        "shots",
        term("Write"),
        term(
            "One line a shot: what is seen and heard. A whole script can be pasted. What the "
            "engine will be given stands beside it before anything is spent."
        ),
    ),
    TourStep(
        "takes",
        term("Preview, keep or reject"),
        term(
            "P makes a preview in seconds. Return keeps it and renders it in full in the "
            "background, Backspace asks for another. E changes a take by words."
        ),
    ),
    TourStep(
        "timeline",
        term("Cut and deliver"),
        term(
            "Kept shots stand here. Space plays with sound; Ctrl+E exports. F1 shows every key, "
            "Ctrl+P finds every command."
        ),
    ),
)


class Tour(QFrame):
    """The card; it takes no key from whoever works on.

    Signals:
        ended: it was seen to the end or waved away.
    """

    ended = Signal()

    def __init__(self, window: QWidget, panel: Callable[[str], QWidget | None]) -> None:
        """Make a tour of ``window``, whose panels ``panel`` finds by their keys."""
        super().__init__(window)
        self._window = window
        self._panel = panel
        self._place = 0
        self.setObjectName("tour")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStyleSheet(
            f"#tour {{ background: {theme.RAISED}; border: 1px solid {theme.ACCENT};"
            " border-radius: 8px; }"
        )
        self._outline = _Outline(window)
        self.title = QLabel()
        self.title.setFont(theme.font(theme.FONT_TITLE_PX, weight=600))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("soft", True)
        self.count = QLabel()
        self.count.setProperty("dim", True)
        self.leave = push_button(tr("Enough"), self.end, quiet=True)
        self.next = push_button(tr("Next"), self._next, primary=True)
        for button in (self.leave, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.next)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 14, 12)
        column.setSpacing(theme.GAP)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(row)
        self.hide()

    def begin(self) -> None:
        """Start with the first card."""
        self._place = 0
        self._show()

    def end(self) -> None:
        """Put the card away: it was seen."""
        if self.isVisible():
            self.put_away()
            self.ended.emit()

    def put_away(self) -> None:
        """Put the card away; it may come again by itself."""
        self.hide()
        self._outline.hide()

    def _next(self) -> None:
        self._place += 1
        if self._place < len(STEPS):
            self._show()
        else:
            self.end()

    def _show(self) -> None:
        step = STEPS[self._place]
        self.title.setText(tr(step.title))
        self.words.setText(tr(step.words))
        self.count.setText(tr("{place} of {n}", place=self._place + 1, n=len(STEPS)))
        last = self._place + 1 == len(STEPS)
        self.next.setText(tr("Done") if last else tr("Next"))
        self.setFixedWidth(_CARD_PX)
        self.words.setFixedWidth(_CARD_PX - 34)
        self._column.activate()
        self.adjustSize()
        target = self._panel(step.panel)
        if target is None or not target.isVisible():
            self._outline.hide()
            middle = self._window.rect().center() - self.rect().center()
            self.move(middle)
        else:
            area = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
            self._outline.surround(area)
            self.move(_beside(area, self.rect(), self._window.rect()))
        self.show()
        self.raise_()


class _Outline(QWidget):
    """A line around what the card speaks of; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, area: QRect) -> None:
        self.setGeometry(area)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setPen(QPen(theme.colour(theme.ACCENT), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))


def _beside(area: QRect, card: QRect, room: QRect) -> QPoint:
    """Where the card stands: right of the panel, left of it, or over it, within the window."""
    if area.right() + _GAP_PX + card.width() < room.right():
        x, y = area.right() + _GAP_PX, area.top() + 24
    elif area.left() - _GAP_PX - card.width() > 0:
        x, y = area.left() - _GAP_PX - card.width(), area.top() + 24
    else:
        x, y = area.center().x() - card.width() // 2, area.top() - _GAP_PX - card.height()
    return QPoint(
        max(8, min(x, room.right() - card.width() - 8)),
        max(8, min(y, room.bottom() - card.height() - 8)),
    )
