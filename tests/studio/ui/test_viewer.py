import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QMainWindow, QToolButton

from studio.bridge.actions import ActionRegistry
from studio.bridge.situation import Situation
from studio.ui import theme
from studio.ui.viewer import Viewer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, dressed):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def actions(window):
    made = ActionRegistry(window)
    made.refresh(Situation(film=True, writable=True))
    return made


@pytest.fixture
def viewer(window, actions):
    made = Viewer(actions)
    window.setCentralWidget(made)
    window.resize(640, 480)
    window.show()
    return made


def middle(screen):
    image = screen.grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2)


def test_a_step_picture_covers_the_film_until_the_render_ends(viewer):
    screen = viewer.picture
    viewer.show_frame(np.full((72, 128, 3), (0, 0, 200), np.uint8))
    assert middle(screen) == QColor(0, 0, 200)
    step = QImage(32, 18, QImage.Format.Format_RGB888)
    step.fill(QColor(200, 0, 0))
    screen.show_step(step, "Step 2 of 8", 0.25)
    assert middle(screen) == QColor(200, 0, 0)
    # A step that brings no picture leaves the last one.
    screen.show_step(QImage(), "Step 3 of 8", 0.375)
    assert middle(screen) == QColor(200, 0, 0)
    assert screen.words == "Step 3 of 8"
    screen.clear_step()
    assert middle(screen) == QColor(0, 0, 200)
    assert screen.words == ""


@pytest.mark.parametrize("shape", [(1920, 1080), (1080, 1920), (1000, 1000), (2390, 1000)])
def test_the_frame_keeps_its_shape_and_stays_inside(viewer, shape):
    viewer.picture.set_shape(*shape)
    area = viewer.picture.picture_area()
    assert area.width() / area.height() == pytest.approx(shape[0] / shape[1])
    assert viewer.picture.rect().contains(area.toAlignedRect())


def test_the_transport_triggers_the_same_commands_as_the_keys(qtbot, viewer, actions):
    for action_id, button in viewer._buttons.items():
        with qtbot.waitSignal(actions[action_id].triggered):
            qtbot.mouseClick(button, LEFT)


def test_a_take_is_left_for_the_cut_by_one_click(qtbot, viewer):
    viewer.show_source("Harbour · Take 2", is_take=True)
    with qtbot.waitSignal(viewer.cut_asked):
        qtbot.mouseClick(viewer.back, LEFT)
    viewer.show_source("Cut 1", is_take=False)
    assert not viewer.back.isVisible()
    assert isinstance(viewer.back, QToolButton)


def test_what_is_looked_at_already_is_named_again_without_any_styling(viewer):
    viewer.show_source("Cut", is_take=False)
    heard = EventsHeard(viewer.title)
    viewer.show_source("Cut", is_take=False)
    viewer.show_source("Cut 2", is_take=False)
    assert QEvent.Type.StyleChange not in heard.types
    assert viewer.title.text() == "Cut 2"
    viewer.show_source("Take 1", is_take=True)
    assert QEvent.Type.StyleChange in heard.types
    assert theme.ACCENT in viewer.title.styleSheet()


@pytest.mark.parametrize("width", [500, 690])
def test_nothing_under_the_picture_moves_as_in_and_out_are_marked(qtbot, viewer, width):
    def places():
        qtbot.wait(20)
        return [button.geometry() for button in viewer._buttons.values()]

    viewer.window().resize(width, 480)
    viewer.show_clock("00:00:00:00", "/ 00:00:08:02")
    before = places()
    for marks in ("in 00:00:01:00", "in 00:00:01:00\nout 00:00:07:12"):
        viewer.show_clock("00:00:01:00", "/ 00:00:08:02", marks)
        assert places() == before
    # What Return would do is read while it is typed, wherever the buttons are meanwhile.
    words = "Playhead  +00:00:00:12"
    viewer.show_typed(words)
    qtbot.wait(20)
    assert viewer.length.width() >= viewer.length.fontMetrics().horizontalAdvance(words)


def test_words_that_find_no_room_are_under_the_pointer(qtbot, viewer):
    marks = "in 00:00:01:00\nout 00:00:07:12"
    viewer.window().resize(400, 480)
    viewer.show_clock("00:00:01:00", "/ 00:00:08:02", marks)
    qtbot.wait(20)
    assert viewer.marks.words == marks
    assert viewer.marks.text() != marks
    assert viewer.marks.toolTip() == marks
    viewer.window().resize(1200, 480)
    qtbot.wait(20)
    assert (viewer.marks.text(), viewer.marks.toolTip()) == (marks, "")


class EventsHeard(QObject):
    """What a widget was told."""

    def __init__(self, widget):
        super().__init__(widget)
        self.types = []
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 (Qt's name)
        self.types.append(event.type())
        return False
