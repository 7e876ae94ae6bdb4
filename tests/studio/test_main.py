"""The command line: its commands, and what ends one in a sentence."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from engine.errors import MediaError
from studio.__main__ import COMMANDS, main
from studio.diagnostics import doctor


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

    monkeypatch.setattr(doctor, "run", run)
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

    monkeypatch.setattr(doctor, "run", run)
    assert main(["doctor"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_fault_of_our_own_is_none_of_the_machine(monkeypatch):
    def run(arguments):
        raise ImportError("no such name", name="studio.document")

    monkeypatch.setattr(doctor, "run", run)
    with pytest.raises(ImportError):
        main(["doctor"])


def test_a_film_where_nobody_may_look_is_a_sentence(capsys):
    with pytest.raises(SystemExit):
        main(["x" * 5000])
    assert "neither a film that exists" in capsys.readouterr().err


def test_interrupting_ends_quietly(monkeypatch, capsys):
    def run(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", run)
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
