"""The composition root: which engine the window is given, and where that lives."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.backends.hosted import HostedBackend
from engine.backends.scripted import ScriptedBackend
from studio.app import BACKEND_VARIABLE, builder
from studio.settings import SettingsFile
from tests.patience import PATIENCE_S


def test_the_windows_engine_lives_beside_it_unless_the_director_wants_it_inside(
    tmp_path, monkeypatch
):
    monkeypatch.delenv(BACKEND_VARIABLE, raising=False)
    settings = SettingsFile(tmp_path / "settings.json")
    assert isinstance(builder("backlot", settings=settings)(), HostedBackend)
    settings.change(place="program")
    assert isinstance(builder("scripted", settings=settings)(), ScriptedBackend)


@pytest.mark.parametrize("screen", [{}, {"DISPLAY": ":97", "QT_QPA_PLATFORM": "xcb"}])
def test_a_machine_without_a_screen_gets_a_sentence(tmp_path, screen):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    plain = {name: value for name, value in os.environ.items() if name not in hidden}
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-m", "studio"],
        env=plain | screen | {"PYTHONPATH": root, "DAILIES_SETTINGS": str(tmp_path / "s.json")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert ended.returncode == 1, ended.stderr
    first, *_ = ended.stderr.splitlines()
    assert first.startswith("dailies: The window cannot be opened: there is no screen")
    assert "Traceback" not in ended.stderr


_UP = """
import sys
from pathlib import Path
from studio import app
from studio.settings import SettingsFile
from studio.ui.probes import open_window

application = app.application()
settings = SettingsFile(Path(sys.argv[1]))
open_window(settings, app.builder("scripted", settings=settings))
heavy = ("torch", "numpy", "av", "cv2", "opentimelineio", "studio.bridge.room")
print(*(name for name in heavy if name in sys.modules))
"""


def test_a_window_without_a_film_is_up_before_what_films_need_is_imported(tmp_path):
    words = [sys.executable, "-c", _UP, str(tmp_path / "settings.json")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert done.stdout.split() == []
