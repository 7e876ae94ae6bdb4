"""What the timeline's painting is made of: rows, ticks, waveforms, tiles, looks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtGui import QColor

from studio.document.ledger import Cancelled, Running
from studio.ui.tile_cache import Shelf, TileCache
from studio.ui.timeline_geometry import Geometry, lanes_of
from studio.ui.timeline_lanes import LaneStore, in_sight, row
from studio.ui.timeline_ruler import tick_steps
from studio.ui.timeline_sources import SourceLooks
from studio.ui.timeline_trimming import lattice_fit, legal_lengths
from studio.ui.waveform import drawn, pyramid


def geometry_of(timeline, zoom, scroll_x=0, width=1148):
    return Geometry(width, 400, zoom, scroll_x, 0, lanes_of(timeline.tracks))


def test_a_row_has_a_pixel_for_every_clip_in_sight(films, dressed):
    film, ledger = films.crowd(400, tracks=2)
    timeline = film.timelines[0]
    looks = SourceLooks(film, ledger)
    arrays = LaneStore().arrays(timeline.tracks[1], looks)
    sight = in_sight(arrays, geometry_of(timeline, 0.05))
    assert len(sight.left) == 200
    pixels = row(sight, arrays.body, "#000001", 1000)
    ground = np.uint32(QColor("#000001").rgb())
    assert (pixels[sight.left] != ground).all()
    assert (pixels[sight.right.max() + 1 :] == ground).all()


def test_what_is_out_of_sight_is_not_looked_at(films, dressed):
    film, ledger = films.crowd(400, tracks=2)
    timeline = film.timelines[0]
    arrays = LaneStore().arrays(timeline.tracks[1], SourceLooks(film, ledger))
    sight = in_sight(arrays, geometry_of(timeline, 2.0, scroll_x=8000))
    assert 0 < len(sight.left) < 30
    assert sight.first > 0


def test_a_track_that_did_not_change_keeps_its_arrays(films, dressed):
    film, ledger = films.believable()
    lanes, looks = LaneStore(), SourceLooks(film, ledger)
    track = film.timelines[0].tracks[2]
    first = lanes.arrays(track, looks)
    assert lanes.arrays(replace(track, height_px=90), looks) is first
    assert lanes.arrays(replace(track, clips=track.clips[:2]), looks) is not first


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(60)])
def test_labels_stand_apart_at_every_zoom(rate):
    for zoom in np.geomspace(0.0005, 64, 60):
        major, minor = tick_steps(float(zoom), rate)
        assert major * zoom >= 100 or major == 86400 * round(rate)
        assert major % minor == 0


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
    from engine.shapes import nearest_legal_frames

    film, ledger = films.believable()
    looks = SourceLooks(film, ledger)
    whole = film.timelines[0].tracks[2].clips[6]
    fit = lattice_fit(whole, looks.look(whole), nearest_legal_frames)
    assert (fit.pictures, fit.handles) == (49, 0)
    shorter = replace(whole, length=whole.length - 3)
    fit = lattice_fit(shorter, looks.look(whole), nearest_legal_frames)
    assert (fit.pictures, fit.handles) == (49, 3)
    lengths = legal_lengths(whole, looks.look(whole), nearest_legal_frames)
    assert whole.length in lengths
    assert {(length // 2 - 1) % 4 for length in lengths} == {0}


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
    assert tiles.poster("take:x") is not None
    assert tiles.peaks("take:x") is None
    qtbot.waitUntil(lambda: tiles.peaks("take:x") is not None)
    tiles.forget("take:x")
    assert tiles.poster("take:x") is None
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
