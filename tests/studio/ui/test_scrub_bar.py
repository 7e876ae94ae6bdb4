import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from studio.ui import theme
from studio.ui.scrub_bar import ScrubBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def line(qtbot, dressed):
    made = ScrubBar()
    qtbot.addWidget(made)
    made.resize(328, made.height())
    made.show()
    return made


def test_a_hand_is_told_of_and_what_is_shown_is_not(qtbot, line):
    sought = []
    line.valueChanged.connect(sought.append)
    line.show_length(101, (None, None))
    line.show_frame(40)
    assert (line.value(), sought) == (40, [])
    qtbot.mousePress(line, LEFT, pos=QPoint(164, 9))
    line.show_frame(41)  # pictures come behind the hand
    assert (line.value(), sought) == (50, [50])
    qtbot.mouseMove(line, QPoint(400, 9))
    qtbot.mouseRelease(line, LEFT, pos=QPoint(400, 9))
    assert sought == [50, 100]
    line.show_frame(20)
    assert (line.value(), sought) == (20, [50, 100])


def test_where_there_is_nothing_to_go_through_nothing_can_be_held(line):
    for frames, held in ((0, False), (1, False), (2, True)):
        line.show_length(frames, (None, None))
        assert line.isEnabled() == held


def test_what_is_marked_is_lit(line):
    def lit(frame):
        image = line.grab().toImage()
        return image.pixelColor(round(line._x(frame)), line.height() // 2) == QColor(theme.ACCENT)

    line.show_length(101, (None, None))
    assert not lit(50)
    line.show_length(101, (30, 61))
    assert [lit(frame) for frame in (20, 35, 59, 70)] == [False, True, True, False]
    line.show_length(101, (30, None))
    assert lit(95)
