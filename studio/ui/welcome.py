"""The welcome page: a new film, one of the recent ones, or the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.panel_keys import deed_of
from studio.document.film_places import film_name
from studio.document.paths import is_there
from studio.ui import icons, theme
from studio.ui.widgets import push_button
from studio.wording import term, tr

_STEPS = (
    ("import", term("Drop pictures, clips and sounds into a bin")),
    ("edit", term("Write a shot in your own words, with @tags for who and where")),
    ("preview", term("Press P for a preview; Return keeps it, Backspace rejects it")),
    ("film", term("Lay the shots on the timeline, play, and export a film")),
)


class Clapper(QWidget):
    """The mark of the program: a slate drawn with the palette's own colours."""

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(52, 52)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        body = QRectF(2, 19, 48, 31)
        painter.setBrush(theme.colour(theme.RAISED))
        painter.drawRoundedRect(body, 5, 5)
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(2, 4, 48, 12), 4, 4)
        painter.fillPath(bar, theme.colour(theme.ACCENT))
        painter.setClipPath(bar)
        painter.setBrush(theme.colour(theme.ON_ACCENT))
        for x in range(-6, 60, 16):
            stripe = QPainterPath()
            stripe.moveTo(x, 16)
            stripe.lineTo(x + 7, 16)
            stripe.lineTo(x + 14, 4)
            stripe.lineTo(x + 7, 4)
            painter.fillPath(stripe, theme.colour(theme.ON_ACCENT))
        painter.setClipping(False)
        painter.setBrush(theme.colour(theme.ACCENT))
        play = QPainterPath()
        play.moveTo(21, 27)
        play.lineTo(34, 34.5)
        play.lineTo(21, 42)
        play.closeSubpath()
        painter.drawPath(play)


class RecentList(QListWidget):
    """The films that were open lately; Return or a double click opens one."""

    chosen = Signal(Path)
    forgotten = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(20, 20))
        self.setSpacing(1)
        self.setAccessibleName(tr("Recent films"))
        self.setStyleSheet("background: transparent;")
        self.itemClicked.connect(self._choose)

    def show_films(self, places: Sequence[str]) -> None:
        """List ``places``; those that are gone stay, dimmed, until they are forgotten."""
        self.clear()
        for name in places:
            path = Path(name)
            there = is_there(path)
            place = str(path.parent).replace(str(Path.home()), "~")
            note = place if there else tr("not there now — Delete forgets it")
            item = QListWidgetItem(icons.icon("film"), f"{film_name(path)}\n{note}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(name)
            if not there:
                item.setForeground(theme.colour(theme.TEXT_DIM))
            self.addItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        item, deed = self.currentItem(), deed_of("recent", event)
        if item is not None and deed == "open":
            self._choose(item)
        elif item is not None and deed == "forget":
            self.forgotten.emit(item.data(Qt.ItemDataRole.UserRole))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        item = self.itemAt(event.pos())
        if item is not None:
            self.setCurrentItem(item)
            self.menu(item).popup(event.globalPos())

    def menu(self, item: QListWidgetItem) -> QMenu:
        """What can be done with a film of the list."""
        place = item.data(Qt.ItemDataRole.UserRole)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open the film"), lambda: self.chosen.emit(Path(place)))
        menu.addAction(tr("Take it off the list"), lambda: self.forgotten.emit(place))
        return menu

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(Qt.ItemDataRole.UserRole)))


class Welcome(QWidget):
    """What the window shows while no film is open.

    Signals:
        new_asked, open_asked, demo_asked: what the director wants.
        film_chosen: a recent film's folder or file.
        film_forgotten: one to take off the list.
    """

    new_asked = Signal()
    open_asked = Signal()
    demo_asked = Signal()
    film_chosen = Signal(Path)
    film_forgotten = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.new_button = push_button(
            tr("New film"), self.new_asked.emit, primary=True, icon_name="plus"
        )
        self.open_button = push_button(tr("Open…"), self.open_asked.emit, icon_name="folder")
        self.demo_button = push_button(tr("Demo film"), self.demo_asked.emit, icon_name="play")
        self.recent = RecentList()
        self.recent.chosen.connect(self.film_chosen)
        self.recent.forgotten.connect(self.film_forgotten)
        self._recent_title = _small_title(tr("Recent films"))
        self._nothing = QLabel(tr("Films that you open appear here."))
        self._nothing.setProperty("dim", True)
        middle = QHBoxLayout()
        middle.setSpacing(64)
        middle.addLayout(self._left(), 0)
        middle.addLayout(self._right(), 0)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(middle)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(row)
        column.addStretch(3)

    def show_recent(self, folders: Sequence[str]) -> None:
        """List the recent films."""
        self.recent.show_films(folders)
        self.recent.setVisible(bool(folders))
        # As high as what it holds, so that nothing gapes below a short list.
        rows = sum(self.recent.sizeHintForRow(row) + 2 for row in range(min(5, len(folders))))
        self.recent.setFixedHeight(rows + 4)
        self._nothing.setVisible(not folders)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        button = self.focusWidget()
        if isinstance(button, QPushButton) and deed_of("recent", event) == "open":
            button.click()  # there is no take here that Return could keep
        else:
            super().keyPressEvent(event)

    def _left(self) -> QVBoxLayout:
        mark = Clapper()
        mark.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        name = QLabel(tr("Dailies"))
        name.setFont(theme.font(30, weight=600))
        words = QLabel(tr("Picture and sound, shot by shot."))
        words.setFont(theme.font(14))
        words.setProperty("soft", True)
        column = QVBoxLayout()
        column.setSpacing(theme.GAP)
        column.addWidget(mark)
        column.addSpacing(theme.GAP)
        column.addWidget(name)
        column.addWidget(words)
        column.addSpacing(theme.ROOM)
        for button in (self.new_button, self.open_button, self.demo_button):
            button.setFixedSize(220, 36)
            button.setIconSize(QSize(16, 16))
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.GAP)
        column.addWidget(self._recent_title)
        column.addWidget(self._nothing)
        self.recent.setFixedWidth(400)
        column.addWidget(self.recent)
        column.addSpacing(theme.ROOM)
        column.addWidget(_small_title(tr("How a film is made here")))
        for icon_name, text in _STEPS:
            column.addLayout(_step(icon_name, tr(text)))
        column.addStretch(1)
        return column


def _small_title(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
    label.setProperty("dim", True)
    return label


def _step(icon_name: str, text: str) -> QHBoxLayout:
    picture = QLabel()
    picture.setPixmap(icons.pixmap(icon_name, 18, theme.ACCENT, 2.0))
    picture.setFixedWidth(26)
    label = QLabel(text)
    label.setProperty("soft", True)
    row = QHBoxLayout()
    row.setSpacing(theme.TIGHT)
    row.addWidget(picture)
    row.addWidget(label, 1)
    return row
