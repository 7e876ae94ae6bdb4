"""The reference strip: what a shot is made with, in a row that takes whatever is dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.bridge.drags import carried, local_files
from studio.bridge.reference_rows import ReferenceRow
from studio.ui import theme
from studio.ui.panel_layout import tab_through
from studio.ui.reference_card import HEIGHT_PX, SPAN_PX, ReferenceCard
from studio.ui.tile_cache import TileCache
from studio.wording import tr


class ReferenceStrip(QWidget):
    """The cards in a row that scrolls; media from a bin or files can be dropped on it.

    Signals:
        media_dropped: ids of media from a bin.
        cards_dropped, takes_dropped: ids of cards, or of takes of any shot.
        files_dropped: paths from another program.
        edited, timed, moved, removed: what its cards say.
    """

    media_dropped = Signal(object)
    cards_dropped = Signal(object)
    takes_dropped = Signal(object)
    files_dropped = Signal(object)
    edited = Signal(str, object)
    timed = Signal(str, float)
    moved = Signal(str, int)
    removed = Signal(str)

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._cards: dict[str, ReferenceCard] = {}
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("References"))
        self._over = False
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.GAP)
        self._row.addStretch(1)
        inner = QWidget()
        inner.setLayout(self._row)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        self._scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self._hint = QLabel(tr("Drag pictures, clips, sounds, takes or cards here"))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setProperty("dim", True)
        self._hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        column.addWidget(self._hint)
        self.show_rows(())

    def show_rows(self, rows: tuple[ReferenceRow, ...]) -> None:
        """Show the shot's references."""
        wanted = {row.id for row in rows}
        for gone in [key for key in self._cards if key not in wanted]:
            card = self._cards.pop(gone)
            self._row.removeWidget(card)
            card.deleteLater()
        for place, row in enumerate(rows):
            card = self._cards.get(row.id)
            if card is None:
                card = self._made(row)
            else:
                card.show_row(row)
            self._row.insertWidget(place, card)
        stops = (stop for row in rows for stop in self._cards[row.id].stops)
        tab_through(self._scroll, *stops)
        self._scroll.setVisible(bool(rows))
        self._hint.setVisible(not rows)
        spans = any(card.has_span for card in self._cards.values())
        self.setFixedHeight(HEIGHT_PX + (SPAN_PX if spans else 0) if rows else 46)

    def card(self, reference_id: str) -> ReferenceCard:
        """The card of one reference."""
        return self._cards[reference_id]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._cards and not self._over:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(theme.colour(theme.ACCENT if self._over else theme.LINE_STRONG))
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour(theme.ACCENT, 20 if self._over else 0))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        mime = event.mimeData()
        given = carried(mime, "media") or carried(mime, "card") or carried(mime, "take")
        if given or mime.hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._set_over(True)

    def dragLeaveEvent(self, event: object) -> None:  # noqa: N802
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self._set_over(False)
        mime = event.mimeData()
        if dropped := carried(mime, "media"):
            self.media_dropped.emit(dropped)
        elif dropped := carried(mime, "card"):
            self.cards_dropped.emit(dropped)
        elif dropped := carried(mime, "take"):
            self.takes_dropped.emit(dropped)
        elif mime.hasUrls():
            self.files_dropped.emit(tuple(map(str, local_files(mime))))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()

    def _made(self, row: ReferenceRow) -> ReferenceCard:
        card = ReferenceCard(self._tiles, row)
        card.edited.connect(self.edited)
        card.timed.connect(self.timed)
        card.moved.connect(self.moved)
        card.removed.connect(self.removed)
        self._cards[row.id] = card
        return card
