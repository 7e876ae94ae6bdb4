"""The reference card: one thing that a shot is made with, its role, its weight and its part."""

from __future__ import annotations

from typing import Unpack

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
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
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.reference_rows import ROLE_WORDS, ReferenceRow
from studio.document.shot_changes import ReferenceEdit
from studio.ui import icons, theme
from studio.ui.panel_layout import NarrowChoice
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_missing, paint_tile
from studio.ui.widgets import icon_button
from studio.wording import tr

CARD_PX = 108
HEIGHT_PX = 108
SPAN_PX = 26
_LEAST_S = 0.005


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
        middle = Qt.TextElideMode.ElideMiddle  # files of a series differ at the end
        text = painter.fontMetrics().elidedText(name, middle, room.width())
        painter.drawText(room, theme.ALIGN_LEFT, text)


class ReferenceCard(QFrame):
    """One reference: its picture, role, weight, and a way to take it off.

    Signals:
        edited: its id, and a ``ReferenceEdit``.
        timed: its id, and when in the shot it is to be seen, in seconds.
        moved: its id, and -1 or 1 place.
        removed: its id.

    Attributes:
        stops: where Tab stops in it, in order.
    """

    edited = Signal(str, object)
    timed = Signal(str, float)
    moved = Signal(str, int)
    removed = Signal(str)

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
        field.returnPressed.connect(lambda: self._edit(tag=field.text().strip().lstrip("@")))
        field.editingFinished.connect(field.deleteLater)
        field.show()
        field.setFocus()

    def menu(self) -> QMenu:
        """What can be done with it beside its fields."""
        menu, row = QMenu(self), self._row
        menu.addAction(tr("Name it for this prompt…"), self.name_it)
        sent = row.weight > 0
        text = tr("Leave out, but keep it here") if sent else tr("Send it again")
        menu.addAction(text, lambda: self._edit(weight=0.0 if sent else 1.0))
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

    def _edit(self, **edit: Unpack[ReferenceEdit]) -> None:
        self.edited.emit(self._row.id, edit)

    def _span_done(self) -> None:
        row, start_s, end_s = self._row, self.start.value(), self.end.value()
        if row.at_s is not None:
            if abs(start_s - row.at_s) >= _LEAST_S:
                self.timed.emit(row.id, start_s)
        elif abs(start_s - row.start_s) >= _LEAST_S or abs(end_s - row.end_s) >= _LEAST_S:
            start = round(max(0.0, start_s) * row.unit_hz)
            whole = end_s >= row.length_s - _LEAST_S
            self._edit(
                start=start, end=None if whole else max(start + 1, round(end_s * row.unit_hz))
            )

    def _role_picked(self) -> None:
        self._edit(role=self.role.currentData())

    def _weight_moved(self, value: int) -> None:
        self._figure.setText(f"{value / 10:.1f}")
        # Keys and wheel commit at once; a drag commits when the hand lets go.
        if not self.weight.isSliderDown():
            self._weight_done()

    def _weight_done(self) -> None:
        weight = self.weight.value() / 10
        if weight != round(self._row.weight, 1):
            self._edit(weight=weight)


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
