"""The reference strip: what a shot is made with, each with its role and weight."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.drags import carried
from studio.bridge.reference_rows import ROLE_WORDS, ReferenceRow
from studio.ui import icons, theme
from studio.ui.panel_layout import NarrowChoice, tab_through
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_missing, paint_tile
from studio.ui.widgets import icon_button
from studio.wording import tr

CARD_PX = 108
STRIP_PX = 108
SPAN_PX = 26


class Thumb(QWidget):
    """A reference's picture or waveform, with its tag written over it."""

    def __init__(self, tiles: TileCache, row: ReferenceRow) -> None:
        super().__init__()
        self._tiles = tiles
        self.row = row
        self.setFixedHeight(56)
        tiles.ready.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setClipPath(clip)
        seen = paint_tile(painter, self._tiles, self.row.tile, self.row.kind, self.rect())
        if not self.row.weight:
            painter.fillRect(self.rect(), theme.colour(theme.PANEL, 170))
        if self.row.missing:
            paint_missing(painter, self.rect().adjusted(0, 0, 0, -17), seen=seen)
        name = f"@{self.row.tag}" if self.row.tag else self.row.name
        band = QRect(0, self.height() - 17, self.width(), 17)
        painter.fillRect(band, theme.colour("#000000", 150))
        painter.setFont(theme.font(theme.FONT_TINY_PX, weight=500))
        painter.setPen(theme.colour(theme.ON_PICTURE_ACCENT if self.row.tag else theme.ON_PICTURE))
        room = band.adjusted(5, 0, -5, 0)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, theme.ALIGN_LEFT, text)


class ReferenceCard(QFrame):
    """One reference: its picture, role, weight, and a way to take it off.

    Attributes:
        stops: where Tab stops in it, in order.
    """

    role_chosen = Signal(str, str)
    weight_chosen = Signal(str, float)
    removed = Signal(str)
    span_chosen = Signal(str, float, float)
    at_chosen = Signal(str, float)
    named = Signal(str, str)
    moved = Signal(str, int)

    def __init__(self, tiles: TileCache, row: ReferenceRow) -> None:
        super().__init__()
        self._row = row
        self.setFixedWidth(CARD_PX)
        self._thumb = Thumb(tiles, row)
        self.role = NarrowChoice()
        self.role.setAccessibleName(tr("Role of {name}", name=row.name))
        self.role.setFont(theme.font(theme.FONT_SMALL_PX))
        self.role.setStyleSheet("QComboBox { padding: 1px 16px 1px 5px; }")
        for role in row.roles:
            self.role.addItem(tr(ROLE_WORDS[role]), role)
        self.weight = QSlider(Qt.Orientation.Horizontal)
        self.weight.setRange(0, 20)
        self.weight.setAccessibleName(tr("Weight of {name}", name=row.name))
        self._figure = QLabel()
        self._figure.setFont(theme.font(theme.FONT_TINY_PX, tabular=True))
        self._figure.setProperty("dim", True)
        remove = self._remover()
        weigh = QHBoxLayout()
        weigh.setSpacing(theme.TIGHT)
        weigh.addWidget(self.weight, 1)
        weigh.addWidget(self._figure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self._thumb)
        column.addWidget(self.role)
        column.addLayout(weigh)
        self.start, self.end = _seconds(tr("In")), _seconds(tr("Out"))
        self._dash = QLabel("–")
        self._dash.setProperty("dim", True)
        self._span = QWidget()
        span = QHBoxLayout(self._span)
        span.setContentsMargins(0, 0, 0, 0)
        span.setSpacing(2)
        span.addWidget(self.start, 1)
        span.addWidget(self._dash)
        span.addWidget(self.end, 1)
        column.addWidget(self._span)
        column.addStretch(1)
        self.stops: tuple[QWidget, ...] = (remove, self.role, self.weight, self.start, self.end)
        self.show_row(row)
        self.start.editingFinished.connect(self._span_done)
        self.end.editingFinished.connect(self._span_done)
        self.role.activated.connect(self._role_picked)
        self.weight.valueChanged.connect(self._weight_moved)
        self.weight.sliderReleased.connect(self._weight_done)

    def show_row(self, row: ReferenceRow) -> None:
        """Show the document's values."""
        self._row = row
        self._thumb.row = row
        self._thumb.update()
        self.role.setCurrentIndex(max(0, self.role.findData(row.role)))
        self.weight.blockSignals(True)
        self.weight.setValue(round(row.weight * 10))
        self.weight.blockSignals(False)
        self._figure.setText(f"{row.weight:.1f}" if row.weight else tr("out"))
        self._show_span(row)
        self.setToolTip(f"{row.name}\n{row.facts}")

    @property
    def row(self) -> ReferenceRow:
        """What it shows."""
        return self._row

    @property
    def has_span(self) -> bool:
        """Whether a part of it, or its time in the shot, can be set."""
        return self._row.length_s > 0 or self._row.at_s is not None

    def name_it(self) -> None:
        """Open the field in which it gets its @tag, over its picture."""
        field = QLineEdit(self._row.tag, self._thumb)
        field.setObjectName("reference_tag")
        field.setPlaceholderText("@name")
        field.setGeometry(2, 28, CARD_PX - 4, 26)
        field.returnPressed.connect(
            lambda: self.named.emit(self._row.id, field.text().strip().lstrip("@"))
        )
        field.editingFinished.connect(field.deleteLater)
        field.show()
        field.setFocus()

    def menu(self) -> QMenu:
        """What can be done with it beside its fields."""
        menu, row = QMenu(self), self._row
        menu.addAction(tr("Name it for this prompt…"), self.name_it)
        sent = row.weight > 0
        text = tr("Leave out, but keep it here") if sent else tr("Send it again")
        menu.addAction(text, lambda: self.weight_chosen.emit(row.id, 0.0 if sent else 1.0))
        menu.addAction(tr("Earlier"), lambda: self.moved.emit(row.id, -1))
        menu.addAction(tr("Later"), lambda: self.moved.emit(row.id, 1))
        menu.addSeparator()
        menu.addAction(tr("Take off the shot"), lambda: self.removed.emit(row.id))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.name_it()

    def _remover(self) -> QToolButton:
        """The cross in the corner of the picture."""
        button = icon_button(
            "reject", tr("Take off the shot"), lambda: self.removed.emit(self._row.id)
        )
        button.setAccessibleName(tr("Take {name} off the shot", name=self._row.name))
        button.setIcon(icons.icon("reject", theme.ON_PICTURE))
        button.setIconSize(QSize(11, 11))
        button.setParent(self._thumb)
        button.setFixedSize(18, 18)
        button.move(CARD_PX - 20, 2)
        button.setStyleSheet("QToolButton { background: rgba(0,0,0,150); padding: 0; }")
        return button

    def _show_span(self, row: ReferenceRow) -> None:
        timed = row.at_s is not None
        self._span.setVisible(self.has_span)
        self.end.setVisible(not timed)
        self._dash.setVisible(not timed)
        most = 600.0 if timed else row.length_s
        self.start.setToolTip(tr("When it is seen") if timed else tr("Where it begins"))
        for box, value in ((self.start, row.at_s if timed else row.start_s), (self.end, row.end_s)):
            box.setRange(0.0, most)
            box.setValue(value or 0.0)

    def _span_done(self) -> None:
        row, start, end = self._row, self.start.value(), self.end.value()
        if row.at_s is not None:
            if abs(start - row.at_s) >= 0.005:
                self.at_chosen.emit(row.id, start)
        elif abs(start - row.start_s) >= 0.005 or abs(end - row.end_s) >= 0.005:
            self.span_chosen.emit(row.id, start, end)

    def _role_picked(self) -> None:
        self.role_chosen.emit(self._row.id, self.role.currentData())

    def _weight_moved(self, value: int) -> None:
        self._figure.setText(f"{value / 10:.1f}")
        # Keys and wheel commit at once; a drag commits when the hand lets go.
        if not self.weight.isSliderDown():
            self._weight_done()

    def _weight_done(self) -> None:
        weight = self.weight.value() / 10
        if weight != round(self._row.weight, 1):
            self.weight_chosen.emit(self._row.id, weight)


class ReferenceStrip(QWidget):
    """The cards in a row that scrolls; media from a bin or files can be dropped on it.

    Signals:
        media_dropped: ids of media from a bin.
        cards_dropped, takes_dropped: ids of cards, or of takes of any shot.
        files_dropped: paths from another program.
        role_chosen, weight_chosen, removed: the reference's id and the new value.
        span_chosen, at_chosen: its id, and seconds of the part that is used or where it stands.
        named: its id and its tag, without the ``@``.
        moved: its id, and -1 or 1 place.
    """

    media_dropped = Signal(object)
    cards_dropped = Signal(object)
    takes_dropped = Signal(object)
    span_chosen = Signal(str, float, float)
    at_chosen = Signal(str, float)
    named = Signal(str, str)
    moved = Signal(str, int)
    files_dropped = Signal(object)
    role_chosen = Signal(str, str)
    weight_chosen = Signal(str, float)
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
        self.setFixedHeight(STRIP_PX + (SPAN_PX if spans else 0) if rows else 46)

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
            self.files_dropped.emit(
                tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile())
            )
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()

    def _made(self, row: ReferenceRow) -> ReferenceCard:
        card = ReferenceCard(self._tiles, row)
        card.role_chosen.connect(self.role_chosen)
        card.weight_chosen.connect(self.weight_chosen)
        card.removed.connect(self.removed)
        card.span_chosen.connect(self.span_chosen)
        card.at_chosen.connect(self.at_chosen)
        card.named.connect(self.named)
        card.moved.connect(self.moved)
        self._cards[row.id] = card
        return card


def _seconds(name: str) -> QDoubleSpinBox:
    """A small field for seconds."""
    box = QDoubleSpinBox()
    box.setDecimals(2)
    box.setSingleStep(0.1)
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.setFont(theme.font(theme.FONT_TINY_PX, tabular=True))
    box.setStyleSheet("QDoubleSpinBox { padding: 0 3px; }")
    return box
