"""The card panel: characters, places, props and voices, named once and dragged onto shots."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.card_items import CARD_WORDS, CardItems, CardRow
from studio.bridge.drags import carried
from studio.bridge.panel_keys import deed_of
from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.document.film import CardKind
from studio.ui import icons, theme
from studio.ui.panel_layout import paged, yielding
from studio.ui.reading import shut, shut_menu
from studio.ui.row_delegate import TiledDelegate, wash
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.ui.widgets import EmptyState, choice, choose_alone, push_button
from studio.wording import term, tr

ROW_PX = 58
_KIND_ICONS = {"character": "character", "place": "place", "prop": "tag", "voice": "sound"}
_KINDS: tuple[CardKind, ...] = ("character", "place", "prop", "voice")


class CardDelegate(TiledDelegate[CardRow]):
    """Paints a card: its first picture, its tag and words, and how many shots use it."""

    kind = CardRow
    size = QSize(180, ROW_PX)

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: CardRow) -> None:
        area: QRect = option.rect
        wash(painter, option)
        picture = QRect(area.x() + 10, area.y() + 8, 56, 42)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        if row.pictures:
            paint_tile(painter, self._tiles, row.pictures[0][0], row.pictures[0][1], picture)
        elif row.voice:
            paint_tile(painter, self._tiles, row.voice, "audio", picture)
        else:
            painter.fillRect(picture, theme.colour(theme.WELL))
            mark = QRect(0, 0, 18, 18)
            mark.moveCenter(picture.center())
            icons.draw(painter, _KIND_ICONS[row.kind], mark, theme.TEXT_DIM)
        painter.setClipping(False)
        self._paint_words(painter, area, row)

    def _paint_words(self, painter: QPainter, area: QRect, row: CardRow) -> None:
        left = area.x() + 76
        line = QRect(left, area.y() + 9, area.right() - left - 10, 16)
        used = tr("{count} shots", count=row.shots)
        used = tr("1 shot") if row.shots == 1 else used if row.shots else tr("unused")
        painter.setFont(theme.font(theme.FONT_TINY_PX, tabular=True))
        painter.setPen(theme.colour(theme.TEXT_DIM))
        painter.drawText(line, theme.ALIGN_RIGHT, used)
        room = line.width() - painter.fontMetrics().horizontalAdvance(used) - 8
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour(theme.ACCENT))
        right = Qt.TextElideMode.ElideRight
        painter.drawText(
            line, theme.ALIGN_LEFT, painter.fontMetrics().elidedText(f"@{row.tag}", right, room)
        )
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        painter.setPen(theme.colour(theme.TEXT_SOFT))
        held = len(row.pictures)
        parts = [tr(CARD_WORDS[row.kind])]
        if held:
            word = term("1 picture") if held == 1 else term("{count} pictures")
            parts.append(tr(word, count=held))
        if row.voice and row.kind != "voice":
            parts.append(tr("a voice"))
        words = row.words or " · ".join(parts)
        below = line.translated(0, 19)
        painter.drawText(
            below, theme.ALIGN_LEFT, painter.fontMetrics().elidedText(words, right, below.width())
        )


class CardView(QListView):
    """The cards; media dropped on one are given to it.

    Signals:
        media_dropped: a card (empty where it fell beside them), and media ids.
        remove_pressed: the selected card should go.
        menu_asked: a menu is wanted, at a place on the screen.
    """

    media_dropped = Signal(str, object)
    remove_pressed = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(CardDelegate(tiles, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("Cards"))
        tiles.ready.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if deed_of("cards", event):
            self.remove_pressed.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.menu_asked.emit(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        self._consider(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        self._consider(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        media = carried(event.mimeData(), "media")
        if media:
            index = self.indexAt(event.position().toPoint())
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.media_dropped.emit(index.data(ID_ROLE) or "", media)

    def _consider(self, event: QDropEvent) -> None:
        if carried(event.mimeData(), "media"):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()


class CardPanel(QWidget):
    """The cards over the fields of the one that is selected.

    Signals:
        new_asked: a card with nothing in it yet.
        made_of: media ids that should become a card.
        given: a card and media ids.
        renamed, kind_chosen, described: a card and its new value.
        used: card ids for the shot under the hand.
        removed: a card.
    """

    new_asked = Signal()
    made_of = Signal(object)
    given = Signal(str, object)
    renamed = Signal(str, str)
    kind_chosen = Signal(str, str)
    described = Signal(str, str)
    used = Signal(object)
    removed = Signal(str)

    def __init__(self, items: CardItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self._read = False
        self.setAcceptDrops(True)
        self.view = CardView(tiles)
        self.view.setModel(items)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_fields())
        self.view.media_dropped.connect(self._dropped)
        self.view.remove_pressed.connect(self._remove)
        self.view.menu_asked.connect(lambda at: self.menu().popup(at))
        self.view.activated.connect(lambda index: self.used.emit((index.data(ID_ROLE),)))
        self.tag = QLineEdit()
        self.tag.setAccessibleName(tr("Tag"))
        self.tag.setToolTip(tr("Renaming it renames it in every prompt"))
        kinds = [(tr(CARD_WORDS[kind]), kind) for kind in _KINDS]
        self.kind = choice(tr("Kind"), kinds)
        self.words = QLineEdit()
        self.words.setAccessibleName(tr("In words"))
        self.words.setPlaceholderText(tr("In words, for shots without its pictures"))
        self._empty = EmptyState(
            "character",
            tr("Name a face, a place, a voice"),
            tr("Drop media here from the bins: the card is written as @Name in every shot."),
            tr("New card"),
        )
        self._empty.acted.connect(self.new_asked)
        self._stack = yielding(paged(self._empty, self.view), ROW_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot())
        self.tag.editingFinished.connect(self._rename)
        self.kind.activated.connect(
            lambda _: self.kind_chosen.emit(self.current, self.kind.currentData())
        )
        self.words.editingFinished.connect(self._describe)
        for signal in (items.rowsInserted, items.rowsRemoved, items.dataChanged):
            signal.connect(self._turn)
        self._turn()

    @property
    def current(self) -> str:
        """The selected card; empty where there is none."""
        return self.view.currentIndex().data(ID_ROLE) or ""

    def show_current(self, card_id: str, *, write: bool = False) -> None:
        """Select a card, and put the cursor into its tag where it should be named."""
        choose_alone(self.view, self._items.index_of(card_id))
        if write:
            self.tag.setFocus()
            self.tag.selectAll()

    def only_read(self) -> None:
        """Let the cards be looked at."""
        self._read = True
        shut(self._fields, self._empty)

    def menu(self) -> QMenu:
        """What can be done with the selected card, or without one."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        card_id = self.current
        if card_id:
            menu.addAction(tr("Use in shot"), lambda: self.used.emit((card_id,)))
            menu.addAction(tr("Rename…"), lambda: self.show_current(card_id, write=True))
            menu.addSeparator()
        menu.addAction(tr("New card"), self.new_asked.emit)
        if card_id:
            menu.addSeparator()
            menu.addAction(tr("Remove card"), self._remove)
        if self._read:
            shut_menu(menu)
        return menu

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if carried(event.mimeData(), "media"):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        media = carried(event.mimeData(), "media")
        if media:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.made_of.emit(media)

    def _foot(self) -> QWidget:
        self._fields = QFrame()
        self._fields.setProperty("panel", True)
        top = QHBoxLayout()
        top.addWidget(self.tag, 1)
        top.addWidget(self.kind)
        buttons = QHBoxLayout()
        self.use_button = push_button(tr("Use in shot"), lambda: self.used.emit((self.current,)))
        remove = push_button(tr("Remove"), self._remove, quiet=True)
        new = push_button(tr("New"), self.new_asked.emit, icon_name="plus")
        for button in (self.use_button, new):
            buttons.addWidget(button, 1)
        buttons.addWidget(remove)
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.words)
        column.addLayout(buttons)
        return self._fields

    def _turn(self, *_: object) -> None:
        there = self._items.rowCount() > 0
        self._stack.setCurrentIndex(1 if there else 0)
        self._fields.setVisible(there)
        if there and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self._items.index(0, 0))
        self._show_fields()

    def _show_fields(self) -> None:
        row = self.view.currentIndex().data(VALUE_ROLE)
        there = isinstance(row, CardRow)
        for widget in (self.tag, self.kind, self.words, *self._fields.findChildren(QPushButton)):
            widget.setEnabled(there or (isinstance(widget, QPushButton) and not there))
        if isinstance(row, CardRow):
            self.tag.setText(row.tag)
            self.kind.setCurrentIndex(_KINDS.index(row.kind))
            self.words.setText(row.words)

    def _dropped(self, card_id: str, media_ids: tuple[str, ...]) -> None:
        if card_id:
            self.given.emit(card_id, media_ids)
        else:
            self.made_of.emit(media_ids)

    def _rename(self) -> None:
        row, tag = self.view.currentIndex().data(VALUE_ROLE), self.tag.text().strip().lstrip("@")
        if isinstance(row, CardRow) and tag and tag != row.tag:
            self.renamed.emit(row.id, tag)
            self._show_fields()

    def _describe(self) -> None:
        row, words = self.view.currentIndex().data(VALUE_ROLE), self.words.text().strip()
        if isinstance(row, CardRow) and words != row.words:
            self.described.emit(row.id, words)

    def _remove(self) -> None:
        if self.current:
            self.removed.emit(self.current)
