"""The rows of the cut as an item model: read while somebody looks, and written cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from studio.bridge.session import Session
from studio.document.errors import DocumentError
from studio.document.film import Timeline
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.timeline_access import lock_of
from studio.ui import icons, theme
from studio.ui.timeline_sources import SourceLooks
from studio.ui.timeline_table_rows import (
    CLIP,
    COLUMNS,
    STATE,
    TRACK,
    ClipRow,
    CutRow,
    Known,
    MarkerRow,
    Row,
    TrackRow,
    change_of,
    heading,
    id_of,
    rows_of,
    words_of,
    writable,
    written,
)
from studio.wording import tr

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class TimelineTableModel(QAbstractTableModel):
    """The open timeline, its tracks, its clips and its markers.

    What can be written of each is said by ``timeline_table_rows.written``.

    Signals:
        refused: a change could not be made; carries the sentence.
    """

    refused = Signal(str)

    def __init__(self, store: Store, session: Session) -> None:
        super().__init__()
        self._store, self._session = store, session
        self._looks = SourceLooks(store.film, store.ledger)
        self._rows: list[Row] = []
        self._places: dict[str, int] = {}
        self._shown: Timeline | None = None
        self._unsubscribe = (
            store.changed.subscribe(lambda _before, _after: self._follow()),
            store.recorded.subscribe(lambda _before, _after, _records: self._follow()),
        )
        self._watched = False
        self._writing = False

    def close(self) -> None:
        """Stop following the store."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def watch(self, *, watched: bool) -> None:
        """Follow the store while somebody looks; ten thousand rows are not read for nobody."""
        self._watched = watched
        self._follow()

    def judge_by(self, weights: str) -> None:
        """Say of takes of other weights than these that they are stale."""
        looks = self._looks.judged_by(weights)
        if looks is not self._looks:
            self._show(looks)

    def row(self, number: int) -> Row:
        """What stands in a row."""
        return self._rows[number]

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """The rows of clips, tracks and markers, by their ids."""
        known = self._places
        return sorted(known[one] for one in ids if one in known)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (Qt's way)
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (Qt's way)
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if role == Role.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(COLUMNS[section])
        return None

    def shut(self, index: Index) -> str:
        """Why a cell that is written at other times is not now, as a sentence; empty for others."""
        row = self._rows[index.row()]
        if index.column() not in writable(row):
            return ""
        held = row.track if isinstance(row, ClipRow) else None
        return self._store.read_only or lock_of(held)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        if self._store.read_only is None and index.column() in written(self._rows[index.row()]):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Role.DisplayRole | Role.EditRole:
                return words_of(row, column, self._known)
            case Role.AccessibleTextRole:
                return f"{heading(row, column)}: {words_of(row, column, self._known)}"
            case Role.FontRole if _names(row, column):
                return theme.font(weight=600)
            case Role.DecorationRole if isinstance(row, MarkerRow) and column == TRACK:
                return icons.icon("marker", theme.marker_colour(row.marker.colour).name())
            case _:
                return None

    def setData(  # noqa: N802 (Qt's name)
        self, index: Index, value: Any, role: int = Role.EditRole
    ) -> bool:
        row = self._rows[index.row()] if index.isValid() else None
        if row is None or role != Role.EditRole or index.column() not in written(row):
            return False
        self._writing = True
        try:
            change, name = change_of(row, index.column(), str(value), self._known)
            self._store.apply(change, name)
        except DocumentError as error:
            self.refused.emit(str(error))
            return False
        finally:
            self._writing = False
        return True

    @property
    def _known(self) -> Known:
        store, linked = self._store, self._session.linking
        return Known(store.film, store.ledger, self._looks, linked=linked)

    def _follow(self) -> None:
        if not self._watched:
            return
        film = self._store.film
        timeline, looks = active_timeline(film), self._looks.following(film, self._store.ledger)
        if timeline is not self._shown:
            self._looks = looks
            self._read(timeline)
        elif looks is not self._looks:
            self._show(looks)

    def _show(self, looks: SourceLooks) -> None:
        self._looks = looks
        if self._rows:
            last = self.index(len(self._rows) - 1, STATE)
            self.dataChanged.emit(self.index(0, 0), last)

    def _read(self, timeline: Timeline) -> None:
        """Take the rows over: in their places where those are the same, or as others."""
        rows = rows_of(timeline)
        names = [id_of(row) for row in rows]
        if names == list(self._places):
            self._shown, self._rows = timeline, rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, STATE))
        elif self._writing:
            # The field of the cell is done with first: without its row it would find no end.
            QTimer.singleShot(0, self, self._follow)
        else:
            self.beginResetModel()
            self._shown, self._rows = timeline, rows
            self._places = {name: number for number, name in enumerate(names)}
            self.endResetModel()


def _names(row: Row, column: int) -> bool:
    """Whether a cell is the name of what other rows belong to."""
    return column == {CutRow: CLIP, TrackRow: TRACK}.get(type(row))
