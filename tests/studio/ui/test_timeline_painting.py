"""What the timeline's painting is made of: rows, ticks, waveforms, tiles, looks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor

from studio.document.film import ShotSource, TakeSource
from studio.document.ledger import Cancelled, Running
from studio.ui import theme
from studio.ui.tile_cache import Shelf, TileCache
from studio.ui.timeline_geometry import HEADER_PX, TOP_PX, Geometry, lanes_of
from studio.ui.timeline_lanes import LANE_FILL, LaneStore
from studio.ui.timeline_rows import Canvas, lay_lanes, lay_lines
from studio.ui.timeline_ruler import tick_steps
from studio.ui.timeline_sources import SourceLooks
from studio.ui.timeline_trimming import lattice_fit, legal_lengths
from studio.ui.waveform import drawn, pyramid
from tests.studio.document.moments import first_moment, later


def geometry_of(timeline, zoom, scroll_x=0, width=1148):
    return Geometry(width, 400, zoom, scroll_x, 0, lanes_of(timeline.tracks))


def sights_of(film, ledger, geometry):
    return LaneStore().sights(film.timelines[0], SourceLooks(film, ledger), geometry)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_every_clip_in_sight_has_a_pixel_on_its_lane_and_nowhere_else(films, dressed, ratio):
    film, ledger = films.crowd(400, tracks=2)
    timeline = film.timelines[0]
    geometry = geometry_of(timeline, 0.05)
    sights = sights_of(film, ledger, geometry)
    canvas = Canvas(QSize(geometry.width, geometry.height), ratio)
    canvas.pixels[:] = 7
    lay_lanes(canvas, geometry, sights, {})
    sight = sights.of(1)
    assert len(sight.left) == 200
    lane = geometry.lane_of(1)
    row = canvas.pixels[round((geometry.y(lane) + lane.height // 2) * ratio)]
    ground = np.uint32(QColor(LANE_FILL[lane.kind]).rgb())
    columns = np.ceil((sight.left + HEADER_PX) * ratio).astype(int)
    assert (row[columns[columns < len(row)]] != ground).all()
    assert (row[int((sight.right.max() + 1 + HEADER_PX) * ratio) + 1 :] == ground).all()
    assert (canvas.pixels[: round(TOP_PX * ratio)] == 7).all()
    assert (canvas.pixels[:, : round(HEADER_PX * ratio)] == 7).all()
    below = round((geometry.y(geometry.lanes[-1]) + geometry.lanes[-1].height) * ratio)
    well = np.uint32(QColor(theme.WELL).rgb())
    assert (canvas.pixels[below:, round(HEADER_PX * ratio) :] == well).all()


def test_what_is_out_of_sight_is_not_looked_at(films, dressed):
    film, ledger = films.crowd(400, tracks=2)
    geometry = geometry_of(film.timelines[0], 2.0, scroll_x=8000)
    sight = sights_of(film, ledger, geometry).of(1)
    assert 0 < len(sight.left) < 30
    assert sight.first > 0


@settings(deadline=None)  # the first one brings fonts and numpy in
@given(
    zoom=st.floats(0.002, 20.0),
    scroll=st.integers(0, 60_000),
    clips=st.integers(0, 60),
)
def test_all_tracks_are_searched_at_once_as_one_by_one(films, dressed, zoom, scroll, clips):
    film, ledger = films.crowd(clips * 4, tracks=4)
    timeline = film.timelines[0]
    # An empty track among full ones, and one that ends before the others.
    tracks = list(timeline.tracks)
    tracks[1] = replace(tracks[1], clips=())
    tracks[2] = replace(tracks[2], clips=tracks[2].clips[: clips // 2])
    film = replace(film, timelines=(replace(timeline, tracks=tuple(tracks)),))
    geometry = geometry_of(film.timelines[0], zoom, scroll_x=scroll)
    sights = sights_of(film, ledger, geometry)
    for number, track in enumerate(tracks):
        wanted = [
            at
            for at, clip in enumerate(track.clips)
            if clip.end > geometry.first_frame and clip.start < geometry.end_frame
        ]
        sight = sights.of(number)
        assert len(sight.left) == len(wanted)
        if wanted:
            assert sight.first == wanted[0]
            starts = [geometry.x(track.clips[at].start) - HEADER_PX for at in wanted]
            assert sights.whole_left[sights.track == number].tolist() == starts


def test_sound_that_is_scrolled_out_is_left_away_and_pictures_are_not(films, dressed):
    film, ledger = films.crowd(400, tracks=4)
    geometry = geometry_of(film.timelines[0], 0.5)
    whole = sights_of(film, ledger, geometry)
    low = replace(geometry, height=TOP_PX + 20)  # the topmost track alone
    sights = sights_of(film, ledger, low)
    kinds = [track.kind for track in film.timelines[0].tracks]
    for number, kind in enumerate(kinds):
        shown = whole.of(number).left.tolist() if kind == "video" else []
        assert sights.of(number).left.tolist() == shown
    high = replace(geometry, height=TOP_PX + 20, scroll_y=geometry.lanes_height - 20)
    assert len(sights_of(film, ledger, high).of(0).left) == len(whole.of(0).left) > 0


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_a_tick_stands_where_a_clip_on_its_frame_begins(films, dressed, ratio):
    film, ledger = films.crowd(400, tracks=2)
    timeline, zoom = film.timelines[0], 0.7
    geometry = geometry_of(timeline, zoom, scroll_x=300)
    sights = sights_of(film, ledger, geometry)
    canvas = Canvas(QSize(geometry.width, geometry.height), ratio)
    canvas.pixels[:] = 7
    lay_lanes(canvas, geometry, sights, {})
    lane = geometry.lane_of(1)
    starts = sights.of(1).left[1:]
    lay_lines(canvas, np.array([-1, *starts, geometry.width - HEADER_PX]), (20, 24), 9)
    lines = np.flatnonzero(canvas.pixels[round(21 * ratio)] == 9)
    first = lines[np.diff(lines, prepend=-9) > 1]
    body = canvas.pixels[round((geometry.y(lane) + lane.height // 2) * ratio)]
    assert len(first) == len(starts)
    assert (body[first] != body[first - 1]).all()
    assert not (canvas.pixels[: round(20 * ratio)] == 9).any()
    assert not (canvas.pixels[round(24 * ratio) :] == 9).any()


def test_a_track_that_did_not_change_keeps_its_arrays(films, dressed):
    film, ledger = films.believable()
    lanes, looks = LaneStore(), SourceLooks(film, ledger)
    track = film.timelines[0].tracks[2]
    first = lanes.arrays(track, looks)
    assert lanes.arrays(replace(track, height_px=90), looks) is first
    assert lanes.arrays(replace(track, clips=track.clips[:2]), looks) is not first


def test_other_looks_give_other_colours_to_the_same_facts(films, dressed):
    film, ledger = films.believable()
    lanes, looks = LaneStore(), SourceLooks(film, ledger)
    track = film.timelines[0].tracks[2]
    first = lanes.arrays(track, looks)
    ended = ledger.append(replace(ledger.jobs["job4"], state=Cancelled()))
    later = looks.following(film, ended)
    second = lanes.arrays(track, later)
    assert second.facts is first.facts
    changed = np.flatnonzero(second.stripe != first.stripe).tolist()
    assert changed == [4]
    assert second.table.looks[second.facts.sources[4]] == later.look(track.clips[4])


def test_a_take_that_comes_changes_the_look_of_its_shot_alone(films):
    film, ledger = films.believable()
    looks = SourceLooks(film, ledger)
    clips = film.timelines[0].tracks[2].clips
    before = [looks.look(clip) for clip in clips]
    shot_id = clips[0].source.shot_id
    chosen = next(shot for shot in film.shots if shot.id == shot_id).chosen_take_id
    better = replace(
        ledger.takes[chosen], id="better", kind="full", upgrade_of=chosen, folder="takes/better"
    )
    later = looks.following(film, ledger.append(better))
    assert later is not looks
    after = [later.look(clip) for clip in clips]
    assert after[0].content.key == "take:better"
    others = [at for at, clip in enumerate(clips) if clip.source.shot_id != shot_id]
    assert all(after[at] is before[at] for at in others)
    fresh = SourceLooks(film, ledger.append(better))
    assert after == [fresh.look(clip) for clip in clips]


@given(st.data())
def test_looks_that_are_kept_are_those_that_would_be_made(data):
    moment = first_moment()
    looks = SourceLooks(*moment)
    sources = [ShotSource(shot_id=shot.id) for shot in moment[0].shots]
    for _ in range(data.draw(st.integers(1, 12))):
        moment = data.draw(later(moment))
        looks, fresh = looks.following(*moment), SourceLooks(*moment)
        sources = list(dict.fromkeys([*sources, *map(_of_take, moment[1].takes)]))
        assert [looks.of(one) for one in sources] == [fresh.of(one) for one in sources]


def _of_take(take_id):
    return TakeSource(take_id=take_id)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(60)])
def test_labels_stand_apart_at_every_zoom(rate):
    for zoom in np.geomspace(0.0005, 64, 60):
        major, minor = tick_steps(float(zoom), rate)
        assert major * zoom >= 100 or major == 86400 * round(rate)
        assert major % minor == 0


def test_times_on_the_ruler_are_read_whole_and_above_the_playhead(view):
    """Wherever it stands, and none is cut off where the view ends."""

    def dark(frame, rows):
        view.session.set_playhead(frame)
        image = view.viewport().grab(QRect(HEADER_PX, 2, 1340, rows)).toImage()
        return [image.pixel(x, y) for y in range(rows) for x in range(image.width())]

    view.session.set_zoom(2.0)
    assert dark(50, 10) == dark(120, 10)
    ends = view.geometry_now().width - HEADER_PX
    for zoom in (1.7, 2.0, 2.3, 2.9):
        view.session.set_zoom(zoom)
        edge = view.viewport().grab(QRect(HEADER_PX + ends - 2, 2, 2, 10)).toImage()
        assert len({edge.pixel(x, y) for x in range(2) for y in range(10)}) == 1


def test_looks_stay_the_same_while_a_render_takes_its_steps(films):
    film, ledger = films.believable()
    looks = SourceLooks(film, ledger)
    for clip in film.timelines[0].tracks[2].clips:
        looks.look(clip)
    job = ledger.jobs["job4"]
    step = ledger.append(replace(job, state=Running(step=15, of=50)))
    assert looks.following(film, step) is looks
    ended = looks.following(film, step.append(replace(job, state=Cancelled())))
    assert ended is not looks
    assert ended.look(film.timelines[0].tracks[2].clips[4]).state == "preview"


def test_looks_know_every_state(films):
    film, ledger = films.believable()
    looks = SourceLooks(film, ledger)
    states = [looks.look(clip).state for clip in film.timelines[0].tracks[2].clips]
    assert states == [state for *_, state in films.SHOTS]


def test_the_lattice_of_a_clip(films):
    film, ledger = films.believable()
    looks = SourceLooks(film, ledger)
    whole = film.timelines[0].tracks[2].clips[6]
    legal = (9, 25, 49, 73)
    fit = lattice_fit(whole, looks.look(whole), legal)
    assert (fit.pictures, fit.handles) == (49, 0)
    shorter = replace(whole, length=whole.length - 3)
    fit = lattice_fit(shorter, looks.look(whole), legal)
    assert (fit.pictures, fit.handles) == (49, 3)
    assert legal_lengths(whole, looks.look(whole), legal) == (18, 50, 98, 146)
    assert lattice_fit(whole, looks.look(whole), (9, 25)) is None
    assert lattice_fit(whole, looks.look(whole), ()) is None


def test_a_pyramid_holds_every_peak():
    sound = np.zeros((10_000, 2), np.float32)
    sound[7777, 1] = 1.0
    sound[123, 0] = -0.5
    peaks = pyramid(sound, 24_000)
    for per_column in (10.0, 64.0, 100.0, 1000.0, 5000.0):
        count = int(10_000 / per_column)
        low, high = peaks.columns(0.0, per_column, count)
        assert high.max() == 127
        assert low.min() <= -63
        assert abs(int(np.argmax(high)) - int(7777 / per_column)) <= 128 / per_column + 1


def test_a_pyramid_is_silent_outside_of_its_sound():
    peaks = pyramid(np.ones((1000, 1), np.float32), 24_000)
    _, high = peaks.columns(-2000.0, 100.0, 50)
    assert high[:19].max() == 0
    assert high[20:30].min() == 127
    assert high[31:].max() == 0
    assert pyramid(np.zeros((0, 2), np.float32), 24_000).columns(0, 10, 4)[1].max() == 0


def test_a_waveform_is_drawn_from_the_middle():
    low, high = np.array([-127, 0], np.int8), np.array([127, 0], np.int8)
    picture = drawn(low, high, 21, QColor("#80c0b0"))
    assert picture.pixelColor(0, 0).alpha() == 255
    assert picture.pixelColor(1, 0).alpha() == 0
    assert picture.pixelColor(1, 10).alpha() == 255


def test_a_shelf_lets_go_what_was_not_used_for_longest():
    shelf = Shelf(100)
    for key in "abc":
        shelf.put(key, key.upper(), 40)
    assert shelf.get("a") is None
    assert shelf.get("c") == "C"
    assert shelf.used_bytes == 80


def test_tiles_come_from_a_thread_that_ends(qtbot, films):
    tiles = TileCache(films.PaintedReader())
    assert tiles.picture("take:x", 3) is None
    qtbot.waitUntil(lambda: tiles.picture("take:x", 3) is not None)
    poster = tiles.poster("take:x")
    assert poster is not None
    assert tiles.picture("take:x", 4) is None
    qtbot.waitUntil(lambda: tiles.picture("take:x", 4) is not None)
    assert tiles.poster("take:x").cacheKey() == poster.cacheKey()
    assert tiles.peaks("take:x") is None
    qtbot.waitUntil(lambda: tiles.peaks("take:x") is not None)
    tiles.close()
    assert tiles.picture("take:y", 0) is None


def test_a_file_that_cannot_be_read_stops_no_other(qtbot, films):
    class Torn(films.PaintedReader):
        def picture(self, key, picture, height_px):
            if key == "torn":
                raise OSError("gone")
            return super().picture(key, picture, height_px)

    tiles = TileCache(Torn())
    tiles.picture("torn", 0)
    tiles.picture("take:x", 0)
    qtbot.waitUntil(lambda: tiles.picture("take:x", 0) is not None)
    assert tiles.picture("torn", 0) is None
    tiles.close()
