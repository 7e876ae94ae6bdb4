import pytest
from PySide6.QtWidgets import QWidget

from studio.ui.turns import Turns


@pytest.fixture
def panel(qtbot):
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.show()
    return shown


def test_what_is_asked_for_twice_is_shown_once_and_later(qtbot, panel):
    turns, done = Turns(), []
    refresh = turns.add(lambda: done.append("shown"), panel)
    refresh.ask()
    refresh.ask()
    assert done == []
    qtbot.waitUntil(lambda: done == ["shown"])


def test_one_panel_after_the_other_with_the_loop_in_between(qtbot, panel, monkeypatch):
    monkeypatch.setattr("studio.ui.turns.TURN_S", 1e-9)
    turns, done = Turns(), []
    first, second = (turns.add(lambda n=n: done.append(n), panel) for n in (1, 2))
    second.ask()
    first.ask()
    turns._turn()
    assert done == [2]
    qtbot.waitUntil(lambda: done == [2, 1])


def test_what_a_hand_does_is_shown_at_once(panel):
    turns, done = Turns(), []
    turns.add(lambda: done.append("shown"), panel).show()
    assert done == ["shown"]


def test_what_is_not_in_sight_is_shown_when_it_is(qtbot, panel):
    turns, done = Turns(), []
    refresh = turns.add(lambda: done.append("shown"), panel)
    panel.hide()
    refresh.ask()
    refresh.show()
    qtbot.wait(20)
    assert done == []
    panel.show()
    assert done == ["shown"]


def test_everything_is_shown_when_it_has_to_be(panel):
    turns, done = Turns(), []
    panel.hide()
    hidden = turns.add(lambda: done.append("hidden"), panel)
    chained = turns.add(hidden.ask)
    chained.ask()
    turns.settle()
    assert done == ["hidden"]


def test_a_closed_line_shows_nothing(qtbot, panel):
    turns, done = Turns(), []
    turns.add(lambda: done.append("shown"), panel).ask()
    turns.close()
    qtbot.wait(20)
    assert done == []
