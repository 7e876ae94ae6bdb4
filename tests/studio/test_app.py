"""The composition root: which engine the window is given, and where that lives."""

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
