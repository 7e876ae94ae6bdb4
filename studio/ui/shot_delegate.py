"""The delegate of the shot list: paints a shot's row, and writes its prompt in place."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import (
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import (
    QStyleOptionViewItem,
    QWidget,
)

from studio.bridge.shot_items import ShotItems, ShotRow
from studio.ui import icons, theme
from studio.ui.prompt_edit import TAG, PromptEdit
from studio.ui.row_delegate import Index, TiledDelegate, wash
from studio.ui.shot_cells import CELL_PX, Cell, paint_cells
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.wording import tr

ROW_PX = 84
_PICTURE = QSize(86, 50)
_MARK_PX = 12


class ShotDelegate(TiledDelegate[ShotRow]):
    """Paints a shot's row, and writes its prompt in place."""

    kind = ShotRow
    size = QSize(120, ROW_PX)  # the view stretches it, and never scrolls sideways

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(tiles, parent)
        self.tags: tuple[str, ...] = ()
        self.words: tuple[str, ...] = ()
        self.over: tuple[str, Cell | None] = ("", None)
        self.current: tuple[str, Cell | None] = ("", None)

    def draw(self, painter: QPainter, option: QStyleOptionViewItem, row: ShotRow) -> None:
        area: QRect = option.rect
        if wash(painter, option):
            bar = QRect(area.x(), area.y(), 2, area.height())
            painter.fillRect(bar, theme.colour(theme.ACCENT))
        painter.fillRect(area.adjusted(0, area.height() - 1, 0, 0), theme.colour(theme.WELL))
        self._paint_picture(painter, area, row)
        self._paint_words(painter, area, row)

    def _paint_picture(self, painter: QPainter, area: QRect, row: ShotRow) -> None:
        picture = QRect(area.x() + 10, area.y() + 8, _PICTURE.width(), _PICTURE.height())
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(picture), 3, 3)
        painter.setClipPath(clip)
        there = paint_tile(painter, self._tiles, row.tile, "video", picture, row.picture)
        painter.setClipping(False)
        if not there:
            painter.setPen(theme.colour(theme.LINE))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if row.colour != "none":
            label = QRectF(picture.x() - 6, picture.y(), 4, picture.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.mixed(theme.LABEL_COLOURS[row.colour], theme.TEXT, 0.2))
            painter.drawRoundedRect(label, 2, 2)
        colour = theme.STATE_COLOURS[row.state]
        stripe = QRectF(picture.x(), picture.bottom() + 4, picture.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(colour, 90 if row.state == "running" else 255))
        painter.drawRoundedRect(stripe, 1.5, 1.5)
        if row.state == "running" and row.done > 0:
            stripe.setWidth(stripe.width() * row.done)
            painter.setBrush(theme.colour(colour))
            painter.drawRoundedRect(stripe, 1.5, 1.5)

    def _paint_words(self, painter: QPainter, area: QRect, row: ShotRow) -> None:
        left = area.x() + 10 + _PICTURE.width() + 10
        line = QRect(left, area.y() + 7, area.right() - left - 10, 15)
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour(theme.TEXT))
        width = self._paint_state(painter, line, row)
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour(theme.TEXT))
        room = line.width() - width - 8
        if row.locked:
            icons.draw(painter, "lock", QRect(line.x(), line.y() + 1, 12, 12), theme.TEXT_SOFT)
            line, room = line.adjusted(16, 0, 0, 0), room - 16
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, theme.ALIGN_LEFT, name)
        prompt = QRect(left, area.y() + 24, line.width(), area.height() - 24 - CELL_PX - 8)
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        if row.prompt:
            _paint_prompt(painter, prompt, row)
        else:
            painter.setPen(theme.colour(theme.TEXT_DIM))
            painter.drawText(prompt, Qt.TextFlag.TextWordWrap, tr("What is seen and heard?"))
        paint_cells(
            painter,
            row,
            cell_line(area),
            over=self.over[1] if self.over[0] == row.id else None,
            current=self.current[1] if self.current[0] == row.id else None,
        )

    def _paint_state(self, painter: QPainter, line: QRect, row: ShotRow) -> int:
        """Paint the state at the end of the line, what waits before it; how wide all that is."""
        # A draft with nothing to decide on is what most are: it says so by saying nothing.
        if row.state == "draft":
            return 0
        words, beside = row.standing.state_words, row.standing.beside
        painter.setFont(theme.font(theme.FONT_TINY_PX, tabular=True))
        name_px = QFontMetrics(theme.font(weight=600)).horizontalAdvance(row.name)
        most = line.width() - min(name_px + 16 * row.locked, line.width() // 2) - 8
        count_px = painter.fontMetrics().horizontalAdvance(str(beside))
        waiting = _MARK_PX + 2 + count_px + 7 if beside else 0
        width = painter.fontMetrics().horizontalAdvance(words)
        colour = theme.STATE_COLOURS[row.state]
        painter.setPen(theme.colour(colour))
        if width + waiting <= most:
            painter.drawText(line, theme.ALIGN_RIGHT, words)
        else:
            # The name keeps half of a narrow line, and what would be left of words says nothing.
            width = _MARK_PX
            mark = QRect(line.right() - _MARK_PX + 1, line.y() + 2, _MARK_PX, _MARK_PX)
            icons.draw(painter, theme.STATE_ICONS[row.state], mark, colour)
        if beside:
            place = line.adjusted(line.width() - width - waiting, 0, 0, 0)
            _paint_waiting(painter, place, beside)
        return width + waiting

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        editor = PromptEdit(theme.colour(theme.ACCENT), theme.colour(theme.BAD), parent)
        editor.set_tags(self.tags)
        editor.set_words(self.words)
        editor.setFont(theme.font(theme.FONT_SMALL_PX))
        editor.committed.connect(lambda _text: self.commitData.emit(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        if isinstance(editor, PromptEdit) and not editor.toPlainText():
            editor.show_text(index.data(Qt.ItemDataRole.EditRole) or "")

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:  # noqa: N802
        items = index.model()
        if isinstance(editor, PromptEdit) and isinstance(items, ShotItems):
            items.setData(index, editor.toPlainText())

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        left = 10 + _PICTURE.width() + 4
        editor.setGeometry(option.rect.adjusted(left, 20, -4, -2))


def cell_line(area: QRect) -> QRect:
    """Where the cells of a row lie."""
    left = area.x() + 10 + _PICTURE.width() + 10
    return QRect(left, area.bottom() - CELL_PX - 5, area.right() - left - 8, CELL_PX)


def _paint_waiting(painter: QPainter, place: QRect, count: int) -> None:
    """The mark of takes that wait for a word at the beginning of ``place``, and how many."""
    colour = theme.STATE_COLOURS["undecided"]
    mark = QRect(place.x(), place.y() + 2, _MARK_PX, _MARK_PX)
    icons.draw(painter, theme.STATE_ICONS["undecided"], mark, colour)
    painter.setPen(theme.colour(colour))
    painter.drawText(place.adjusted(_MARK_PX + 2, 0, 0, 0), theme.ALIGN_LEFT, str(count))


def _paint_prompt(painter: QPainter, area: QRect, row: ShotRow) -> None:
    """A prompt, its tags in the accent, those that nothing is called in red."""
    unknown = {tag.casefold() for tag in row.unknown}
    for at, word in prompt_words(row.prompt, area, painter.fontMetrics()):
        tag = TAG.match(word)
        shade = theme.ACCENT if tag is not None else theme.TEXT_SOFT
        if tag is not None and tag.group(1).casefold() in unknown:
            shade = theme.BAD
        painter.setPen(theme.colour(shade))
        painter.drawText(at, word)


def prompt_words(prompt: str, area: QRect, metrics: QFontMetrics) -> Iterator[tuple[QPoint, str]]:
    """Where each word of a prompt begins in ``area``; the last one says if there are more."""
    words, blank = prompt.split(), metrics.horizontalAdvance(" ")
    lines, line = max(1, area.height() // metrics.height()), 1
    x, y, end = area.x(), area.y() + metrics.ascent(), area.right() + 1
    for place, word in enumerate(words):
        width = metrics.horizontalAdvance(word)
        if x + width > end and x > area.x() and line < lines:
            line, x, y = line + 1, area.x(), y + metrics.height()
        # In front of what is left out there must be room for the sign that says so.
        sign = metrics.horizontalAdvance(" …") if place + 1 < len(words) else 0
        if line == lines and x + width + sign > end:
            left = " ".join(words[place:])
            yield QPoint(x, y), metrics.elidedText(left, Qt.TextElideMode.ElideRight, end - x)
            return
        yield QPoint(x, y), word
        x += width + blank
