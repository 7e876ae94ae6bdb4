import json
import subprocess
import sys

import pytest

from engine.__main__ import COMMANDS, main

HEAVY = """
import sys
from engine.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = {"torch", "numpy", "av", "cv2"} & set(sys.modules)
assert not heavy, heavy
"""


STOPPED = """
import sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy.matrixlib":
            sys.meta_path.remove(self)
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
from engine.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "words", [["score", "world", "--clips", "2"], ["train", "clips", "--run", "clips"]]
)
def test_a_stop_while_libraries_come_in_is_a_stop(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (130, 1), done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["--help"], ["generate", "--help"], ["train", "--help"]])
def test_help_loads_nothing_heavy(words):
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if words == ["--help"]:
        assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("words", [[], ["cook"], ["generate"], ["--json"]])
def test_half_a_command_is_a_sentence(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--help" in told


def test_a_report_that_cannot_be_written_is_a_sentence(tmp_path, capsys):
    words = ["world", "--size", "32x32", "--seconds", "0.5", "--out", str(tmp_path / "w.mp4")]
    (tmp_path / "note").touch()
    assert main([*words, "--json", str(tmp_path / "note" / "r.json")]) == 1
    assert "note" in capsys.readouterr().err
    assert not (tmp_path / "w.mp4").exists()
    report = tmp_path / "new" / "r.json"
    assert main([*words, "--json", str(report)]) == 0
    assert json.loads(report.read_text())["out"]
