"""What lies under a point of the cut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint

from studio.ui.timeline_geometry import HEADER_PX, TOP_PX, ClipHit, Geometry, lanes_of
from studio.ui.timeline_hits import hit_test


@given(
    heights=st.lists(st.integers(20, 90), max_size=6),
    scrolled=st.integers(0, 200),
    y=st.integers(0, 420),
)
def test_the_lane_under_a_row_is_the_one_that_is_drawn_there(films, heights, scrolled, y):
    known = films.believable()[0].timelines[0].tracks
    tracks = tuple(
        replace(known[number % len(known)], height_px=height)
        for number, height in enumerate(heights)
    )
    geometry = Geometry(800, 420, 1.0, 0, scrolled, lanes_of(tracks))
    drawn = [
        lane for lane in geometry.lanes if geometry.y(lane) <= y <= geometry.y(lane) + lane.height
    ]
    assert geometry.lane_at(y) == (drawn[0] if drawn and y >= TOP_PX else None)


def test_a_clip_narrower_than_a_pixel_is_taken_right_beside_it(films):
    timeline = films.crowd(4, tracks=2)[0].timelines[0]
    track = timeline.tracks[1]
    lone = replace(track.clips[0], start=1000, length=10)
    timeline = replace(timeline, tracks=(replace(track, clips=(lone,)),))
    geometry = Geometry(800, 300, 0.01, 0, 0, lanes_of(timeline.tracks))
    column, row = geometry.x(lone.start), geometry.y(geometry.lanes[0]) + 20
    taken = [
        beside
        for beside in range(-5, 6)
        if isinstance(hit_test(geometry, timeline, QPoint(column + beside, row)), ClipHit)
    ]
    assert taken == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize("zoom_px", [0.004, 0.02, 0.3, 5.0])
def test_in_a_gap_the_clip_is_taken_whose_edge_is_right_beside(films, zoom_px):
    timeline = films.crowd(400, tracks=2)[0].timelines[0]
    geometry = Geometry(1200, 300, zoom_px, 0, 0, lanes_of(timeline.tracks))
    lane, clips = geometry.lane_of(1), timeline.tracks[1].clips
    row = geometry.y(lane) + lane.height // 2
    for x in range(HEADER_PX, geometry.width):
        frame = geometry.frame(x)
        here = [clip for clip in clips if clip.start <= frame < clip.end]
        low, high = geometry.frame(x - 2), geometry.frame(x + 2)
        beside = [clip for clip in clips if clip.start <= high and clip.end > low]
        hit = hit_test(geometry, timeline, QPoint(x, row))
        taken = [hit.clip] if isinstance(hit, ClipHit) else []
        assert taken == here or (not here and bool(taken) == bool(beside))
        assert all(clip in beside for clip in taken)
