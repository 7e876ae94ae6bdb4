"""The menu bar as it is built, and the menus that panels offer."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QMainWindow, QMenu

from studio.bridge.actions import ActionRegistry
from studio.bridge.menu_bar import MENU_BAR, Under
from studio.bridge.situation import Situation
from studio.ui import command_menu

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, dressed):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    return window


def texts(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_bar_has_menus_in_menus_with_lines_between_groups(window):
    actions = ActionRegistry(window)
    command_menu.fill_bar(window.menuBar(), actions)
    menus = {action.text(): action.menu() for action in window.menuBar().actions()}
    assert list(menus) == list(MENU_BAR)
    assert menus["Take"].actions()[0] is actions["shot.keep"]
    for title, entries in MENU_BAR.items():
        shown = menus[title].actions()
        assert len(shown) == len(entries)
        assert [one.isSeparator() for one in shown] == [entry == "-" for entry in entries]
        unders = [entry.title for entry in entries if isinstance(entry, Under)]
        assert [one.text() for one in shown if one.menu()] == unders


def test_a_list_offers_one_menu_on_a_row_and_another_beside_it(qtbot, window):
    view, model = QListView(), QStandardItemModel()
    model.appendRow(QStandardItem("A shot"))
    view.setModel(model)
    window.setCentralWidget(view)
    actions = ActionRegistry(window)
    actions.refresh(Situation(film=True, writable=True, shot=True))
    opened = command_menu.offer(view, actions, ("shot.preview", "-", "shot.delete"), ("shot.new",))
    on_row = opened(view.visualRect(model.index(0, 0)).center())
    assert on_row is not None
    assert texts(on_row) == ["Preview shot", "Delete shot"]
    assert on_row.isVisible()
    beside = opened(QPoint(10, view.viewport().height() - 5))
    assert beside is not None
    assert texts(beside) == ["New shot"]
    for menu in (on_row, beside):
        menu.close()


def test_a_panel_without_rows_offers_its_menu_everywhere(window):
    actions = ActionRegistry(window)
    opened = command_menu.offer(window, actions, ("play.toggle",))
    menu = opened(QPoint(1, 1))
    assert isinstance(menu, QMenu)
    assert texts(menu) == ["Play or pause"]
    menu.close()
