"""Bodies followed through pictures."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.tracks import Sighting, apart, follow, peaks

RED = np.array([9.0, -9.0], dtype=np.float32)
BLUE = -RED


def seen(time: int, x: float, y: float = 20.0, surety: float = 0.9, looks=RED) -> Sighting:
    return Sighting(time=time, x=x, y=y, radius=8.0, surety=surety, logits=looks)


def test_two_bodies_that_pass_each_other_stay_themselves():
    sightings = []
    for time in range(9):
        sightings += [seen(time, 10 + 8 * time), seen(time, 74 - 8 * time, looks=BLUE)]
    tracks = follow(sightings)
    assert len(tracks) == 2
    for track in tracks:
        assert len({float(one.logits[0]) for one in track.sightings}) == 1


def test_a_body_hidden_for_a_moment_goes_on():
    (track,) = follow([seen(time, 10 + 4 * time) for time in (0, 1, 4, 5)])
    assert [one.time for one in track.sightings] == [0, 1, 4, 5]


def test_what_comes_long_after_is_another():
    assert len(follow([seen(0, 10), seen(9, 10)])) == 2


def test_logits_are_weighed_by_surety():
    (track,) = follow([seen(0, 10), seen(1, 10, surety=0.1, looks=BLUE)])
    assert track.logits[0] > 0
    assert track.surety == 1.0


def test_what_lies_on_a_surer_one_is_dropped():
    kept = apart([seen(0, 12, surety=0.4), seen(0, 10), seen(0, 40, surety=0.5)])
    assert [one.x for one in kept] == [10, 40]


def test_peaks_are_the_highest_first():
    heat = np.zeros((5, 7), dtype=np.float32)
    heat[1, 1], heat[1, 2], heat[3, 5], heat[4, 0] = 0.6, 0.5, 0.9, 0.2
    found = [(row, column) for row, column, _ in peaks(heat, 0.3)]
    assert found == [(3, 5), (1, 1)]


@given(st.lists(st.tuples(st.integers(0, 12), st.floats(0, 128)), max_size=30))
def test_every_sighting_is_in_one_track_and_a_track_has_one_a_picture(places):
    sightings = [seen(time, x) for time, x in sorted(places)]
    tracks = follow(sightings)
    assert sum(len(track.sightings) for track in tracks) == len(sightings)
    for track in tracks:
        times = [one.time for one in track.sightings]
        assert times == sorted(set(times))
