"""What is painted against small pictures of how it should look.

Both are shrunk until single letters and their hinting are gone; what moves, is missing or has
another colour stays. ``DAILIES_GOLDEN=write`` makes the pictures anew, to be looked at before they
are committed.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from studio.ui.welcome import Welcome

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
GOLDEN = Path(__file__).with_name("golden")
SIZE = QSize(240, 150)
MOST = 2.5  # of 255, on the average


def small(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    return image.scaled(
        SIZE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].astype(np.float32)


def difference(widget, name):
    """Mean difference between ``widget`` and the picture of ``name``."""
    file = GOLDEN / f"{name}.png"
    shown = small(widget)
    if os.environ.get("DAILIES_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        shown.save(str(file))
    wanted = QImage(str(file))
    assert not wanted.isNull()
    return float(np.abs(pixels(shown) - pixels(wanted)).mean())


def test_the_welcome_page(qtbot, dressed):
    page = Welcome()
    qtbot.addWidget(page)
    page.resize(960, 600)
    page.show_recent(())
    page.show()
    assert difference(page, "welcome") < MOST


def test_the_timeline(view):
    assert difference(view, "timeline") < MOST


def test_another_picture_is_noticed(view):
    view.session.set_zoom(1.0)
    if os.environ.get("DAILIES_GOLDEN") != "write":
        assert difference(view, "timeline") > MOST
