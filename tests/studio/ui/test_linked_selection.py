"""The switch that lets a hand take picture or sound alone."""

import pytest
from PySide6.QtCore import Qt

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def parted(view):
    """A view whose switch is off."""
    view.session.set_linking(False)
    return view


def test_a_click_takes_one_and_with_alt_both(hand, parted):
    hand.click(hand.middle("a3"))
    assert parted.session.selection == {"a3"}
    hand.click(hand.middle("v3"))
    assert parted.session.selection == {"v3"}
    hand.click(hand.middle("v3"), ALT)
    assert parted.session.selection == {"v3", "a3"}
    parted.session.set_linking(True)
    hand.click(hand.middle("v3"), ALT)
    assert parted.session.selection == {"v3"}
    hand.click(hand.middle("v3"))
    assert parted.session.selection == {"v3", "a3"}


def test_a_drag_moves_one_and_with_alt_both(hand, parted):
    before = {name: hand.clip(name).start for name in ("v7", "a7")}
    start = hand.middle("a7")
    hand.drag(start, start + hand.by(30))
    assert hand.clip("a7").start == before["a7"] + 30
    assert hand.clip("v7").start == before["v7"]
    parted.store.undo()
    hand.drag(start, start + hand.by(30), ALT)
    assert hand.clip("a7").start - before["a7"] == hand.clip("v7").start - before["v7"] == 30


def test_an_end_is_trimmed_alone(hand, parted):
    end = hand.clip("v2").end
    start = hand.tail("v2")
    hand.drag(start, start + hand.by(-12))
    assert (hand.clip("v2").end, hand.clip("a2").end) == (end - 12, end)


@pytest.mark.parametrize(
    "deed",
    [
        lambda cut: cut.lift(),
        lambda cut: cut.split(),
        lambda cut: cut.trim_start(),
        lambda cut: cut.clips.cut(),
        lambda cut: cut.clips.nudge(3),
        lambda cut: cut.trims.slip(-2),
        lambda cut: cut.trims.by(2),
    ],
)
def test_commands_change_what_is_selected_and_no_partner_of_it(hand, parted, deed):
    parted.session.select(["v3"])
    parted.session.set_playhead(hand.clip("v3").start + 8)
    picture, sound = hand.clip("v3"), hand.clip("a3")
    deed(parted.commands)
    assert hand.clip("v3") != picture
    assert hand.clip("a3") == sound
