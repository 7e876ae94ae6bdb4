"""What an engine makes and which weights it has, known to every panel once it has come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engine.backends.scripted import CAPABILITIES
from studio.document.film import ShotSource
from studio.document.queries import active_timeline
from studio.ui.timeline_table_rows import STATE
from tests.scenes.test_window_story import preview, quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]
ONE = replace(CAPABILITIES, frames=(9, 16, 25))
OTHER = replace(ONE, frames=(5, 8), weights="other")


@pytest.fixture
def opened(qtbot, dressed, windows, tmp_path):
    """Opens windows whose engine has these capabilities, and closes them all."""
    made = []

    def open_with(capabilities):
        for window in made:
            window.close_film()
        window = windows.open_window(tmp_path, capabilities=capabilities)
        qtbot.addWidget(window)
        made.append(window)
        return window

    yield open_with
    for window in made:
        if window.workspace is not None:
            window.workspace.exports.close()
            window.close_film()


def states(window):
    """What list, timeline and table say of the first shot."""
    desk, film = window.workspace, window.room.film
    source = ShotSource(shot_id=film.shots[0].id)
    first = next((c.id for t in active_timeline(film).tracks for c in t.clips), "")
    row = next(iter(desk.table.model().numbers([first])), 0)
    return (
        desk.shot_items.row(0).state,
        desk.timeline.looks.of(source).state,
        desk.table.model().index(row, STATE).data(Qt.ItemDataRole.DisplayRole),
    )


def test_the_lattice_and_what_is_stale_are_the_engines_everywhere(qtbot, opened, windows, tmp_path):
    window = opened(ONE)
    windows.new_film(window, tmp_path)
    ready(qtbot, window)
    assert window.workspace.timeline.legal_frames == (9, 16, 25)
    write_shot(qtbot, window, "a red ball drops")
    preview(qtbot, window)
    window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: quiet(window.room))
    window.actions_["shot.place"].trigger()
    window.actions_["view.table"].trigger()
    qtbot.waitUntil(lambda: states(window) == ("full", "full", "Full"))

    later = opened(OTHER)
    assert later.open_film(tmp_path / "Story")
    ready(qtbot, later)
    later.actions_["view.table"].trigger()
    qtbot.waitUntil(lambda: states(later)[:2] == ("stale", "stale"))
    assert states(later)[2] == "Changed"
    assert later.workspace.timeline.legal_frames == (5, 8)
