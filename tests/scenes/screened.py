"""A film stepped through on a whole screen: what stands there, frame by frame.

Run by a test under a virtual screen of the film's own size: ``python -m tests.scenes.screened FILM
OUT`` writes what the screen itself shows of every frame, one PNG each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication

from engine.backends.scripted import ScriptedBackend
from studio.settings import SettingsFile
from studio.ui import theme
from studio.ui.main_window import MainWindow
from tests.patience import PATIENCE_S


def main(folder: Path, out: Path) -> int:
    """Write the pictures; how many of them are missing."""
    app = QApplication(sys.argv[:1])
    theme.dress(app)
    settings = SettingsFile(out / "settings.json")
    settings.change(toured=True)
    window = MainWindow(settings, ScriptedBackend)
    glass = app.primaryScreen()
    window.setGeometry(glass.geometry())
    window.show()
    window.open_film(folder)
    desk = window.workspace
    if desk is None:
        return 1
    desk.full_picture.toggle()
    player, shown, missing = desk.screening.player, [-1], 0
    player.frame_shown.connect(lambda frame, _: shown.append(frame))
    _wait(lambda: player.length > 0 and desk.viewer.picture.size() == glass.size())
    for frame in range(player.length):
        player.seek(frame)
        missing += not _wait(lambda frame=frame: shown[-1] == frame)
        desk.viewer.picture.repaint()
        # Of the screen, not of the window: what nobody painted is not there.
        glass.grabWindow(0).save(str(out / f"{frame:03d}.png"))
    window.close()
    return missing


def _wait(until) -> bool:
    since = QElapsedTimer()
    since.start()
    while not until():
        if since.elapsed() > PATIENCE_S * 1000:
            return False
        QApplication.processEvents()
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
