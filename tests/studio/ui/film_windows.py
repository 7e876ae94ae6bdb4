"""The whole window over a film in a folder, for the tests of a module to share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.backends.scripted import ScriptedBackend
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow


@contextmanager
def film_window(folder: Path) -> Iterator[MainWindow]:
    """The window with the film in ``folder``/film, until the block ends; nobody is shown round."""
    settings = SettingsFile(folder / "settings.json")
    settings.change(toured=True)
    window = MainWindow(settings, ScriptedBackend)
    window.resize(1440, 900)
    window.show()
    assert window.open_film(folder / "film")
    yield window
    window.close_film()
    window.deleteLater()
