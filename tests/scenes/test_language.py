"""The window in another language: everything is said in it, and long words break no panel.

The language is made up: every text in brackets and as much longer as German is than English.
"""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from studio.bridge import language
from studio.ui.docks import PLACES
from studio.wording import CONTEXT
from tests.scenes.test_small_windows import cut_off, working  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]
# Of a film: names that were given in it, what the engine is called and what it knows.
FILMS = re.compile(
    r"Story|Ava says .* pier|Shows a disc that bounces through a room, whatever the prompt says|"
    r"Shot \d|Cut \d|Bin \d|face|pier|Scripted|@\w+|\bs\b|"
    r"\b(static|pan left|pan right|tilt up|tilt down|push in|pull out)\b"
)
# What Qt says itself, by catalogues of its own.
QTS = {
    "Close", "Closes the dock widget", "Float", "Undocks and re-attaches the dock widget",
    "Press shortcut", "Scroll Left", "Scroll Right",
}  # fmt: skip
_KEYS = re.compile(
    r"\((Ctrl|Alt|Shift|Space|Return|Backspace|Left|Right|Home|End|[A-Z]\d?)\b[^)]*\)"
)


class Longer(QTranslator):
    """Says ``[Word~~]`` for Word."""

    def translate(self, context, source, disambiguation=None, n=-1):
        if context != CONTEXT:
            return source
        return f"[{source}{'~' * max(2, len(source) * 2 // 5)}]"


@pytest.fixture(autouse=True)
def longer(qapp):
    made = Longer()
    language.use(qapp, made)
    yield
    language.leave(qapp, made)


def shown(widget: QWidget) -> list[str]:
    """What a widget says to eyes, to the pointer that rests on it and to screen readers."""
    words = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    match widget:
        case QLabel() | QAbstractButton():
            words.append(widget.text())
        case QComboBox():
            words += [widget.itemText(at) for at in range(widget.count())]
        case QLineEdit() | QPlainTextEdit():
            words.append(widget.placeholderText())
        case QAbstractSpinBox():
            words.append(widget.specialValueText())
        case QTabBar():
            words += [widget.tabText(at) for at in range(widget.count())]
        case QDockWidget():
            words.append(widget.windowTitle())
        case _:
            pass
    return words


def unsaid(words: str) -> bool:
    """Whether words are the program's own and were not translated."""
    bare = re.sub(r"<[^>]*>|&nbsp;", " ", words)
    while bare != (bare := re.sub(r"\[[^\[\]]*\]", " ", bare)):
        pass  # words in words
    bare = _KEYS.sub(" ", FILMS.sub(" ", bare))
    return bool(re.search("[A-Za-z]{4,}", bare)) and words not in QTS


def test_the_whole_window_is_said_in_the_language_in_use(working):  # noqa: F811
    desk = working.workspace
    desk.clip_desk.refresh()
    for place in PLACES:
        desk.show_panel(place.key)
    missed = {
        f"{type(widget).__name__}: {words}"
        for widget in working.findChildren(QWidget)
        for words in shown(widget)
        if unsaid(words)
    }
    missed |= {spec.id for spec, action in working.actions_ if unsaid(action.text())}
    missed |= {menu.text() for menu in working.menuBar().actions() if unsaid(menu.text())}
    assert not missed, "\n".join(sorted(missed))


def test_longer_words_are_not_cut_off(qtbot, working):  # noqa: F811
    window, desk = working, working.workspace
    window.resize(1440, 900)
    window.reset_places()
    desk.clip_desk.refresh()
    for place in PLACES:
        desk.show_panel(place.key)
        qtbot.wait(30)
        assert not cut_off(desk.docks[place.key].widget()), place.key
    assert window.width() == 1440
