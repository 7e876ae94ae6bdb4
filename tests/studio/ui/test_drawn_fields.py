"""Titles, lower thirds, credits and plain pictures, made and set by hand in the clip panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.document.film import new_film
from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip
from studio.document.titles import GeneratorSource, TitleSource
from studio.playback.cut import Cut
from studio.playback.frame_source import FrameSource
from tests.studio.ui.film_windows import as_it_was, film_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def standing(dressed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("titles")
    with film_window(folder, new_film("Rain", width=320, height=180)) as window:
        yield window


@pytest.fixture
def desk(standing):
    made = as_it_was(standing)
    made.show_panel("clip")
    made.room.session.set_playhead(0)
    return made


def laid(desk, action: str) -> str:
    """The id of the clip that a command laid, with the panel on it."""
    desk.trigger(action)
    (clip_id,) = desk.room.session.selection
    desk.room.session.set_playhead(10)
    desk.clip_desk.refresh()
    return clip_id


def source(desk, clip_id) -> Any:
    return find_clip(active_timeline(desk.room.film), clip_id).clip.source


def seen(desk, frame: int = 10) -> np.ndarray:
    """The picture of the cut as it plays and is delivered."""
    room = desk.room
    cut = Cut(room.film, room.ledger, active_timeline(room.film).id, room.folder)
    pictures = FrameSource(cut)
    picture = pictures.picture(frame)
    pictures.close()
    return picture


def test_a_lower_third_stands_at_the_left_of_the_lower_third_on_its_plate(desk):
    clip_id = laid(desk, "cut.new_lower_third")
    style = source(desk, clip_id).style
    assert (style.place, style.align) == ("lower third", "left")
    bright = seen(desk).max(axis=2) > 200
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    assert rows[0] > 180 * 0.55
    assert rows[-1] < 180 * 0.95
    assert columns[0] < 320 * 0.15
    assert columns[-1] < 320 * 0.7


def test_words_are_seen_while_they_are_written_and_kept_once(qtbot, desk):
    clip_id = laid(desk, "cut.new_title")
    words, before = desk.clip.drawn.words, desk.room.store.revision
    seen_now = []
    desk.screening.player.frame_shown.connect(lambda _frame, pixels: seen_now.append(pixels))
    words.setFocus()
    words.selectAll()
    QTest.keyClicks(words, "Ava")
    QTest.keyClick(words, Qt.Key.Key_Return)
    QTest.keyClicks(words, "Rain")
    assert desk.room.store.revision == before
    qtbot.waitUntil(lambda: bool(seen_now))
    desk.clip.drawn.choices["place"].setFocus()
    assert source(desk, clip_id).text == "Ava\nRain"
    assert desk.room.store.revision == before + 1
    desk.room.undo()
    desk.clip_desk.refresh()
    assert words.toPlainText() == source(desk, clip_id).text == "Title"


def test_escape_leaves_the_words_as_they_were(desk):
    clip_id = laid(desk, "cut.new_title")
    words, before = desk.clip.drawn.words, desk.room.store.revision
    words.setFocus()
    QTest.keyClicks(words, "xyz")
    QTest.keyClick(words, Qt.Key.Key_Escape)
    assert words.toPlainText() == source(desk, clip_id).text
    assert desk.room.store.revision == before


def test_the_style_is_set_field_by_field(desk):
    clip_id = laid(desk, "cut.new_title")
    drawn = desk.clip.drawn
    for name, value in (("place", "bottom"), ("align", "right"), ("motion", "crawl")):
        box = drawn.choices[name]
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
        assert getattr(source(desk, clip_id).style, name) == value
    drawn.marks["bold"].click()
    drawn.letters.setFocus()
    drawn.letters.selectAll()
    QTest.keyClicks(drawn.letters, "20")
    QTest.keyClick(drawn.letters, Qt.Key.Key_Return)
    for field, written in ((drawn.colour, "gold"), (drawn.shade, "#102030")):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, written)
        QTest.keyClick(field, Qt.Key.Key_Return)
    style = source(desk, clip_id).style
    assert (style.bold, style.size) == (True, pytest.approx(0.2))
    assert (style.colour, style.shade) == ("#ffd700", "#102030")


def test_no_colour_is_no_change(desk):
    clip_id = laid(desk, "cut.new_title")
    field, before = desk.clip.drawn.colour, desk.room.store.revision
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "reddish")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == source(desk, clip_id).style.colour == "#ffffff"
    assert desk.room.store.revision == before


def test_credits_roll_and_bars_are_bars(desk):
    laid(desk, "cut.new_credits")
    assert not np.array_equal(seen(desk, 20), seen(desk, 40))
    desk.room.undo()
    clip_id = laid(desk, "cut.new_bars")
    assert len(np.unique(seen(desk)[60].reshape(-1, 3), axis=0)) >= 7
    kind = desk.clip.drawn.kind
    kind.setCurrentIndex(kind.findData("colour"))
    kind.activated.emit(kind.currentIndex())
    assert source(desk, clip_id) == GeneratorSource(kind="colour", colour="#000000")


def test_other_clips_have_no_such_fields(desk):
    title = laid(desk, "cut.new_title")
    assert desk.clip.drawn.isVisibleTo(desk.clip)
    assert isinstance(source(desk, title), TitleSource)
    laid(desk, "cut.new_title")
    second = next(iter(desk.room.session.selection))
    desk.room.session.select([title, second])
    desk.clip_desk.refresh()
    assert not desk.clip.drawn.isVisibleTo(desk.clip)
