"""What window and sound need, found and lacking."""

from __future__ import annotations

import sys
from pathlib import Path

from studio.diagnostics import surroundings

SETUP = Path(__file__).parents[3] / "packaging" / "setup.sh"


def test_sound_without_its_library_is_no_obstacle(monkeypatch):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    finding = surroundings.sound()
    assert finding.verdict == "note"
    assert "silently" in finding.sentence


def test_a_sound_system_that_does_not_start_is_no_obstacle(monkeypatch):
    class Silent:
        def query_devices(self):
            raise RuntimeError("Error initializing PortAudio")

    monkeypatch.setitem(sys.modules, "sounddevice", Silent())
    finding = surroundings.sound()
    assert finding.verdict == "note"
    assert "Error initializing PortAudio" in finding.sentence


def test_packages_are_those_that_set_up_asks_for(tmp_path, monkeypatch):
    wanted = surroundings.wanted_packages(SETUP)
    assert {"libegl1", "libxcb-cursor0", "libportaudio2"} <= set(wanted)
    assert surroundings.wanted_packages(tmp_path / "none.sh") == []
    tools = tmp_path / "dpkg-query"
    there = [name for name in wanted if name != "libegl1"]
    lines = [f"{there[0]}t64 installed", *(f"{name} installed" for name in there[1:])]
    text = "\n".join([*lines, "libegl1 config-files"])
    tools.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
    tools.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    finding = surroundings.packages()
    assert finding.verdict == "note"
    assert finding.facts["missing"] == ["libegl1"]
    assert finding.sentence.endswith("sudo apt-get install libegl1.")


def test_a_part_of_qt_that_does_not_load_says_which_library_it_wants(tmp_path):
    part = tmp_path / "libqxcb.so"
    part.write_bytes(b"\x7fELF nothing")
    assert "libqxcb.so" in surroundings.plugin_fault(part)
