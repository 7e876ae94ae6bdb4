"""Files of another program on the cut: looked into while they hang over it, laid once let go."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject

from studio.bridge.drags import Cargo
from studio.bridge.importing import files_of, glanced
from studio.bridge.room import Room
from studio.document.film import Media
from studio.ui.bin_bar import BinBar
from studio.ui.timeline_placing import Landing
from studio.ui.timeline_view import TimelineView

_MOST_LOOKED_INTO = 64


class FilesOnCut(QObject):
    """Tells the timeline how long dragged files are, and brings in what is dropped on it.

    Folders and files are opened beside the window, one at a time, and no more of them once the hand
    has left.

    Attributes:
        busy: whether a file is being looked into.
    """

    def __init__(self, room: Room, timeline: TimelineView, bins: BinBar, parent: QObject) -> None:
        super().__init__(parent)
        self._room, self._timeline, self._bins = room, timeline, bins
        self._hanging: tuple[Path, ...] = ()
        self._unopened: tuple[Path, ...] = ()
        self._waiting: deque[Path] = deque()
        self.busy = False
        timeline.files_near.connect(self._look)
        timeline.files_dropped.connect(self._bring_in)

    def _look(self, paths: tuple[Path, ...]) -> None:
        self._hanging = self._unopened = paths
        self._waiting.clear()
        if not self.busy:
            self._look_on()

    def _look_on(self) -> None:
        paths, self._unopened = self._unopened, ()
        self.busy = bool(paths or self._waiting)
        if paths:
            self._open(paths)
        elif self._waiting:
            self._look_into(self._waiting.popleft())

    def _open(self, paths: tuple[Path, ...]) -> None:
        """Find the files within folders, as they will be brought in."""

        def opened(files: tuple[Path, ...]) -> None:
            if paths == self._hanging:
                self._timeline.drops.open(paths, files)
                self._waiting.extend(files[:_MOST_LOOKED_INTO])
            self._look_on()

        self._room.errands.run(lambda: tuple(files_of(paths)), opened, self._room.problem)

    def _look_into(self, path: Path) -> None:
        def seen(media: Media | None) -> None:
            self._timeline.drops.learn(path, media)
            self._look_on()

        self._room.errands.run(lambda: glanced(path), seen, self._room.problem)

    def _bring_in(self, paths: tuple[Path, ...], landing: Landing) -> None:
        self._room.library.import_files(
            paths,
            bin_id=self._bins.current,
            then=lambda ids: self._timeline.commands.land(Cargo("media", ids), landing),
        )
