from collections import Counter
from itertools import pairwise

from studio.bridge.actions import ACTIONS
from studio.bridge.menu_bar import MENU_BAR, Under, listed, menu_of

MOST = 24
"""What is seen at a glance, and fits on a screen of 768 lines."""


def test_every_command_stands_in_the_bar_once():
    counts = Counter(key for entries in MENU_BAR.values() for key in listed(entries))
    assert set(counts) == {spec.id for spec in ACTIONS}
    assert set(counts.values()) == {1}


def test_no_menu_is_longer_than_a_screen_and_none_begins_or_ends_with_a_line():
    menus = [*MENU_BAR.values()]
    menus += [entry.entries for menu in menus for entry in menu if isinstance(entry, Under)]
    for menu in menus:
        assert sum(entry != "-" for entry in menu) <= MOST, menu
        assert menu[0] != "-", menu
        assert menu[-1] != "-", menu
        assert not any(one == after == "-" for one, after in pairwise(menu))


def test_a_command_that_is_listed_nowhere_stands_where_its_id_says():
    assert menu_of("cut.never_heard_of") == "Cut"
    assert menu_of("shot.keep") == "Take"
