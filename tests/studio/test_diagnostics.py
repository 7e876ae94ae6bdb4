from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys

import pytest

from engine.errors import MediaError
from studio import diagnostics
from studio.__main__ import COMMANDS, main

SUBJECTS = {
    "Python",
    "Processor",
    "Memory",
    "Disk",
    "Folders",
    "Window",
    "Media",
    "Finishing",
    "Language",
}


def test_every_finding_is_a_sentence():
    findings = list(diagnostics.examine())
    assert {finding.subject for finding in findings} >= SUBJECTS
    for finding in findings:
        assert finding.sentence.endswith(".")
        assert finding.verdict in ("has", "note", "lacks")
        json.dumps(finding.facts)


def test_doctor_writes_its_findings_for_machines(tmp_path, capsys):
    path = tmp_path / "findings.json"
    status = main(["doctor", "--json", str(path)])
    printed = capsys.readouterr().out
    findings = json.loads(path.read_text())
    assert status == (1 if any(entry["verdict"] == "lacks" for entry in findings) else 0)
    assert "Python" in printed
    assert not (tmp_path / "findings.json.part").exists()


def test_a_json_file_that_cannot_be_written_gets_a_sentence(tmp_path, capsys):
    assert main(["doctor", "--json", str(tmp_path / "none" / "a.json")]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_look_that_fails_is_a_finding(monkeypatch):
    def memory():
        raise RuntimeError("the memory is gone")

    monkeypatch.setattr(diagnostics, "memory", memory)
    lost = [finding for finding in diagnostics.examine() if finding.subject == "memory"]
    assert lost[0].verdict == "lacks"
    assert "the memory is gone" in lost[0].sentence


def test_sound_without_its_library_is_no_obstacle(monkeypatch):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    finding = diagnostics.sound()
    assert finding.verdict == "note"
    assert "silently" in finding.sentence


def test_weights_are_held_against_their_list(tmp_path):
    assert diagnostics.weights(tmp_path).verdict == "lacks"
    weights = tmp_path / "backlot.safetensors"
    weights.write_bytes(b"numbers")
    assert diagnostics.weights(tmp_path).verdict == "note"
    right = hashlib.sha256(b"numbers").hexdigest()
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(f"{right}  backlot.safetensors\n")
    assert diagnostics.weights(tmp_path).verdict == "has"
    sums.write_text(f"{right}  backlot.safetensors\n{right}  codec.safetensors\n")
    assert "codec.safetensors missing" in diagnostics.weights(tmp_path).sentence
    weights.write_bytes(b"other numbers")
    assert "differing" in diagnostics.weights(tmp_path).sentence


def test_each_command_has_arguments_and_a_run():
    for name, command in COMMANDS.items():
        assert command.summary[0].islower()
        module = __import__(command.module, fromlist=["run"])
        parser = argparse.ArgumentParser(prog=name)
        module.add_arguments(parser)
        assert callable(module.run)


def test_an_unknown_word_gets_a_sentence(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["frobnicate"])
    assert caught.value.code == 2
    assert "frobnicate is neither a film" in capsys.readouterr().err


def test_a_domain_error_ends_with_its_sentence(monkeypatch, capsys):
    def run(arguments):
        raise MediaError("The tape is torn.")

    monkeypatch.setattr(diagnostics, "run", run)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "dailies: The tape is torn.\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("libEGL.so.1: cannot open", name="PySide6.QtGui"), "doctor” says what"),
        (PermissionError(13, "Permission denied", "/a/film"), "/a/film cannot be used: Perm"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_what_the_machine_lacks_is_a_sentence(monkeypatch, capsys, error, said):
    def run(arguments):
        raise error

    monkeypatch.setattr(diagnostics, "run", run)
    assert main(["doctor"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_fault_of_our_own_is_none_of_the_machine(monkeypatch):
    def run(arguments):
        raise ImportError("no such name", name="studio.document")

    monkeypatch.setattr(diagnostics, "run", run)
    with pytest.raises(ImportError):
        main(["doctor"])


def test_a_film_where_nobody_may_look_is_a_sentence(capsys):
    with pytest.raises(SystemExit):
        main(["x" * 5000])
    assert "neither a film that exists" in capsys.readouterr().err


def test_interrupting_ends_quietly(monkeypatch, capsys):
    def run(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(diagnostics, "run", run)
    assert main(["doctor"]) == 130
    assert "Interrupted" in capsys.readouterr().err


def test_the_command_line_starts_without_heavy_libraries():
    script = (
        "import sys, studio.__main__; "
        "print([m for m in ('torch', 'PySide6', 'numpy', 'av') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
