"""The loudness line: loudness, true peak and phase of what is heard, in figures."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.media import SILENCE_DB
from studio.playback.sound_watch import SoundReading
from studio.ui import theme
from studio.wording import tr

_PEAK_WARNING_DB = -1.0
_PHASE_WARNING = -0.1
_PHASE_WIDTH = 46.0


class LoudnessLine(QWidget):
    """M, S and I in LUFS, the highest true peak, and the correlation of left and right.

    The integrated loudness and the peak are of the run that plays; a click forgets them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading: SoundReading | None = None
        self._highest_db = SILENCE_DB
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Loudness"))
        self.setToolTip(
            tr(
                "Loudness in LUFS: M of the last 0.4 s, S of the last 3 s, I since playing began. "
                "TP is the highest true peak in dBTP; the bar is the correlation of left and "
                "right, to the left out of phase."
            )
        )

    def show_reading(self, reading: SoundReading) -> None:
        """Show what the meters read."""
        self._reading = reading
        self._highest_db = max(self._highest_db, reading.loudness.true_peak_db)
        self.setAccessibleDescription(self.words)
        self.update()

    def forget(self) -> None:
        """Start anew, as a run of playing does."""
        self._reading, self._highest_db = None, SILENCE_DB
        self.update()

    @property
    def words(self) -> str:
        """All figures, as they are read aloud."""
        return " · ".join(f"{name} {figure}" for name, figure, _ in self._figures())

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(300, 18)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.forget()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.FONT_SMALL_PX, tabular=True))
        centre = Qt.AlignmentFlag.AlignVCenter
        x = 0
        for name, figure, is_warning in self._figures():
            painter.setPen(theme.colour(theme.TEXT_DIM))
            painter.drawText(QRectF(x, 0, 18, self.height()), centre, name)
            painter.setPen(theme.colour(theme.BAD if is_warning else theme.TEXT_SOFT))
            painter.drawText(QRectF(x + 18, 0, 42, self.height()), centre, figure)
            x += 60
        self._paint_phase(painter, QRectF(x + 4, self.height() / 2 - 2, _PHASE_WIDTH, 4))

    def _figures(self) -> tuple[tuple[str, str, bool], ...]:
        loudness = None if self._reading is None else self._reading.loudness
        return (
            ("M", _figure(None if loudness is None else loudness.momentary_lufs), False),
            ("S", _figure(None if loudness is None else loudness.short_term_lufs), False),
            ("I", _figure(None if loudness is None else loudness.integrated_lufs), False),
            ("TP", _figure(self._highest_db), self._highest_db > _PEAK_WARNING_DB),
        )

    def _paint_phase(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.LINE))
        painter.drawRoundedRect(area, 2, 2)
        if self._reading is None or self._reading.loudness.momentary_lufs <= SILENCE_DB:
            return
        phase = self._reading.correlation
        painter.setBrush(theme.colour(theme.BAD if phase < _PHASE_WARNING else theme.GOOD))
        middle = area.x() + area.width() / 2
        painter.drawRect(QRectF(middle, area.y(), 1, area.height()))
        x = area.x() + (phase + 1) / 2 * (area.width() - 5)
        painter.drawRoundedRect(QRectF(x, area.y() - 1.5, 5, 7), 2, 2)


def _figure(value: float | None) -> str:
    return "–" if value is None or value <= SILENCE_DB else f"{value:.1f}"
