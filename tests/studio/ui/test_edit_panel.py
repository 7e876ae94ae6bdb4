from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider

from studio.document.ledger import now
from studio.ui.edit_panel import EditPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, room, tiles):
    room.session.set_shot("shot0")
    made = EditPanel(room, tiles)
    made.edit_asked.connect(room.edit_take)
    qtbot.addWidget(made)
    made.resize(360, 560)
    made.show()
    return made


def test_an_instruction_and_a_strength_become_a_child_of_the_take(qtbot, room, panel):
    panel.begin()
    qtbot.keyClicks(panel.instruction, "make it nighttime")
    slider = panel.picture.findChild(QSlider)
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    strength = panel.picture.value
    assert 0 < strength < 0.6
    with qtbot.waitSignal(panel.edit_asked) as asked:
        qtbot.mouseClick(panel.button, LEFT)
    (edit,) = asked.args
    assert (edit.instruction, edit.picture_strength) == ("make it nighttime", strength)
    (job,) = [job for job in room.queue.jobs() if job.kind == "edit"]
    assert job.source_take_id == "take0"
    assert job.label == "make it nighttime"
    assert job.shot_id == "shot0"


def test_what_would_be_changed_is_called_as_in_its_list_and_over_the_picture(room, panel):
    name = room.shot.name
    assert panel._of.text() == f"Change {name} · Take 1"
    first = room.ledger.takes["take0"]
    seeds = replace(first, id="of seeds", kind="preview", label="4 seeds", created=now())
    better = replace(first, id="better", upgrade_of="of seeds", created=now())
    night = replace(first, id="night", kind="edit", label="make it nighttime", created=now())
    for take, words in ((seeds, "Take 2"), (better, "Take 2"), (night, "Take 3")):
        room.store.record(take)
        room.session.set_take(take.id)
        panel.refresh()
        assert panel._of.text() == f"Change {name} · {words}"


def test_nothing_is_made_of_no_words(qtbot, panel):
    assert not panel.button.isEnabled()
    assert panel.button.toolTip().endswith(".")
    qtbot.keyClicks(panel.instruction, "   ")
    assert not panel.button.isEnabled()
    qtbot.keyClicks(panel.instruction, "rain")
    assert panel.button.isEnabled()


def test_leaving_both_as_they_are_is_no_change(qtbot, panel):
    qtbot.keyClicks(panel.instruction, "rain")
    qtbot.keyClick(panel.keep_picture, Qt.Key.Key_Space)
    assert not panel.picture.isEnabled()
    assert panel.button.isEnabled()
    qtbot.keyClick(panel.keep_sound, Qt.Key.Key_Space)
    assert not panel.button.isEnabled()
    assert "nothing would change" in panel.button.toolTip()


def test_a_shot_without_takes_says_what_to_do_first(room, panel):
    room.session.set_shot("shot6")
    panel.refresh()
    assert panel._empty.isVisible()


def test_words_for_one_shot_are_not_said_of_another_and_are_not_lost(qtbot, room, panel):
    qtbot.keyClicks(panel.instruction, "make it night")
    room.session.set_shot("shot1")
    panel.refresh()
    assert not panel.instruction.toPlainText()
    assert not panel.button.isEnabled()
    qtbot.keyClicks(panel.instruction, "rain")
    room.session.set_shot("shot0")
    panel.refresh()
    assert panel.instruction.toPlainText() == "make it night"
    panel.refresh()
    assert panel.instruction.toPlainText() == "make it night"


def test_the_change_is_made_from_the_keyboard(qtbot, room, panel):
    before = len(room.queue.jobs())
    panel.begin()
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(panel.instruction, Qt.Key.Key_Return, control)
    assert len(room.queue.jobs()) == before  # nothing is said yet
    qtbot.keyClicks(panel.instruction, "snow")
    qtbot.keyClick(panel.instruction, Qt.Key.Key_Return, control)
    (job,) = [job for job in room.queue.jobs() if job.kind == "edit"]
    assert (job.label, job.source_take_id) == ("snow", "take0")
