"""The ladder: one change at three strengths, side by side, to choose from."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.bridge.editing import Rung
from studio.bridge.job_items import Pulse
from studio.bridge.state_words import STATE_WORDS
from studio.bridge.take_items import telling_picture
from studio.document.ledger import Done, Failed, JobRecord, Ledger
from studio.ui import theme
from studio.ui.tile_cache import TileCache
from studio.ui.tile_paint import paint_tile
from studio.wording import tr

_HEIGHT_PX = 82


class RungTile(QWidget):
    """One rung: its picture when it is there, and how far it is until then.

    Signals:
        chosen: it was clicked, or Return or Space was pressed on it.
    """

    chosen = Signal()

    def __init__(self, tiles: TileCache) -> None:
        super().__init__()
        self._tiles = tiles
        self.take_id = ""
        self.strength = 0.0
        self._words = ""
        self._frame = 0
        self._lit = False
        self.setAccessibleName(tr("A strength of the edit"))
        self.setFixedHeight(_HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        tiles.ready.connect(self.update)

    def show_rung(
        self, strength: float, take_id: str, frame: int, words: str, *, lit: bool
    ) -> None:
        """Show what became of a rung."""
        self.strength, self.take_id, self._frame = strength, take_id, frame
        self._words, self._lit = words, lit
        self.setAccessibleName(f"{strength:.0%}, {words or tr('ready')}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture = QRect(0, 0, self.width(), self.height() - 20)
        if self.take_id:
            paint_tile(painter, self._tiles, f"take:{self.take_id}", "video", picture, self._frame)
        else:
            painter.fillRect(picture, theme.colour(theme.WELL))
            painter.setFont(theme.font(theme.FONT_TINY_PX))
            painter.setPen(theme.colour(theme.TEXT_DIM))
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(picture.adjusted(4, 0, -4, 0), int(centred), self._words)
        if self._lit or self.hasFocus():
            painter.setPen(theme.colour(theme.ACCENT))
            painter.drawRect(picture.adjusted(0, 0, -1, -1))
        painter.setFont(theme.font(theme.FONT_SMALL_PX, weight=500, tabular=True))
        painter.setPen(theme.colour(theme.ACCENT if self._lit else theme.TEXT_SOFT))
        line = QRect(0, self.height() - 18, self.width(), 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, f"{self.strength:.0%}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class LadderStrip(QWidget):
    """Three rungs.

    Signals:
        chosen: the take and the strength of the rung that was chosen.
    """

    chosen = Signal(str, float)

    def __init__(self, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rungs: tuple[Rung, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        self.tiles = tuple(RungTile(tiles) for _ in range(3))
        for tile in self.tiles:
            tile.chosen.connect(lambda tile=tile: self._choose(tile))
            row.addWidget(tile, 1)
        self.hide()

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """What is shown."""
        return self._rungs

    def show_rungs(self, rungs: tuple[Rung, ...]) -> None:
        """Show another ladder, or none."""
        self._rungs = rungs
        self.setVisible(bool(rungs))

    def refresh(self, ledger: Ledger, pulses: dict[str, Pulse], looked_at: str) -> None:
        """Show how far every rung is."""
        for tile, rung in zip(self.tiles, self._rungs, strict=False):
            job = ledger.jobs.get(rung.job_id)
            take_id = _take(job)
            take = ledger.takes.get(take_id)
            tile.show_rung(
                rung.strength,
                take_id,
                telling_picture(take) if take is not None else 0,
                _words(job, pulses.get(rung.job_id)),
                lit=bool(take_id) and take_id == looked_at,
            )

    def _choose(self, tile: RungTile) -> None:
        if tile.take_id:
            self.chosen.emit(tile.take_id, tile.strength)


def _take(job: JobRecord | None) -> str:
    if job is not None and isinstance(job.state, Done) and job.state.take_ids:
        return job.state.take_ids[0]
    return ""


def _words(job: JobRecord | None, pulse: Pulse | None) -> str:
    if job is not None and isinstance(job.state, Failed):
        return tr(STATE_WORDS["failed"])
    if pulse is not None and pulse.of:
        return tr("Step {step} of {of}", step=pulse.step, of=pulse.of)
    if job is None or job.is_open:
        return tr(STATE_WORDS["queued"])
    return "" if isinstance(job.state, Done) else tr("Stopped")
