"""Tab goes through what is in sight, and nothing is typed into a panel behind another one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget

from studio.document.film import Shot, new_film
from studio.document.shot_changes import add_shot
from tests.studio.ui.film_windows import film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def window(dressed, tmp_path_factory):
    film = add_shot(new_film("Pier"), Shot(id="s", name="One", prompt="a ball"))
    with film_window(tmp_path_factory.mktemp("focus"), film) as made:
        made.room.session.set_shot("s")
        made.activateWindow()
        yield made


def stops(qtbot, window, modifier=Qt.KeyboardModifier.NoModifier):
    """Where Tab stops, once round."""
    window.workspace.viewer.picture.setFocus()
    key = Qt.Key.Key_Backtab if modifier else Qt.Key.Key_Tab
    found = []
    while len(found) < 300:
        qtbot.keyClick(QApplication.focusWidget(), key, modifier)
        if found and QApplication.focusWidget() is found[0]:
            return found
        found.append(QApplication.focusWidget())
    raise AssertionError("Tab does not come round.")


def dock_around(widget):
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return widget


def test_tab_goes_to_all_that_is_in_sight_and_passes_over_what_is_not(qtbot, window):
    desk = window.workspace
    for key in ("bins", "shot", "takes", "timeline"):
        desk.show_panel(key)
    found = stops(qtbot, window)
    shown = [dock_around(one) for one in found]
    assert {desk.docks["shot"], desk.docks["bins"], desk.docks["timeline"]} <= set(shown)
    behind = {desk.docks[key] for key in ("edit", "mix", "export", "cards", "queue")}
    assert not behind & set(shown)
    assert desk.shot.fields.notes in found  # below what is scrolled into sight
    assert set(stops(qtbot, window, Qt.KeyboardModifier.ShiftModifier)) == set(found)
    desk.show_panel("mix")
    qtbot.waitUntil(lambda: not desk.docks["mix"].visibleRegion().isEmpty())
    assert desk.docks["mix"] in {dock_around(one) for one in stops(qtbot, window)}


def test_a_panel_that_goes_behind_another_gives_the_keys_back(qtbot, window):
    desk = window.workspace
    desk.show_panel("shot")
    qtbot.waitUntil(lambda: not desk.docks["shot"].visibleRegion().isEmpty())
    desk.shot.prompt.setFocus()
    qtbot.keyClicks(desk.shot.prompt, " rolls")
    desk.show_panel("mix")
    qtbot.waitUntil(lambda: not desk.shot.prompt.hasFocus())
    assert "rolls" in window.room.shot.prompt


def test_keys_that_a_field_lets_go_of_are_the_pictures(qtbot, window):
    desk = window.workspace
    desk.show_panel("shot")
    picture = desk.viewer.picture
    for field in (desk.shot.prompt, desk.shot.fields.notes):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Escape)
        qtbot.waitUntil(picture.hasFocus)
    qtbot.keyClick(picture, "7")  # begins a time, which nobody would have heard
    assert (desk.viewer.timecode.hasFocus(), desk.viewer.timecode.text()) == (True, "7")
    qtbot.keyClick(desk.viewer.timecode, Qt.Key.Key_Escape)
    desk.shot.prompt.setFocus()
    desk.show_panel("mix")
    qtbot.waitUntil(picture.hasFocus)


def test_keys_that_a_field_of_a_page_lets_go_of_are_the_pages(qtbot, window):
    window.actions_["help.edit_keys"].trigger()
    page = window.sheets.keys
    assert page.search.hasFocus()
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(page.hasFocus)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
