"""The compare view by the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui.compare_view import CompareView

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot, dressed):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(900, 600)
    made = CompareView(host)
    made.setGeometry(host.rect())
    host.show()
    made.show()
    made.setFocus()
    return made


def test_wipe_side_by_side_and_difference_have_keys(qtbot, view):
    for key, mode in ((Qt.Key.Key_D, "difference"), (Qt.Key.Key_S, "side"), (Qt.Key.Key_W, "wipe")):
        qtbot.keyClick(view, key)
        assert view.picture.mode == mode
        assert view._modes[mode].isChecked()
        assert f"({chr(key)})" in view._modes[mode].toolTip()


def test_the_wipe_is_moved_by_keys(qtbot, view):
    qtbot.keyClick(view, Qt.Key.Key_S)
    qtbot.keyClick(view, Qt.Key.Key_Left, SHIFT)
    assert view.picture.mode == "wipe"
    assert view.picture.wipe == pytest.approx(0.45)
    for _ in range(20):
        qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert view.picture.wipe == 1.0


def test_every_button_is_reached_by_tab_and_the_keys_go_on_meaning_the_view(qtbot, view):
    reached = []
    for _ in range(6):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    # Of buttons of which one is down, the tabulator stops at that one, and arrows go on.
    assert {view._modes["wipe"], view.play} <= set(reached)
    view._modes["wipe"].setFocus()
    qtbot.keyClick(view._modes["wipe"], Qt.Key.Key_Right)
    assert view.picture.mode == "side"
    view._modes["side"].setFocus()
    qtbot.keyClick(view._modes["side"], Qt.Key.Key_D)
    assert view.picture.mode == "difference"
    view._modes["side"].setFocus()
    qtbot.keyClick(view._modes["side"], Qt.Key.Key_Space)
    assert view.picture.mode == "side"
    qtbot.keyClick(view._modes["side"], Qt.Key.Key_Escape)
    assert not view.isVisible()
