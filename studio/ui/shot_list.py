"""The shot list: every shot with its picture, words and state; all of it edited in place."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.api import Capabilities
from studio.bridge.panel_keys import deed_of
from studio.bridge.rows import ID_ROLE, VALUE_ROLE
from studio.bridge.shot_items import ShotItems, ShotRow
from studio.ui import theme
from studio.ui.due_line import DueLine
from studio.ui.reading import shut
from studio.ui.shot_cells import Cell, cell_menu, cell_rects
from studio.ui.shot_delegate import ShotDelegate, cell_line
from studio.ui.tile_cache import TileCache
from studio.ui.widgets import EmptyState, SectionHeader, choose_alone, icon_button
from studio.wording import tr


class ShotView(QListView):
    """The rows; cells open their menus under the mouse, or by Left, Right and F2.

    Signals:
        cell_asked: a cell of the row whose menu is wanted, and the row's index.
        delete_pressed: the picked shots should go.
        refused: something should be written, where rows are only read.
    """

    cell_asked = Signal(str, QModelIndex)
    delete_pressed = Signal()
    refused = Signal()

    def __init__(self, delegate: ShotDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self._pressed: tuple[str, Cell | None] = ("", None)
        self.reads = False
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the row under the hand in sight when a line appears below the list."""
        current, before = self.currentIndex(), QRect(QPoint(0, 0), event.oldSize())
        was_seen = before.contains(self.visualRect(current))
        super().resizeEvent(event)
        if current.isValid() and was_seen:
            self.scrollTo(current)

    def cell_at(self, point: QPoint) -> tuple[QModelIndex, Cell | None]:
        """The row and cell under a point of the viewport."""
        index = self.indexAt(point)
        row = index.data(VALUE_ROLE)
        if isinstance(row, ShotRow):
            places = self.cell_places(index)
            for cell, area in places.items():
                if area.contains(point):
                    return index, cell
        return index, None

    def cell_places(self, index: QModelIndex) -> dict[Cell, QRect]:
        """Where the cells of a row are in the viewport."""
        row = index.data(VALUE_ROLE)
        if not isinstance(row, ShotRow):
            return {}
        metrics = QFontMetrics(theme.font(theme.FONT_TINY_PX, weight=500, tabular=True))
        return cell_rects(row, cell_line(self.visualRect(index)), metrics)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index, cell = self.cell_at(event.position().toPoint())
        self._pressed = (index.data(ID_ROLE) or "", cell)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        # A cell of a picked row leaves what is picked: its value goes to all of them.
        if cell is not None and plain and self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index, cell = self.cell_at(event.position().toPoint())
        pressed, self._pressed = self._pressed, ("", None)
        super().mouseReleaseEvent(event)
        if cell is not None and pressed == (index.data(ID_ROLE), cell):
            self.cell_asked.emit(cell, index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.reads:
            self.refused.emit()
        elif self.cell_at(event.position().toPoint())[1] is None:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        index, cell = self.cell_at(event.position().toPoint())
        over = (index.data(ID_ROLE) or "", cell)
        if over != self._delegate.over:
            self._delegate.over = over
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._delegate.over = ("", None)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        index = self.currentIndex()
        places = list(self.cell_places(index))
        shot_id, cell = self._delegate.current
        if shot_id != index.data(ID_ROLE) or cell not in places:
            cell = None
        at = -1 if cell is None else places.index(cell)
        deed = deed_of("shots", event)
        match deed:
            case "cell_back" | "cell_on" if places:
                at += 1 if deed == "cell_on" else -1
                at = max(-1, min(len(places) - 1, at))
                self._delegate.current = (index.data(ID_ROLE), places[at] if at >= 0 else None)
                self.viewport().update()
            case "write" if self.reads:
                self.refused.emit()
            case "write" if cell is not None:
                self.cell_asked.emit(cell, index)
            case "write" if index.isValid():
                self.edit(index)
            case "remove" if index.isValid():
                self.delete_pressed.emit()
            case _:
                super().keyPressEvent(event)


class ShotList(QWidget):
    """The list with its header, and what is to be done under it.

    Signals:
        chosen: the shot under the hand.
        picked: ids of all selected shots, in the order of the list.
        set_asked: a cell and the value that all picked shots should have.
        new_asked: another shot is wanted.
        action_asked: the id of a command, such as ``shot.preview_drafts``.
    """

    chosen = Signal(str)
    picked = Signal(object)
    set_asked = Signal(str, object)
    new_asked = Signal()
    action_asked = Signal(str)

    def __init__(self, items: ShotItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self.capabilities: Capabilities | None = None
        self.delegate = ShotDelegate(tiles, self)
        self.view = ShotView(self.delegate)
        self.setMinimumWidth(200)
        self.view.setModel(items)
        self.view.setAccessibleName(tr("Shot list"))
        self.view.setAccessibleDescription(
            tr("F2 writes the prompt; Left and Right go to length, camera and seed.")
        )
        tiles.ready.connect(self.view.viewport().update)
        self.view.selectionModel().currentChanged.connect(self._current)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.view.cell_asked.connect(self._open_cell)
        self.view.delete_pressed.connect(lambda: self.action_asked.emit("shot.delete"))
        self.view.refused.connect(lambda: self.action_asked.emit("shot.write"))
        self.header = SectionHeader(tr("Shots"))
        self._new = icon_button("plus", tr("New shot"), self.new_asked.emit)
        self.header.add(self._new)
        self.more = icon_button("more", tr("Scripts, previews and stills"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.header.add(self.more)
        self._empty = EmptyState(
            "list",
            tr("Write the first shot"),
            tr("One sentence of what is seen and heard is enough. Ctrl+Shift+V makes shots of a "
                    "script on the clipboard (Shot 1: … Shot 2: …), or plans them from a premise: "
                    "a paragraph of what happens."),
            tr("New shot"),
        )  # fmt: skip
        self._empty.acted.connect(self.new_asked)
        button = self._empty.findChild(QPushButton)
        if button is not None:
            button.setProperty("primary", True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self.due = DueLine()
        self.due.action_asked.connect(self.action_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.due)
        items.rowsInserted.connect(self._turn)
        items.rowsRemoved.connect(self._turn)
        self._turn()

    def show_current(self, shot_id: str) -> None:
        """Show which shot is under the hand; one outside the selection becomes all of it."""
        index = self._items.index_of(shot_id)
        if not index.isValid() or index == self.view.currentIndex():
            return
        if self.view.selectionModel().isSelected(index):
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.view.selectionModel().setCurrentIndex(index, flags)
        else:
            choose_alone(self.view, index)

    def only_read(self) -> None:
        """Let shots be chosen, and nothing be written on them."""
        self.view.reads = True
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        shut(self._new, self._empty, self.due)

    def selected(self) -> tuple[str, ...]:
        """The ids of the selected shots, in the order of the list."""
        indexes = sorted(self.view.selectedIndexes(), key=lambda index: index.row())
        return tuple(index.data(ID_ROLE) for index in indexes)

    def open_cell(self, cell: Cell, index: QModelIndex) -> QMenu | None:
        """The menu of a row's cell, opened under it."""
        row, area = index.data(VALUE_ROLE), self.view.cell_places(index).get(cell)
        if not isinstance(row, ShotRow) or area is None:
            return None
        menu = cell_menu(cell, row, self.capabilities, self.set_asked.emit, self)
        menu.popup(self.view.viewport().mapToGlobal(area.bottomLeft() + QPoint(0, 2)))
        return menu

    def _open_cell(self, cell: Cell, index: QModelIndex) -> None:
        if self.view.reads:
            self.view.refused.emit()
        else:
            self.open_cell(cell, index)

    def _current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ID_ROLE))

    def _selected(self) -> None:
        picked = self.selected()
        if picked:
            self.picked.emit(picked)
            count = len(picked)
            words = tr("{count} picked", count=count) if count > 1 else ""
            self.header.set_note(words or str(self._items.rowCount()))

    def _turn(self, *_: object) -> None:
        count = self._items.rowCount()
        self._stack.setCurrentIndex(1 if count else 0)
        self.header.set_note(str(count) if count else "")
