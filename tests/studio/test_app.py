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
        timeout=100,
    )
    assert ended.returncode == 1, ended.stderr
    first, *_ = ended.stderr.splitlines()
    assert first.startswith("dailies: The window cannot be opened: there is no screen")
    assert "Traceback" not in ended.stderr
