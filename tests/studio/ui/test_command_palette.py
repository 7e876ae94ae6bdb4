import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QTextEdit

from studio.bridge.actions import ACTIONS, ActionRegistry
from studio.bridge.situation import Situation
from studio.ui.command_palette import CommandPalette

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def palette(qtbot, dressed):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QTextEdit())
    window.resize(900, 600)
    actions = ActionRegistry(window)
    made = CommandPalette(actions, window)
    actions.bind("help.palette", made.open)
    actions.refresh(Situation(film=True, writable=True, shot=True))
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    made.open()
    return made


def found(palette):
    role = Qt.ItemDataRole.UserRole
    return [palette.list.item(row).data(role) for row in range(palette.list.count())]


def test_it_offers_everything_that_can_be_done_now(palette):
    wanted = [spec.id for spec in ACTIONS if palette._actions[spec.id].isEnabled()]
    assert found(palette) == wanted
    assert "shot.preview" in wanted
    assert "shot.keep" not in wanted


def test_words_in_any_order_find_and_return_does_it(qtbot, palette):
    qtbot.keyClicks(palette.field, "tool raz")
    assert found(palette) == ["cut.razor"]
    with qtbot.waitSignal(palette._actions["cut.razor"].triggered):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_arrows_choose_and_go_round(qtbot, palette):
    qtbot.keyClicks(palette.field, "zoom")
    assert found(palette) == ["view.zoom_in", "view.zoom_out"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == 1


def test_escape_puts_it_away_and_does_nothing(qtbot, palette):
    heard = []
    for _, action in palette._actions:
        action.triggered.connect(lambda *_: heard.append(1))
    qtbot.keyClicks(palette.field, "p")
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert heard == []


def test_what_finds_nothing_does_nothing(qtbot, palette):
    qtbot.keyClicks(palette.field, "xyzzy")
    assert found(palette) == []
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_who_had_the_keys_has_them_again(qtbot, palette):
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    words = palette._window.centralWidget()
    words.setFocus()
    palette.open()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert words.hasFocus()
    palette.open()
    words.hide()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette._window.hasFocus()
