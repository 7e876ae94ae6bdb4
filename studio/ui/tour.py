"""The first-run tour: four cards beside the panels they speak of; the window stays usable.

Whoever does what a card speaks of need not put it away: the next one comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from studio.document.film import Film
from studio.ui import theme
from studio.ui.announcing import announce
from studio.ui.field_keys import go_to, is_written_in
from studio.ui.lent_focus import LentFocus
from studio.ui.lying_over import lie_over
from studio.ui.sheet import PutAway
from studio.ui.widgets import push_button
from studio.wording import term, tr

_CARD_PX = 300
_GAP_PX = 14
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


@dataclass(frozen=True)
class TourStep:
    """One card: the panel it points at, by its key, and what it says.

    Attributes:
        done: whether what it speaks of was done in a film.
    """

    panel: str
    title: str
    words: str
    done: Callable[[Film], bool]


STEPS = (
    TourStep(
        "bins",
        term("Gather"),
        term(
            "Drop pictures, clips and sounds here. Name a face once, such as @Ava, and use it in "
            "every shot."
        ),
        lambda film: bool(film.media),
    ),
    TourStep(
        "shots",
        term("Write"),
        term(
            "One line a shot: what is seen and heard. A whole script can be pasted. What the "
            "engine will be given stands beside it before anything is spent."
        ),
        lambda film: any(shot.prompt.strip() for shot in film.shots),
    ),
    TourStep(
        "takes",
        term("Preview, keep or reject"),
        term(
            "P makes a preview in seconds. Return keeps it and renders it in full in the "
            "background, Backspace asks for another. E changes a take by words."
        ),
        lambda film: any(shot.chosen_take_id for shot in film.shots),
    ),
    TourStep(
        "timeline",
        term("Cut and deliver"),
        term(
            "Kept shots stand here. Space plays with sound; Ctrl+E exports. F1 shows every key, "
            "Ctrl+P finds every command."
        ),
        lambda _film: False,
    ),
)


class Tour(PutAway):
    """The card: Return goes on, Esc leaves; it takes no key from whoever is writing.

    Signals:
        ended: it was seen to the end or waved away.
    """

    ended = Signal()

    def __init__(self, window: QWidget, panel: Callable[[str], QWidget | None]) -> None:
        """Make a tour of ``window``, whose panels ``panel`` finds by their keys."""
        super().__init__(window)
        self._window = window
        self._panel = panel
        self._focus = LentFocus(window)
        self._place = 0
        self._done: frozenset[int] = frozenset()
        self._target: QWidget | None = None
        lie_over(self)
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

    def begin(self, film: Film | None) -> None:
        """Start with the first card, whatever was done in ``film`` before; ``None`` is none."""
        self._place, self._done = 0, frozenset() if film is None else _done(film)
        self._show()
        if not is_written_in(QApplication.focusWidget()):
            self._focus.borrow(self.next)
            go_to(self.next)

    def follow(self, film: Film) -> None:
        """Go on to the card after the last one whose work was done since the tour began."""
        new = [place for place in _done(film) - self._done if place >= self._place]
        if self.isVisible() and new:
            self._place = max(new)
            self._next()

    def end(self) -> None:
        """Put the card away: it was seen."""
        if self.isVisible():
            held = self.isAncestorOf(QApplication.focusWidget() or self._window)
            self.let_go()
            if held:
                self._focus.give_back()
            self.ended.emit()

    def put_away(self) -> None:
        """Esc: it was seen."""
        self.end()

    def let_go(self) -> None:
        """Put the card away; it may come again by itself."""
        self._point_at(None)
        self.hide()
        self._outline.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _MOVED:
            QTimer.singleShot(0, self, self._stand)  # once all of the window is laid out
        return False

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
        self._point_at(self._panel(step.panel))
        self.move(self._window.rect().center() - self.rect().center())
        self.show()
        self.raise_()
        self._stand()
        announce(self, f"{self.title.text()}. {self.words.text()}")

    def _point_at(self, target: QWidget | None) -> None:
        """Go with ``target`` from now on, wherever it is moved."""
        if self._target is not None and isValid(self._target):
            self._target.removeEventFilter(self)
        self._target = target
        if target is not None:
            target.installEventFilter(self)

    def _stand(self) -> None:
        """Stand beside the panel; where it went behind another one, nothing is outlined."""
        target = self._target
        if not self.isVisible() or target is None or not isValid(target):
            return
        area = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        if not target.isVisible() or not self._window.rect().intersects(area):
            self._outline.hide()
            return
        self._outline.surround(area)
        self.move(_beside(area, self.rect(), self._window.rect()))


class _Outline(QWidget):
    """A line around what the card speaks of; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        lie_over(self)
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


def _done(film: Film) -> frozenset[int]:
    """The places of the cards whose work was done in ``film``."""
    return frozenset(place for place, step in enumerate(STEPS) if step.done(film))


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
