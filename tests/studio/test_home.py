"""Users without a home folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from studio.home import give_home
from studio.settings import default_path


def test_a_user_without_a_home_gets_one(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("DAILIES_SETTINGS", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "mine"))
    assert give_home() is None
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 54_321)  # whom this machine does not know
    monkeypatch.chdir(tmp_path)
    # What stands where it would be is another's: it is not used.
    (tmp_path / "dailies-54321").mkdir()
    home = give_home()
    assert home is not None
    assert home.parent == tmp_path
    assert home.name != "dailies-54321"
    assert default_path() == home / ".config" / "dailies" / "settings.json"
    assert Path("~").expanduser() == home
