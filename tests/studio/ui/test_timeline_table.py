"""The table of the cut: the same clips, by the keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.bridge.session import Session
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.timeline_access import find_clip
from studio.document.timeline_changes import lift_clips
from studio.ui.timeline_table import (
    CLIP,
    GAIN,
    LENGTH,
    PAN,
    START,
    STATE,
    TAKE,
    TRACK,
    TimelineTable,
)


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
    return table._model.numbers(frozenset({clip_id}))[0]


def test_every_clip_is_a_row_in_time(table):
    model = table.model()
    assert model.rowCount() == 19
    starts = [model.index(row, START).data() for row in range(19)]
    assert starts == sorted(starts)
    row = number(table, "v3")
    assert model.index(row, CLIP).data() == "Chase"
    assert model.index(row, STATE).data().startswith("stale")
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
    assert model.setData(model.index(number(table, "map"), START), "00:00:00:05")
    assert table._model.row(table.currentIndex().row()).clip.id == "v3"
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
    model = table.model()
    assert model.setData(model.index(number(table, "map"), START), "00:00:10:00")
    assert clip(table, "map").start == 240
    assert model.setData(model.index(number(table, "map"), LENGTH), "00:00:02:00")
    assert clip(table, "map").length == 48


def test_a_length_is_held_to_what_the_take_has(table):
    store = table._store
    store.apply(lambda film: lift_clips(film, film.active_timeline_id, ["map"]), "Lift")
    row = number(table, "insert")
    assert table.model().setData(table.model().index(row, LENGTH), "00:00:09:00")
    insert = clip(table, "insert")
    assert insert.source_in + insert.length == 50


def test_what_is_no_timecode_is_refused_by_a_sentence(table, qtbot):
    model = table.model()
    film = table._store.film
    with qtbot.waitSignal(table.refused) as refused:
        assert not model.setData(model.index(0, START), "soon")
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
    assert table.model().rowCount() == 18


def test_a_clip_is_named_and_moved_to_another_track_by_writing(table):
    model = table.model()
    row = number(table, "map")
    assert model.index(row, TAKE).data() == "Old map.png"
    assert model.setData(model.index(row, CLIP), "The map")
    assert clip(table, "map").label == "The map"
    model.setData(model.index(row, START), "00:00:40:00")
    row = number(table, "map")
    assert model.setData(model.index(row, TRACK), "picture")
    timeline = active_timeline(table._store.film)
    assert timeline.tracks[find_clip(timeline, "map").track].name == "Picture"
    refused = []
    table.refused.connect(refused.append)
    assert not model.setData(model.index(number(table, "map"), TRACK), "nowhere")
    assert refused == ["There is no track called nowhere."]
