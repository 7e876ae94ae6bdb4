"""The keys of a clip as they stand on it: a row for each kind of them, or one for all."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPolygon

from studio.document.film import Clip
from studio.document.key_changes import POSE_FIELDS, key_frames
from studio.document.looks import PoseField
from studio.ui import theme
from studio.ui.timeline_geometry import NAME_PX, Geometry, KeyHold, KeyRow
from studio.wording import term, tr

KINDS: tuple[tuple[str, tuple[PoseField, ...]], ...] = (
    (term("Position"), ("x", "y")),
    (term("Scale"), ("scale",)),
    (term("Turn"), ("rotation_deg",)),
    (term("Opacity"), ("opacity",)),
    (term("Crop"), ("crop_left", "crop_top", "crop_right", "crop_bottom")),
)
_KEY_PX, _LEAST_KEY_PX = 4, 3
_LETTERS_PX = 14  # as far as the words at the top of a clip reach down
_ROW_PX = 10
_CATCH_PX = 5


def key_rows(clip: Clip, rect: QRect) -> tuple[KeyRow, ...]:
    """The rows of a clip drawn at ``rect``, from the lowest; one for all where it is too low."""
    if not clip.curves:
        return ()
    used = {curve.field for curve in clip.curves}
    kinds = [(tr(name), fields) for name, fields in KINDS if used.intersection(fields)]
    if len(kinds) * _ROW_PX > rect.height() - NAME_PX - _KEY_PX:
        kinds = [(", ".join(name for name, _ in kinds), POSE_FIELDS)]
    rows: list[KeyRow] = []
    for place, (name, fields) in enumerate(kinds):
        on_clip = tuple(n for n in key_frames(clip, fields) if 0 <= n < clip.length)
        lowest = rect.bottom() - 1 - _reach(rect)
        rows.append(KeyRow(name, fields, on_clip, lowest - place * _ROW_PX))
    return tuple(rows)


def key_point(geometry: Geometry, clip: Clip, rect: QRect, hold: KeyHold) -> QPoint:
    """Where a key stands, a little inside of the clip at its very ends."""
    x = geometry.x(clip.start + hold.frame)
    return QPoint(max(rect.left() + _KEY_PX + 1, min(x, rect.right() - _KEY_PX - 1)), hold.row.y)


def key_at(geometry: Geometry, clip: Clip, rect: QRect, point: QPoint) -> KeyHold | None:
    """The key under ``point``: the nearest where several are."""
    found: list[tuple[int, KeyHold]] = []
    for row in key_rows(clip, rect):
        if abs(row.y - point.y()) > _CATCH_PX:
            continue
        for frame in row.frames:
            hold = KeyHold(row, frame)
            away = abs(key_point(geometry, clip, rect, hold).x() - point.x())
            if away <= _CATCH_PX:
                found.append((away, hold))
    return min(found, key=lambda one: one[0])[1] if found else None


def paint_keys(painter: QPainter, geometry: Geometry, clip: Clip, rect: QRect) -> None:
    """Draw every key of a clip; the pen and brush are left as they were set."""
    painter.setPen(QColor(theme.WELL))
    painter.setBrush(QColor(theme.TEXT))
    for row in key_rows(clip, rect):
        for frame in row.frames:
            middle = key_point(geometry, clip, rect, KeyHold(row, frame))
            painter.drawPolygon(_diamond(middle, _reach(rect)))


def paint_held_key(
    painter: QPainter, geometry: Geometry, clip: Clip, rect: QRect, hold: KeyHold
) -> None:
    """Draw the key under the pointer so that it stands out."""
    painter.setPen(QColor(theme.WELL))
    painter.setBrush(QColor(theme.ACCENT))
    painter.drawPolygon(_diamond(key_point(geometry, clip, rect, hold), _reach(rect) + 1))


def _reach(rect: QRect) -> int:
    """How far a key reaches from its middle: less where a clip is so low that it lay on words."""
    return max(_LEAST_KEY_PX, min(_KEY_PX, (rect.height() - _LETTERS_PX - 1) // 2))


def _diamond(middle: QPoint, size: int) -> QPolygon:
    across, down = QPoint(size, 0), QPoint(0, size)
    return QPolygon([middle - down, middle + across, middle + down, middle - across])
