from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QPushButton, QToolButton

from studio.bridge.drags import packed
from studio.bridge.shot_items import ShotItems, ShotRows
from studio.ui import theme
from studio.ui.prompt_edit import PromptEdit
from studio.ui.shot_cells import cell_rects, cell_words
from studio.ui.shot_delegate import prompt_words
from studio.ui.shot_list import ShotList

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shots(qtbot, tiles, films):
    film, ledger = films.believable()
    items = ShotItems()
    panel = ShotList(items, tiles)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    items.show(ShotRows().of(film, ledger, {}, None))
    return panel


def test_a_shot_is_added_from_the_empty_list_and_from_the_header(qtbot, tiles):
    panel = ShotList(ShotItems(), tiles)
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.header)
    panel.show()
    with qtbot.waitSignal(panel.new_asked):
        qtbot.mouseClick(panel.findChild(QPushButton), LEFT)
    with qtbot.waitSignal(panel.new_asked):
        qtbot.mouseClick(panel.header.findChild(QToolButton), LEFT)


def test_a_click_chooses_a_shot(qtbot, shots, hands):
    with qtbot.waitSignal(shots.chosen) as chosen:
        hands.click_row(shots.view, 3)
    assert chosen.args == ["shot3"]


@pytest.mark.parametrize(("edge", "place"), [("top", 2), ("bottom", 3)])
def test_a_shot_dropped_between_two_moves_there(qtbot, shots, hands, edge, place):
    area = shots.view.visualRect(shots.view.model().index(2, 0))
    at = QPoint(area.center().x(), area.top() if edge == "top" else area.bottom())
    carried = packed("shot", ["shot5"])
    with qtbot.waitSignal(shots._items.moved) as moved:
        assert hands.drop(shots.view.viewport(), carried, at, Qt.DropAction.MoveAction)
    assert moved.args == [("shot5",), place]
    assert shots.view.model().rowCount() == 8


def test_the_row_under_the_hand_stays_in_sight_when_a_line_appears_below(qtbot, shots):
    shots.show_current("shot4")
    view = shots.view
    tall = view.visualRect(view.currentIndex()).bottom() + 1
    view.resize(view.width(), tall)
    assert view.viewport().height() == tall
    view.resize(view.width(), tall - 30)
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    # One that the hand has scrolled away stays away.
    view.verticalScrollBar().setValue(0)
    place = view.visualRect(view.currentIndex())
    view.resize(view.width(), place.top() + 10)
    view.resize(view.width(), place.top() - 10)
    assert view.verticalScrollBar().value() == 0


def test_media_dropped_on_a_shot_belong_to_it(qtbot, shots, hands):
    area = shots.view.visualRect(shots.view.model().index(1, 0))
    with qtbot.waitSignal(shots._items.media_dropped) as dropped:
        assert hands.drop(shots.view.viewport(), packed("media", ["map"]), area.center())
    assert dropped.args == ["shot1", ("map",)]


def test_a_prompt_is_written_in_place(qtbot, shots, hands):
    hands.double_click_row(shots.view, 0)
    editor = shots.view.findChild(PromptEdit)
    assert editor.toPlainText().startswith("wide on the harbour")
    editor.selectAll()
    qtbot.keyClicks(editor, "fog")
    with qtbot.waitSignal(shots._items.written) as written:
        qtbot.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    assert written.args == ["shot0", "fog"]


def test_a_prompt_stays_in_its_two_lines_and_says_where_it_goes_on(dressed):
    metrics = QFontMetrics(theme.font(theme.FONT_SMALL_PX))
    prompt = "The orange pumpkin @Pumpkin drops and bounces on the beach at sunset, static camera"
    cut = 0
    for width in range(90, 620, 7):
        area = QRect(10, 5, width, 2 * metrics.height() + 1)
        shown = list(prompt_words(prompt, area, metrics))
        assert len({at.y() for at, _ in shown}) <= 2
        for at, word in shown:
            assert at.x() + metrics.horizontalAdvance(word) <= area.right() + 1
        text = " ".join(word for _, word in shown)
        cut += text.endswith("…")
        assert text == prompt or (text.endswith("…") and prompt.startswith(text[:-1].rstrip()))
    assert 0 < cut < 80


@pytest.mark.parametrize(("width", "cells"), [(500, 4), (86, 2), (50, 1)])
def test_cells_that_say_nothing_go_where_there_is_no_room(films, dressed, width, cells):
    film, ledger = films.believable()
    row = ShotRows().of(film, ledger, {}, None)[0]
    row = replace(row, size="", move="", policy="random")
    metrics = QFontMetrics(theme.font(theme.FONT_TINY_PX))
    places = cell_rects(row, QRect(10, 0, width, 18), metrics)
    assert list(places) == ["length", "size", "move", "seed"][:cells]
    for cell, area in places.items():
        assert area.width() > metrics.horizontalAdvance(cell_words(row)[cell])


@pytest.mark.parametrize("width", [150, 220, 500])
def test_every_cell_that_is_set_is_there_in_a_list_of_any_width(films, dressed, width):
    film, ledger = films.believable()
    row = ShotRows().of(film, ledger, {}, None)[0]
    row = replace(row, size="wide", move="slow push in", policy="lock")
    line = QRect(10, 0, width, 18)
    places = cell_rects(row, line, QFontMetrics(theme.font(theme.FONT_TINY_PX)))
    assert list(places) == ["length", "size", "move", "seed"]
    assert all(area.right() <= line.right() for area in places.values())
    assert all(area.width() >= 22 for area in places.values())


def test_where_the_words_of_a_state_have_no_room_its_mark_stands_for_them(shots, hands):
    """And never what is left of them."""
    index = shots._items.index_of("shot7")
    assert shots._items.row(index.row()).state == "failed"
    line = QRect(0, 0, 200, 15)

    def wide(width_px):
        canvas = QImage(200, 15, QImage.Format.Format_RGB32)
        canvas.fill(0)
        painter = QPainter(canvas)
        row = replace(shots._items.row(index.row()), name="A name of some length")
        place = line.adjusted(0, 0, width_px - 200, 0)
        taken = shots.delegate._paint_state(painter, place, row)
        painter.end()
        seen = [x for x in range(200) for y in range(15) if canvas.pixelColor(x, y).red() > 90]
        return taken, max(seen) - min(seen) + 1

    words_px, seen_px = wide(200)
    assert words_px > 20
    assert abs(seen_px - words_px) <= 3
    mark_px, seen_px = wide(60)
    assert mark_px < 14
    assert seen_px <= mark_px
