"""The director of the stories waits as a person does: what was seen once was seen."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication

from studio.ui.main_window import MainWindow
from tests.scenes.director import Director, WalkError


def _director(tmp_path: Path, patience_s: float) -> Director:
    return Director(cast("MainWindow", None), tmp_path, patience_s)


def test_what_is_over_again_at_once_was_seen(qapp: QApplication, tmp_path: Path):
    looks = chain([False, False, True], repeat(False))
    _director(tmp_path, 30.0).wait(lambda: next(looks), "a glimpse")
    assert next(looks) is False


def test_what_never_comes_is_waited_for_in_vain(qapp: QApplication, tmp_path: Path):
    with pytest.raises(WalkError, match=r"Waited 0 s in vain: the rain\."):
        _director(tmp_path, 0.1).wait(lambda: False, "the rain")
