"""The cells of a shot's row: length, camera and seed, written in place from small menus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Literal

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from engine.api import Capabilities
from studio.bridge.scripts import known_moves
from studio.bridge.shot_items import ShotRow
from studio.ui import theme
from studio.wording import term, tr

Cell = Literal["length", "size", "move", "seed"]
CELL_PX = 18
_PAD_PX = 6
_GAP_PX = 3
_LEAST_PX = 22
_SIZES = (
    ("", term("Any size")),
    ("wide", term("Wide")),
    ("medium", term("Medium")),
    ("close", term("Close")),
)
_POLICIES = (
    ("random", term("Random seed")),
    ("step", term("Stepped seed")),
    ("lock", term("Locked seed")),
)
Chosen = Callable[[Cell, object], None]


def cell_words(row: ShotRow) -> Mapping[Cell, str]:
    """What each cell says."""
    seeds = {
        "random": tr("Random"),
        "step": tr("From {seed}", seed=row.seed),
        "lock": tr("Seed {seed}", seed=row.seed),
    }
    return {
        "length": f"{float(row.frames / row.rate):.2f} s",
        "size": tr(dict(_SIZES)[row.size]) if row.size else tr("Size"),
        "move": row.move or tr("Move"),
        "seed": seeds[row.policy],
    }


def cell_rects(row: ShotRow, line: QRect, metrics: QFontMetrics) -> dict[Cell, QRect]:
    """Where the cells are in ``line``.

    Where they do not all fit, those that say nothing go, the last first, and then the widest give
    way; the length is always read whole.
    """
    widths: dict[Cell, int] = {
        cell: metrics.horizontalAdvance(words) + 2 * _PAD_PX
        for cell, words in cell_words(row).items()
    }
    for cell in reversed(_unset(row)):
        if sum(widths.values()) + _GAP_PX * (len(widths) - 1) > line.width():
            del widths[cell]
    rest = line.width() - widths["length"] - _GAP_PX * (len(widths) - 1)
    others = [width for cell, width in widths.items() if cell != "length"]
    most = max(_LEAST_PX, _fair(others, rest))
    places: dict[Cell, QRect] = {}
    left = line.x()
    for cell, wanted in widths.items():
        width = wanted if cell == "length" else min(wanted, most)
        places[cell] = QRect(left, line.y(), width, CELL_PX)
        left += width + _GAP_PX
    return places


def _unset(row: ShotRow) -> list[Cell]:
    """The cells that only say that nothing is set."""
    unset: Mapping[Cell, bool] = {
        "size": not row.size,
        "move": not row.move,
        "seed": row.policy == "random",
    }
    return [cell for cell, nothing in unset.items() if nothing]


def _fair(widths: Iterable[int], room: int) -> int:
    """The width that none may exceed for all of ``widths`` to fit into ``room``."""
    rest = sorted(widths)
    while rest:
        share = room // len(rest)
        if rest[0] > share:
            return share
        room -= rest.pop(0)
    return 1 << 20


def paint_cells(
    painter: QPainter, row: ShotRow, line: QRect, *, over: Cell | None, current: Cell | None
) -> None:
    """Draw the cells; one that only says that nothing is set is faint."""
    painter.setFont(theme.font(theme.FONT_TINY_PX, weight=500, tabular=True))
    words = cell_words(row)
    unset = _unset(row)
    for cell, area in cell_rects(row, line, painter.fontMetrics()).items():
        lit = cell in (over, current)
        painter.setPen(theme.colour(theme.ACCENT if cell == current else theme.LINE_STRONG))
        painter.setBrush(theme.colour(theme.HOVER if lit else theme.RAISED, 255 if lit else 130))
        if not lit:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        shade = theme.TEXT_DIM if cell in unset and not lit else theme.TEXT_SOFT
        painter.setPen(theme.colour(shade))
        room = area.width() - _PAD_PX
        said = painter.fontMetrics().elidedText(words[cell], Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, said)


def cell_menu(
    cell: Cell, row: ShotRow, capabilities: Capabilities | None, chosen: Chosen, parent: QWidget
) -> QMenu:
    """The menu of a cell; ``chosen`` is told the cell and the value for all picked shots."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    group = QActionGroup(menu)
    for value, words, is_now in _choices(cell, row, capabilities):
        action = QAction(words, menu)
        action.setCheckable(True)
        action.setChecked(is_now)
        action.triggered.connect(lambda _on=False, value=value: chosen(cell, value))
        group.addAction(action)
        menu.addAction(action)
        if is_now:
            menu.setActiveAction(action)
    return menu


def _choices(
    cell: Cell, row: ShotRow, capabilities: Capabilities | None
) -> list[tuple[object, str, bool]]:
    match cell:
        case "length":
            legal = capabilities.frames if capabilities is not None else ()
            frames = sorted({*(n for n in legal if n > 1), row.frames})
            return [(n, length_words(n, row.rate), n == row.frames) for n in _thinned(frames, row)]
        case "size":
            return [(value, tr(words), value == row.size) for value, words in _SIZES]
        case "move":
            moves = dict.fromkeys(["", *known_moves(capabilities), row.move])
            return [(move, move or tr("Any move"), move == row.move) for move in moves]
        case "seed":
            return [(value, tr(words), value == row.policy) for value, words in _POLICIES]


def _thinned(frames: list[int], row: ShotRow) -> list[int]:
    """At most about twenty lengths; those around the present one are all there."""
    if len(frames) <= 24:
        return frames
    step = len(frames) // 16
    place = frames.index(row.frames)
    kept = {*frames[::step], *frames[max(0, place - 2) : place + 3], frames[-1]}
    return sorted(kept)


def length_words(frames: int, rate: Fraction) -> str:
    """A length in seconds and pictures."""
    return f"{float(frames / rate):.2f} s · {frames}"
