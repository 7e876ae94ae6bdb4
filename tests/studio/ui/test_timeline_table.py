"""The table of the cut: tracks, clips and markers, by the keyboard."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from studio.bridge.session import Session
from studio.document.film import Subtitle
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.subtitle_changes import add_subtitle
from studio.document.timeline_access import find_clip
from studio.document.timeline_changes import lift_clips
from studio.document.track_changes import edit_track
from studio.ui.timeline_table import TimelineTable
from studio.ui.timeline_table_rows import (
    CLIP,
    GAIN,
    LENGTH,
    PAN,
    SPEED,
    START,
    STATE,
    TAKE,
    TRACK,
    ClipRow,
)

SAID = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def table(qtbot, dressed, films):
    shown = TimelineTable(Store(*films.believable()), Session())
    qtbot.addWidget(shown)
    shown.resize(700, 400)
    shown.show()
    return shown


def clip(table, clip_id):
    place = find_clip(active_timeline(table._store.film), clip_id)
    return None if place is None else place.clip


def number(table, clip_id):
    return table._model.numbers([clip_id])[0]


def clips(table):
    rows = [table._model.row(number) for number in range(table._model.rowCount())]
    return [row.clip for row in rows if isinstance(row, ClipRow)]


def cells(table, row_id, *columns):
    row = number(table, row_id)
    return [table.model().index(row, column).data() for column in columns]


def write(table, row_id, column, words):
    """Write a cell; where rows change their order by it they do so a moment later."""
    kept = table.model().setData(table.model().index(number(table, row_id), column), words)
    QApplication.processEvents()
    return kept


def test_every_clip_is_a_row_in_time(table):
    model = table.model()
    assert len(clips(table)) == 19
    # The timeline itself, four tracks and two markers.
    assert model.rowCount() == 19 + 1 + 4 + 2
    starts = [model.index(row, START).data() for row in range(5, 26)]
    assert starts == sorted(starts)
    row = number(table, "v3")
    assert model.index(row, CLIP).data() == "Chase"
    assert model.index(row, STATE).data() == "Changed"
    said = model.index(row, START).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Start: 00:00:")


def test_what_was_noticed_in_a_take_is_said_of_its_clip(qtbot, dressed, films):
    film, ledger = films.believable()
    take = next(take for take in ledger.takes.values() if take.id == "take3")
    ledger = ledger.append(replace(take, id="loud", flags=("The sound is silent.",)))
    shots = tuple(
        replace(shot, chosen_take_id="loud") if shot.id == "shot3" else shot for shot in film.shots
    )
    shown = TimelineTable(Store(replace(film, shots=shots), ledger), Session())
    qtbot.addWidget(shown)
    shown.show()
    model = shown.model()
    words = model.index(number(shown, "a3"), STATE).data()
    assert words.endswith("· The sound is silent.")


def test_an_edit_leaves_the_keyboard_at_its_cell(table):
    model = table.model()
    table.setCurrentIndex(model.index(number(table, "v3"), LENGTH))
    assert write(table, "map", START, "00:00:00:05")
    assert table.currentIndex().row() == number(table, "v3")
    assert table.currentIndex().column() == LENGTH


def test_nobody_reads_rows_that_nobody_sees(table):
    rows = table.model().rowCount()
    table.hide()
    table._store.apply(lambda film: lift_clips(film, film.active_timeline_id, ["map"]), "Lift")
    assert table.model().rowCount() == rows
    table.show()
    assert table.model().rowCount() == rows - 1


def test_the_selection_is_the_sessions(table):
    table._session.select(["v3", "a3"])
    assert {i.row() for i in table.selectionModel().selectedRows()} == set(
        table._model.numbers(frozenset({"v3", "a3"}))
    )
    table.selectRow(number(table, "map"))
    assert table._session.selection == {"map"}


def test_start_and_length_are_written_as_timecode(table):
    assert write(table, "map", START, "00:00:10:00")
    assert clip(table, "map").start == 240
    assert write(table, "map", LENGTH, "00:00:02:00")
    assert clip(table, "map").length == 48


def test_a_length_is_held_to_what_the_take_has(table):
    store = table._store
    store.apply(lambda film: lift_clips(film, film.active_timeline_id, ["map"]), "Lift")
    row = number(table, "insert")
    assert table.model().setData(table.model().index(row, LENGTH), "00:00:09:00")
    insert = clip(table, "insert")
    assert insert.source_in + insert.length == 50


def test_what_is_no_timecode_is_refused_by_a_sentence(table, qtbot):
    film = table._store.film
    with qtbot.waitSignal(table.refused) as refused:
        assert not write(table, "map", START, "soon")
    assert "timecode" in refused.args[0]
    assert table._store.film is film


def test_gain_and_pan_of_a_sound_are_written(table):
    model, row = table.model(), number(table, "music")
    assert [model.index(row, column).data() for column in (GAIN, PAN)] == ["-6.0 dB", "centre"]
    assert model.setData(model.index(row, GAIN), "-9,5 db")
    assert model.setData(model.index(row, PAN), "l 40")
    assert (clip(table, "music").gain_db, clip(table, "music").pan) == (-9.5, -0.4)
    row = number(table, "music")
    assert [model.index(row, column).data() for column in (GAIN, PAN)] == ["-9.5 dB", "L 40"]
    assert table._store.undo() == "Pan"
    refused = []
    table.refused.connect(refused.append)
    assert not model.setData(model.index(row, PAN), "over there")
    assert not model.setData(model.index(row, GAIN), "loud")
    assert refused == [
        "A pan is L or R and up to 100, such as L 40, or centre.",
        "A gain is a number of decibels, such as -3.5.",
    ]
    picture = model.index(number(table, "map"), PAN)
    assert picture.data() == ""
    assert not picture.flags() & Qt.ItemFlag.ItemIsEditable


def test_delete_and_return(table):
    table.selectRow(number(table, "map"))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert table._session.playhead == 140
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert clip(table, "map") is None
    assert len(clips(table)) == 18


def test_a_clip_is_named_and_moved_to_another_track_by_writing(table):
    model = table.model()
    row = number(table, "map")
    assert model.index(row, TAKE).data() == "Old map.png"
    assert model.setData(model.index(row, CLIP), "The map")
    assert clip(table, "map").label == "The map"
    assert write(table, "map", START, "00:00:40:00")
    row = number(table, "map")
    assert model.setData(model.index(row, TRACK), "picture")
    timeline = active_timeline(table._store.film)
    assert timeline.tracks[find_clip(timeline, "map").track].name == "Picture"
    refused = []
    table.refused.connect(refused.append)
    assert not write(table, "map", TRACK, "nowhere")
    assert refused == ["There is no track called nowhere."]


def test_tracks_and_the_timeline_are_rows_that_are_read_out_and_named(table):
    model, film = table.model(), table._store.film
    assert [model.index(row, TRACK).data() for row in range(5)] == [
        "Timeline", "Inserts", "Picture", "Sound", "Music",
    ]  # fmt: skip
    assert cells(table, "A2", CLIP, GAIN, PAN) == ["Sound track, 1 clip", "0 dB", "centre"]
    said = [model.index(number(table, "V2"), column).data(SAID) for column in (TRACK, CLIP)]
    assert said == ["Name of the track: Inserts", "Kind: Picture track, 2 clips"]
    assert write(table, "V2", TRACK, " Cutaways ")
    assert write(table, "A2", GAIN, "-4")
    assert write(table, film.active_timeline_id, CLIP, "Reel one")
    timeline = active_timeline(table._store.film)
    assert (timeline.name, timeline.tracks[3].name) == ("Reel one", "Cutaways")
    assert timeline.tracks[0].gain_db == -4
    refused = []
    table.refused.connect(refused.append)
    assert not write(table, "V2", TRACK, "  ")
    assert refused == ["A name needs at least one letter."]
    picture = model.index(number(table, "V2"), GAIN)
    assert not picture.flags() & Qt.ItemFlag.ItemIsEditable


def test_the_row_of_a_track_takes_it_in_hand_and_keeps_it_through_a_change(table):
    session, store = table._session, table._store
    session.select(["v3"])
    table.setFocus()
    table.selectRow(number(table, "A1"))
    assert (session.track_id, session.selection) == ("A1", frozenset())
    store.apply(lambda film: edit_track(film, "cut", "A1", muted=True, locked=True), "Mute")
    assert session.track_id == "A1"
    assert cells(table, "A1", STATE) == ["muted · locked"]
    assert {one.row() for one in table.selectionModel().selectedRows()} == {number(table, "A1")}
    session.set_track("V1")
    assert table.currentIndex().row() == number(table, "V1")
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert session.track_id == "A1"
    table.selectRow(number(table, "v3"))
    assert (session.track_id, session.selection) == ("", {"v3"})


def test_a_track_taken_in_hand_elsewhere_is_selected_alone_while_ctrl_is_held(table):
    table._session.select(["v3", "a3"])
    QTest.keyPress(table, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.keyboardModifiers() == Qt.KeyboardModifier.ControlModifier
    table._session.set_track("V1")
    assert {one.row() for one in table.selectionModel().selectedRows()} == {number(table, "V1")}
    assert (table._session.track_id, table._session.selection) == ("V1", frozenset())


def test_markers_are_rows_that_are_written_gone_to_and_taken_off(table):
    assert cells(table, "m2", TRACK, CLIP, START, STATE) == [
        "Marker", "Rain", "00:00:15:04", "orange",
    ]  # fmt: skip
    said = table.model().index(number(table, "m2"), TAKE).data(SAID)
    assert said == "Note: "
    assert write(table, "m2", CLIP, "Thunder")
    assert write(table, "m2", TAKE, "louder")
    assert write(table, "m2", STATE, "Pink")
    assert write(table, "m2", START, "00:00:10:00")
    (marker,) = [one for one in active_timeline(table._store.film).markers if one.id == "m2"]
    assert (marker.name, marker.note, marker.colour) == ("Thunder", "louder", "pink")
    assert marker.frame == 240
    refused = []
    table.refused.connect(refused.append)
    assert not write(table, "m2", STATE, "mauve")
    assert refused[0].startswith("Markers are red, orange")
    table.selectRow(number(table, "m2"))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert table._session.playhead == 240
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert [one.id for one in active_timeline(table._store.film).markers] == ["m1"]
    # The keyboard is at what stands in its place: the row after it.
    assert table.currentIndex().row() == number(table, "v4")
    assert table._store.undo() == "Delete"


def test_clips_and_markers_are_selected_and_taken_off_together(table):
    flags = QItemSelectionModel.SelectionFlag
    for name in ("m1", "map"):
        index = table.model().index(number(table, name), 0)
        table.selectionModel().select(index, flags.Select | flags.Rows)
    assert table._session.selection == {"map"}
    assert len(table.selectionModel().selectedRows()) == 2
    QTest.keyClick(table, Qt.Key.Key_Delete)
    timeline = active_timeline(table._store.film)
    assert clip(table, "map") is None
    assert [one.id for one in timeline.markers] == ["m2"]
    assert table._store.undo() == "Lift"
    assert len(active_timeline(table._store.film).markers) == 2


def test_the_speed_of_pictures_and_sounds_is_written_in_per_cent(table):
    assert cells(table, "music", SPEED) == ["100 %"]
    assert write(table, "music", SPEED, "80")
    assert clip(table, "music").speed == Fraction(4, 5)
    assert write(table, "music", SPEED, "66,67 %")
    assert cells(table, "music", SPEED) == ["66.67 %"]
    refused = []
    table.refused.connect(refused.append)
    assert not write(table, "music", SPEED, "fast")
    assert not write(table, "music", SPEED, "3")
    assert refused == [
        "A speed is a number of per cent, such as 75.",
        "A clip runs at 5% to 2000% of its speed.",
    ]


def test_the_keyboard_begins_at_the_first_thing_in_time(qtbot, dressed, films):
    shown = TimelineTable(Store(*films.believable()), Session())
    qtbot.addWidget(shown)
    shown.show()
    assert shown.currentIndex().row() == number(shown, "v0")
    assert shown._session.selection == frozenset()


def test_a_written_start_that_covers_another_clip_ends_its_cell_first(qtbot, table):
    table.write("map", START)
    field = table.findChild(QLineEdit)
    field.setText("00:00:13:08")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(clips(table)) == 18)
    assert clip(table, "map").start == 320
    assert clip(table, "insert") is None
    assert table.currentIndex().row() == number(table, "map")


def test_subtitles_are_rows_that_are_written_moved_and_taken_off(table):
    line = Subtitle(id="s", start=48, end=96, text="Where were you?\nHere.")
    table._store.apply(lambda film: add_subtitle(film, "cut", line), "New subtitle")
    assert cells(table, "s", TRACK, CLIP, START, LENGTH) == [
        "Subtitle", "Where were you? / Here.", "00:00:02:00", "00:00:02:00",
    ]  # fmt: skip
    assert write(table, "s", CLIP, "Out. / Alone.")
    assert write(table, "s", START, "00:00:01:00")
    assert write(table, "s", LENGTH, "00:00:03:00")
    (now,) = active_timeline(table._store.film).subtitles
    assert (now.start, now.end, now.text) == (24, 96, "Out.\nAlone.")
    table.selectRow(number(table, "s"))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert table._session.playhead == 24
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert active_timeline(table._store.film).subtitles == ()


def test_links_are_let_alone_where_the_switch_says_so(table):
    table._session.set_linking(False)
    heard = clip(table, "a4")
    assert write(table, "v4", LENGTH, "00:00:01:00")
    assert clip(table, "v4").length == 24
    table.selectRow(number(table, "v4"))
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert clip(table, "v4") is None
    assert clip(table, "a4") == heard
    table._session.set_linking(True)
    assert write(table, "v5", LENGTH, "00:00:01:00")
    assert clip(table, "a5").length == 24


def test_a_cell_of_a_locked_track_says_so_when_it_is_asked_for(qtbot, table):
    refused = []
    table.refused.connect(refused.append)
    table._store.apply(lambda film: edit_track(film, "cut", "V1", locked=True), "Lock")
    table.setFocus()
    for column in (START, STATE):
        table.setCurrentIndex(table.model().index(number(table, "v4"), column))
        qtbot.keyClick(table, Qt.Key.Key_F2)
    assert refused == ["Track Picture is locked."]
    assert table.findChild(QLineEdit) is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_tab_goes_out_of_the_table_and_letters_open_no_cell(qtbot, dressed, films):
    table, window, beside = (
        TimelineTable(Store(*films.believable()), Session()),
        QWidget(),
        QLineEdit(),
    )
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(table)
    column.addWidget(beside)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    table.setCurrentIndex(table.model().index(number(table, "v4"), CLIP))
    table.setFocus()
    for key in (Qt.Key.Key_E, Qt.Key.Key_1):
        qtbot.keyClick(table, key)
        assert table.state() != table.State.EditingState
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is beside
    table.write("v4", CLIP)
    assert table.state() == table.State.EditingState
