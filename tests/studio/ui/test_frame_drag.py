"""The frame in the viewer, dragged out of it: a file, or a sentence where none can be written."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from studio.bridge.actions import ActionRegistry
from studio.ui.frame_drag import FrameDrag
from studio.ui.viewer import Viewer
from tests.studio.ui.hands import LEFT, NONE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, dressed):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def frames(window, tmp_path):
    """The drag of a viewer that shows one colour, and what it says."""
    viewer = Viewer(ActionRegistry(window))
    window.setCentralWidget(viewer)
    window.resize(640, 480)
    window.show()
    viewer.show_frame(np.full((72, 128, 3), (0, 0, 200), np.uint8))
    made, said = FrameDrag(viewer, tmp_path), []
    made.refused.connect(said.append)
    return made, viewer, said


def test_a_frame_is_a_picture_of_what_is_seen(frames):
    made, _viewer, said = frames
    (url,) = made.mime().urls()
    assert QImage(url.toLocalFile()).pixelColor(64, 36).name() == "#0000c8"
    assert said == []


def test_a_drag_says_why_nothing_comes_where_nothing_can_be_written(frames, tmp_path):
    made, viewer, said = frames
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    picture = viewer.picture
    middle = picture.picture_area().center().toPoint()
    QTest.mousePress(picture, LEFT, NONE, middle)
    for far in (20, 40, 60):
        at = QPointF(middle + QPoint(far, 0))
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, at, picture.mapToGlobal(at), LEFT, LEFT, NONE
        )
        QApplication.sendEvent(picture, event)
    QTest.mouseRelease(picture, LEFT, NONE, middle)
    assert len(said) == 1
    assert "save a copy of the film on another one" in said[0]
    assert made.mime() is None


def test_a_folder_that_takes_no_picture_is_said_as_well(frames, tmp_path):
    made, _viewer, said = frames
    name = made.written().name
    (tmp_path / "cache" / "frames" / name).unlink()
    (tmp_path / "cache" / "frames" / name).mkdir()
    assert made.mime() is None
    assert len(said) == 1


def test_without_a_picture_there_is_nothing_to_drag_and_nothing_to_say(frames):
    made, viewer, said = frames
    viewer.picture.show_picture(QImage())
    assert made.mime() is None
    assert said == []
