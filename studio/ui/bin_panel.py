"""The bin panel: imported media as tiles; files are dropped in, references dragged out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QItemSelectionModel, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.bin_items import BinItems, BinSearch, MediaRow
from studio.bridge.drags import local_files
from studio.bridge.panel_keys import deed_of
from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.ui import icons, theme
from studio.ui.bin_bar import BinBar
from studio.ui.panel_layout import paged, yielding
from studio.ui.reading import shut, shut_menu
from studio.ui.row_delegate import Index, TiledDelegate, hears_keys
from studio.ui.tags_line import TagField, TagsLine
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_missing, paint_tile
from studio.ui.widgets import EmptyState, ProgressLine, icon_button
from studio.wording import tr

TILE = QSize(92, 78)
_WORDS_PX = 32
_LEAST_PX = 84
_HINT_PX = 122
_KIND_ICONS = {"image": "picture", "video": "film", "audio": "sound"}


class MediaDelegate(TiledDelegate[MediaRow]):
    """Paints a media item: picture or waveform, name, facts; hovering scrubs a clip."""

    kind = MediaRow

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(tiles, parent)
        self.scrub: tuple[str, float] = ("", 0.0)
        self.tile = TILE

    @property
    def picture_px(self) -> int:
        """How high a picture is."""
        return self.tile.height() - _WORDS_PX

    def fit(self, width_px: int) -> bool:
        """Let as many tiles as there is room for share ``width_px``; whether that changed them."""
        width = width_px // max(1, width_px // TILE.width())
        tile = QSize(width, round((width - 6) * 9 / 16) + _WORDS_PX)
        changed, self.tile = tile != self.tile, tile
        return changed

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return self.tile

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: MediaRow) -> None:
        cell: QRect = option.rect.adjusted(3, 3, -3, -3)
        picture = QRect(cell.x(), cell.y(), cell.width(), self.picture_px)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        tiles, key = self._tiles, f"media:{row.id}"
        seen = paint_tile(painter, tiles, key, row.kind, picture, self._frame(row))
        badge = QRect(picture.right() - 17, picture.y() + 3, 14, 14)
        painter.fillRect(badge.adjusted(-1, -1, 1, 1), theme.colour("#000000", 120))
        icons.draw(painter, _KIND_ICONS[row.kind], badge, theme.ON_PICTURE)
        if row.missing:
            paint_missing(painter, picture, seen=seen)
        painter.setClipping(False)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.colour(theme.ACCENT), 3.0 if hears_keys(option) else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        self._paint_words(painter, cell, row, bool(option.state & QStyle.StateFlag.State_Selected))

    def _paint_words(self, painter: QPainter, cell: QRect, row: MediaRow, lit: bool) -> None:
        line = QRect(cell.x() + 1, cell.y() + self.picture_px + 2, cell.width() - 2, 13)
        painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500 if row.tag else 400))
        painter.setPen(theme.colour(theme.ACCENT if row.tag else theme.TEXT))
        name = f"@{row.tag}" if row.tag else row.name
        metrics = painter.fontMetrics()
        middle = Qt.TextElideMode.ElideMiddle
        painter.drawText(line, theme.ALIGN_LEFT, metrics.elidedText(name, middle, line.width()))
        painter.setFont(theme.font(theme.FONT_TINY_PX))
        painter.setPen(theme.colour(theme.TEXT_SOFT if lit else theme.TEXT_DIM))
        words = tr("file is gone") if row.missing else ", ".join(row.tags) or row.facts
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line.translated(0, 13), theme.ALIGN_LEFT, words)

    def _frame(self, row: MediaRow) -> int:
        media_id, share = self.scrub
        return int(share * row.frames) if media_id == row.id and row.kind == "video" else 0


class BinView(QListView):
    """The tiles; the mouse over a clip scrubs through it.

    Signals:
        delete_pressed: the selected items should go.
        name_pressed: the selected item should get a name for prompts.
    """

    delete_pressed = Signal()
    name_pressed = Signal()

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
        self.setAccessibleName(tr("Media"))
        tiles.ready.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match deed_of("bins", event):
            case "remove":
                self.delete_pressed.emit()
            case "name":
                self.name_pressed.emit()
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        if self.delegate.fit(self.width() - bar - 2 * theme.TIGHT):
            self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

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
    """Bins, search, kinds, tiles, tags, and the line that tells of a running import.

    Signals:
        files_dropped: paths from another program.
        import_asked: the director wants to choose files.
        tag_asked: a media id and the name it should have in prompts.
        used: a media id that belongs on the shot under the hand.
        opened: a media id to look at in the viewer.
        removed: media ids to take out of the film.
        taken_out: media ids to take out of the bin that is looked into.
        shelved: a bin and media ids to put in it as well.
        tags_wanted: media ids whose tags should be written.
        import_stopped: a running import should end.
    """

    files_dropped = Signal(object)
    import_asked = Signal()
    tag_asked = Signal(str, str)
    used = Signal(str)
    opened = Signal(str)
    removed = Signal(object)
    taken_out = Signal(object)
    shelved = Signal(str, object)
    tags_wanted = Signal(object)
    import_stopped = Signal()

    def __init__(self, items: BinItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._items = items
        self._read = False
        self._found = BinSearch()
        self._found.setSourceModel(items)
        self.bar = BinBar()
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText(tr("Names and tags"))
        self.search.setAccessibleName(tr("Search names and tags"))
        self.search.textChanged.connect(self._search)
        self._kinds = QTabBar()
        self._kinds.setExpanding(False)
        for text, kind in (
            (tr("All"), ""),
            (tr("Pictures"), "image"),
            (tr("Clips"), "video"),
            (tr("Sounds"), "audio"),
        ):
            self._kinds.setTabData(self._kinds.addTab(text), kind)
        self._kinds.currentChanged.connect(self._only)
        self.view = BinView(tiles)
        self.setMinimumWidth(200)
        self.view.setModel(self._found)
        self.view.delete_pressed.connect(self._delete)
        self.view.name_pressed.connect(
            lambda: self._with_chosen(lambda ids: self.name_item(ids[0]))
        )
        self.view.doubleClicked.connect(lambda index: self.opened.emit(index.data(ID_ROLE)))
        self._empty = EmptyState(
            "import",
            tr("Drop media here"),
            tr("Pictures, clips and sounds become faces, places and voices of your shots."),
            tr("Choose files…"),
        )
        self._empty.acted.connect(self.import_asked)
        self._bare = EmptyState(
            "bin",
            tr("This bin is empty"),
            tr("Drag media from Everything onto its name, or drop files here."),
        )
        self._unfound = EmptyState(
            "search",
            tr("Nothing found"),
            tr("No media in here have that name, tag or kind."),
            tr("Show all again"),
        )
        self._unfound.acted.connect(self._show_all)
        pages = paged(self._empty, self._bare, self._unfound, self.view)
        self._stack = yielding(pages, _LEAST_PX)
        self.tags = TagsLine()
        self.progress = ProgressLine()
        self.progress.stopped.connect(self.import_stopped)
        self.progress.hide()
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.WIDE, 0, theme.TIGHT, theme.TIGHT)
        foot.addWidget(self.progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(self._top())
        column.addWidget(self.bar)
        column.addWidget(self._kinds)
        column.addWidget(self._stack, 1)
        column.addWidget(self.tags)
        column.addLayout(foot)
        self._found.rowsInserted.connect(self.turn)
        self._found.rowsRemoved.connect(self.turn)
        self.turn()

    def only_read(self) -> None:
        """Let media be found and looked at."""
        self._read = self.bar.read = True
        shut(self._import, self._empty, self.tags)

    def _top(self) -> QHBoxLayout:
        top = QHBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.addWidget(self.search, 1)
        self._import = icon_button("import", tr("Import media"), self.import_asked.emit)
        top.addWidget(self._import)
        return top

    def selected(self) -> tuple[str, ...]:
        """The selected media ids."""
        return tuple(index.data(ID_ROLE) for index in self.view.selectedIndexes())

    def choose(self, media_ids: Iterable[str]) -> None:
        """Select items and scroll to the first, as far as they are among those that are shown."""
        places = [self._found.mapFromSource(self._items.index_of(one)) for one in media_ids]
        shown = [place for place in places if place.isValid()]
        if shown:
            self.view.setCurrentIndex(shown[0])
        for place in shown:
            self.view.selectionModel().select(place, QItemSelectionModel.SelectionFlag.Select)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        paths = local_files(event.mimeData())
        if paths:
            self.files_dropped.emit(paths)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the selected items, or with none."""
        chosen, menu = self.selected(), QMenu(self)
        if not chosen:
            menu.addAction(tr("Import media…"), self.import_asked.emit)
            menu.addAction(tr("New bin"), lambda: self.bar.new_asked.emit(()))
            if self._read:
                shut_menu(menu)
            return menu
        menu.addAction(tr("Use in this shot"), lambda: self.used.emit(chosen[0]))
        menu.addAction(tr("Look at it"), lambda: self.opened.emit(chosen[0]))
        menu.addSeparator()
        menu.addAction(tr("Name it for prompts…"), lambda: self.name_item(chosen[0]))
        menu.addAction(tr("Tags…"), lambda: self.tags_wanted.emit(chosen))
        bins = menu.addMenu(tr("Put in bin"))
        for row in self.bar.bins:
            if row.id != self.bar.current:
                bins.addAction(row.name, lambda key=row.id: self.shelved.emit(key, chosen))
        bins.addAction(tr("A new bin"), lambda: self.bar.new_asked.emit(chosen))
        menu.addSeparator()
        if self.bar.current:
            menu.addAction(tr("Take out of this bin"), lambda: self.taken_out.emit(chosen))
        menu.addAction(tr("Take out of the film"), lambda: self.removed.emit(chosen))
        if self._read:
            shut_menu(menu, tr("Look at it"))
        return menu

    def name_item(self, media_id: str) -> None:
        """Open the field in which an item gets its @tag, over its tile."""
        index = self._found.mapFromSource(self._items.index_of(media_id))
        row = index.data(VALUE_ROLE)
        if not isinstance(row, MediaRow) or self._read:
            return
        field = TagField(row.tag, self.view.viewport())
        area = self.view.visualRect(index)
        field.setGeometry(
            area.x() + 3, area.y() + self.view.delegate.picture_px, area.width() - 6, 26
        )
        field.named.connect(lambda tag: self.tag_asked.emit(media_id, tag))
        field.show()
        field.setFocus()

    def turn(self, *_: object) -> None:
        """Show the tiles, or what to do where there are none."""
        held, shown = self._items.rowCount(), self._found.rowCount()
        bare = self._bare if self.bar.current else self._empty
        page = self.view if shown else self._unfound if held else bare
        self._stack.setCurrentWidget(page)
        # Tiles give way to the shot list below, but not what says what belongs here.
        self._stack.setMinimumHeight(_LEAST_PX if page is self.view else _HINT_PX)
        # One kind alone needs no tabs, unless another was chosen that now hides it.
        kinds = {row.kind for row in self._items.rows()}
        self._kinds.setVisible(len(kinds) > 1 or self._kinds.currentIndex() > 0)
        self.bar.setVisible(held > 0 or self.bar.holds_any)

    def _search(self, text: str) -> None:
        self._found.search(text)
        self.turn()

    def _only(self, place: int) -> None:
        self._found.only(self._kinds.tabData(place))
        self.turn()

    def _show_all(self) -> None:
        self.search.clear()
        self._kinds.setCurrentIndex(0)

    def _with_chosen(self, deed: Callable[[tuple[str, ...]], object]) -> None:
        chosen = self.selected()
        if chosen:
            deed(chosen)

    def _delete(self) -> None:
        """Out of the bin that is looked into, or out of the film where that is everything."""
        self._with_chosen(self.taken_out.emit if self.bar.current else self.removed.emit)
