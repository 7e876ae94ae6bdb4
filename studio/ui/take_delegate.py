"""The painting of a take in its tree: picture, lineage, words and what was decided."""

from __future__ import annotations

from PySide6.QtCore import (
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionViewItem

from studio.bridge.state_words import IN_THE_CUT
from studio.bridge.take_items import TakeRow
from studio.ui import icons, theme
from studio.ui.row_delegate import TiledDelegate, wash
from studio.ui.tile_paint import paint_missing, paint_tile
from studio.wording import term, tr

ROW_PX = 66
INDENT_PX = 18
_PICTURE = QSize(92, 54)
_DEEPEST = 6
_BEHIND = term("Its source was replaced")
_GONE = term("Its files are gone")


class TakeDelegate(TiledDelegate[TakeRow]):
    """Paints a take where it stands in the tree."""

    kind = TakeRow
    size = QSize(220, ROW_PX)

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: TakeRow) -> None:
        area: QRect = option.rect
        lit = wash(painter, option)
        left = area.x() + theme.WIDE + INDENT_PX * min(row.depth, _DEEPEST)
        _paint_lineage(painter, row, area, left)
        if row.decision == "rejected":
            painter.setOpacity(0.45)
        middle = area.y() + (area.height() - _PICTURE.height()) // 2
        picture = QRect(left, middle, _PICTURE.width(), _PICTURE.height())
        self._paint_picture(painter, row, picture, lit=lit)
        words = area.adjusted(picture.right() + 9 - area.x(), 6, -theme.WIDE, -6)
        _paint_words(painter, words, row)

    def _paint_picture(self, painter: QPainter, row: TakeRow, picture: QRect, *, lit: bool) -> None:
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        seen = paint_tile(painter, self._tiles, row.tile, "video", picture, row.frame)
        if row.missing:
            paint_missing(painter, picture, seen=seen)
        if row.chosen:
            band = QRect(picture.x(), picture.bottom() - 14, picture.width(), 15)
            painter.fillRect(band, theme.colour(theme.ACCENT))
            painter.setFont(theme.font(theme.FONT_TINY_PX, weight=600))
            painter.setPen(theme.colour(theme.ON_ACCENT))
            painter.drawText(band, Qt.AlignmentFlag.AlignCenter, tr(IN_THE_CUT))
        painter.setClipping(False)
        if lit:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def _paint_lineage(painter: QPainter, row: TakeRow, area: QRect, left: int) -> None:
    """The lines that lead from a take down to what was made of it."""
    if not row.depth or row.depth > _DEEPEST:
        return
    painter.setPen(QPen(theme.colour(theme.LINE_STRONG), 1.4))
    stem = left - INDENT_PX / 2
    middle = area.y() + area.height() / 2
    painter.drawLine(QPointF(stem, area.y()), QPointF(stem, middle))
    painter.drawLine(QPointF(stem, middle), QPointF(left - 2, middle))
    if not row.last:
        painter.drawLine(QPointF(stem, middle), QPointF(stem, area.bottom() + 1))
    for depth, goes_on in enumerate(row.trunk[1:], start=1):
        if goes_on:
            x = stem - INDENT_PX * (row.depth - depth)
            painter.drawLine(QPointF(x, area.y()), QPointF(x, area.bottom() + 1))


def _paint_words(painter: QPainter, area: QRect, row: TakeRow) -> None:
    line = QRect(area.x(), area.y(), area.width(), 17)
    marks = _paint_marks(painter, line, row)
    name = f"{row.shot} · {row.title}" if row.shot else row.title
    title = QRect(line.x(), line.y(), line.width() - marks, line.height())
    painter.setFont(theme.font(weight=500))
    _paint_line(painter, title, name, theme.TEXT)
    colour = theme.TEXT_SOFT
    if row.kind != "edit":
        is_full = row.kind == "full" or row.upgraded
        colour = theme.STATE_TEXT["full" if is_full else "preview"]
    line.translate(0, 18)
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    _paint_line(painter, line, row.words, colour)
    line.translate(0, 17)
    last = row.note and f"“{row.note}”"
    if row.missing:
        _paint_line(painter, line, tr(_GONE), theme.BAD)
    elif row.behind:
        _paint_line(painter, line, tr(_BEHIND), theme.CAUTION)
    else:
        _paint_line(painter, line, last or row.change or row.prompt, theme.TEXT_DIM)


def _paint_line(painter: QPainter, area: QRect, text: str, colour: str) -> None:
    painter.setPen(theme.colour(colour))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, theme.ALIGN_LEFT, shown)


def _paint_marks(painter: QPainter, line: QRect, row: TakeRow) -> int:
    """What was decided and noticed, from the right; how much room that takes."""
    mark = QRect(line.right() - 13, line.y() + 1, 14, 14)
    shown: list[tuple[str, str]] = []
    if row.decision == "kept":
        shown.append(("keep", theme.GOOD))
    elif row.decision == "rejected":
        shown.append(("reject", theme.BAD))
    elif row.waits:
        shown.append((theme.STATE_ICONS["undecided"], theme.STATE_COLOURS["undecided"]))
    if row.favourite:
        shown.append(("star", theme.ACCENT))
    if row.flags:
        shown.append(("warning", theme.CAUTION))
    if row.behind:
        shown.append(("reset", theme.CAUTION))
    for icon_name, colour in shown:
        icons.draw(painter, icon_name, mark, colour)
        mark.translate(-18, 0)
    return 18 * len(shown) + (4 if shown else 0)
