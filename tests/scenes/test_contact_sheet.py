"""A contact sheet in a whole window: seen while it is made, chosen from once it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.bridge.batches import sheet_of
from tests.scenes.test_window_story import quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def slow_window(qtbot, dressed, windows, tmp_path):
    """A window whose engine takes its time."""
    made = windows.open_window(tmp_path, step_s=0.2)
    qtbot.addWidget(made)
    yield made
    if made.workspace is not None:
        made.workspace.exports.close()
        made.close_film()


def test_four_seeds_are_rendered_side_by_side_and_one_is_kept(
    qtbot, slow_window, windows, tmp_path
):
    windows.new_film(slow_window, tmp_path)
    room, desk = ready(qtbot, slow_window), slow_window.workspace.shot_desk
    shot = write_shot(qtbot, slow_window, "a red ball drops")
    slow_window.actions_["shot.seeds"].trigger()
    items, sheet = desk.sheet_items, desk.board.sheet
    qtbot.waitUntil(lambda: any(0 < row.done < 1 for row in items.rows()))
    assert [row.state for row in items.rows()] == ["running"] * 4
    assert sheet.isVisible()

    qtbot.waitUntil(lambda: quiet(room) and items.rows()[0].take_id != "")
    made = sheet_of(room.ledger, shot.id)
    first = made[0].seed
    assert [take.seed for take in made] == [first, first + 1, first + 2, first + 3]
    assert [row.take_id for row in items.rows()] == [take.id for take in made]
    sheet.setCurrentIndex(items.index(2, 0))
    sheet.setFocus()
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert room.shot.chosen_take_id == made[2].id
    qtbot.waitUntil(lambda: items.rows()[2].state == "chosen")
    qtbot.waitUntil(lambda: quiet(room))
