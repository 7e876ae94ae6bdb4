"""The frame in the viewer, taken out of it: dragged to a shot or bin, or used by a command."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication

from studio.ui.viewer import Viewer
from studio.wording import tr

_THUMB = QSize(160, 90)


class FrameDrag(QObject):
    """Lets the picture of the viewer be dragged as a file of the frame that it shows.

    Signals:
        refused: the frame could not be written; carries the sentence.
    """

    refused = Signal(str)

    def __init__(self, viewer: Viewer, folder: Path) -> None:
        """Watch the picture of ``viewer``; frames are written below ``folder``, the film's."""
        super().__init__(viewer)
        self._viewer = viewer
        self._folder = folder / "cache" / "frames"
        self._pressed: QPoint | None = None
        viewer.picture.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QMouseEvent):
            at = event.position().toPoint()
            match event.type():
                case QEvent.Type.MouseButtonPress if event.button() == Qt.MouseButton.LeftButton:
                    inside = self._viewer.picture.picture_area().contains(event.position())
                    self._pressed = at if inside else None
                case QEvent.Type.MouseButtonRelease:
                    self._pressed = None
                case QEvent.Type.MouseMove if self._pressed is not None:
                    gone = (at - self._pressed).manhattanLength()
                    if gone >= QApplication.startDragDistance():
                        self._pressed = None
                        self._drag()
                case _:
                    pass
        return super().eventFilter(watched, event)

    def written(self) -> Path | None:
        """The frame that is shown, as a picture file named after what is looked at and when.

        Without subtitles: it is to be a reference, not a still of the film. ``None`` where there
        is no picture, or where the film's folder takes no files, which is said.
        """
        image = self._viewer.picture.bare
        if image.isNull():
            return None
        when = self._viewer.timecode.time.replace(":", ".").replace(";", ".")
        title = re.sub(r"[^\w .-]+", "-", self._viewer.title.text()).strip() or tr("Frame")
        path = self._folder / f"{title} {when}.png"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            written = image.save(str(path))
        except OSError:
            written = False
        if not written:
            self.refused.emit(
                tr(
                    "The frame could not be taken out: nothing can be written into the film's "
                    "folder. Make room on its disk, or save a copy of the film on another one."
                )
            )
        return path if written else None

    def mime(self) -> QMimeData | None:
        """What a drag of the frame carries."""
        path = self.written()
        if path is None:
            return None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    def _drag(self) -> None:
        data = self.mime()
        if data is None:
            return
        drag = QDrag(self._viewer.picture)
        drag.setMimeData(data)
        image = self._viewer.picture.bare.scaled(
            _THUMB, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        drag.setPixmap(QPixmap.fromImage(image))
        drag.exec(Qt.DropAction.CopyAction)
