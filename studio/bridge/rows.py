"""Rows: a list model that shows a tuple of frozen values and keeps its selection as they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
ID_ROLE = int(Qt.ItemDataRole.UserRole) + 1
VALUE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
NO_INDEX = QModelIndex()
IsGone = Callable[[str], bool]
"""Whether the file behind a tile, such as ``take:ID``, was not there when it was last seen."""


def never(_tile: str) -> bool:
    """Nothing is gone."""
    return False


class RowsModel(QAbstractListModel, Generic[Row]):
    """A list of frozen rows known by an id; ``show`` changes only what differs.

    Subclasses say what a row's id and words are, and what more it shows by role.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    def row_id(self, row: Row) -> str:
        """The id that stays while the row's values change."""
        raise NotImplementedError

    def text(self, row: Row) -> str:
        """What a screen reader says and a plain view shows."""
        raise NotImplementedError

    def tip(self, row: Row) -> str:
        """What a pointer that rests on a row is told; empty where the row shows all there is."""
        return ""

    def show(self, rows: Sequence[Row]) -> None:
        """Show ``rows`` instead, telling views no more than what changed."""
        if rows and not self._rows:
            self.beginInsertRows(NO_INDEX, 0, len(rows) - 1)
            self._rows = list(rows)
            self.endInsertRows()
            return
        ids = [self.row_id(row) for row in rows]
        if ids == [self.row_id(row) for row in self._rows]:
            for position, row in enumerate(rows):
                self._put(position, row)
            return
        wanted = set(ids)
        for position in range(len(self._rows) - 1, -1, -1):
            if self.row_id(self._rows[position]) not in wanted:
                self.beginRemoveRows(NO_INDEX, position, position)
                del self._rows[position]
                self.endRemoveRows()
        for position, row in enumerate(rows):
            self._place(position, row)

    def rows(self) -> tuple[Row, ...]:
        """All rows in order."""
        return tuple(self._rows)

    def row(self, position: int) -> Row | None:
        """The row at ``position``, if there is one."""
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def position(self, row_id: str) -> int:
        """Where the row of an id is; -1 where it is not."""
        for position, row in enumerate(self._rows):
            if self.row_id(row) == row_id:
                return position
        return -1

    def index_of(self, row_id: str) -> QModelIndex:
        """The model index of an id's row."""
        return self.index(self.position(row_id), 0)

    def rowCount(self, parent: Index = NO_INDEX) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(row)
        if role == ID_ROLE:
            return self.row_id(row)
        if role == VALUE_ROLE:
            return row
        return None

    def replace_row(self, row: Row) -> None:
        """Show another value of one row, where it stands."""
        position = self.position(self.row_id(row))
        if position >= 0:
            self._put(position, row)

    def touch(self, row_id: str) -> None:
        """Have a row painted again, because something beside it (a thumbnail) came."""
        index = self.index_of(row_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _place(self, position: int, row: Row) -> None:
        """Make ``row`` the one at ``position``, given that all before it are right."""
        here = self.row(position)
        stays = here is not None and self.row_id(here) == self.row_id(row)
        found = position if stays else self.position(self.row_id(row))
        if found < 0:
            self.beginInsertRows(NO_INDEX, position, position)
            self._rows.insert(position, row)
            self.endInsertRows()
            return
        if found != position:
            self.beginMoveRows(NO_INDEX, found, found, NO_INDEX, position)
            self._rows.insert(position, self._rows.pop(found))
            self.endMoveRows()
        self._put(position, row)

    def _put(self, position: int, row: Row) -> None:
        """Show ``row`` at ``position``, where another value of it stands."""
        known = self._rows[position]
        if known is row:
            return
        self._rows[position] = row
        if known != row:
            index = self.index(position, 0)
            self.dataChanged.emit(index, index)
