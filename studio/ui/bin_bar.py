"""The bin bar: a chip for every bin, to choose, rename, and drop media on."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QToolTip, QWidget

from studio.bridge.bin_items import BinRow
from studio.bridge.drags import MIME_TYPE, carried, local_files
from studio.bridge.panel_keys import deed_of
from studio.ui import icons, theme
from studio.ui.reading import shut_menu
from studio.wording import tr

_HEIGHT_PX = 22
_PAD_PX = 9
_ADD = "+"


class BinBar(QWidget):
    """Chips in as many lines as they need; the last one makes a bin.

    Signals:
        chosen: a bin to look into; empty for everything.
        new_asked: media ids that a new bin should hold, which may be none.
        renamed: a bin and its new name.
        remove_asked: a bin.
        items_dropped: a bin, media ids, and whether they stay where they were as well.
        files_dropped: paths from another program, and a bin.
    """

    chosen = Signal(str)
    new_asked = Signal(object)
    renamed = Signal(str, str)
    remove_asked = Signal(str)
    items_dropped = Signal(str, object, bool)
    files_dropped = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[BinRow, ...] = ()
        self._places: dict[str, QRect] = {}
        self._current = ""
        self._over: str | None = None
        self.read = False  # and nothing else
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(theme.font(theme.FONT_SMALL_PX, weight=500))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Bins"))

    @property
    def current(self) -> str:
        """The bin that is looked into; empty for everything."""
        return self._current

    @property
    def bins(self) -> tuple[BinRow, ...]:
        """The bins, without everything."""
        return tuple(row for row in self._rows if row.id)

    @property
    def holds_any(self) -> bool:
        """Whether there are media at all, or bins beside the first one for them."""
        return len(self.bins) > 1 or any(row.count for row in self._rows)

    def show_bins(self, rows: tuple[BinRow, ...]) -> None:
        """Show these; where the current one is gone, everything is looked at."""
        if rows != self._rows:
            self._rows = rows
            self._lay_out()
        if self._current not in {row.id for row in rows}:
            self.choose("")

    def choose(self, bin_id: str) -> None:
        """Look into a bin."""
        if bin_id != self._current:
            self._current = bin_id
            self.setAccessibleDescription(self._name(bin_id))
            self.update()
            self.chosen.emit(bin_id)

    def place(self, bin_id: str) -> QRect:
        """Where a bin's chip is."""
        return self._places[bin_id]

    @property
    def add_place(self) -> QRect:
        """Where bins are made."""
        return self._places[_ADD]

    def rename(self, bin_id: str) -> None:
        """Open the field in which a bin gets its name, over its chip."""
        if self.read or not bin_id or bin_id not in self._places:
            return
        field = QLineEdit(self._name(bin_id), self)
        field.setObjectName("bin_name")
        field.setFont(self.font())
        area = self._places[bin_id]
        width = max(area.width(), 96)
        field.setGeometry(
            min(area.x(), self.width() - theme.GAP - width), area.y(), width, area.height()
        )
        field.returnPressed.connect(lambda: self.renamed.emit(bin_id, field.text()))
        field.editingFinished.connect(field.deleteLater)
        field.selectAll()
        field.show()
        field.setFocus()

    # --- the look ---

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._placed(width)[1]

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, self._placed(max(160, self.width()))[1])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._rows:
            self._paint_chip(painter, row)
        add = self._places.get(_ADD)
        if add is not None:
            self._paint_back(painter, add, lit=False, over=self._over == _ADD)
            mark = QRect(0, 0, 12, 12)
            mark.moveCenter(add.center())
            icons.draw(painter, "plus", mark, theme.TEXT_SOFT)

    def _paint_chip(self, painter: QPainter, row: BinRow) -> None:
        area, lit = self._places[row.id], row.id == self._current
        self._paint_back(painter, area, lit=lit, over=self._over == row.id)
        inner = area.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        count = str(row.count)
        metrics = painter.fontMetrics()
        room = inner.width() - metrics.horizontalAdvance(count) - 5
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(theme.colour(theme.ACCENT if lit else theme.TEXT_SOFT))
        painter.drawText(inner, theme.ALIGN_LEFT, name)
        painter.setPen(theme.colour(theme.TEXT_DIM))
        painter.drawText(inner, theme.ALIGN_RIGHT, count)

    def _paint_back(self, painter: QPainter, area: QRect, *, lit: bool, over: bool) -> None:
        edge = theme.ACCENT if over or (lit and self.hasFocus()) else theme.LINE
        painter.setPen(theme.colour(edge))
        painter.setBrush(theme.colour(theme.ACCENT_WASH if lit or over else theme.RAISED))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _lay_out(self) -> None:
        self._places, _ = self._placed(self.width())
        self.updateGeometry()
        self.update()

    def _placed(self, width: int) -> tuple[dict[str, QRect], int]:
        """Where everything goes in ``width``, and how high that is."""
        metrics = self.fontMetrics()
        wide = {
            row.id: metrics.horizontalAdvance(f"{row.name}{row.count}") + 2 * _PAD_PX + 6
            for row in self._rows
        }
        wide[_ADD] = _HEIGHT_PX + 4
        left, right = theme.GAP, max(120, width - theme.GAP)
        x, y = left, 0
        places: dict[str, QRect] = {}
        for key, wanted in wide.items():
            size = min(wanted, right - left)
            if x > left and x + size > right:
                x, y = left, y + _HEIGHT_PX + theme.TIGHT
            places[key] = QRect(x, y, size, _HEIGHT_PX)
            x += size + theme.TIGHT
        return places, y + _HEIGHT_PX

    # --- the hand ---

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        found = self._at(event)
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if found == _ADD:
            self.new_asked.emit(())
        else:
            self.choose(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        found = self._at(event)
        if found and found != _ADD:
            self.rename(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._at(event) == _ADD:
            QToolTip.showText(event.globalPosition().toPoint(), tr("New bin"), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        ids = [row.id for row in self._rows]
        place = ids.index(self._current) if self._current in ids else 0
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.choose(ids[max(0, place - 1)])
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.choose(ids[min(len(ids) - 1, place + 1)])
            case _ if deed_of("bins", event) == "name":
                self.rename(self._current)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        found = next((k for k, area in self._places.items() if area.contains(event.pos())), _ADD)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if found and found != _ADD:
            menu.addAction(tr("Rename…"), lambda: self.rename(found))
            menu.addAction(
                tr("Remove the bin; its media stay"), lambda: self.remove_asked.emit(found)
            )
            menu.addSeparator()
        menu.addAction(tr("New bin"), lambda: self.new_asked.emit(()))
        if self.read:
            shut_menu(menu)
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls() or event.mimeData().hasFormat(MIME_TYPE):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        found = self._at(event)
        inner = event.mimeData().hasFormat(MIME_TYPE)
        # Nothing is put into everything: it is there already.
        self._over = found if found or not inner else None
        self.update()
        event.setAccepted(self._over is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self._over = None
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        found, self._over = self._at(event), None
        self.update()
        data = event.mimeData()
        ids = carried(data, "media")
        event.acceptProposedAction()
        if ids and found == _ADD:
            self.new_asked.emit(ids)
        elif ids and found:
            stays = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.items_dropped.emit(found, ids, stays)
        elif data.hasUrls():
            self.files_dropped.emit(local_files(data), found if found and found != _ADD else "")

    def _at(self, event: QMouseEvent | QDropEvent) -> str | None:
        point = event.position().toPoint()
        return next((key for key, area in self._places.items() if area.contains(point)), None)

    def _name(self, bin_id: str) -> str:
        return next((row.name for row in self._rows if row.id == bin_id), "")
