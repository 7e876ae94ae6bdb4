"""Libraries against the lists of set-up, and what is optional."""

from __future__ import annotations

import importlib.metadata

import pytest

from studio.diagnostics import installed
from studio.settings import SettingsFile


def test_lists_of_set_up_are_read_with_hashes_and_remarks(tmp_path):
    (tmp_path / "a.txt").write_text("# words\nnumpy==2.4.6\nav==18.1.0  # or not\n")
    (tmp_path / "b.txt").write_text("einops==0.8.2 \\\n    --hash=sha256:54\n")
    found = installed.pins(("a.txt", "b.txt", "none.txt"), tmp_path)
    assert found == {"numpy": "2.4.6", "av": "18.1.0", "einops": "0.8.2"}


def test_what_is_not_there_or_is_another_version_is_named():
    numpy = importlib.metadata.version("numpy")
    missing, other = installed.compared({"numpy": numpy, "no-such-thing": "1", "av": "0.1"})
    assert missing == ["no-such-thing"]
    assert other == [f"av {importlib.metadata.version('av')} (tested: 0.1)"]


def test_files_that_come_with_the_program_are_missed(tmp_path):
    assert installed.files().verdict == "has"
    (tmp_path / "icons").mkdir()
    finding = installed.files(tmp_path)
    assert finding.verdict == "lacks"
    assert "lacks fonts, icons, demo" in finding.sentence


@pytest.mark.parametrize("content", [None, "nothing of the kind"])
def test_a_certificate_that_cannot_sign_is_said(tmp_path, monkeypatch, content):
    monkeypatch.setenv("DAILIES_SETTINGS", str(tmp_path / "settings.json"))
    own = tmp_path / "own.pem"
    if content is not None:
        own.write_text(content)
    settings = SettingsFile(tmp_path / "settings.json")
    assert installed.credentials().verdict == "has"
    settings.change(certificate=str(own), certificate_key=str(own))
    finding = installed.credentials()
    assert finding.verdict == "note"
    assert "own.pem" in finding.sentence
