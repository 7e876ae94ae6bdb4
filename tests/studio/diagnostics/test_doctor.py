"""The command, and that every look is a sentence."""

from __future__ import annotations

import json

from studio.__main__ import main
from studio.diagnostics import doctor

SUBJECTS = {
    "Python",
    "Processor",
    "Memory",
    "Disk",
    "Folders",
    "Libraries",
    "Files",
    "System packages",
    "Window",
    "Sound out",
    "Media",
    "Deliveries",
    "Finishing",
    "Credentials",
    "Comparison",
    "Language",
    "Weights",
    "Engine",
    "Open weights",
    "Torch",
    "Accelerator",
}


def test_every_finding_is_a_sentence():
    findings = list(doctor.examine())
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


def test_a_look_that_fails_is_a_finding():
    def memory():
        raise RuntimeError("the memory is gone")

    lost = list(doctor.examine((memory,)))
    assert lost[0].verdict == "lacks"
    assert "the memory is gone" in lost[0].sentence
