"""Windows that are closed whatever happens."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def windows():
    """The module beside this file, which is no package."""
    name = "scene_windows"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("windows.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
def window(qtbot, dressed, windows, tmp_path):
    made = windows.open_window(tmp_path)
    qtbot.addWidget(made)
    yield made
    if made.workspace is not None:
        made.workspace.exports.close()
        made.close_film()
