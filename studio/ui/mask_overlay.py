"""The mask overlay: a region painted by hand on the viewer's picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.bridge.panel_keys import deed_of
from studio.ui import theme
from studio.ui.claimed_keys import claims_deed
from studio.ui.viewer import Screen
from studio.wording import tr

_SMALLEST, _LARGEST = 0.02, 0.5
_STEP = 1.15


class MaskOverlay(QWidget):
    """Lies over the screen while there is a region; the left button paints, Alt takes away.

    The mask has the size of what is edited, so that a pixel of it is a pixel of the picture. The
    wheel, ``[`` and ``]`` change the brush; Esc and Return end painting, with the region kept: its
    veil stays, and the hand reaches through it.

    Signals:
        painted: a stroke is done.
        cleared: what is painted should be forgotten.
        closed: painting is over.
    """

    painted = Signal()
    cleared = Signal()
    closed = Signal()

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._screen = screen
        self._mask = QImage()
        self._brush = 0.12
        self._painting = False
        self._last: QPointF | None = None
        self._at: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Region that may change"))
        screen.installEventFilter(self)
        self.hide()

    @property
    def region(self) -> QImage:
        """The region, white where the picture may change; grey, 8 bits."""
        return self._mask

    @property
    def is_empty(self) -> bool:
        """Whether nothing is painted."""
        if self._mask.isNull():
            return True
        rows = self._mask.constBits()
        return not any(rows)

    @property
    def brush(self) -> float:
        """The brush's width as a part of the picture's height."""
        return self._brush

    @property
    def painting(self) -> bool:
        """Whether the brush is out."""
        return self._painting

    def begin(self, width: int, height: int) -> None:
        """Paint on a picture of this size."""
        self._mask = QImage(width, height, QImage.Format.Format_Grayscale8)
        self._mask.fill(0)
        self._set_painting(True)
        self._lie_over()
        self.setFocus()

    def show_mask(self, mask: QImage) -> None:
        """Show the region of the picture that is looked at; not while a stroke is drawn."""
        if self._last is not None:
            return
        if mask.isNull():
            self._mask.fill(0)
        else:
            self._mask = mask.convertToFormat(QImage.Format.Format_Grayscale8)
        if self._painting or not mask.isNull():
            self._lie_over()
        else:
            self.hide()

    def rest(self) -> None:
        """Show no region: another picture is looked at."""
        if not self._painting:
            self.hide()

    def put_away(self) -> None:
        """Stop painting; the region stays, and so does its veil."""
        was, empty = self._painting, self.is_empty
        self._set_painting(False)
        if empty:
            self.hide()
        if was:
            self.closed.emit()
        self.update()

    def _set_painting(self, painting: bool) -> None:
        self._painting, self._last, self._at = painting, None, None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not painting)
        policy = Qt.FocusPolicy.StrongFocus if painting else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)

    def _lie_over(self) -> None:
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self.update()

    def picture_area(self) -> QRectF:
        """Where the edited picture lies in the screen's frame."""
        area = self._screen.picture_area()
        if self._mask.isNull():
            return area
        shape = self._mask.width() / max(1, self._mask.height())
        width = min(area.width(), area.height() * shape)
        fitted = QRectF(0, 0, width, width / shape)
        fitted.moveCenter(area.center())
        return fitted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._screen.rect())
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        # Esc, Return and the brackets are commands of the window; here they mean the brush. All
        # other keys go on, so that one can play and step to another picture and paint there.
        return claims_deed(event, "region") or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match deed_of("region", event):
            case "done":
                self.put_away()
            case "smaller":
                self._scale(1 / _STEP)
            case "larger":
                self._scale(_STEP)
            case "clear":
                self.cleared.emit()
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._scale(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._last = event.position()
        self._stroke(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._at = event.position()
        if self._last is not None:
            self._stroke(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._last = None
        self.painted.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._at = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.picture_area()
        painter.drawImage(area, _tinted(self._mask))
        if not self._painting:
            return
        painter.setPen(QPen(theme.colour(theme.ON_PICTURE, 130), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        if self._at is not None:
            radius = self._brush * area.height() / 2
            painter.setPen(QPen(theme.colour(theme.ON_PICTURE), 1.2))
            painter.drawEllipse(self._at, radius, radius)

    def _stroke(self, event: QMouseEvent) -> None:
        erases = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        first = self._in_mask(self._last or event.position())
        second = self._in_mask(event.position())
        painter = QPainter(self._mask)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor("#000000" if erases else "#ffffff"), self._brush * self._mask.height())
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(first, second) if first != second else painter.drawPoint(first)
        painter.end()
        self._last = event.position()
        self.update()

    def _in_mask(self, at: QPointF) -> QPointF:
        area = self.picture_area()
        scale = self._mask.width() / max(1.0, area.width())
        return QPointF((at.x() - area.x()) * scale, (at.y() - area.y()) * scale)

    def _scale(self, by: float) -> None:
        self._brush = min(_LARGEST, max(_SMALLEST, self._brush * by))
        self.update()


def _tinted(mask: QImage) -> QImage:
    """The mask as a veil: what may change is seen under the accent's colour."""
    veil = QImage(mask.size(), QImage.Format.Format_ARGB32_Premultiplied)
    veil.fill(theme.colour(theme.ON_PICTURE_ACCENT, 120))
    veil.setAlphaChannel(_dimmed(mask))
    return veil


def _dimmed(mask: QImage) -> QImage:
    soft = QImage(mask.size(), QImage.Format.Format_Grayscale8)
    soft.fill(0)
    painter = QPainter(soft)
    painter.setOpacity(0.5)
    painter.drawImage(0, 0, mask)
    painter.end()
    return soft
