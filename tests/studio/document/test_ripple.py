"""What follows a frame is the same whether its links are known or looked for anew."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.document.lane import moved
from studio.document.ripple import Ripple
from tests.studio.document.edits import Edit, edits, film_of_clips

PATIENT = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(
    st.lists(edits(), max_size=8),
    st.integers(0, 140),
    st.integers(-40, 40),
    st.sets(st.integers(0, 3), max_size=2),
)
def test_a_track_left_alone_follows_as_one_that_is_searched(
    sequence: list[Edit], frame: int, frames: int, anchors: set[int]
):
    film = film_of_clips()
    for edit in sequence:
        film = edit(film)
    timeline = film.timelines[0]
    anchors &= set(range(len(timeline.tracks)))
    known = {number: track.clips for number, track in enumerate(timeline.tracks)}
    # Equal clips in another tuple: nobody knows where their links are.
    searched = {number: (*clips[:1], *clips[1:]) for number, clips in known.items()}
    by_index = Ripple(timeline, known, frame, anchors=anchors)
    by_search = Ripple(timeline, searched, frame, anchors=anchors)
    assert by_index.room() == by_search.room()
    assert by_index.shifted(frames) == by_search.shifted(frames)


@PATIENT
@given(st.lists(edits(), max_size=4), st.integers(-9, 9))
def test_a_moved_clip_is_the_same_but_for_its_start(sequence: list[Edit], frames: int):
    film = film_of_clips()
    for edit in sequence:
        film = edit(film)
    for track in film.timelines[0].tracks:
        for clip in track.clips:
            later = moved(clip, frames)
            assert later == replace(clip, start=clip.start + frames)
            assert vars(later) is not vars(clip)
