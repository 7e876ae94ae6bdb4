"""The cut as a table: all that lies on it by rows, for the keyboard and for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from studio.bridge.panel_keys import deed_of
from studio.bridge.session import Session
from studio.document.errors import DocumentError
from studio.document.film import Film, Marker
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.subtitle_changes import remove_subtitles
from studio.document.timeline_changes import lift_clips, ripple_delete
from studio.document.track_changes import remove_marker
from studio.ui.claimed_keys import claims_deed
from studio.ui.timeline_table_model import TimelineTableModel
from studio.ui.timeline_table_rows import (
    CLIP,
    STATE,
    ClipRow,
    MarkerRow,
    Row,
    SubtitleRow,
    TimedRow,
    TrackRow,
    frame_of,
    id_of,
)
from studio.wording import tr

_WIDTHS_PX = (100, 0, 92, 92, 70, 68, 60, 130, 0)  # names and states share what is left


class TimelineTable(QTableView):
    """The table; its clips are the session's selection, and Return puts the playhead on a row.

    The row of a track takes it in hand.
    """

    refused = Signal(str)

    def __init__(self, store: Store, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._session = session
        self._model = TimelineTableModel(store, session)
        self._following = False
        self._at: tuple[str, int, int] | None = None
        self._scrolled = 0
        self._model.refused.connect(self.refused)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        # Letters are commands here; one that cannot be used just now would write over the cell.
        asked = QAbstractItemView.EditTrigger
        self.setEditTriggers(asked.EditKeyPressed | asked.DoubleClicked)
        self.setTabKeyNavigation(False)  # arrows go from cell to cell, and Tab out of the table
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)  # or texts are cut off at the word before
        self.setAccessibleName(tr("The cut as a table"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        for column, width in enumerate(_WIDTHS_PX):
            self.setColumnWidth(column, width)
        for column in (CLIP, STATE):
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.selectionModel().selectionChanged.connect(self._chosen)
        self.selectionModel().currentRowChanged.connect(self._take_in_hand)
        self._model.modelAboutToBeReset.connect(self._remember)
        self._model.modelReset.connect(self._recover)
        session.selection_changed.connect(self._follow)
        session.track_changed.connect(self._go_to_track)
        self.destroyed.connect(_closing(self._model))

    def judge_by(self, weights: str) -> None:
        """Say of takes of other weights than these that they are stale."""
        self._model.judge_by(weights)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        super().showEvent(event)
        self._model.watch(watched=True)
        self._follow()
        if not self.currentIndex().isValid():
            self._go_to(self._first())

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        super().hideEvent(event)
        self._model.watch(watched=False)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Let a cell whose words are cut off be read under the pointer."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().viewportEvent(event)
        index = self.indexAt(event.pos())
        cut = self.sizeHintForIndex(index).width() > self.visualRect(index).width()
        words = str(index.data()) if index.isValid() and cut else ""
        QToolTip.showText(event.globalPos(), words, self.viewport())
        return True

    def write(self, row_id: str, column: int) -> None:
        """Let a cell of a row be written."""
        for number in self._model.numbers([row_id]):
            index = self._model.index(number, column)
            self.setCurrentIndex(index)
            self.edit(index)

    def marker_in_hand(self) -> Marker | None:
        """The marker of the row that the keyboard is at."""
        at = self.currentIndex()
        row = self._model.row(at.row()) if at.isValid() else None
        return row.marker if isinstance(row, MarkerRow) else None

    def lift(self) -> None:
        """Take what is selected off and leave the gap."""
        self._delete(partial(lift_clips, linked=self._session.linking), tr("Lift"))

    def ripple_delete(self) -> None:
        """Take what is selected off and close the gap."""
        rippled = partial(ripple_delete, linked=self._session.linking)
        self._delete(rippled, tr("Ripple delete"))

    def edit(self, index: QModelIndex | QPersistentModelIndex, *how: Any) -> Any:
        """Open a cell; one that is shut says why, where a hand asks for it."""
        wanted = bool(how) and bool(how[0] & self.editTriggers())
        why = self._model.shut(index) if wanted and index.isValid() else ""
        if why:
            self.refused.emit(why)
        return super().edit(index, *how)

    def event(self, event: QEvent) -> bool:
        # Return means the clip here, and does not keep the take under the hand.
        return claims_deed(event, "table") or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        deed = deed_of("table", event)
        if deed == "lift":
            self.lift()
        elif deed == "close_up":
            self.ripple_delete()
        elif deed == "go" and self.currentIndex().isValid():
            row = self._model.row(self.currentIndex().row())
            if isinstance(row, TimedRow):
                self._session.set_playhead(frame_of(row))
        else:
            super().keyPressEvent(event)

    def _delete(self, change: Callable[[Film, str, frozenset[str]], Film], name: str) -> None:
        chosen, cut = self._session.selection, active_timeline(self._store.film).id
        markers = [row.marker.id for row in self._picked() if isinstance(row, MarkerRow)]
        lines = [row.line.id for row in self._picked() if isinstance(row, SubtitleRow)]

        def without(film: Film) -> Film:
            film = change(film, cut, chosen) if chosen else film
            for marker_id in markers:
                film = remove_marker(film, cut, marker_id)
            return remove_subtitles(film, cut, lines)

        try:
            self._store.apply(without, name if chosen else tr("Delete"))
        except DocumentError as error:
            self.refused.emit(str(error))

    def _chosen(self) -> None:
        if not self._following:
            ids = [row.clip.id for row in self._picked() if isinstance(row, ClipRow)]
            # The rows are selected already, with others than clips among them.
            self._following = True
            self._session.select(ids)
            self._following = False

    def _picked(self) -> list[Row]:
        return [self._model.row(index.row()) for index in self.selectionModel().selectedRows()]

    def _take_in_hand(self, at: QModelIndex) -> None:
        row = self._model.row(at.row()) if at.isValid() and not self._following else None
        if isinstance(row, TrackRow):
            self._session.set_track(row.track.id)

    def _go_to_track(self, track_id: str) -> None:
        """Stand on the row of a track that was taken in hand elsewhere."""
        for number in self._model.numbers([track_id]):
            if self.isVisible() and number != self.currentIndex().row():
                self._go_to(number)
                # That row alone, whatever keys are held: `selectRow` adds to the others by Ctrl.
                flags = QItemSelectionModel.SelectionFlag
                index = self._model.index(number, 0)
                self.selectionModel().select(index, flags.ClearAndSelect | flags.Rows)

    def _go_to(self, number: int) -> None:
        """Let the keyboard be at a row."""
        index = self._model.index(number, max(0, self.currentIndex().column()))
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)

    def _first(self) -> int:
        """The row to begin at: of the first selected clip, or else of the first in time."""
        chosen = self._model.numbers(self._session.selection)
        rows = (self._model.row(number) for number in range(self._model.rowCount()))
        timed = (n for n, row in enumerate(rows) if isinstance(row, TimedRow))
        return chosen[0] if chosen else next(timed, 0)

    def _remember(self) -> None:
        """Know the cell that the keyboard is at, before the rows are others."""
        at = self.currentIndex()
        row = self._model.row(at.row()) if at.isValid() else None
        self._at = None if row is None else (id_of(row), at.row(), at.column())
        self._scrolled = self.verticalScrollBar().value()

    def _recover(self) -> None:
        """Go on from the same cell, or the one in its place, and select again what is selected."""
        if self._at is not None:
            row_id, number, column = self._at
            last = self._model.rowCount() - 1
            known = self._model.numbers([row_id])
            index = self._model.index(known[0] if known else min(number, last), column)
            self._following = True
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._following = False
        self.verticalScrollBar().setValue(self._scrolled)
        self._follow()

    def _follow(self) -> None:
        """Select the rows of the clips that the session has selected; without any, that at hand."""
        if self._following or not self.isVisible():
            return
        wanted = QItemSelection()
        numbers = self._model.numbers(self._session.selection)
        if not numbers and self.currentIndex().isValid():
            here = self.currentIndex().row()
            numbers = [] if isinstance(self._model.row(here), ClipRow) else [here]
        # Neighbours together: a range for each of ten thousand rows takes seconds.
        ends = [n for n, after in pairwise([*numbers, -1]) if after != n + 1]
        starts = [n for before, n in pairwise([-2, *numbers]) if before != n - 1]
        for first, last in zip(starts, ends, strict=True):
            wanted.select(self._model.index(first, 0), self._model.index(last, 0))
        flags = QItemSelectionModel.SelectionFlag
        self._following = True
        self.selectionModel().select(wanted, flags.ClearAndSelect | flags.Rows)
        self._following = False


def _closing(model: TimelineTableModel) -> Callable[[], None]:
    """A slot that lets the store go; it holds the model, which outlives the table by a moment."""
    return lambda *_: model.close()
