"""The picture over the whole screen: alone, with all keys, and back where everything was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget

from studio.playback.player import Paused, Playing

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def cut(window, windows, tmp_path):
    """A window on a film of two seconds of bars, marked from the middle on."""
    windows.new_film(window, tmp_path)
    window.actions_["cut.new_colour"].trigger()
    window.room.session.set_playhead(20)
    window.actions_["play.mark_in"].trigger()
    return window


def panels(window):
    return [dock.objectName() for dock in window.findChildren(QDockWidget) if not dock.isHidden()]


def test_only_the_picture_is_seen_and_everything_comes_back(qtbot, cut):
    desk, before = cut.workspace, panels(cut)
    assert before
    cut.actions_["view.picture"].trigger()
    assert desk.full_picture.is_on
    assert cut.isFullScreen()
    assert panels(cut) == []
    assert not cut.menuBar().isVisible()
    QApplication.processEvents()
    screen = desk.viewer.picture
    assert screen.size() == cut.size()
    area = screen.picture_area()
    assert area.width() == screen.width() or area.height() == screen.height()
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert not desk.full_picture.is_on
    assert not cut.isFullScreen()
    assert panels(cut) == before
    assert cut.menuBar().isVisible()
    QTest.mouseDClick(screen, Qt.MouseButton.LeftButton)
    assert desk.full_picture.is_on
    QTest.mouseDClick(screen, Qt.MouseButton.LeftButton)
    assert panels(cut) == before


def test_keys_play_while_the_picture_is_alone(qtbot, cut):
    cut.actions_["view.picture"].trigger()
    player = cut.workspace.screening.player
    QTest.keyClick(cut.workspace.viewer.picture, Qt.Key.Key_L)
    assert player.state == Playing(1)
    QTest.keyClick(cut.workspace.viewer.picture, Qt.Key.Key_K)
    assert player.state == Paused()


def test_the_marked_part_is_played_by_its_command(qtbot, cut):
    player, seen = cut.workspace.screening.player, []
    player.position_changed.connect(seen.append)
    cut.room.session.set_playhead(0)
    seen.clear()
    cut.actions_["play.in_out"].trigger()
    assert isinstance(player.state, Playing)
    qtbot.waitUntil(lambda: player.state == Paused())
    assert seen[0] == 20
    assert min(seen) == 20
