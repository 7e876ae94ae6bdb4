import subprocess
import sys
from pathlib import Path

from studio.bridge.crash_report import CrashBook
from studio.bridge.native_faults import NativeFaults
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]
FALLING = """
import faulthandler, sys
from pathlib import Path
from studio.bridge.native_faults import NativeFaults

def deep_in_a_library():
    faulthandler._sigsegv()

watching = NativeFaults(Path(sys.argv[1]))
watching.watch()
if sys.argv[2] == "fall":
    deep_in_a_library()
watching.end()
"""


def run(folder: Path, deed: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", FALLING, str(folder), deed],
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    ).returncode


def test_what_brought_the_process_down_is_told_at_the_next_start_once(tmp_path):
    assert run(tmp_path, "fall") < 0
    said = []
    book = CrashBook(tmp_path, said.append)
    book.install()
    book.remove()
    assert "brought down by a fault in a library" in said[0].sentence
    assert "Segmentation fault" in book.newest()
    assert "deep_in_a_library" in book.newest()
    book.install()
    book.remove()
    assert len(said) == 1


def test_a_process_that_ends_as_it_should_leaves_nothing(tmp_path):
    assert run(tmp_path, "end") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_was_killed_is_no_fault(tmp_path):
    (tmp_path / "native 999999999.txt").touch()
    assert NativeFaults(tmp_path).left() == []
    assert list(tmp_path.iterdir()) == []


def test_what_still_runs_is_left_alone(tmp_path):
    (tmp_path / "native 1.txt").write_text("Fatal Python error")
    assert NativeFaults(tmp_path).left() == []
    assert [path.name for path in tmp_path.iterdir()] == ["native 1.txt"]
