"""A dressed application for everything that is drawn."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from studio.ui import theme


def _films():
    """The films beside this file, which is no package."""
    name = "ui_films"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("films.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def films():
    return _films()


@pytest.fixture
def dressed(qapp):
    theme.dress(qapp)
    return qapp
