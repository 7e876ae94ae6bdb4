import subprocess
import sys

import pytest

from tests.patience import PATIENCE_S

# In a program of its own: in this one torch was imported long ago.
_CHILD = """
import sys
from pathlib import Path
from engine.backends.torch_loading import open_libraries
names = open_libraries()
assert "torch" not in sys.modules
maps = Path("/proc/self/maps").read_text()
assert all(name in maps for name in names)
import torch
assert open_libraries() == ()
print(*names, int(torch.ones(3).sum()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what is open")
def test_libraries_are_open_before_the_import_which_then_works():
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    assert "libtorch_cpu.so" in words
    assert words[-1] == "3"
