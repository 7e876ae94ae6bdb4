"""What the delegates of lists share: rows of one kind, painted with smooth edges."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.bridge.rows import VALUE_ROLE
from studio.ui import theme
from studio.ui.tile_cache import TileCache

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class RowDelegate(QStyledItemDelegate, Generic[Row]):
    """Paints rows of one kind and leaves others alone.

    Attributes:
        kind: of the rows.
        size: that a row asks for.
        hints: how they are painted.
    """

    kind: type[Row]
    size: ClassVar[QSize]
    hints: ClassVar[QPainter.RenderHint] = QPainter.RenderHint.Antialiasing

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return self.size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(VALUE_ROLE)
        if not isinstance(row, self.kind):
            return
        painter.save()
        painter.setRenderHints(self.hints)
        self.draw(painter, option, row)
        painter.restore()

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        """Paint ``row``; the painter's state is put back afterwards."""
        raise NotImplementedError


class TiledDelegate(RowDelegate[Row]):
    """Paints rows with pictures out of a cache of tiles."""

    hints = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles


def wash(painter: QPainter, option: QStyleOptionViewItem) -> bool:
    """Tint a row that is selected or under the hand, and frame the one that hears the keys.

    Returns:
        Whether it is selected.
    """
    lit = bool(option.state & QStyle.StateFlag.State_Selected)
    if lit or option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, theme.colour(theme.ACCENT_WASH if lit else theme.RAISED))
    if hears_keys(option):
        pen, brush = painter.pen(), painter.brush()
        painter.setPen(theme.colour(theme.ACCENT_DEEP))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(pen)
        painter.setBrush(brush)
    return lit


def hears_keys(option: QStyleOptionViewItem) -> bool:
    """Whether a row is the current one of the list that has the keys."""
    return bool(option.state & QStyle.StateFlag.State_HasFocus)
