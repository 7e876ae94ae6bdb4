"""The storyboard: a still of every shot to approve, and the seeds of one shot to choose from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QEvent,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyleOptionViewItem,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.panel_keys import deed_of
from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.bridge.storyboard_items import BOARD_WORDS, IN_WORK, BoardItems, BoardRow
from studio.ui import icons, theme
from studio.ui.claimed_keys import claims_deed
from studio.ui.reading import shut
from studio.ui.row_delegate import TiledDelegate, hears_keys
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.ui.widgets import EmptyState, choose_alone, push_button
from studio.wording import tr

FRAME = QSize(188, 146)
_WORDS_PX = 36
_STAND_IN_VEIL, _PILL_MARK_PX = 90, 11
_KEEP, _REJECT, _SEEDS, _STOP = "shot.keep", "shot.reject", "shot.seeds", "shot.stop_all"
_OF_SEEDS = (_KEEP, _REJECT, _SEEDS)
_COLOURS = {
    "blank": theme.TEXT_DIM,
    "unwritten": theme.TEXT_DIM,
    "queued": theme.STATE_COLOURS["queued"],
    "running": theme.STATE_COLOURS["running"],
    "fresh": theme.STATE_COLOURS["preview"],
    "undecided": theme.STATE_COLOURS["undecided"],
    "passed": theme.TEXT_DIM,
    "approved": theme.GOOD,
    "stale": theme.CAUTION,
    "kept": theme.GOOD,
    "chosen": theme.GOOD,
}


class BoardDelegate(TiledDelegate[BoardRow]):
    """Paints a frame of the board: its picture, number, name and state."""

    kind = BoardRow
    size = FRAME

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: BoardRow) -> None:
        cell: QRect = option.rect.adjusted(5, 5, -5, -5)
        picture = QRect(cell.x(), cell.y(), cell.width(), cell.height() - _WORDS_PX)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 4, 4)
        painter.setClipPath(clip)
        key = f"take:{row.take_id}" if row.take_id else ""
        paint_tile(painter, self._tiles, key, "image", picture, row.picture)
        if row.stands_in:
            _paint_stand_in(painter, picture, row.stands_in)
        if row.state in IN_WORK:
            self._paint_progress(painter, picture, row)
        painter.setClipping(False)
        lit = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        edge = theme.ACCENT if lit else theme.LINE_STRONG if over else theme.LINE
        pen = painter.pen()
        pen.setColor(theme.colour(edge))
        pen.setWidthF(3.0 if lit and hears_keys(option) else 1.5 if lit else 1.0)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if row.state in ("approved", "kept", "chosen"):
            badge = QRect(picture.right() - 21, picture.y() + 5, 16, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.GOOD))
            painter.drawEllipse(badge)
            icons.draw(painter, "check", badge.adjusted(3, 3, -3, -3), theme.ON_ACCENT)
        self._paint_words(painter, cell, picture, row)

    def _paint_progress(self, painter: QPainter, picture: QRect, row: BoardRow) -> None:
        painter.fillRect(picture, theme.colour(theme.WELL, 120))
        bar = QRectF(picture.x(), picture.bottom() - 2, picture.width(), 3)
        painter.fillRect(bar, theme.colour(theme.ACCENT, 70))
        bar.setWidth(bar.width() * row.done)
        painter.fillRect(bar, theme.colour(theme.ACCENT))

    def _paint_words(self, painter: QPainter, cell: QRect, picture: QRect, row: BoardRow) -> None:
        line = QRect(cell.x() + 1, picture.bottom() + 4, cell.width() - 2, 15)
        painter.setFont(theme.font(theme.FONT_TINY_PX, weight=500, tabular=True))
        state = tr(BOARD_WORDS[row.state])
        painter.setPen(theme.colour(_COLOURS[row.state]))
        painter.drawText(line, theme.ALIGN_RIGHT, state)
        room = line.width() - painter.fontMetrics().horizontalAdvance(state) - 8
        painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=600))
        painter.setPen(theme.colour(theme.TEXT))
        right = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(f"{row.number}  {row.title}", right, room)
        painter.drawText(line, theme.ALIGN_LEFT, name)
        below = line.translated(0, 15)
        painter.setFont(theme.font(theme.FONT_TINY_PX))
        painter.setPen(theme.colour(theme.TEXT_DIM))
        words = painter.fontMetrics().elidedText(row.words, right, below.width())
        painter.drawText(below, theme.ALIGN_LEFT, words)


def _paint_stand_in(painter: QPainter, picture: QRect, take: str) -> None:
    """Say over a picture that it is no still, and of which take it is."""
    painter.fillRect(picture, theme.colour(theme.WELL, _STAND_IN_VEIL))
    painter.setFont(theme.font(theme.FONT_TINY_PX, weight=500, tabular=True))
    words = painter.fontMetrics().horizontalAdvance(take)
    pill = QRect(picture.x() + 6, picture.bottom() - 22, _PILL_MARK_PX + words + 16, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.SCREEN, 190))
    painter.drawRoundedRect(QRectF(pill), 8.5, 8.5)
    mark = QRect(pill.x() + 6, pill.y() + 3, _PILL_MARK_PX, _PILL_MARK_PX)
    icons.draw(painter, "film", mark, theme.ON_PICTURE)
    painter.setPen(theme.colour(theme.ON_PICTURE))
    painter.drawText(pill.adjusted(_PILL_MARK_PX + 9, 0, 0, 0), theme.ALIGN_LEFT, take)


class BoardView(QListView):
    """The frames; Return and Delete decide about the one that is current.

    Signals:
        said_yes, said_no: the id of a row.
    """

    said_yes = Signal(str)
    said_no = Signal(str)

    def __init__(self, tiles: TileCache, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(BoardDelegate(tiles, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setViewportMargins(theme.TIGHT, theme.TIGHT, 0, 0)
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr("Return takes a picture, Delete refuses it."))
        tiles.ready.connect(self.viewport().update)
        self.doubleClicked.connect(lambda index: self.said_yes.emit(index.data(ID_ROLE)))

    def event(self, event: QEvent) -> bool:
        # Return and Backspace decide about the still here, not about the take in the viewer.
        return claims_deed(event, "board") or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        row_id = self.currentIndex().data(ID_ROLE)
        deed = deed_of("board", event)
        if row_id and deed == "yes":
            self.said_yes.emit(row_id)
        elif row_id and deed == "no":
            self.said_no.emit(row_id)
        else:
            super().keyPressEvent(event)


class Storyboard(QWidget):
    """The board and the contact sheet, one at a time, over the buttons for both.

    Signals:
        chosen: a shot of the board to bring under the hand.
        looked_at: a take of the contact sheet to show in the viewer.
        approved, refused: a shot whose still was decided on.
        kept, rejected: a take of the contact sheet that was decided on.
        action_asked: the id of a command, such as ``shot.stills``.
    """

    chosen = Signal(str)
    looked_at = Signal(str)
    approved = Signal(str)
    refused = Signal(str)
    kept = Signal(str)
    rejected = Signal(str)
    action_asked = Signal(str)

    def __init__(
        self,
        board: BoardItems,
        sheet: BoardItems,
        tiles: TileCache,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._board, self._sheet = board, sheet
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(tr("Stills"))
        self.tabs.addTab(tr("Seeds"))
        self.tabs.currentChanged.connect(lambda _: self._turn())
        self.board = BoardView(tiles, tr("Storyboard"))
        self.board.setModel(board)
        self.board.selectionModel().currentChanged.connect(
            lambda index, _: index.isValid() and self.chosen.emit(index.data(ID_ROLE))
        )
        self.board.said_yes.connect(self.approved)
        self.board.said_no.connect(self.refused)
        self.sheet = BoardView(tiles, tr("Contact sheet"))
        self.sheet.setModel(sheet)
        self.sheet.pressed.connect(lambda index: self.looked_at.emit(index.data(ID_ROLE)))
        self.sheet.selectionModel().currentChanged.connect(lambda *_: self._turn())
        self.sheet.said_yes.connect(self.kept)
        self.sheet.said_no.connect(self.rejected)
        self._no_shots = EmptyState(
            "grid",
            tr("A board without shots"),
            tr("Write or paste the shot list first; every shot gets a frame here."),
        )
        self._no_sheet = EmptyState(
            "seed",
            tr("No contact sheet of this shot"),
            tr("Several seeds of one shot side by side: keep the one that is right."),
            tr("Make four"),
        )
        self._no_sheet.acted.connect(lambda: self.action_asked.emit("shot.seeds"))
        self._stack = QStackedWidget()
        for page in (self._no_shots, self.board, self._no_sheet, self.sheet):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addWidget(self._stack, 1)
        for items in (board, sheet):
            for signal in (items.rowsInserted, items.rowsRemoved, items.dataChanged):
                signal.connect(self._turn)
        self._turn()

    def only_read(self) -> None:
        """Let stills and seeds be looked at."""
        shut(self._deeds, self._no_sheet)

    def show_current(self, shot_id: str) -> None:
        """Show which shot is under the hand."""
        index = self._board.index_of(shot_id)
        if index.isValid() and index != self.board.currentIndex():
            choose_alone(self.board, index)

    def show_sheet(self) -> None:
        """Turn to the contact sheet."""
        self.tabs.setCurrentIndex(1)

    def show_board(self) -> None:
        """Turn to the stills."""
        self.tabs.setCurrentIndex(0)

    def _top(self) -> QWidget:
        head, self._deeds = QWidget(), QWidget()
        row, top = QHBoxLayout(head), QHBoxLayout(self._deeds)
        row.setContentsMargins(theme.TIGHT, 0, theme.GAP, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self._deeds)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(theme.TIGHT)
        self._buttons: dict[str, QPushButton] = {}
        for action_id, text, icon_name in (
            ("shot.stills", tr("Make missing stills"), "picture"),
            ("shot.still", tr("Another still"), "seed"),
            ("shot.approve_still", tr("Approve"), "keep"),
            (_KEEP, tr("Keep"), "keep"),
            (_REJECT, tr("Reject"), "reject"),
            (_SEEDS, tr("Four more seeds"), "seed"),
            (_STOP, tr("Stop"), "stop"),
        ):
            button = push_button(
                text, partial(self._ask, action_id), quiet=True, icon_name=icon_name
            )
            button.setObjectName(action_id)
            self._buttons[action_id] = button
            top.addWidget(button)
        return head

    def _ask(self, action_id: str) -> None:
        """Do what a button says: a seed is decided on where it lies, all else is a command."""
        seed = self.sheet.currentIndex().data(ID_ROLE)
        if action_id == _KEEP:
            self.kept.emit(seed)
        elif action_id == _REJECT:
            self.rejected.emit(seed)
        else:
            self.action_asked.emit(action_id)

    def _turn(self, *_: object) -> None:
        seeds = self.tabs.currentIndex() == 1
        if seeds:
            page = self.sheet if self._sheet.rowCount() else self._no_sheet
        else:
            page = self.board if self._board.rowCount() else self._no_shots
        self._stack.setCurrentWidget(page)
        there = (self._sheet if seeds else self._board).rowCount() > 0
        for action_id, button in self._buttons.items():
            both = action_id == _STOP
            button.setVisible(there and (both or (action_id in _OF_SEEDS) == seeds))
        waits = any(row.state in IN_WORK for row in (*self._board.rows(), *self._sheet.rows()))
        self._buttons[_STOP].setEnabled(waits)
        row = self.sheet.currentIndex().data(VALUE_ROLE)
        for action_id in (_KEEP, _REJECT):
            self._buttons[action_id].setEnabled(isinstance(row, BoardRow) and bool(row.take_id))
