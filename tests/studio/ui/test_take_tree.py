from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from studio.bridge.take_items import TakeItems, take_rows
from studio.document.ledger import KeepRecord, now
from studio.ui import theme
from studio.ui.take_tree import TakePanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def work(films):
    """The first shot's take, an edit of it, and a flagged one beside them."""
    film, ledger = films.believable()
    first = ledger.takes["take0"]
    child = replace(first, id="night", parent_id="take0", kind="edit", label="make it nighttime")
    other = replace(first, id="other", kind="preview", flags=("The sound is silent.",))
    return film, film.shots[0], ledger.append(child, other)


@pytest.fixture
def takes(qtbot, tiles, work):
    panel = TakePanel(TakeItems(), tiles)
    qtbot.addWidget(panel)
    panel.resize(360, 420)
    panel.show()
    panel._items.show(take_rows(*work))
    return panel


def test_an_edit_stands_after_what_it_edits(takes):
    assert [row.id for row in takes._items.rows()] == ["take0", "night", "other"]
    assert [row.depth for row in takes._items.rows()] == [0, 1, 0]


def test_a_click_looks_at_a_take(qtbot, takes, hands):
    with qtbot.waitSignal(takes.looked_at) as looked:
        hands.click_row(takes.view, 1)
    assert looked.args == ["night"]


def test_keys_walk_through_the_takes(qtbot, takes, hands):
    hands.click_row(takes.view, 0)
    qtbot.keyClick(takes.view, Qt.Key.Key_Down)
    assert takes.view.currentIndex().row() == 1


@pytest.mark.parametrize("command", ["shot.keep", "shot.reject", "shot.edit"])
def test_the_buttons_decide_about_the_take_under_the_hand(qtbot, takes, command):
    with qtbot.waitSignal(takes.action_asked) as asked:
        qtbot.mouseClick(takes.findChild(QPushButton, f"take_{command}"), LEFT)
    assert asked.args == [command]


def test_to_keep_is_what_comes_next_where_a_take_waits_for_a_word(takes, work, hands):
    film, shot, ledger = work
    keep = takes.findChild(QPushButton, "take_shot.keep")
    newer = replace(ledger.takes["other"], id="newer", created=now())
    takes._items.show(take_rows(film, shot, ledger.append(newer)))
    lit = []
    for take_id in ("take0", "newer", "other"):
        takes.show_current(take_id)
        lit.append(theme.ACCENT in hands.colours(keep, keep.rect()))
    assert lit == [False, True, False]
    takes.show_current("take0")
    assert "pass over the newer" in keep.toolTip()
    takes.show_current("newer")
    assert "pass over" not in keep.toolTip()
    cell = takes.view.visualRect(takes._items.index_of("newer"))
    mark = theme.STATE_COLOURS["undecided"]
    assert mark in hands.colours(takes.view.viewport(), cell)


def test_what_is_wrong_with_a_take_is_said(takes):
    takes.show_current("other")
    assert takes._flags.isVisible()
    assert takes._flags.text() == "The sound is silent."
    takes.show_current("take0")
    assert not takes._flags.isVisible()


def test_the_take_in_the_cut_and_a_rejected_one_look_it(takes, work, hands):
    film, shot, ledger = work
    cell = takes.view.visualRect(takes._items.index_of("take0"))
    assert theme.ACCENT in hands.colours(takes.view.viewport(), cell)
    before = hands.colours(
        takes.view.viewport(), takes.view.visualRect(takes._items.index_of("other"))
    )
    no = KeepRecord(take_id="other", decision="rejected", created=now())
    takes._items.show(take_rows(film, shot, ledger.append(no)))
    after = hands.colours(
        takes.view.viewport(), takes.view.visualRect(takes._items.index_of("other"))
    )
    assert before != after


def test_without_takes_there_is_nothing_to_decide(takes):
    takes._items.show(())
    assert takes._empty.isVisible()
    assert not takes.findChild(QPushButton, "take_shot.keep").isVisible()


def test_an_edit_whose_source_was_replaced_says_so_and_can_be_made_again(qtbot, takes, work, hands):
    film, shot, ledger = work
    takes.show_current("night")
    assert not takes.rerun.isVisible()
    other = replace(shot, chosen_take_id="other")
    film = replace(film, shots=(other, *film.shots[1:]))
    takes._items.show(take_rows(film, other, ledger))
    assert [row.id for row in takes._items.rows() if row.behind] == ["night"]
    assert "replaced" in takes._items.text(takes._items.row(1))
    takes.show_current("night")
    cell = takes.view.visualRect(takes._items.index_of("night"))
    assert theme.CAUTION in hands.colours(takes.view.viewport(), cell)
    with qtbot.waitSignal(takes.action_asked) as asked:
        qtbot.mouseClick(takes.rerun, Qt.MouseButton.LeftButton)
    assert asked.args == ["shot.rerun"]
    takes.show_current("take0")
    assert not takes.rerun.isVisible()


def test_a_take_whose_files_are_gone_says_so_on_its_row_and_how_to_get_them_back(
    takes, work, hands
):
    film, shot, ledger = work
    index = takes._items.index_of("take0")
    before = takes._items.row(index.row())
    assert not before.missing
    assert "gone" not in takes._items.tip(before)
    takes._items.show(take_rows(film, shot, ledger, {"take:take0"}.__contains__))
    row = takes._items.row(index.row())
    assert row.missing
    assert "files are gone" in takes._items.text(row)
    assert "Put takes/take0 back" in index.data(Qt.ItemDataRole.ToolTipRole)
    takes.show_current("")  # no frame and no wash over its colours
    area = takes.view.visualRect(index)
    assert theme.BAD in hands.colours(takes.view.viewport(), area)
    takes.show_current("take0")
    assert "Put takes/take0 back" in takes._flags.text()
