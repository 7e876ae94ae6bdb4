"""The shot list: every shot with its picture, words and state; prompts are written in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.bridge.shot_items import STATE_WORDS, ShotItems, ShotRow
from studio.ui import theme
from studio.ui.prompt_edit import TAG, PromptEdit
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.ui.widgets import EmptyState, SectionHeader, icon_button

ROW_PX = 76
_PICTURE = QSize(86, 50)
Index = QModelIndex | QPersistentModelIndex


class ShotDelegate(QStyledItemDelegate):
    """Paints a shot's row, and writes its prompt in place."""

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self.tags: tuple[str, ...] = ()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(VALUE_ROLE)
        if not isinstance(row, ShotRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area: QRect = option.rect
        lit = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if lit or over:
            painter.fillRect(area, theme.colour(theme.ACCENT_WASH if lit else theme.RAISED))
        if lit:
            bar = QRect(area.x(), area.y(), 2, area.height())
            painter.fillRect(bar, theme.colour(theme.ACCENT))
        painter.fillRect(area.adjusted(0, area.height() - 1, 0, 0), theme.colour(theme.WELL))
        self._paint_picture(painter, area, row)
        self._paint_words(painter, area, row)
        painter.restore()

    def _paint_picture(self, painter: QPainter, area: QRect, row: ShotRow) -> None:
        picture = QRect(area.x() + 10, area.y() + 8, _PICTURE.width(), _PICTURE.height())
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        there = paint_tile(painter, self._tiles, row.tile, "video", picture, row.picture)
        painter.setClipping(False)
        if not there:
            painter.setPen(theme.colour(theme.LINE))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        colour = theme.STATE_COLOURS[row.state]
        stripe = QRectF(picture.x(), picture.bottom() + 4, picture.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(colour, 90 if row.state == "running" else 255))
        painter.drawRoundedRect(stripe, 1.5, 1.5)
        if row.state == "running" and row.done > 0:
            stripe.setWidth(stripe.width() * row.done)
            painter.setBrush(theme.colour(colour))
            painter.drawRoundedRect(stripe, 1.5, 1.5)

    def _paint_words(self, painter: QPainter, area: QRect, row: ShotRow) -> None:
        left = area.x() + 10 + _PICTURE.width() + 10
        line = QRect(left, area.y() + 7, area.right() - left - 10, 15)
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour(theme.TEXT))
        state = STATE_WORDS[row.state]
        words = f"{state} · {row.length}" if row.state != "draft" else row.length
        small = theme.font(theme.FONT_TINY_PX, tabular=True)
        painter.setFont(small)
        width = painter.fontMetrics().horizontalAdvance(words)
        colour = theme.STATE_COLOURS[row.state] if row.state != "draft" else theme.TEXT_DIM
        painter.setPen(theme.colour(colour))
        painter.drawText(line, theme.ALIGN_RIGHT, words)
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour(theme.TEXT))
        room = line.width() - width - 8
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, theme.ALIGN_LEFT, name)
        prompt = QRect(left, area.y() + 25, line.width(), area.height() - 31)
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        if row.prompt:
            _paint_prompt(painter, prompt, row.prompt)
        else:
            painter.setPen(theme.colour(theme.TEXT_FAINT))
            painter.drawText(prompt, Qt.TextFlag.TextWordWrap, self.tr("What is seen and heard?"))

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        editor = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD), parent)
        editor.set_tags(self.tags)
        editor.setFont(theme.font(theme.FONT_SMALL_PX))
        editor.committed.connect(lambda _text: self.commitData.emit(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        if isinstance(editor, PromptEdit) and not editor.toPlainText():
            editor.show_text(index.data(Qt.ItemDataRole.EditRole) or "")

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:  # noqa: N802
        items = index.model()
        if isinstance(editor, PromptEdit) and isinstance(items, ShotItems):
            items.setData(index, editor.toPlainText())

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        left = 10 + _PICTURE.width() + 4
        editor.setGeometry(option.rect.adjusted(left, 20, -4, -2))


class ShotList(QWidget):
    """The list with its header.

    Signals:
        chosen: the shot under the hand.
        new_asked: another shot is wanted.
        paste_asked: the clipboard's script should become shots.
    """

    chosen = Signal(str)
    new_asked = Signal()
    paste_asked = Signal()

    def __init__(self, items: ShotItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self.delegate = ShotDelegate(tiles, self)
        self.view = QListView()
        self.view.setModel(items)
        self.view.setItemDelegate(self.delegate)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.view.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.view.setAccessibleName(self.tr("Shot list"))
        tiles.ready.connect(self.view.viewport().update)
        self.view.selectionModel().currentChanged.connect(self._current)
        self.header = SectionHeader(self.tr("Shots"))
        self.header.add(icon_button("plus", self.tr("New shot"), self.new_asked.emit))
        self._empty = EmptyState(
            "list",
            self.tr("Write the first shot"),
            self.tr("One sentence of what is seen and heard is enough. A pasted script "
                    "(Shot 1: … Shot 2: …) becomes a list."),
            self.tr("New shot"),
        )  # fmt: skip
        self._empty.acted.connect(self.new_asked)
        button = self._empty.findChild(QPushButton)
        if button is not None:
            button.setProperty("primary", True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        items.rowsInserted.connect(self._turn)
        items.rowsRemoved.connect(self._turn)
        self._turn()

    def show_current(self, shot_id: str) -> None:
        """Show which shot is under the hand."""
        index = self._items.index_of(shot_id)
        if index.isValid() and index != self.view.currentIndex():
            self.view.setCurrentIndex(index)

    def _current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ID_ROLE))

    def _turn(self, *_: object) -> None:
        count = self._items.rowCount()
        self._stack.setCurrentIndex(1 if count else 0)
        self.header.set_note(str(count) if count else "")


def _paint_prompt(painter: QPainter, area: QRect, prompt: str) -> None:
    """Up to three lines of a prompt, its tags in the accent."""
    metrics = painter.fontMetrics()
    blank = metrics.horizontalAdvance(" ")
    x, y = area.x(), area.y() + metrics.ascent()
    lines = max(1, area.height() // metrics.height())
    line = 1
    for word in prompt.split():
        width = metrics.horizontalAdvance(word)
        if x + width > area.right() and x > area.x():
            if line == lines:
                painter.setPen(theme.colour(theme.TEXT_DIM))
                painter.drawText(min(x, area.right() - 8), y, "…")
                return
            line, x, y = line + 1, area.x(), y + metrics.height()
        tagged = TAG.match(word) is not None
        painter.setPen(theme.colour(theme.ACCENT if tagged else theme.TEXT_SOFT))
        painter.drawText(x, y, word)
        x += width + blank
