"""The pose overlay: handles on the picture by which it is moved, scaled, turned and cropped."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.bridge.pose_geometry import Box, Point, box_of, cropped, moved, scaled, turned
from studio.document.curves import pose_at
from studio.document.film import Clip
from studio.document.looks import Pose
from studio.ui import theme
from studio.ui.claimed_keys import offers
from studio.ui.viewer import Screen
from studio.wording import tr

Grip = Literal["body", "corner", "knob", "edge"]
_CATCH_PX = 8.0
_KNOB_PX = 26.0
_HANDLE_PX = 4.0


@dataclass(frozen=True)
class Pull:
    """What the hand holds: which grip, where it was taken, and the box as it was then."""

    grip: Grip
    edge: int
    start: Point
    box: Box


class PoseOverlay(QWidget):
    """Lies over the screen while handles are wanted; what is not under them goes through.

    Drag the picture to move it, a corner to scale it, an edge to crop it and the knob above it to
    turn it. Shift keeps moves straight and turns in steps of 15 degrees; Esc gives up.

    Signals:
        moving: what differs of the pose, by field, while the hand holds it.
        chosen: the same when the hand let go.
        abandoned: the hand gave up.
    """

    moving = Signal(object)
    chosen = Signal(object)
    abandoned = Signal()

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._screen = screen
        self._wanted = False
        self._box: Box | None = None
        self._pull: Pull | None = None
        self._edit: dict[str, float] = {}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Handles of the selected picture"))
        screen.installEventFilter(self)
        self.hide()

    @property
    def box(self) -> Box | None:
        """Where the selected picture lies, if its handles are shown."""
        return self._box

    @property
    def wanted(self) -> bool:
        """Whether handles are shown whenever there is a picture to hold."""
        return self._wanted

    def set_wanted(self, wanted: bool) -> None:
        """Show handles whenever there is a picture to hold, or never."""
        self._wanted = wanted

    def show_clip(self, clip: Clip | None, at: int, size: tuple[int, int] | None) -> None:
        """Put the handles on a clip at a frame of the timeline; ``None`` takes them away."""
        if self._pull is not None:
            if clip is not None:
                self._box = self._box_of(clip, at, size)
                self.update()
            return
        self._box = self._box_of(clip, at, size) if self._wanted and clip is not None else None
        self.setGeometry(self._screen.rect())
        self.setVisible(self._box is not None)
        self.update()

    def corner_at(self, number: int) -> QPointF:
        """Where a corner is drawn, counted from the top left clockwise."""
        return self._to_screen(self._held_box.corners()[number])

    def edge_at(self, number: int) -> QPointF:
        """Where the handle of an edge is drawn: left, top, right or bottom."""
        return self._to_screen(self._held_box.edges()[number])

    def knob_at(self) -> QPointF:
        """Where the knob that turns is drawn."""
        box = self._held_box
        top, middle = self._to_screen(box.edges()[1]), self._to_screen(box.middle)
        way = top - middle
        length = max(1.0, (way.x() ** 2 + way.y() ** 2) ** 0.5)
        return top + way * (_KNOB_PX / length)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._screen.rect())
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        # Escape belongs to the hand while it holds something, whatever the window does with it.
        if offers(event, Qt.Key.Key_Escape) and self._pull is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._pull is not None:
            self._pull = None
            self.abandoned.emit()
            return
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        found = self._grip(event.position())
        if found is None or event.button() != Qt.MouseButton.LeftButton or self._box is None:
            event.ignore()
            return
        self._edit = {}
        self._pull = Pull(found[0], found[1], self._from_screen(event.position()), self._box)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pull is None:
            found = self._grip(event.position())
            self.setCursor(_CURSORS[found[0]] if found else Qt.CursorShape.ArrowCursor)
            event.ignore()
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        pose = _pulled(self._pull, self._from_screen(event.position()), shift=shift)
        self._edit = _difference(self._pull.box.pose, pose)
        if self._edit:
            self.moving.emit(self._edit)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pull is None:
            event.ignore()
            return
        self._pull = None
        if self._edit:
            self.chosen.emit(self._edit)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._box is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corners = [self.corner_at(number) for number in range(4)]
        for width, tint in ((3.0, theme.colour("#000000", 120)), (1.2, theme.colour(theme.ACCENT))):
            painter.setPen(QPen(tint, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(QPolygonF(corners))
            painter.drawLine(self.edge_at(1), self.knob_at())
        painter.setPen(QPen(theme.colour("#000000", 160), 1))
        painter.setBrush(theme.colour(theme.ON_PICTURE))
        side = _HANDLE_PX
        for at in corners:
            painter.drawRect(QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side))
        for number in range(4):
            painter.drawEllipse(self.edge_at(number), 3.2, 3.2)
        painter.setBrush(theme.colour(theme.ACCENT))
        painter.drawEllipse(self.knob_at(), 5, 5)

    @property
    def _held_box(self) -> Box:
        assert self._box is not None  # handles are only asked for while they are shown
        return self._box

    def _grip(self, at: QPointF) -> tuple[Grip, int] | None:
        if self._box is None:
            return None
        if _near(at, self.knob_at()):
            return "knob", 0
        for number in range(4):
            if _near(at, self.corner_at(number)):
                return "corner", number
        for number in range(4):
            if _near(at, self.edge_at(number)):
                return "edge", number
        return ("body", 0) if self._box.holds(self._from_screen(at)) else None

    def _box_of(self, clip: Clip, at: int, size: tuple[int, int] | None) -> Box:
        area = self._screen.picture_area()
        return box_of(area.width() / area.height(), size, pose_at(clip, at - clip.start))

    def _to_screen(self, point: Point) -> QPointF:
        area = self._screen.picture_area()
        middle = area.center()
        return QPointF(middle.x() + point[0] * area.height(), middle.y() + point[1] * area.height())

    def _from_screen(self, at: QPointF) -> Point:
        area = self._screen.picture_area()
        middle = area.center()
        return (at.x() - middle.x()) / area.height(), (at.y() - middle.y()) / area.height()


_CURSORS: dict[Grip, Qt.CursorShape] = {
    "body": Qt.CursorShape.SizeAllCursor,
    "corner": Qt.CursorShape.SizeFDiagCursor,
    "edge": Qt.CursorShape.SplitHCursor,
    "knob": Qt.CursorShape.PointingHandCursor,
}


def _pulled(pull: Pull, to: Point, *, shift: bool) -> Pose:
    match pull.grip:
        case "body":
            by = to[0] - pull.start[0], to[1] - pull.start[1]
            return moved(pull.box, by, straight=shift)
        case "corner":
            return scaled(pull.box, pull.start, to)
        case "knob":
            return turned(pull.box, pull.start, to, in_steps=shift)
        case "edge":
            return cropped(pull.box, pull.edge, to)


def _difference(before: Pose, after: Pose) -> dict[str, float]:
    old = asdict(before)
    return {name: value for name, value in asdict(after).items() if value != old[name]}


def _near(first: QPointF, second: QPointF) -> bool:
    way = first - second
    return way.x() ** 2 + way.y() ** 2 <= _CATCH_PX**2
