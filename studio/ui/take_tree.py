"""The take tree: the takes of a shot, each edit under what it edits, to be found and noted on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.drags import local_files
from studio.bridge.panel_keys import deed_of
from studio.bridge.rows import ID_ROLE
from studio.bridge.take_items import TakeItems, TakeRow, gone_words
from studio.ui import theme
from studio.ui.reading import shut
from studio.ui.take_delegate import TakeDelegate
from studio.ui.tile_cache import TileCache
from studio.ui.widgets import EmptyState, choose_alone, icon_button, push_button, set_primary
from studio.ui.words_field import WordsField
from studio.wording import tr


class TakePanel(QWidget):
    """The takes, and the buttons that decide about the one under the hand.

    Signals:
        looked_at: a take id that should be in the viewer.
        action_asked: the id of a command, such as ``shot.keep``.
        searched: what is looked for in the takes of all shots, and whether among favourites only;
            an empty text and ``False`` show the shot's own again.
        noted: a take id and what was written about it.
        files_dropped: files whose recipes should be brought back.
        menu_asked: a menu is wanted for the take under the hand, at a place on the screen.
    """

    looked_at = Signal(str)
    action_asked = Signal(str)
    searched = Signal(str, bool)
    noted = Signal(str, str)
    files_dropped = Signal(tuple)
    menu_asked = Signal(QPoint)

    def __init__(self, items: TakeItems, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self._noted_on = ""
        self.setAcceptDrops(True)
        self.view = QListView()
        self.view.setModel(items)
        self.view.setItemDelegate(TakeDelegate(tiles, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setAccessibleName(tr("Takes"))
        self.view.setDragEnabled(True)
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.view.clicked.connect(self._on_click)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.activated.connect(lambda index: self.looked_at.emit(index.data(ID_ROLE)))
        tiles.ready.connect(self.view.viewport().update)
        self._empty = EmptyState(
            "tree",
            tr("No takes yet"),
            tr("Press P for a preview: the takes of a shot stand here, edits under them."),
        )
        self._none_found = EmptyState(
            "search", tr("No take is like that"), tr("Try fewer words, or clear them.")
        )
        self._stack = QStackedWidget()
        for page in (self._empty, self.view, self._none_found):
            self._stack.addWidget(page)
        self._flags = QLabel()
        self._flags.setWordWrap(True)
        self._flags.setFont(theme.font(theme.FONT_SMALL_PX))
        self._flags.setStyleSheet(f"color: {theme.CAUTION};")
        self._flags.setContentsMargins(theme.WIDE, theme.TIGHT, theme.WIDE, 0)
        self._flags.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self._stack, 1)
        column.addWidget(self._flags)
        column.addWidget(self._old_source())
        column.addWidget(self._foot())
        items.rowsInserted.connect(self._turn)
        items.rowsRemoved.connect(self._turn)
        items.dataChanged.connect(self._turn)
        self._turn()

    @property
    def searching(self) -> bool:
        """Whether takes of all shots are shown that were searched for."""
        return bool(self.search.text().strip()) or self.stars.isChecked()

    def selected(self) -> tuple[str, ...]:
        """The ids of the selected takes, in the order of the tree."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        return tuple(row.id for place in rows if (row := self._items.row(place)) is not None)

    def show_current(self, take_id: str) -> None:
        """Show which take is under the hand."""
        if take_id != self._noted_on:
            self._commit_note()
        index = self._items.index_of(take_id)
        if take_id not in self.selected():
            choose_alone(self.view, index)
        row = self._items.row(index.row()) if index.isValid() else None
        flags = row.flags if row is not None else ()
        if row is not None and row.missing:
            flags = (gone_words(row), *flags)
        self._flags.setText(" ".join(flags))
        self._flags.setVisible(bool(flags))
        self._behind.setVisible(row is not None and row.behind)
        self._show_keep(row)
        self._show_note(row)

    def only_read(self) -> None:
        """Let takes be found, looked at and compared."""
        shut(self._buttons, self._behind)

    def begin_note(self) -> None:
        """Put the cursor where notes are written."""
        self.note.setFocus()
        self.note.selectAll()

    def begin_search(self) -> None:
        """Put the cursor where takes are searched for."""
        self.search.setFocus()
        self.search.selectAll()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A finished film or a take brings its recipe back."""
        paths = local_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.WIDE, theme.GAP, theme.TIGHT, theme.TIGHT)
        row.setSpacing(theme.TIGHT)
        self.search = WordsField()
        self.search.setPlaceholderText(tr("Find a take by its words"))
        self.search.setAccessibleName(tr("Find a take in all shots"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.stars = icon_button(
            "star", tr("Only favourites, of all shots"), self._on_search, toggles=True
        )
        self.compare: QToolButton = icon_button(
            "compare",
            tr("Compare the selected takes  (C)"),
            lambda: self.action_asked.emit("shot.compare"),
        )
        row.addWidget(self.search, 1)
        row.addWidget(self.stars)
        row.addWidget(self.compare)
        return head

    def _foot(self) -> QWidget:
        self._buttons = QWidget()
        column = QVBoxLayout(self._buttons)
        column.setContentsMargins(theme.WIDE, theme.TIGHT, theme.WIDE, theme.GAP)
        column.setSpacing(theme.GAP)
        self.note = WordsField()
        self.note.setPlaceholderText(tr("A note on this take"))
        self.note.setAccessibleName(tr("Note on the take"))
        self.note.editingFinished.connect(self._commit_note)
        self.favourite = icon_button(
            "star", tr("Favourite"), lambda: self.action_asked.emit("shot.favourite"),
            toggles=True,
        )  # fmt: skip
        noting = QHBoxLayout()
        noting.setSpacing(theme.TIGHT)
        noting.addWidget(self.note, 1)
        noting.addWidget(self.favourite)
        column.addLayout(noting)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        column.addLayout(row)
        for text, action, icon_name, tip in (
            (tr("Keep"), "shot.keep", "keep", tr("Keep this take  (Return)")),
            (tr("Reject"), "shot.reject", "reject", tr("Reject it  (Backspace)")),
            (tr("Edit…"), "shot.edit", "wand", tr("Say what should change  (E)")),
        ):
            button = push_button(
                text, lambda action=action: self.action_asked.emit(action), icon_name=icon_name
            )
            button.setObjectName(f"take_{action}")
            button.setToolTip(tip)
            row.addWidget(button, 1)
            if action == "shot.keep":
                self._keep = button
        return self._buttons

    def _old_source(self) -> QWidget:
        """What is said of an edit whose source was replaced, with the way out of it."""
        self.rerun = push_button(
            tr("Render again from the new source"),
            lambda: self.action_asked.emit("shot.rerun"),
            icon_name="render",
        )
        self._behind = QWidget()
        behind = QVBoxLayout(self._behind)
        behind.setContentsMargins(theme.WIDE, theme.TIGHT, theme.WIDE, 0)
        words = QLabel(tr("The take that this edit changed was replaced by another."))
        words.setWordWrap(True)
        words.setFont(theme.font(theme.FONT_SMALL_PX))
        words.setStyleSheet(f"color: {theme.CAUTION};")
        behind.addWidget(words)
        behind.addWidget(self.rerun)
        self._behind.hide()
        return self._behind

    def _on_click(self, index: object) -> None:
        # With Ctrl or Shift a hand gathers takes to compare, and looks on at the one it has.
        if len(self.selected()) == 1:
            self.looked_at.emit(self.view.currentIndex().data(ID_ROLE))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.focusWidget() is self.view and deed_of("takes", event):
            self.action_asked.emit("shot.reject")
        else:
            super().keyPressEvent(event)

    def _on_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if index.isValid():
            self.looked_at.emit(index.data(ID_ROLE))
            self.menu_asked.emit(self.view.viewport().mapToGlobal(at))

    def _on_search(self, *_: object) -> None:
        self.searched.emit(self.search.text().strip(), self.stars.isChecked())

    def _show_keep(self, row: TakeRow | None) -> None:
        """Let keeping be the main thing where a take waits; say where it passes others over."""
        set_primary(self._keep, "keep", primary=row is not None and row.waits)
        passes = row is not None and row.chosen and any(one.waits for one in self._items.rows())
        words = tr("Keep it, and pass over the newer takes  (Return)")
        self._keep.setToolTip(words if passes else tr("Keep this take  (Return)"))

    def _show_note(self, row: TakeRow | None) -> None:
        before, self._noted_on = self._noted_on, row.id if row is not None else ""
        # What is being written is left alone while jobs come and go.
        if before != self._noted_on or not self.note.hasFocus():
            self.note.setText(row.note if row is not None else "")
        self.favourite.setChecked(row is not None and row.favourite)
        self.note.setEnabled(row is not None)

    def _commit_note(self) -> None:
        row = self._items.row(self._items.position(self._noted_on))
        text = self.note.text().strip()
        if row is not None and text != row.note:
            self.noted.emit(row.id, text)

    def _turn(self, *_: object) -> None:
        there = self._items.rowCount() > 0
        page = self._none_found if self.searching else self._empty
        self._stack.setCurrentWidget(self.view if there else page)
        self._buttons.setVisible(there)
