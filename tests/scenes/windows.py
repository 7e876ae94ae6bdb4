"""A window with a scripted engine, driven by hand: what the stories of this folder share."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from engine.api import Capabilities
from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from engine.media import write_wav
from studio.settings import SettingsFile
from studio.ui.dialogs import NewFilm
from studio.ui.main_window import MainWindow


def open_window(
    folder: Path, *, step_s: float = 0.0, capabilities: Capabilities = CAPABILITIES
) -> MainWindow:
    """A window with settings of its own, dressed and shown."""
    settings = SettingsFile(folder / "settings.json")
    settings.change(toured=True)
    window = MainWindow(settings, lambda: ScriptedBackend(step_s=step_s, capabilities=capabilities))
    window.resize(1440, 900)
    window.show()
    return window


def new_film(window: MainWindow, folder: Path, name: str = "Story") -> None:
    """Fill in the form of a new film, small enough to be exported at once."""
    made = window.make_film(
        NewFilm(folder=folder / name, name=name, rate=Fraction(24), width=320, height=180)
    )
    assert made


def picture_file(folder: Path, name: str, shade: int) -> Path:
    """A picture whose content goes with ``shade``."""
    path = folder / name
    cv2.imwrite(str(path), np.full((90, 160, 3), shade, np.uint8))
    return path


def sound_file(folder: Path, name: str) -> Path:
    """A second of a tone."""
    path = folder / name
    time_s = np.arange(24_000) / 24_000
    tone = (0.3 * np.sin(2 * np.pi * 330 * time_s)).astype(np.float32)
    write_wav(path, np.stack([tone, tone]), 24_000)
    return path


def drop(widget: QWidget, paths: list[Path]) -> None:
    """Drop files from another program on ``widget``."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    at = QPointF(widget.rect().center())
    widget.dropEvent(QDropEvent(at, copy, mime, left, none))
