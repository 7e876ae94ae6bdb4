"""Subtitles over pictures, as seen and as burned in: lettered by Qt, which knows every script."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QApplication

from studio.document.film import Subtitle
from studio.export.subtitles_text import Run, plain_text, runs_of

Picture = NDArray[np.uint8]

_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_SIZE = 0.047
_FOOT = 0.07
_ROOM = 0.84
_LINE = 1.24
# Letters are set at a size at which nothing else is, and shrunk: where a widget was written in the
# same font at the same size, Qt moves them by a 64th of a pixel, and only on that widget's thread.
_SET_PX = 1_000


class Pictures(Protocol):
    """Where the pictures come from."""

    def picture(self, frame: int) -> Picture:
        """The picture of a frame of the cut, (H, W, 3), RGB."""
        ...


def ready_to_letter() -> None:
    """Make Qt ready to set letters, also where there is no screen; on the main thread."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # A whole application, as whoever asks for one later would else get half of one.
        _Kept.application = QApplication(["dailies"])
    if not _Kept.fonts:
        _Kept.fonts = True
        for file in sorted(_FONTS.glob("*.otf")):
            QFontDatabase.addApplicationFont(str(file))


class _Kept:
    """What lives as long as the process."""

    application: QApplication | None = None
    fonts = False


class Lettering:
    """The subtitles of a cut, laid over its pictures. One thread at a time may ask.

    Args:
        subtitles: by start; they do not overlap.
    """

    def __init__(self, subtitles: Sequence[Subtitle]) -> None:
        self.subtitles = tuple(subtitles)
        if self.subtitles:
            ready_to_letter()
        self._starts = [one.start for one in self.subtitles]
        self._made: tuple[tuple[str, int, int], Words | None] | None = None

    def over(self, frame: int, picture: Picture) -> Picture:
        """The picture of a frame of the cut, (H, W, 3), with what is said on it."""
        shown = self._shown(frame)
        if shown is None:
            return picture
        height, width = picture.shape[:2]
        key = (shown.text, width, height)
        made = self._made
        if made is None or made[0] != key:
            made = self._made = (key, words_of(lettered(shown.text, width, height)))
        return picture if made[1] is None else made[1].over(picture)

    def _shown(self, frame: int) -> Subtitle | None:
        place = bisect_right(self._starts, frame) - 1
        if place < 0 or frame >= self.subtitles[place].end:
            return None
        return self.subtitles[place]


class BurnedIn:
    """Pictures with the subtitles of a cut in them.

    Args:
        pictures: without them.
        subtitles: by start; they do not overlap.
    """

    def __init__(self, pictures: Pictures, subtitles: Sequence[Subtitle]) -> None:
        self._pictures = pictures
        self._lettering = Lettering(subtitles)

    def picture(self, frame: int) -> Picture:
        """The picture of a frame of the cut, with what is said on it."""
        return self._lettering.over(frame, self._pictures.picture(frame))


@dataclass(frozen=True)
class Words:
    """Letters cut out of the empty picture that they were set in, ready to be laid over others.

    Attributes:
        rows, columns: where they stand.
        light: what they add, their colours by their cover, uint16 (h, w, 3).
        clear: what they let through, 0 to 255, uint16 (h, w, 1).
    """

    rows: slice
    columns: slice
    light: NDArray[np.uint16]
    clear: NDArray[np.uint16]

    def over(self, below: Picture) -> Picture:
        """The words over ``below``, (H, W, 3), which stays as it is."""
        result = below.copy()
        part = result[self.rows, self.columns]
        part[:] = (part * self.clear + self.light + np.uint16(127)) // np.uint16(255)
        result.setflags(write=False)
        return result


def words_of(top: Picture) -> Words | None:
    """The letters of ``top``, (H, W, 4), its colours not darkened by its cover; or none."""
    cover = top[..., 3]
    down, across = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    if not down.size:
        return None
    rows = slice(int(down[0]), int(down[-1]) + 1)
    columns = slice(int(across[0]), int(across[-1]) + 1)
    # 255 times 255 and a half fits into 16 bits.
    weight = cover[rows, columns, None].astype(np.uint16)
    return Words(rows, columns, top[rows, columns, :3] * weight, np.uint16(255) - weight)


def lettered(text: str, width: int, height: int) -> Picture:
    """The words of a subtitle at the foot of an empty picture, (H, W, 4), RGBA.

    ``<i>``, ``<b>`` and ``<u>`` mark letters. Lines that are too long are broken.
    """
    ready_to_letter()
    # By the shorter side, so that an upright frame has letters of the same size.
    size = max(10.0, min(width, height * 1.0) * _SIZE * (1.0 if width >= height else 0.9))
    lines = [
        part for line in text.split("\n") for part in _broken(list(runs_of(line)), size, width)
    ]
    image = QImage(width, height, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    bottom = height * (1 - _FOOT)
    for number, runs in enumerate(reversed(lines)):
        _paint_line(painter, runs, size, width, bottom - number * size * _LINE)
    painter.end()
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return flat[:, : width * 4].reshape(height, width, 4).copy()


def _font(run: Run) -> QFont:
    font = QFont("Inter")
    font.setPixelSize(_SET_PX)
    font.setWeight(QFont.Weight.DemiBold if run.bold else QFont.Weight.Medium)
    font.setItalic(run.italic)
    font.setUnderline(run.underlined)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _advance(run: Run, size: float) -> float:
    return QFontMetricsF(_font(run)).horizontalAdvance(run.text) * size / _SET_PX


def _broken(runs: list[Run], size: float, width: int) -> list[list[Run]]:
    """A line broken at its blanks, so that each part fits; parts of about equal length."""
    whole = sum(_advance(run, size) for run in runs)
    room = width * _ROOM
    if whole <= room:
        return [runs] if runs else []
    wanted = min(room, whole / -(-whole // room) * 1.06)
    lines: list[list[Run]] = [[]]
    filled = 0.0
    for run in runs:
        for word in _words(run.text):
            piece = Run(text=word, italic=run.italic, bold=run.bold, underlined=run.underlined)
            length = _advance(piece, size)
            if filled and filled + length > wanted and word.strip():
                lines.append([])
                filled = 0.0
                piece = Run(
                    text=word.lstrip(),
                    italic=run.italic,
                    bold=run.bold,
                    underlined=run.underlined,
                )
            lines[-1].append(piece)
            filled += _advance(piece, size)
    return [line for line in lines if plain_text("".join(run.text for run in line)).strip()]


def _words(text: str) -> list[str]:
    """``text`` parted before its blanks."""
    parts: list[str] = []
    for word in text.split(" "):
        parts.append(word if not parts else f" {word}")
    return parts


def _paint_line(painter: QPainter, runs: list[Run], size: float, width: int, bottom: float) -> None:
    """One line, centred: white letters in a thin dark outline over a soft shade."""
    total = sum(_advance(run, size) for run in runs)
    left = (width - total) / 2
    metrics, scale = QFontMetricsF(_font(Run(text=""))), size / _SET_PX
    baseline = bottom - metrics.descent() * scale
    path = QPainterPath()
    for run in runs:
        letters = QPainterPath()
        letters.addText(0, 0, _font(run), run.text)
        path.addPath(QTransform(scale, 0, 0, scale, left, baseline).map(letters))
        left += _advance(run, size)
    shade = QRectF(
        (width - total) / 2 - size * 0.4,
        baseline - metrics.ascent() * scale * 0.98,
        total + size * 0.8,
        metrics.height() * scale,
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 84))
    painter.drawRoundedRect(shade, size * 0.16, size * 0.16)
    outline = QPen(QColor(8, 9, 12, 215), max(1.2, size * 0.085))
    outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, outline)
    painter.fillPath(path, QColor(250, 250, 248))
