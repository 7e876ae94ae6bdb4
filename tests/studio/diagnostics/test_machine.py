"""The machine's folders and its Python."""

from __future__ import annotations

import sqlite3

from studio.diagnostics import machine


def test_folders_that_cannot_be_written_cost_something_and_not_all(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DAILIES_SETTINGS", str(tmp_path / "file" / "settings.json"))
    finding = machine.folders()
    assert finding.verdict == "note"
    assert "settings hold for one sitting" in finding.sentence
    monkeypatch.setenv("DAILIES_SETTINGS", str(tmp_path / "new" / "settings.json"))
    assert "settings" not in machine.folders().facts["refused"]


def test_an_sqlite_that_is_too_old_for_films_is_said(monkeypatch):
    assert machine.python().verdict == "has"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 0))
    finding = machine.python()
    assert finding.verdict == "lacks"
    assert "3.37 or later" in finding.sentence
