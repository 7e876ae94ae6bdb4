"""The take tree: the takes of a shot side by side, each edit after what it edits."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.bridge.take_items import TakeItems, TakeRow
from studio.ui import icons, theme
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.ui.widgets import EmptyState, push_button

CELL = QSize(148, 122)
_PICTURE_PX = 78
Index = QModelIndex | QPersistentModelIndex


class TakeDelegate(QStyledItemDelegate):
    """Paints a take: its picture, what it is, and what was decided."""

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(VALUE_ROLE)
        if not isinstance(row, TakeRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if row.decision == "rejected":
            painter.setOpacity(0.45)
        cell: QRect = option.rect.adjusted(4, 4, -4, -4)
        picture = QRect(cell.x(), cell.y(), cell.width(), _PICTURE_PX)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        paint_tile(painter, self._tiles, row.tile, "video", picture, row.frame)
        if row.chosen:
            band = QRect(picture.x(), picture.y(), 52, 16)
            painter.fillRect(band, theme.colour(theme.ACCENT))
            painter.setFont(theme.font(theme.FONT_TINY_PX, weight=600))
            painter.setPen(theme.colour(theme.ON_ACCENT))
            painter.drawText(band, Qt.AlignmentFlag.AlignCenter, self.tr("In the cut"))
        painter.setClipping(False)
        lit = bool(option.state & QStyle.StateFlag.State_Selected)
        if lit:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        self._paint_words(painter, cell, row)
        painter.restore()

    def _paint_words(self, painter: QPainter, cell: QRect, row: TakeRow) -> None:
        line = QRect(cell.x(), cell.y() + _PICTURE_PX + 3, cell.width(), 15)
        painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500))
        painter.setPen(theme.colour(theme.TEXT))
        title = f"↳ {row.title}" if row.depth else row.title
        painter.drawText(line, theme.ALIGN_LEFT, title)
        mark = QRect(line.right() - 14, line.y() + 1, 13, 13)
        if row.decision == "kept":
            icons.draw(painter, "keep", mark, theme.GOOD)
        elif row.decision == "rejected":
            icons.draw(painter, "reject", mark, theme.BAD)
        elif row.flags:
            icons.draw(painter, "warning", mark, theme.CAUTION)
        line.translate(0, 15)
        colour = theme.STATE_COLOURS["full" if row.kind == "full" or row.upgraded else "preview"]
        painter.setFont(theme.font(theme.FONT_TINY_PX))
        painter.setPen(theme.colour(theme.TEXT_SOFT if row.kind == "edit" else colour))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(row.words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, theme.ALIGN_LEFT, words)


class TakePanel(QWidget):
    """The takes, and the buttons that decide about the one under the hand.

    Signals:
        looked_at: a take id that should be in the viewer.
        action_asked: the id of a command, such as ``shot.keep``.
    """

    looked_at = Signal(str)
    action_asked = Signal(str)

    def __init__(self, items: TakeItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self.view = QListView()
        self.view.setModel(items)
        self.view.setItemDelegate(TakeDelegate(tiles, self.view))
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setAccessibleName(self.tr("Takes"))
        self.view.clicked.connect(lambda index: self.looked_at.emit(index.data(ID_ROLE)))
        self.view.activated.connect(lambda index: self.looked_at.emit(index.data(ID_ROLE)))
        tiles.ready.connect(self.view.viewport().update)
        self._empty = EmptyState(
            "tree",
            self.tr("No takes yet"),
            self.tr("Press P for a preview: the takes of a shot stand here side by side."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self._flags = QLabel()
        self._flags.setWordWrap(True)
        self._flags.setFont(theme.font(theme.FONT_SMALL_PX))
        self._flags.setStyleSheet(f"color: {theme.CAUTION};")
        self._flags.setContentsMargins(theme.WIDE, theme.TIGHT, theme.WIDE, 0)
        self._flags.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._flags)
        column.addWidget(self._foot())
        items.rowsInserted.connect(self._turn)
        items.rowsRemoved.connect(self._turn)
        items.dataChanged.connect(self._turn)
        self._turn()

    def show_current(self, take_id: str) -> None:
        """Show which take is under the hand."""
        index = self._items.index_of(take_id)
        self.view.setCurrentIndex(index)
        row = self._items.row(index.row()) if index.isValid() else None
        flags = row.flags if row is not None else ()
        self._flags.setText(" ".join(flags))
        self._flags.setVisible(bool(flags))

    def _foot(self) -> QWidget:
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        row.setSpacing(theme.GAP)
        for text, action, icon_name, tip in (
            (self.tr("Keep"), "shot.keep", "keep", self.tr("Keep this take  (Return)")),
            (self.tr("Reject"), "shot.reject", "reject", self.tr("Reject it  (Backspace)")),
            (self.tr("Edit…"), "shot.edit", "wand", self.tr("Say what should change  (E)")),
        ):
            button = push_button(
                text, lambda action=action: self.action_asked.emit(action), icon_name=icon_name
            )
            button.setObjectName(f"take_{action}")
            button.setToolTip(tip)
            row.addWidget(button, 1)
        return self._buttons

    def _turn(self, *_: object) -> None:
        there = self._items.rowCount() > 0
        self._stack.setCurrentIndex(1 if there else 0)
        self._buttons.setVisible(there)
