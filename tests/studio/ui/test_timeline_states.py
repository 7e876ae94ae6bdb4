"""The states of shots on clips of any width, and what waits for a word beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from studio.bridge.session import Session
from studio.bridge.state_words import STATE_WORDS
from studio.document.film import ShotSource
from studio.document.store import Store
from studio.ui import icons, theme
from studio.ui.timeline_geometry import NAME_PX, RULER_PX, STRIPE_PX
from studio.ui.timeline_states import MARK_PX, MARKED_FROM_PX
from studio.ui.timeline_table import TimelineTable
from studio.ui.timeline_table_rows import START, STATE
from studio.ui.timeline_view import TimelineView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LATER = "2027-01-01T10:00:00.000+00:00"


@pytest.fixture
def shown(qtbot, dressed, films):
    """A timeline of one clip of a shot, at any width, and the row of its name as it is drawn."""

    def strip(shot_id, width, newer=0):
        film, ledger = films.believable()
        take = ledger.takes.get(film.shots_by_id[shot_id].chosen_take_id or "")
        for number in range(newer):
            ledger = ledger.append(replace(take, id=f"n{number}", created=LATER))
        cut = film.timelines[0]
        track = cut.tracks[2]
        clip = next(c for c in track.clips if c.source == ShotSource(shot_id=shot_id))
        clip = replace(clip, start=0, length=width, link_id=None, fade_in=0, fade_out=0)
        tracks = tuple(replace(one, clips=(clip,) if one is track else ()) for one in cut.tracks)
        cut = replace(cut, tracks=tracks, markers=())
        session = Session()
        session.set_zoom(1.0)
        view = TimelineView(Store(replace(film, timelines=(cut,)), ledger), session)
        qtbot.addWidget(view)
        view.resize(700, 420)
        view.show()
        lane = view.geometry_now().lane_of(2)
        rect = view.geometry_now().clip_rect(lane, clip)
        picture = view.viewport().grab(QRect(rect.left(), rect.top(), width - 1, NAME_PX))
        return picture.toImage()

    return strip


def has_mark(image, state):
    """Whether the mark of a state stands somewhere in ``image``."""
    mark = icons.pixmap(theme.STATE_ICONS[state], MARK_PX, theme.STATE_COLOURS[state]).toImage()
    ink = [
        (x, y)
        for x in range(MARK_PX)
        for y in range(MARK_PX)
        if mark.pixelColor(x, y).alpha() > 200
    ]
    assert ink
    wanted = theme.colour(theme.STATE_COLOURS[state])
    near = np.zeros((image.height(), image.width()), bool)
    for x in range(image.width()):
        for y in range(image.height()):
            seen = image.pixelColor(x, y)
            gap = max(
                abs(seen.red() - wanted.red()),
                abs(seen.green() - wanted.green()),
                abs(seen.blue() - wanted.blue()),
            )
            near[y, x] = gap < 60
    return any(
        all(near[y + row, x + column] for column, row in ink)
        for x in range(image.width() - MARK_PX + 1)
        for y in range(image.height() - MARK_PX + 1)
    )


@pytest.mark.parametrize("width", [MARKED_FROM_PX + 1, 20, 26, 40, 51, 60])
@pytest.mark.parametrize(("shot_id", "state"), [("shot0", "full"), ("shot7", "failed")])
def test_a_clip_of_any_width_that_has_room_for_a_mark_shows_its_state_by_one(
    shown, shot_id, state, width
):
    assert has_mark(shown(shot_id, width), state)


def test_a_clip_with_newer_takes_says_so_beside_its_state(shown):
    for width in (45, 60, 100, 200):
        assert not has_mark(shown("shot0", width), "undecided")
        assert has_mark(shown("shot0", width, newer=2), "undecided")
    assert has_mark(shown("shot0", 60, newer=2), "full")


def test_where_there_is_room_for_one_mark_what_asks_for_a_word_takes_it(shown):
    strip = shown("shot0", 24, newer=1)
    assert has_mark(strip, "undecided")
    assert not has_mark(strip, "full")


@pytest.mark.parametrize("width", [50, 60, 100, 240])
def test_how_many_takes_are_newer_is_read_where_there_is_room(shown, width):
    two, three = shown("shot0", width, newer=2), shown("shot0", width, newer=3)
    assert two != three
    assert two.size() == three.size()


def test_the_table_says_of_newer_takes_and_shows_what_is_cut_off_in_a_tip(qtbot, dressed, films):
    film, ledger = films.believable()
    newer = replace(ledger.takes["take3"], id="newer", created=LATER)
    table = TimelineTable(Store(film, ledger.append(newer)), Session())
    qtbot.addWidget(table)
    table.resize(700, 400)
    table.show()
    index = table.model().index(table._model.numbers(["v3"])[0], STATE)
    words = "Changed · A newer take to decide on"
    assert index.data() == words
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"State: {words}"

    def tip(place):
        at = table.visualRect(place).center()
        ask = QHelpEvent(QEvent.Type.ToolTip, at, table.viewport().mapToGlobal(at))
        QApplication.sendEvent(table.viewport(), ask)

    tip(index)
    assert QToolTip.text() == words
    tip(index.siblingAtColumn(START))  # which is read whole
    qtbot.waitUntil(lambda: not QToolTip.text())


def test_every_state_has_a_shape_of_its_own():
    assert theme.STATE_SHAPES.keys() == STATE_WORDS.keys()
    assert len(set(theme.STATE_SHAPES.values())) == len(theme.STATE_SHAPES)
    assert {len(shape) for shape in theme.STATE_SHAPES.values()} == {STRIPE_PX - 1}


def test_the_stripe_tells_states_apart_without_colours_however_narrow_clips_are(
    qtbot, dressed, films
):
    film, ledger = films.believable()
    cut = film.timelines[0]
    tracks = tuple(one if at == 2 else replace(one, clips=()) for at, one in enumerate(cut.tracks))
    cut = replace(cut, tracks=tracks, markers=())
    session = Session()
    session.set_zoom(0.12)
    view = TimelineView(Store(replace(film, timelines=(cut,)), ledger), session)
    qtbot.addWidget(view)
    view.resize(700, 420)
    view.show()
    session.set_playhead(1000)  # beside all of them
    seen, geometry = view.viewport().grab().toImage(), view.geometry_now()
    well = theme.colour(theme.WELL)
    told = set()
    for clip in cut.tracks[2].clips:
        state = view.looks.look(clip).state
        if not state:
            continue
        x = geometry.x(clip.start) + 1
        rows = [seen.pixelColor(x, RULER_PX + 1 + row) != well for row in range(STRIPE_PX - 1)]
        assert rows == [row == "#" for row in theme.STATE_SHAPES[state]], state
        told.add(state)
    assert told >= {"draft", "queued", "running", "preview", "full", "stale", "failed"}
