"""Line icons, tinted and drawn at the screen's own resolution."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.ui import theme

# Of the drawings, in their own units of which a side has twenty.
_SIDE, _STROKE = 20, 1.4
_LEAST_STROKE_PX = 1.1
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "icons"


def icon(name: str, colour: str = theme.TEXT_SOFT, checked: str = theme.ACCENT) -> QIcon:
    """The icon called ``name``, as sharp at 1.5x as at 1x and 2x.

    Its tint is ``colour`` where the control is off and ``checked`` where it is on.
    """
    return QIcon(_TintedEngine(name, colour, checked))


def pixmap(name: str, size_px: int, colour: str, ratio: float = 1.0) -> QPixmap:
    """The icon called ``name`` as a pixmap of ``size_px`` at a device pixel ratio."""
    return _pixmap(name, size_px, colour, ratio)


def draw(painter: QPainter, name: str, rect: QRect, colour: str) -> None:
    """Draw the icon called ``name`` into ``rect``, through a cache of pixmaps."""
    device = painter.device()
    ratio = 1.0 if device is None else device.devicePixelRatio()
    painter.drawPixmap(rect.topLeft(), _pixmap(name, rect.width(), colour, ratio))


@cache
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str, stroke: float = _STROKE) -> QSvgRenderer:
    tinted = _source(name).replace("currentColor", colour)
    tinted = tinted.replace(f'stroke-width="{_STROKE}"', f'stroke-width="{stroke}"')
    return QSvgRenderer(QByteArray(tinted.encode()))


@cache
def _pixmap(name: str, size_px: int, colour: str, ratio: float) -> QPixmap:
    side = round(size_px * ratio)
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # A line that covers less than a pixel is as faint as its share of it.
    stroke = max(_STROKE, round(_LEAST_STROKE_PX * _SIDE / side, 2))
    _renderer(name, colour, stroke).render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


class _TintedEngine(QIconEngine):
    """Draws an icon at whatever size and ratio is asked for."""

    def __init__(self, name: str, colour: str, checked: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour
        self._checked = checked

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._colour, self._checked)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        _renderer(self._name, self._tint(mode, state)).render(painter, square)

    def scaledPixmap(  # noqa: N802 (Qt's name)
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        drawn = QPixmap(size * scale)
        drawn.setDevicePixelRatio(scale)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return drawn

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return theme.TEXT_FAINT
        if state == QIcon.State.On:
            return self._checked
        if mode in {QIcon.Mode.Active, QIcon.Mode.Selected}:
            return QColor(self._colour).lighter(125).name()
        return self._colour
