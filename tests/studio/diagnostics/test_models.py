"""Weights against their list, and the engine that settings choose."""

from __future__ import annotations

import hashlib

import pytest

from studio.diagnostics import models
from studio.settings import SettingsFile


def test_weights_are_held_against_their_list(tmp_path):
    assert models.weights(tmp_path).verdict == "lacks"
    weights = tmp_path / "backlot.safetensors"
    weights.write_bytes(b"numbers")
    assert models.weights(tmp_path).verdict == "note"
    right = hashlib.sha256(b"numbers").hexdigest()
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(f"{right}  backlot.safetensors\n")
    assert models.weights(tmp_path).verdict == "has"
    sums.write_text(f"{right}  backlot.safetensors\n{right}  codec.safetensors\n")
    assert "codec.safetensors missing" in models.weights(tmp_path).sentence
    weights.write_bytes(b"other numbers")
    assert "differing" in models.weights(tmp_path).sentence


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("DAILIES_SETTINGS", str(tmp_path / "settings.json"))
    monkeypatch.delenv("DAILIES_BACKEND", raising=False)
    return SettingsFile(tmp_path / "settings.json")


@pytest.mark.parametrize(
    ("chosen", "verdict", "said"),
    [
        ({"backend": "backlot", "place": "program"}, "has", "inside the program"),
        ({"backend": "scripted"}, "note", "no model"),
        ({"backend": "magic"}, "lacks", "no engine called “magic”"),
        ({"backend": "ltx", "weights": "/nowhere"}, "lacks", "Settings choose LTX-2"),
    ],
)
def test_the_engine_that_settings_choose_is_looked_at(settings, chosen, verdict, said):
    settings.change(**chosen)
    finding = models.engine()
    assert finding.verdict == verdict
    assert said in finding.sentence
