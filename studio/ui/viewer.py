"""The viewer: the picture, what is being rendered, transport, timecode and meters."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.bridge.actions import ActionRegistry
from studio.ui import icons, theme
from studio.ui.loudness_line import LoudnessLine
from studio.ui.meters import Meters
from studio.ui.scrub_bar import ScrubBar
from studio.ui.timecode_field import TimecodeField
from studio.ui.yielding_label import YieldingLabel
from studio.wording import tr

_EDGE_PX = 14
_BETWEEN_PX = 8
_MARGINS = (0, 0, 10, 0)
_TRANSPORT = ("play.start", "play.step_back", "play.toggle", "play.step", "play.end")
_VIEWING = ("play.loop", "view.subtitles", "view.picture")
_ICONS = {
    "play.start": "first",
    "play.step_back": "step-back",
    "play.toggle": "play",
    "play.step": "step-forward",
    "play.end": "last",
    "play.loop": "loop",
    "view.subtitles": "words",
    "view.picture": "full-screen",
}


class Screen(QWidget):
    """The picture itself, fitted and centred; a step picture covers it while a shot renders."""

    pressed = Signal()
    double_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(240, 136)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Picture"))
        self._picture = self._bare = QImage()
        self._step = QImage()
        self._pair: tuple[QImage, QImage] | None = None
        self._pair_words: tuple[str, ...] = ()
        self._hint: tuple[str, str, str] = ("film", "", "")
        self._shape = 16 / 9
        self._edge_px = _EDGE_PX
        self.words = ""
        self.done: float | None = None

    @property
    def shown(self) -> QImage:
        """The picture that is to be seen."""
        return self._step if not self._step.isNull() else self._picture

    @property
    def bare(self) -> QImage:
        """The picture that is to be seen, without the words that are laid over it."""
        return self._step if not self._step.isNull() else self._bare

    def show_picture(self, image: QImage, bare: QImage | None = None) -> None:
        """Show a frame of the cut or of a take; ``bare`` is without the words on it, if any."""
        self._picture, self._bare = image, image if bare is None else bare
        self.update()

    def show_pair(self, pair: tuple[QImage, QImage] | None, words: tuple[str, ...] = ()) -> None:
        """Show two pictures side by side, with what is said of each, or one again."""
        self._pair, self._pair_words = pair, words
        self.update()

    def show_step(self, image: QImage, words: str, done: float | None) -> None:
        """Show a step of a render, what it is, and how far."""
        if not image.isNull():
            self._step = image
        self.words, self.done = words, done
        self.update()

    def clear_step(self) -> None:
        """Show the film again."""
        self._step = QImage()
        self.words, self.done = "", None
        self.update()

    def show_hint(self, icon_name: str, title: str, words: str) -> None:
        """Say what to do while there is no picture."""
        self._hint = (icon_name, title, words)
        self.update()

    def set_shape(self, width: int, height: int) -> None:
        """The film's frame shape."""
        shape = width / max(1, height)
        if shape != self._shape:
            self._shape = shape
            self.update()

    def picture_area(self) -> QRectF:
        """Where the film's frame lies in the widget."""
        edge = self._edge_px
        room = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        width = min(room.width(), room.height() * self._shape)
        area = QRectF(0, 0, width, width / self._shape)
        area.moveCenter(room.center())
        return area

    def set_alone(self, alone: bool) -> None:
        """Fill all the room there is, without a pointer over the picture, or leave an edge."""
        self._edge_px = 0 if alone else _EDGE_PX
        if alone:
            self.setCursor(Qt.CursorShape.BlankCursor)
        else:
            self.unsetCursor()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.double_pressed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(
            self.rect(), theme.colour(theme.SURROUND if self._edge_px else theme.SCREEN)
        )
        if self._pair is not None:
            self._paint_pair(painter, self._pair)
            return
        area = self.picture_area()
        painter.fillRect(area, theme.colour(theme.SCREEN))
        image = self.shown
        if not image.isNull():
            painter.drawImage(_fitted(image, area), image)
        elif self._hint[1]:
            self._paint_hint(painter, area)
        if self.words:
            self._paint_progress(painter, area)

    def _paint_pair(self, painter: QPainter, pair: tuple[QImage, QImage]) -> None:
        edge = self._edge_px
        room = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        wide = (room.width() - _BETWEEN_PX) / 2
        for number, (image, words) in enumerate(zip(pair, self._pair_words, strict=True)):
            half = QRectF(room.x() + number * (wide + _BETWEEN_PX), room.y(), wide, room.height())
            area = _fitted(image, half)
            painter.drawImage(area, image)
            _paint_words(painter, words, area)

    def _paint_hint(self, painter: QPainter, area: QRectF) -> None:
        icon_name, title, words = self._hint
        middle = area.center().toPoint()
        icons.draw(
            painter, icon_name, QRect(middle.x() - 18, middle.y() - 56, 36, 36), theme.TEXT_FAINT
        )
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(theme.font(15, weight=500))
        painter.setPen(theme.colour(theme.ON_PICTURE, 190))
        line = QRect(int(area.x()) + 20, middle.y() - 8, int(area.width()) - 40, 22)
        painter.drawText(line, int(centre), title)
        painter.setFont(theme.font())
        painter.setPen(theme.colour(theme.ON_PICTURE, 150))
        painter.drawText(line.translated(0, 26).adjusted(0, 0, 0, 40), int(centre), words)

    def _paint_progress(self, painter: QPainter, area: QRectF) -> None:
        bar = QRectF(area.x(), area.bottom() - 3, area.width(), 3)
        painter.fillRect(bar, theme.colour(theme.WELL, 200))
        if self.done is not None:
            bar.setWidth(bar.width() * self.done)
            painter.fillRect(bar, theme.colour(theme.ACCENT))
        _paint_words(painter, self.words, area)


class Viewer(QWidget):
    """The screen over its transport, with the meters beside it.

    Signals:
        cut_asked: look at the cut again instead of a take.
    """

    cut_asked = Signal()

    def __init__(self, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = Screen()
        self.meters = Meters()
        self.loudness = LoudnessLine()
        self.scrub = ScrubBar()
        self.timecode = TimecodeField()
        self.length = QLabel()
        self.length.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        self.length.setProperty("dim", True)
        self._length_words = ""
        self.marks = YieldingLabel(theme.FONT_TINY_PX)
        self.title = QLabel()
        self.title.setFont(theme.font(weight=500))
        self.back = QToolButton()
        self.back.setText(tr("Back to the cut"))
        self.back.clicked.connect(self.cut_asked.emit)
        self.back.hide()
        self._buttons: dict[str, QToolButton] = {}
        for action_id in (*_TRANSPORT, *_VIEWING):
            button = QToolButton()
            action = actions[action_id]
            action.setIcon(icons.icon(_ICONS[action_id]))
            button.setDefaultAction(action)
            button.setIconSize(QSize(20, 20))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._buttons[action_id] = button
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(14, 8, 14, 0)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.loudness)
        head.addWidget(self.back)
        middle = self._middle = QHBoxLayout()
        middle.setContentsMargins(*_MARGINS)
        middle.setSpacing(0)
        middle.addWidget(self.picture, 1)
        middle.addWidget(self.meters)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(middle, 1)
        column.addWidget(self.scrub)
        self._bar = self._transport()
        column.addWidget(self._bar)
        self.setAutoFillBackground(True)
        shades = self.palette()
        shades.setColor(self.backgroundRole(), theme.colour(theme.WELL))
        self.setPalette(shades)

    def show_frame(self, pixels: Any, bare: Any = None) -> None:
        """Show a frame's pixels, uint8 (H, W, 3), without copying them.

        ``bare`` is the frame without the words on it, where there are any.
        """
        # The arrays must live as long as the pictures are drawn from them.
        self._pixels = pixels, bare
        self.picture.show_picture(_image(pixels), None if bare is None else _image(bare))

    def show_pair(self, pair: tuple[Any, Any] | None, words: tuple[str, ...] = ()) -> None:
        """Show two frames' pixels side by side, with what is said of each; ``None`` one again."""
        # They live as long as they are drawn from, as those of one do.
        self._pair_pixels = pair
        self.picture.show_pair(None if pair is None else (_image(pair[0]), _image(pair[1])), words)

    def show_clock(self, time: str, length: str, marks: str = "") -> None:
        """Show where the picture stands, how long what is looked at is, and its in and out."""
        self.timecode.show_time(time)
        self.marks.show_words(marks)
        self._length_words = length
        if not self.timecode.hasFocus():
            self.length.setText(length)

    def show_typed(self, words: str) -> None:
        """Say in the place of the length what is being typed; empty says the length again."""
        self.length.setText(words or self._length_words)

    def show_playing(self, playing: bool) -> None:
        """Let the button say what it would do."""
        self._buttons["play.toggle"].defaultAction().setIcon(
            icons.icon("pause" if playing else "play")
        )
        if playing:
            self.loudness.forget()
        else:
            self.meters.rest()

    def show_alone(self, alone: bool) -> None:
        """Show the picture and nothing beside it, or everything again."""
        for part in (self._head, self.scrub, self._bar, self.meters):
            part.setVisible(not alone)
        self._middle.setContentsMargins(*((0, 0, 0, 0) if alone else _MARGINS))
        self.picture.set_alone(alone)

    def show_source(self, title: str, *, is_take: bool) -> None:
        """Name what is looked at."""
        self.title.setText(title)
        style = f"color: {theme.ACCENT if is_take else theme.TEXT_SOFT};"
        if style != self.title.styleSheet():
            # Even the same one has half of the window laid out and painted anew.
            self.title.setStyleSheet(style)
        self.back.setVisible(is_take)

    def _transport(self) -> QWidget:
        bar = QFrame()
        bar.setObjectName("transport")
        bar.setStyleSheet(f"#transport {{ background: {theme.WINDOW}; }}")
        left, right = QWidget(), QWidget()
        first = QHBoxLayout(left)
        first.setContentsMargins(0, 0, 0, 0)
        first.addWidget(self.timecode)
        first.addSpacing(theme.TIGHT)
        first.addWidget(self.length)
        first.addStretch(1)
        last = QHBoxLayout(right)
        last.setContentsMargins(theme.GAP, 0, 0, 0)
        last.addWidget(self.marks, 1)
        for action_id in _VIEWING:
            last.addWidget(self._buttons[action_id])
        row = QHBoxLayout(bar)
        row.setContentsMargins(9, 4, 10, 4)
        row.setSpacing(2)
        row.addWidget(left, 1)
        for action_id in _TRANSPORT:
            row.addWidget(self._buttons[action_id])
        row.addWidget(right, 1)
        return bar


def _image(pixels: Any) -> QImage:
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)


def _paint_words(painter: QPainter, words: str, area: QRectF) -> None:
    """Write something on the lower left of a picture."""
    painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500, tabular=True))
    width = painter.fontMetrics().horizontalAdvance(words) + 20
    pill = QRectF(area.x() + 10, area.bottom() - 34, width, 22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("#000000", 170))
    painter.drawRoundedRect(pill, 11, 11)
    painter.setPen(theme.colour(theme.ON_PICTURE))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


def _fitted(image: QImage, area: QRectF) -> QRectF:
    """Where a picture of another shape lies in ``area``."""
    scale = min(area.width() / image.width(), area.height() / image.height())
    fitted = QRectF(0, 0, image.width() * scale, image.height() * scale)
    fitted.moveCenter(area.center())
    return fitted
