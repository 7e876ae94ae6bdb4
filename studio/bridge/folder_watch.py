"""The watch over an open film's folder: moved, renamed, gone, or on a disk that is nearly full."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from studio.bridge.notices import Notice
from studio.wording import tr

EVERY_MS = 2_000
LEAST_BYTES = 256 << 20
State = Literal["well", "moved", "full"]


class FolderWatch(QObject):
    """Looks at the film's file now and then, and says what became of it, once.

    While the folder is away the queue is held, so that no render fails for want of a place.

    Signals:
        over: something is so no longer; the notice that said it.
    """

    over = Signal(object)

    def __init__(
        self,
        file: Path,
        say: Callable[[Notice], None],
        hold: Callable[[], bool],
        go_on: Callable[[], None],
        parent: QObject | None = None,
        *,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """Watch ``file``; ``hold`` and ``go_on`` stop renders and let them run again.

        ``hold`` says whether they ran: what the director has paused stays so.
        """
        super().__init__(parent)
        self._file = file
        self._say, self._hold, self._go_on = say, hold, go_on
        self._free_bytes = free_bytes
        self._known, self._held = _identity(file), False
        self._told: Notice | None = None
        self.state: State = "well"
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """See how it is now."""
        state = self._now()
        before, self.state = self.state, state
        if state == before:
            return
        self._take_back()
        if before == "moved":
            self._say(Notice(sentence=self._back()))
        match state:
            case "moved":
                self._held = self._hold()
                words = tr(
                    "The folder {name} was moved, renamed or taken away while its film is "
                    "open. Put it back, or close the film and open it at its new place. "
                    "Renders wait.",
                    name=self._file.parent.name,
                )
                self._tell(Notice(sentence=words, level="problem", cause=str(self._file.parent)))
            case "full":
                words = tr(
                    "The disk of the film is nearly full. Make room: renders and exports stop "
                    "when it is. What you did so far is saved."
                )
                self._tell(Notice(sentence=words, level="problem"))
            case "well":
                pass

    def _tell(self, notice: Notice) -> None:
        self._told = notice
        self._say(notice)

    def _take_back(self) -> None:
        """Say of what was said last that it is over."""
        told, self._told = self._told, None
        if told is not None:
            self.over.emit(told)

    def _back(self) -> str:
        """Let go on what was held; the sentence about it."""
        if not self._held:
            return tr("The film's folder is back; renders are paused, as they were.")
        self._go_on()
        return tr("The film's folder is back; renders go on.")

    def close(self) -> None:
        """Look no more; nothing that was said is of interest to another film."""
        self._timer.stop()
        self._take_back()

    def _now(self) -> State:
        if _identity(self._file) != self._known:
            return "moved"
        try:
            return "full" if self._free_bytes(self._file.parent) < LEAST_BYTES else "well"
        except OSError:
            return "well"


def _identity(file: Path) -> tuple[int, int] | None:
    """Which file it is, whatever it is called; ``None`` where there is none."""
    try:
        held = file.stat()
    except OSError:
        return None
    return held.st_dev, held.st_ino
