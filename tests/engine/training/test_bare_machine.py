"""Training runs where there is torch and little else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ALLOWED = ("torch", "numpy", "einops", "safetensors", "tokenizers")
# Every module of training, of its data and of the world, where nothing else can be imported that
# the program is installed with.
BARE = """
import importlib, pkgutil, sys, tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

allowed = set(sys.argv[1:])
project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
asked = {line.split("==")[0].lower() for line in project["dependencies"]} - allowed
asked |= {"diffusers", "transformers", "accelerate", "peft", "pillow"}
blocked = {
    name
    for name, packages in packages_distributions().items()
    if {package.lower() for package in packages} & asked
}

class Bare:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ModuleNotFoundError(f"a bare machine has no {name}", name=name)

sys.meta_path.insert(0, Bare())
for package in ("engine.world", "engine.data", "engine.training"):
    folder = importlib.import_module(package).__path__
    for module in pkgutil.iter_modules(folder, package + "."):
        importlib.import_module(module.name)
assert "cv2" in blocked and "av" in blocked and "psutil" in blocked
"""


@pytest.mark.timeout(600)  # A start of torch: seconds, on a machine that has them.
def test_training_needs_torch_and_little_else():
    alone = os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-c", BARE, *ALLOWED]
    done = subprocess.run(words, capture_output=True, env=alone, check=False, text=True)
    assert done.returncode == 0, done.stderr
