"""Filmstrips: which picture lies where on the canvas, and what a paint asks the tiles for."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter

from studio.bridge.session import Session
from studio.document.film import Clip, TakeSource
from studio.document.store import Store
from studio.ui import timeline_strips
from studio.ui.tile_cache import TileCache
from studio.ui.timeline_geometry import HEADER_PX, TOP_PX, Geometry
from studio.ui.timeline_marks import LevelLines, gain_area, gain_y
from studio.ui.timeline_rows import Canvas
from studio.ui.timeline_sources import Content, SourceLook
from studio.ui.timeline_strips import Strips
from studio.ui.timeline_view import TimelineView

BLANK = 7
SIZE = QSize(HEADER_PX + 400, TOP_PX + 200)
RATE = Fraction(24)
LOOK = SourceLook(
    name="Reel",
    film_rate=RATE,
    content=Content(key="take:x", rate=RATE, pictures=100, width=64, height=36),
)
CLIP = Clip(id="c", source=TakeSource(take_id="x"), start=1, length=5, source_in=30)


class Numbered:
    """Every picture is of its own number's red."""

    def __init__(self):
        self.asked = []

    def picture(self, key, picture, height_px):
        self.asked.append(picture)
        return np.full((height_px, 2 * height_px, 3), (picture, 0, 0), np.uint8)

    def sound(self, key) -> tuple[NDArray[np.float32], int] | None:
        return None

    def is_there(self, key):
        return True


@pytest.fixture
def tiles(qtbot, dressed):
    made = TileCache(Numbered())
    yield made
    made.close()


def geometry(zoom, scroll_x=0):
    return Geometry(SIZE.width(), SIZE.height(), zoom, scroll_x, 0, ())


def laid(strips, canvas, shown, top=TOP_PX, height=36):
    """The red of every pixel after a paint of the clip alone."""
    left, right = shown.x(CLIP.start), shown.x(CLIP.end)
    canvas.pixels[:] = BLANK
    strips.begin()
    strips.lay_pictures(canvas, shown, top, height, [(CLIP, LOOK, left, right)])
    return canvas.pixels >> 16 & 0xFF


def whole(qtbot, tiles, canvas, shown, top=TOP_PX):
    """The same once every picture has come."""
    strips = Strips(tiles, lambda: None)
    row = round((top + 20) * canvas.ratio)
    pictures = set(range(CLIP.source_in, CLIP.source_in + CLIP.length))
    qtbot.waitUntil(lambda: pictures <= set(laid(strips, canvas, shown, top)[row].tolist()))
    return laid(strips, canvas, shown, top)


@pytest.mark.parametrize(("height_px", "seen"), [(20, False), (60, True)])
def test_a_flat_track_leaves_its_row_to_names(qtbot, dressed, films, height_px, seen):
    film, ledger = films.believable()
    cut = film.timelines[0]
    tracks = tuple(replace(track, height_px=height_px) for track in cut.tracks)
    film = replace(film, timelines=(replace(cut, tracks=tracks),))
    reader, session = Numbered(), Session()
    session.set_zoom(4.0)
    cache = TileCache(reader)
    view = TimelineView(Store(film, ledger), session, tiles=cache)
    qtbot.addWidget(view)
    view.resize(1500, 420)
    view.show()
    view.viewport().grab()
    if seen:
        qtbot.waitUntil(lambda: bool(reader.asked))
    else:
        qtbot.wait(100)
    assert bool(reader.asked) == seen
    cache.close()


@pytest.mark.parametrize("zoom", [64.0, 48.0])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_every_picture_lies_on_its_own_frame_and_none_outside_of_the_clip(
    qtbot, tiles, ratio, zoom
):
    canvas, shown = Canvas(SIZE, ratio), geometry(zoom)
    row = whole(qtbot, tiles, canvas, shown)[round((TOP_PX + 20) * ratio)]
    for frame in range(CLIP.length):
        edges = shown.x(CLIP.start + frame), shown.x(CLIP.start + frame + 1)
        columns = slice(*(round(edge * ratio) for edge in edges))
        assert (row[columns] == CLIP.source_in + frame).all()
    left, right = round(shown.x(CLIP.start) * ratio), round(shown.x(CLIP.end) * ratio)
    top, bottom = round(TOP_PX * ratio), round((TOP_PX + 36) * ratio)
    canvas.pixels[top:bottom, left:right] = BLANK
    assert (canvas.pixels == BLANK).all()


def test_what_is_scrolled_out_is_cut_off_at_the_ruler_and_the_headers(qtbot, tiles):
    canvas, shown = Canvas(SIZE, 1.0), geometry(64.0, scroll_x=100)
    reds = whole(qtbot, tiles, canvas, shown, top=TOP_PX - 10)
    assert (reds[TOP_PX : TOP_PX + 26, HEADER_PX] == CLIP.source_in).all()
    canvas.pixels[TOP_PX : TOP_PX + 26, HEADER_PX : shown.x(CLIP.end)] = BLANK
    assert (canvas.pixels == BLANK).all()


def test_a_paint_hands_its_wishes_over_together_the_newest_first(qtbot, dressed):
    reader = Numbered()
    tiles = TileCache(reader)
    for number in (1, 2, 3, 1):
        tiles.picture("take:x", number)
    assert reader.asked == []
    assert tiles._thread is None, "nothing is read while a paint goes on"
    qtbot.waitUntil(lambda: len(reader.asked) == 3)
    tiles.close()
    assert reader.asked == [1, 3, 2]


def test_pictures_come_one_by_one_where_a_paint_has_no_time_at_all(qtbot, tiles, monkeypatch):
    monkeypatch.setattr(timeline_strips, "FRESH_S", -1.0)
    canvas, shown = Canvas(SIZE, 1.0), geometry(64.0)
    assert (whole(qtbot, tiles, canvas, shown)[TOP_PX + 20] > 0).any()


class Loud(Numbered):
    """Sound as loud as it can be, all along."""

    def sound(self, key):
        return np.tile(np.array([[1.0, 1.0], [-1.0, -1.0]], np.float32), (100_000, 1)), 24_000


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize(("start", "length"), [(1, 4), (0, 7), (-20, 60)])
def test_sound_fills_its_clip_and_is_cut_at_its_end(qtbot, dressed, ratio, start, length):
    tiles = TileCache(Loud())
    canvas, shown, strips = Canvas(SIZE, ratio), geometry(37.0), Strips(tiles, lambda: None)
    clip = Clip(id="c", source=TakeSource(take_id="x"), start=start, length=length)
    left, right = shown.x(clip.start), shown.x(clip.end) - 1
    area = QRect(left, TOP_PX + 20, right - left, 40)

    def drawn_on():
        canvas.pixels[:] = 0xFF000000 | BLANK
        strips.begin()
        painter = QPainter(canvas.image)
        painter.setClipRect(HEADER_PX, TOP_PX, SIZE.width(), SIZE.height())
        strips.paint_sound(painter, shown, clip, LOOK, area)
        painter.end()
        return (canvas.pixels & 0xFFFFFF) != BLANK

    row = round((TOP_PX + 28) * ratio)
    first, last = round(max(left, HEADER_PX) * ratio), round(min(right, SIZE.width()) * ratio)
    qtbot.waitUntil(lambda: bool(drawn_on()[row, first + 1 : last - 2].all()))
    seen = drawn_on()
    assert not seen[:, : first - 1].any()
    assert not seen[:, last + 1 :].any()
    assert not seen[: round(area.top() * ratio) - 1].any()
    assert not seen[round((area.bottom() + 1) * ratio) + 1 :].any()
    tiles.close()


def test_gains_without_an_envelope_are_drawn_together_each_on_its_own_row(dressed):
    canvas, lines = Canvas(SIZE, 1.0), LevelLines()
    canvas.pixels[:] = 0xFF000000
    rects = [QRect(HEADER_PX + 10 + 60 * n, TOP_PX + 10, 50, 60) for n in range(3)]
    for rect, gain_db in zip(rects, (0.0, -12.0, 6.0), strict=True):
        lines.add(rect, gain_db)
    painter = QPainter(canvas.image)
    lines.paint(painter)
    once = canvas.pixels.copy()
    lines.paint(painter)
    painter.end()
    assert (canvas.pixels == once).all(), "what was drawn is not drawn again"
    for rect, gain_db in zip(rects, (0.0, -12.0, 6.0), strict=True):
        rows = np.flatnonzero(once[:, rect.center().x()] != 0xFF000000)
        assert rows.tolist() == [gain_y(gain_area(rect), gain_db)]
        assert (once[rows[0], rect.left() : rect.right() + 1] != 0xFF000000).all()
        assert once[rows[0], rect.right() + 1] == 0xFF000000
