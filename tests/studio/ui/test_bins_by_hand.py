from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from studio.bridge.bin_items import BinItems
from studio.bridge.drags import packed
from studio.bridge.shelving import tags_in_text
from studio.document.film import Bin
from studio.document.library_changes import add_bin, remove_bin
from studio.ui.bin_desk import BinDesk
from studio.ui.bin_panel import BinPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(qtbot, room, tiles):
    room.store.apply(lambda film: remove_bin(film, film.bins[0].id), "Remove")
    bins = (Bin(id="faces", name="Faces", items=("map",)), Bin(id="music", name="Music"))
    for one in bins:
        room.store.apply(lambda film, one=one: add_bin(film, one), "New bin")
    (room.folder / "media").mkdir(exist_ok=True)
    for media in room.film.media:
        (room.folder / media.path).touch()
    items = BinItems()
    made = BinPanel(items, tiles)
    desk = BinDesk(room, made, items, lambda _action: None)
    room.film_changed.connect(desk.refresh)
    qtbot.addWidget(made)
    made.resize(300, 420)
    made.show()
    desk.refresh()
    return made


def bins(room):
    return {one.name: one.items for one in room.film.bins}


def shown(panel):
    model = panel.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click(panel, bin_id):
    QTest.mouseClick(panel.bar, LEFT, NONE, panel.bar.place(bin_id).center())


def drop(panel, area, ids, keys=NONE):
    """Carry media over a chip and let go; whether it would take them."""
    mime, point = packed("media", ids), area.center()
    move = Qt.DropAction.CopyAction
    QApplication.sendEvent(panel.bar, QDragEnterEvent(point, move, mime, LEFT, keys))
    over = QDragMoveEvent(point, move, mime, LEFT, keys)
    QApplication.sendEvent(panel.bar, over)
    if over.isAccepted():
        QApplication.sendEvent(panel.bar, QDropEvent(QPointF(point), move, mime, LEFT, keys))
    return over.isAccepted()


def test_a_click_on_a_bin_shows_what_lies_in_it(panel):
    assert len(shown(panel)) == 2
    click(panel, "faces")
    assert shown(panel) == ["Old map.png"]
    click(panel, "music")
    assert panel._bare.isVisible()
    click(panel, "")
    assert len(shown(panel)) == 2


def test_a_new_bin_is_looked_into_and_named_at_once(qtbot, room, panel):
    QTest.mouseClick(panel.bar, LEFT, NONE, panel.bar.add_place.center())
    field = panel.bar.findChild(QLineEdit, "bin_name")
    assert field.hasSelectedText()
    qtbot.keyClicks(field, "Places")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert room.film.bins[-1].name == "Places"
    assert panel.bar.current == room.film.bins[-1].id


def test_a_double_click_renames_and_a_blank_name_is_let_be(qtbot, room, panel):
    for name, left in (("Cast", "Cast"), ("  ", "Cast")):
        place = panel.bar.place("faces").center()
        double = QMouseEvent(
            QEvent.Type.MouseButtonDblClick,
            QPointF(place),
            QPointF(panel.bar.mapToGlobal(place)),
            LEFT,
            LEFT,
            NONE,
        )
        QApplication.sendEvent(panel.bar, double)
        field = panel.bar.findChildren(QLineEdit, "bin_name")[-1]
        field.selectAll()
        qtbot.keyClicks(field, name)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert left in bins(room)


def test_dragging_from_everything_puts_in_and_from_a_bin_moves(room, panel):
    assert drop(panel, panel.bar.place("faces"), ["music"])
    assert bins(room) == {"Faces": ("map", "music"), "Music": ()}
    click(panel, "faces")
    assert drop(panel, panel.bar.place("music"), ["music"])
    assert bins(room) == {"Faces": ("map",), "Music": ("music",)}
    assert drop(panel, panel.bar.place("music"), ["map"], CONTROL)
    assert bins(room) == {"Faces": ("map",), "Music": ("music", "map")}
    room.undo()
    assert bins(room)["Music"] == ("music",)
    assert not drop(panel, panel.bar.place(""), ["map"])


def test_dropping_on_the_plus_makes_a_bin_of_them(room, panel):
    assert drop(panel, panel.bar.add_place, ["map", "music"])
    assert room.film.bins[-1].items == ("map", "music")


def test_a_bin_that_is_removed_leaves_its_media_in_the_film(room, panel):
    click(panel, "faces")
    panel.bar.remove_asked.emit("faces")
    assert "Faces" not in bins(room)
    assert panel.bar.current == ""
    assert len(shown(panel)) == 2
    room.undo()
    assert bins(room)["Faces"] == ("map",)


def test_delete_takes_out_of_the_bin_and_not_out_of_the_film(qtbot, room, panel, hands):
    click(panel, "faces")
    hands.click_row(panel.view, 0)
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert bins(room)["Faces"] == ()
    assert {media.id for media in room.film.media} == {"music", "map"}


def test_the_menu_puts_in_another_bin_as_well(panel, room, hands):
    click(panel, "faces")
    hands.click_row(panel.view, 0)
    menu = panel.menu()
    put = next(action.menu() for action in menu.actions() if action.menu() is not None)
    assert [action.text() for action in put.actions()] == ["Music", "A new bin"]
    put.actions()[0].trigger()
    assert bins(room) == {"Faces": ("map",), "Music": ("map",)}
    menu.deleteLater()


def test_tags_are_written_shown_and_found(qtbot, room, panel):
    panel.view.selectAll()
    panel.tags_wanted.emit(panel.selected())
    qtbot.keyClicks(panel.tags.field, "Rain, #night , rain")
    qtbot.keyClick(panel.tags.field, Qt.Key.Key_Return)
    assert {media.tags for media in room.film.media} == {("rain", "night")}
    assert not panel.tags.isVisible()
    panel.tags_wanted.emit(("map",))
    assert panel.tags.field.text() == "rain, night"
    qtbot.keyClicks(panel.tags.field, ", paper")
    qtbot.keyClick(panel.tags.field, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.search, "paper")
    assert shown(panel) == ["Old map.png"]


def test_tags_of_several_leave_alone_what_only_one_has(qtbot, room, panel):
    for ids, text in ((("map",), "paper"), (("map", "music"), "old")):
        panel.tags_wanted.emit(ids)
        panel.tags.field.clear()
        qtbot.keyClicks(panel.tags.field, text)
        qtbot.keyClick(panel.tags.field, Qt.Key.Key_Return)
    assert {m.id: m.tags for m in room.film.media} == {"map": ("old", "paper"), "music": ("old",)}


def test_escape_leaves_tags_as_they_were(qtbot, room, panel):
    panel.tags_wanted.emit(("map",))
    qtbot.keyClicks(panel.tags.field, "no")
    qtbot.keyClick(panel.tags.field, Qt.Key.Key_Escape)
    assert not panel.tags.isVisible()
    assert all(not media.tags for media in room.film.media)


def test_what_finds_nothing_says_so_and_offers_the_way_back(qtbot, panel):
    qtbot.keyClicks(panel.search, "zebra")
    assert panel._unfound.isVisible()
    panel._unfound.acted.emit()
    assert len(shown(panel)) == 2


def test_kinds_are_offered_where_there_are_several(panel):
    assert panel._kinds.isVisible()
    click(panel, "faces")
    assert not panel._kinds.isVisible()


def test_a_film_without_media_asks_for_them(room, panel):
    ids = [media.id for media in room.film.media]
    room.store.apply(lambda film: replace(film, media=()), "Empty it")
    assert ids
    assert panel._empty.isVisible()
    click(panel, "faces")
    assert panel._bare.isVisible()


def test_arrows_walk_through_the_bins(qtbot, panel):
    panel.bar.setFocus()
    qtbot.keyClick(panel.bar, Qt.Key.Key_Right)
    assert panel.bar.current == "faces"
    qtbot.keyClick(panel.bar, Qt.Key.Key_Left)
    assert panel.bar.current == ""


def test_many_bins_wrap_and_none_lies_on_another(room, panel):
    for number in range(12):
        one = Bin(id=f"b{number}", name=f"Sequence {number} of the film")
        room.store.apply(lambda film, one=one: add_bin(film, one), "New bin")
    places = [panel.bar.place(row.id) for row in panel.bar.bins]
    assert all(not a.intersects(b) for i, a in enumerate(places) for b in places[:i])
    assert max(place.bottom() for place in places) < panel.bar.heightForWidth(panel.bar.width())


def test_files_dropped_while_a_bin_is_open_go_into_it(qtbot, room, panel, hands, tmp_path):
    import numpy as np

    from engine.media import write_wav

    path = tmp_path / "hum.wav"
    write_wav(path, np.full((2, 24_000), 0.2, np.float32), 24_000)
    click(panel, "music")
    with qtbot.waitSignal(room.library.imported):
        assert hands.drop(panel, hands.files(path))
    (item,) = next(one.items for one in room.film.bins if one.id == "music")
    assert next(media.name for media in room.film.media if media.id == item) == "hum"


def test_tags_are_plain_words():
    assert tags_in_text(" Rain,  #Night sky,,rain ") == ("rain", "night sky")
