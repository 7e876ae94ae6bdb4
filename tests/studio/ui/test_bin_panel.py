from dataclasses import replace
from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QTabBar

from studio.bridge.bin_items import BinItems, media_rows
from studio.document.film import Media, MediaFacts
from studio.ui.bin_panel import BinPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bins(qtbot, tiles):
    panel = BinPanel(BinItems(), tiles)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    return panel


@pytest.fixture
def filled(bins, films, tmp_path):
    film, _ = films.believable()
    bins._items.show(media_rows(film, tmp_path))
    return bins


def names(panel):
    model = panel.view.model()
    return {model.index(row, 0).data() for row in range(model.rowCount())}


def test_files_from_another_program_are_asked_for_together(qtbot, bins, hands, tmp_path):
    paths = (tmp_path / "a.png", tmp_path / "b.wav")
    with qtbot.waitSignal(bins.files_dropped) as dropped:
        assert hands.drop(bins, hands.files(*paths))
    assert dropped.args == [paths]


def test_an_empty_bin_says_what_to_do_and_offers_it(qtbot, bins):
    assert bins._empty.isVisible()
    with qtbot.waitSignal(bins.import_asked):
        bins._empty.acted.emit()


def test_words_and_kinds_find_what_they_say(qtbot, filled):
    assert names(filled) == {"Slow strings.wav", "Old map.png"}
    qtbot.keyClicks(filled.search, "old")
    assert names(filled) == {"Old map.png"}
    filled.search.clear()
    kinds = filled.findChild(QTabBar)
    qtbot.mouseClick(kinds, LEFT, pos=kinds.tabRect(3).center())
    assert names(filled) == {"Slow strings.wav"}


def test_a_tile_shows_the_picture_once_it_was_read(qtbot, filled, tiles, hands):
    hands.colours(filled.view)
    qtbot.waitUntil(lambda: tiles.poster("media:map") is not None)
    assert hands.PICTURE in hands.colours(filled.view)


def test_the_mark_of_its_kind_is_light_on_its_dark_ground_in_either_look(filled, hands):
    cell = filled.view.visualRect(filled.view.model().index(0, 0)).adjusted(3, 3, -3, -3)
    badge = QRect(cell.right() - 17, cell.y() + 3, 14, 14)
    shades = [QColor(c).lightness() for c in hands.colours(filled.view.viewport(), badge)]
    assert min(shades) < 80
    assert max(shades) > 150


def test_a_file_that_is_gone_wears_a_warning_on_every_row(qtbot, bins, films, tmp_path, hands):
    film, _ = films.believable()
    bins.resize(130, 400)
    bins._items.show(media_rows(film, tmp_path, is_gone=lambda tile: True))
    bins.view.doItemsLayout()
    model = bins.view.model()
    for row in range(model.rowCount()):
        area = bins.view.visualRect(model.index(row, 0))
        assert any(
            QColor(c).red() - QColor(c).blue() > 80
            for c in hands.colours(bins.view.viewport(), area)
        )


def test_an_item_is_named_over_its_tile(qtbot, filled):
    filled.name_item("map")
    field = filled.findChild(QLineEdit, "tag_field")
    qtbot.keyClicks(field, "@Harbour")
    with qtbot.waitSignal(filled.tag_asked) as named:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert named.args == ["map", "Harbour"]


def test_a_double_click_looks_at_an_item(qtbot, filled, hands):
    with qtbot.waitSignal(filled.opened) as opened:
        hands.double_click_row(filled.view, 0)
    assert opened.args == ["music"]


def test_the_mouse_over_a_clip_scrubs_through_it(qtbot, bins, films, tmp_path):
    film, _ = films.believable()
    clip = Media(
        id="walk",
        kind="video",
        name="Walk.mp4",
        path="media/walk.mp4",
        sha256="c",
        facts=MediaFacts(width=160, height=90, frames=100, rate=Fraction(25)),
    )
    bins._items.show(media_rows(replace(film, media=(clip,)), tmp_path))
    area = bins.view.visualRect(bins.view.model().index(0, 0))
    frames = []
    for share in (0.1, 0.5, 0.9):
        point = QPoint(area.x() + round(share * area.width()), area.center().y())
        qtbot.mouseMove(bins.view.viewport(), point)
        place = QPointF(bins.view.viewport().mapToGlobal(point))
        moved = QMouseEvent(
            QMouseEvent.Type.MouseMove, QPointF(point), place, Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(bins.view.viewport(), moved)
        frames.append(bins.view.delegate._frame(bins._items.rows()[0]))
    assert frames == sorted(set(frames))
    assert 5 <= frames[0] <= 15
    assert frames[-1] >= 85
