"""The whole window over a film in a folder, for the tests of a module to share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.backends.scripted import ScriptedBackend
from studio.document.film import Film
from studio.document.project_file import create_project
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow
from studio.ui.workspace import Workspace


@contextmanager
def film_window(folder: Path, film: Film) -> Iterator[MainWindow]:
    """The window with ``film``, kept in ``folder``, until the block ends; nobody is shown round."""
    create_project(folder / "film", film).close()
    settings = SettingsFile(folder / "settings.json")
    settings.change(toured=True)
    window = MainWindow(settings, ScriptedBackend)
    window.resize(1440, 900)
    window.show()
    assert window.open_film(folder / "film")
    yield window
    window.close_film()
    window.deleteLater()


def as_it_was(window: MainWindow) -> Workspace:
    """The workspace, with all that was done to its film undone."""
    desk = window.workspace
    assert desk is not None
    while desk.room.store.undo_name is not None:
        desk.room.undo()
    return desk
