"""Fields with their names: two side by side, or under one another where there is no room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.ui import theme
from studio.ui.number_field import NumberField

_TWO_COLUMNS_PX = 292
_NARROWEST_PX = 160
NAME_PX = 52


@dataclass(frozen=True)
class Paired:
    """A field with its name, and its key, or the room for one.

    Attributes:
        line, half: where it stands where two are side by side.
        widgets: in the order in which they stand.
    """

    line: int
    half: int
    widgets: Sequence[QWidget]


class HandFields(QWidget):
    """Fields of which is told what the hand does.

    Signals:
        moving: a field and its value while the hand holds it.
        chosen: a field and the value to keep.
        abandoned: the hand gave up.
    """

    moving = Signal(str, float)
    chosen = Signal(str, float)
    abandoned = Signal()

    def follow(self, name: str, field: NumberField) -> None:
        """Tell of ``field`` by ``name``."""
        field.moving.connect(lambda value: self.moving.emit(name, value))
        field.chosen.connect(lambda value: self.chosen.emit(name, value))
        field.abandoned.connect(self.abandoned)


class PairedFields(HandFields):
    """Lays fields out in as many columns as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: Sequence[Paired] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.TIGHT)
        self._grid.setVerticalSpacing(6)

    def lay(self, fields: Sequence[Paired]) -> None:
        """Stand ``fields`` where they belong; the tabulator goes through them in their order."""
        self._fields = fields
        self._lay_out(2)

    def names(self) -> Iterator[QWidget]:
        """The names before the fields."""
        return (field.widgets[0] for field in self._fields)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        # That of one column: the two go under one another where there is no room for both.
        return QSize(_NARROWEST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._lay_out(2 if self.width() >= _TWO_COLUMNS_PX else 1)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        grid = self._grid
        for at, field in enumerate(self._fields):
            line, half = (field.line, field.half) if columns == 2 else (at, 0)
            for place, widget in enumerate(field.widgets):
                grid.removeWidget(widget)
                grid.addWidget(widget, line, 4 * half + place)
        both = columns == 2
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(5, 1 if both else 0)
        grid.setColumnMinimumWidth(4, NAME_PX if both else 0)
        grid.setColumnMinimumWidth(3, theme.GAP if both else 0)
        self.updateGeometry()


def stand_below(groups: Iterable[Iterator[QWidget]]) -> None:
    """Give the names of several widgets one width, so that their fields stand below one another."""
    names = [name for group in groups for name in group]
    widest = max(NAME_PX, *(name.sizeHint().width() for name in names))
    for name in names:
        name.setMinimumWidth(widest)
