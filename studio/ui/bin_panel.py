"""The bin panel: imported media as tiles; files are dropped in, references dragged out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.bin_items import BinItems, BinSearch, MediaRow
from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.ui import icons, theme
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.ui.widgets import EmptyState, ProgressLine, icon_button

TILE = QSize(112, 92)
_PICTURE_PX = 60
_KIND_ICONS = {"image": "picture", "video": "film", "audio": "sound"}


class MediaDelegate(QStyledItemDelegate):
    """Paints a media item: picture or waveform, name, facts; hovering scrubs a clip."""

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self.scrub: tuple[str, float] = ("", 0.0)

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return TILE

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.data(VALUE_ROLE)
        if not isinstance(row, MediaRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        cell: QRect = option.rect.adjusted(3, 3, -3, -3)
        picture = QRect(cell.x(), cell.y(), cell.width(), _PICTURE_PX)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        paint_tile(painter, self._tiles, f"media:{row.id}", row.kind, picture, self._frame(row))
        badge = QRect(picture.right() - 17, picture.y() + 3, 14, 14)
        painter.fillRect(badge.adjusted(-1, -1, 1, 1), theme.colour("#000000", 120))
        icons.draw(painter, _KIND_ICONS[row.kind], badge, theme.TEXT_SOFT)
        if row.missing:
            painter.fillRect(picture, theme.colour(theme.WELL, 200))
            mark = QRect(picture.center().x() - 9, picture.y() + 20, 18, 18)
            icons.draw(painter, "warning", mark, theme.BAD)
        painter.setClipping(False)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        self._paint_words(painter, cell, row, bool(option.state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _paint_words(self, painter: QPainter, cell: QRect, row: MediaRow, lit: bool) -> None:
        line = QRect(cell.x() + 1, cell.y() + _PICTURE_PX + 2, cell.width() - 2, 13)
        painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500 if row.tag else 400))
        painter.setPen(theme.colour(theme.ACCENT if row.tag else theme.TEXT))
        name = f"@{row.tag}" if row.tag else row.name
        metrics = painter.fontMetrics()
        middle = Qt.TextElideMode.ElideMiddle
        painter.drawText(line, theme.ALIGN_LEFT, metrics.elidedText(name, middle, line.width()))
        painter.setFont(theme.font(theme.FONT_TINY_PX))
        painter.setPen(theme.colour(theme.TEXT_SOFT if lit else theme.TEXT_DIM))
        words = self.tr("file is gone") if row.missing else row.facts
        painter.drawText(line.translated(0, 13), theme.ALIGN_LEFT, words)

    def _frame(self, row: MediaRow) -> int:
        media_id, share = self.scrub
        return int(share * row.frames) if media_id == row.id and row.kind == "video" else 0


class BinView(QListView):
    """The tiles; the mouse over a clip scrubs through it."""

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delegate = MediaDelegate(tiles, self)
        self.setItemDelegate(self.delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setSpacing(0)
        self.setViewportMargins(theme.TIGHT, 0, 0, 0)
        self.setAccessibleName(self.tr("Media"))
        tiles.ready.connect(self.viewport().update)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        share = 0.0
        if index.isValid():
            area = self.visualRect(index)
            share = (event.position().x() - area.x()) / max(1, area.width())
        self.delegate.scrub = (index.data(ID_ROLE) or "", min(0.999, max(0.0, share)))
        self.viewport().update()


class BinPanel(QWidget):
    """Search, kinds, tiles, and the line that tells of a running import.

    Signals:
        files_dropped: paths from another program.
        import_asked: the director wants to choose files.
        tag_asked: a media id and the name it should have in prompts.
        used: a media id that belongs on the shot under the hand.
        opened: a media id to look at in the viewer.
        removed: media ids to take out of the film.
        import_stopped: a running import should end.
    """

    files_dropped = Signal(object)
    import_asked = Signal()
    tag_asked = Signal(str, str)
    used = Signal(str)
    opened = Signal(str)
    removed = Signal(object)
    import_stopped = Signal()

    def __init__(self, items: BinItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._items = items
        self._found = BinSearch()
        self._found.setSourceModel(items)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search names and tags"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._found.search)
        self._kinds = QTabBar()
        self._kinds.setExpanding(False)
        for text, kind in (
            (self.tr("All"), ""),
            (self.tr("Pictures"), "image"),
            (self.tr("Clips"), "video"),
            (self.tr("Sounds"), "audio"),
        ):
            self._kinds.setTabData(self._kinds.addTab(text), kind)
        self._kinds.currentChanged.connect(
            lambda place: self._found.only(self._kinds.tabData(place))
        )
        self.view = BinView(tiles)
        self.view.setModel(self._found)
        self.view.doubleClicked.connect(lambda index: self.opened.emit(index.data(ID_ROLE)))
        self._empty = EmptyState(
            "import",
            self.tr("Drop media here"),
            self.tr("Pictures, clips and sounds become faces, places and voices of your shots."),
            self.tr("Choose files…"),
        )
        self._empty.acted.connect(self.import_asked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self.progress = ProgressLine()
        self.progress.stopped.connect(self.import_stopped)
        self.progress.hide()
        top = QHBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.addWidget(self.search, 1)
        top.addWidget(icon_button("import", self.tr("Import media"), self.import_asked.emit))
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.WIDE, 0, theme.TIGHT, theme.TIGHT)
        foot.addWidget(self.progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(top)
        column.addWidget(self._kinds)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        items.rowsInserted.connect(self._turn)
        items.rowsRemoved.connect(self._turn)
        self._turn()

    def selected(self) -> tuple[str, ...]:
        """The selected media ids."""
        return tuple(index.data(ID_ROLE) for index in self.view.selectedIndexes())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        paths = tuple(
            Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()
        )
        if paths:
            self.files_dropped.emit(paths)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        chosen = self.selected()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if chosen:
            menu.addAction(self.tr("Use in this shot"), lambda: self.used.emit(chosen[0]))
            menu.addAction(self.tr("Look at it"), lambda: self.opened.emit(chosen[0]))
            menu.addAction(self.tr("Name it for prompts…"), lambda: self.name_item(chosen[0]))
            menu.addSeparator()
            menu.addAction(self.tr("Take out of the film"), lambda: self.removed.emit(chosen))
        else:
            menu.addAction(self.tr("Import media…"), self.import_asked.emit)
        menu.popup(event.globalPos())

    def name_item(self, media_id: str) -> None:
        """Open the field in which an item gets its @tag, over its tile."""
        index = self._found.mapFromSource(self._items.index_of(media_id))
        row = index.data(VALUE_ROLE)
        if not isinstance(row, MediaRow):
            return
        field = TagField(row.tag, self.view.viewport())
        area = self.view.visualRect(index)
        field.setGeometry(area.x() + 3, area.y() + _PICTURE_PX, area.width() - 6, 26)
        field.named.connect(lambda tag: self.tag_asked.emit(media_id, tag))
        field.show()
        field.setFocus()

    def _turn(self, *_: object) -> None:
        self._stack.setCurrentIndex(1 if self._items.rowCount() else 0)
        self._kinds.setVisible(self._items.rowCount() > 0)


class TagField(QLineEdit):
    """A name being given; Return gives it, leaving the field lets it be."""

    named = Signal(str)

    def __init__(self, tag: str, parent: QWidget) -> None:
        super().__init__(tag, parent)
        self.setObjectName("tag_field")
        self.setPlaceholderText("@name")
        self.returnPressed.connect(self._give)
        self.editingFinished.connect(self.deleteLater)

    def _give(self) -> None:
        tag = self.text().strip().lstrip("@")
        if tag:
            self.named.emit(tag)
