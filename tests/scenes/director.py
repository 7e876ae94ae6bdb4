"""A director's hands and eyes: keys, mouse and pictures of a real window, with a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui.main_window import MainWindow

PICTURE_BYTES = 300_000
PATIENCE_S = 900.0
_LEFT, _COPY = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
_PLAIN = Qt.KeyboardModifier.NoModifier


class WalkError(RuntimeError):
    """Something that a director would have seen did not happen."""


@dataclass
class Director:
    """Works one window as a person does, and remembers how long things took.

    Attributes:
        window: what is worked.
        out: where pictures of the steps go.
        seconds: what was timed, in the order it happened.
    """

    window: MainWindow
    out: Path
    patience_s: float = PATIENCE_S
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    _pictures: int = 0

    def wait(self, seen: Callable[[], object], what: str) -> None:
        """Let the window live until ``seen``, which is asked often and believed once."""
        loop = QEventLoop()
        asking = QTimer()
        asking.timeout.connect(lambda: loop.quit() if seen() else None)
        asking.start(20)
        patience = QTimer()
        patience.setSingleShot(True)
        patience.timeout.connect(loop.quit)
        patience.start(round(self.patience_s * 1000))
        if not seen():
            loop.exec()
        # What was seen may be over again before the loop has ended: more tiles are wished for.
        in_vain = not patience.isActive() and not seen()
        asking.stop()
        patience.stop()
        if in_vain:
            raise WalkError(f"Waited {self.patience_s:.0f} s in vain: {what}.")

    def pause(self, milliseconds: int) -> None:
        """Let the window live for a moment, so that it is painted."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Remember how long the block took, and tell."""
        began_s = time.perf_counter()
        yield
        self.seconds[what] = time.perf_counter() - began_s
        print(f"[{self.seconds[what]:7.2f} s] {what}", flush=True)

    # --- hands ---

    def press(self, keys: str) -> None:
        """Press one key with what is held, where the focus is."""
        # The binding can be indexed, its stubs cannot.
        combination = QKeySequence(keys)[0]  # pyright: ignore[reportIndexIssue]
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def write(self, field_: QWidget, text: str) -> None:
        """Go to a field and write letter by letter."""
        field_.setFocus(Qt.FocusReason.MouseFocusReason)
        QTest.keyClicks(field_, text)

    def write_over(self, field_: QWidget, text: str) -> None:
        """Go to a field, mark what is in it, and write."""
        field_.setFocus(Qt.FocusReason.MouseFocusReason)
        self.press("Ctrl+A")
        QTest.keyClicks(field_, text)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget, in its middle unless said otherwise."""
        QTest.mouseClick(widget, _LEFT, _PLAIN, at or widget.rect().center())

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Press, move in two goes, let go."""
        QTest.mousePress(widget, _LEFT, _PLAIN, start)
        for point in ((start + end) / 2, end):
            place = QPointF(widget.mapToGlobal(point))
            none = Qt.MouseButton.NoButton
            moved = QMouseEvent(
                QMouseEvent.Type.MouseMove, QPointF(point), place, none, _LEFT, _PLAIN
            )
            QApplication.sendEvent(widget, moved)
        QTest.mouseRelease(widget, _LEFT, _PLAIN, end)

    def drop(self, widget: QWidget, mime: QMimeData, at: QPoint | None = None) -> None:
        """Carry something over a widget and let it fall there, in its middle unless said so."""
        place = at or widget.rect().center()
        given = (_COPY, mime, _LEFT, _PLAIN)
        QApplication.sendEvent(widget, QDragEnterEvent(place, *given))
        QApplication.sendEvent(widget, QDragMoveEvent(place, *given))
        QApplication.sendEvent(widget, QDropEvent(QPointF(place), *given))

    # --- eyes ---

    def read_notices(self) -> None:
        """Put away what the window has said."""
        while self.window.notices.notice is not None:
            self.window.notices.dismiss()

    def look(self, name: str) -> Path:
        """Take a picture of the window into ``out``, numbered."""
        self._pictures += 1
        return self.picture(self.out / f"{self._pictures:02d}-{name}.png")

    def picture(self, path: Path) -> Path:
        """Take a picture of the window as it is; a heavy one gets a palette."""
        self.pause(150)
        image = self.window.grab().toImage()
        path.parent.mkdir(parents=True, exist_ok=True)
        save_picture(image, path)
        return path


def files(*paths: Path) -> QMimeData:
    """What another program gives when files are dragged out of it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def save_picture(image: QImage, path: Path, limit: int = PICTURE_BYTES) -> None:
    """Write a PNG of fewer than ``limit`` bytes, with as many colours as fit."""
    rgba = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(rgba.constBits(), np.uint8).reshape(rgba.height(), -1)
    pixels = flat[:, : rgba.width() * 3].reshape(rgba.height(), rgba.width(), 3)
    whole = cv2.imencode(".png", pixels[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
    if len(whole) < limit:
        path.write_bytes(whole.tobytes())
        return
    for colours in (256, 192, 144, 96, 48):
        _with_palette(pixels, colours).save(str(path), None, 0)  # 0 is the smallest file
        if path.stat().st_size < limit:
            return


def _with_palette(pixels: NDArray[np.uint8], colours: int) -> QImage:
    """The picture in few colours: the commonest as they are, and clusters of the others."""
    bins = (pixels >> 1).astype(np.uint32)  # what no eye tells apart is one colour
    keys = (bins[..., 0] << 14) | (bins[..., 1] << 7) | bins[..., 2]
    used, where, counts = np.unique(keys.ravel(), return_inverse=True, return_counts=True)
    parts = np.stack([used >> 14, used >> 7 & 127, used & 127], 1)
    means = parts.astype(np.float32) * 2 + 0.5
    common = np.argsort(counts)[::-1][: colours // 4]
    rest = np.delete(np.arange(len(used)), common)
    often = np.repeat(means[rest], np.clip(counts[rest] // 300, 1, 8), axis=0)
    centres = means[common]
    if len(rest) > colours:
        cv2.setRNGSeed(1)
        stop = (cv2.TERM_CRITERIA_MAX_ITER, 6, 1.0)
        known, start = colours - len(common), cv2.KMEANS_RANDOM_CENTERS
        clusters = cv2.kmeans(often, known, np.empty(0), stop, 1, start)[2]
        centres = np.concatenate([centres, clusters])
    else:
        centres = means[:256]
    nearest = np.empty(len(means), np.uint8)
    for at in range(0, len(means), 4096):
        apart = means[at : at + 4096, None] - centres[None]
        nearest[at : at + 4096] = (apart**2).sum(-1).argmin(1)
    indexed = np.ascontiguousarray(nearest[where].reshape(keys.shape))
    height, width = indexed.shape
    image = QImage(indexed.data, width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable([0xFF000000 | (r << 16) | (g << 8) | b for r, g, b in _rounded(centres)])
    return image


def _rounded(centres: NDArray[Any]) -> list[tuple[int, int, int]]:
    whole = np.clip(np.rint(centres), 0, 255).astype(int)
    return [(int(r), int(g), int(b)) for r, g, b in whole]
