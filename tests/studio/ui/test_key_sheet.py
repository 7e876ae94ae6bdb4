import re
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow

from studio.bridge.actions import ACTIONS, ActionRegistry
from studio.bridge.keymaps import PRESETS, keymap
from studio.bridge.menu_bar import MENUS
from studio.bridge.panel_keys import PANELS
from studio.bridge.state_words import STATE_MEANINGS, STATE_WORDS
from studio.ui import key_sheet
from studio.ui.key_sheet import KeySheet
from studio.ui.state_legend import StateSample

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def sheet(qtbot, dressed):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    actions = ActionRegistry(window)
    made = KeySheet(actions, window)
    made.preset_chosen.connect(lambda name: actions.set_keymap(keymap(name, {})))
    actions.bind("help.keys", lambda: made.toggle(next(iter(PRESETS))))
    window.show()
    return made


def written(sheet):
    """What the sheet says, as pairs of a command's words and its keys."""
    labels = sheet._scroll.widget().findChildren(QLabel)
    words = [label.text() for label in labels if label.objectName() not in ("menu", "state")]
    return set(zip(words[::2], words[1::2], strict=True))


def promised(actions):
    """What the registry has."""
    native = QKeySequence.SequenceFormat.NativeText
    return {
        (spec.text.removesuffix("…"), "   ".join(k.toString(native) for k in action.shortcuts()))
        for spec, action in actions
        if action.shortcuts()
    }


def promised_by_panels():
    """What the panels go by themselves."""
    native = QKeySequence.SequenceFormat.NativeText
    return {
        (entry.text, "   ".join(QKeySequence(k).toString(native) for k in entry.keys.split()))
        for panel in PANELS.values()
        for entry in panel.keys
    }


def test_all_keys_are_in_sight_in_a_small_window(qtbot, sheet):
    sheet.parentWidget().resize(1280, 720)
    sheet.open("dailies")
    qtbot.wait(50)
    words = sheet._scroll.widget()
    assert words.minimumSizeHint().width() <= sheet._scroll.viewport().width()


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_key_is_on_the_sheet_and_nothing_else(qtbot, sheet, preset):
    sheet.open(preset)
    sheet.preset.setCurrentIndex(sheet.preset.findData(preset))
    sheet.preset.activated.emit(sheet.preset.currentIndex())
    assert written(sheet) == promised(sheet._actions) | promised_by_panels()
    shown = {label.text() for label in sheet._scroll.widget().findChildren(QLabel)}
    assert set(MENUS) <= shown
    assert len(written(sheet)) > 50


def test_what_the_colours_and_shapes_of_states_mean_is_on_the_sheet(qtbot, sheet):
    sheet.open("dailies")
    labels = sheet._scroll.widget().findChildren(QLabel, "state")
    words = [label.text() for label in labels]
    assert dict(zip(words[::2], words[1::2], strict=True)) == {
        STATE_WORDS[state]: STATE_MEANINGS[state] for state in STATE_WORDS
    }
    samples = sheet._scroll.widget().findChildren(StateSample)
    drawn = [sample.grab().toImage() for sample in samples]
    assert len(drawn) == len(STATE_WORDS)
    assert all(one != other for one, other in combinations(drawn, 2))


def test_commands_without_a_key_stand_in_a_menu(qtbot, sheet):
    assert all(spec.menu in MENUS for spec in ACTIONS)


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_the_key_that_opened_it_and_escape_put_it_away(qtbot, sheet, key):
    qtbot.keyClick(sheet._window, Qt.Key.Key_F1)
    assert sheet.isVisible()
    qtbot.keyClick(sheet._window.focusWidget() or sheet._window, key)
    assert not sheet.isVisible()


# Keys that mean the same wherever something is written, dragged, chosen or lies over the window.
EVERYWHERE = {
    "claimed_keys.py": set(),
    "field_keys.py": {"Return", "Enter", "Escape"},
    "command_palette.py": {"Escape", "Return", "Enter", "Up", "Down"},
    "prompt_edit.py": {"Escape", "F1", "F11", "Return", "Enter", "Tab"},
    "compare_view.py": {"Tab"},
    "ladder_strip.py": {"Space", "Return", "Enter"},
    "bin_bar.py": {"Left", "Right", "Up", "Down"},
}


def test_a_panel_hears_no_key_that_is_not_on_the_sheet():
    strays = {}
    for path in sorted(Path(key_sheet.__file__).parent.glob("*.py")):
        heard = set(re.findall(r"Key\.Key_(\w+)", path.read_text("utf-8")))
        strays[path.name] = heard - EVERYWHERE.get(path.name, {"Escape"})
    assert not {name: heard for name, heard in strays.items() if heard}


def test_no_two_deeds_of_a_panel_have_the_same_key():
    for name, panel in PANELS.items():
        keys = [key for entry in panel.keys for key in entry.keys.split()]
        assert len(keys) == len(set(keys)), name
