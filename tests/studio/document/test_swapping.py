"""Two neighbours change places, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.errors import ChangeError
from studio.document.film import Film
from studio.document.looks import Dissolve
from studio.document.swapping import swap_clips
from studio.document.timeline_access import place_of, with_clips, with_timeline
from studio.document.track_changes import edit_track
from studio.document.trim_changes import trim_clip
from tests.studio.document.edits import film_of_clips, sound


def swapped(film: Film, first: str, second: str, *, linked: bool = True) -> Film:
    return swap_clips(film, film.timelines[0].id, first, second, linked=linked)


def clips_of(film: Film, lane: int):
    return film.timelines[0].tracks[lane].clips


@settings(deadline=None)
@given(st.integers(0, 4), st.booleans(), st.booleans(), st.sampled_from([1, 2]))
def test_places_are_changed_and_changed_back(at: int, gaps: bool, linked: bool, lane: int):
    film = film_of_clips(gaps=gaps)
    first, second = f"{lane}-{at}", f"{lane}-{at + 1}"
    after = swapped(film, second, first, linked=linked)
    assert sound(after) == []
    for number in (1, 2):
        before, now = clips_of(film, number), clips_of(after, number)
        if number != lane and not linked:
            assert now == before
            continue
        a, b = before[at : at + 2]
        assert [clip.id for clip in now[at : at + 2]] == [b.id, a.id]
        assert now[at] == replace(b, start=a.start)
        assert now[at + 1] == replace(a, start=b.end - a.length)
        assert (*now[:at], *now[at + 2 :]) == (*before[:at], *before[at + 2 :])
    assert swapped(after, first, second, linked=linked) == film


def test_dissolves_stay_at_their_cuts():
    film = film_of_clips(gaps=False)
    timeline = film.timelines[0]
    given_ = {"2-1": Dissolve(frames=4, before=0), "2-2": Dissolve(frames=6, before=0)}
    places = [place_of(timeline, name) for name in given_]
    film = with_timeline(
        film,
        with_clips(timeline, [(p, replace(p.clip, dissolve=given_[p.clip.id])) for p in places]),
    )
    after = clips_of(swapped(film, "2-1", "2-2"), 2)
    assert [clip.dissolve and clip.dissolve.frames for clip in after] == [
        clip.dissolve and clip.dissolve.frames for clip in clips_of(film, 2)
    ]


def test_what_is_in_the_way_of_a_partner_is_said():
    film = film_of_clips(gaps=False)
    cut = film.timelines[0]
    with pytest.raises(ChangeError, match="next to each other"):
        swapped(film, "2-0", "2-2")
    with pytest.raises(ChangeError, match="next to each other"):
        swapped(film, "2-0", "1-1")
    with pytest.raises(ChangeError, match="next to each other"):
        swapped(film, "2-0", "2-0")
    # The first sound runs on under the second picture, and would run into the third sound.
    film = trim_clip(film, cut.id, "1-1", "tail", 30, linked=False)
    film = with_moved_sound(film)
    with pytest.raises(ChangeError, match="linked selection off"):
        swapped(film, "2-0", "2-1")
    assert swapped(film, "2-0", "2-1", linked=False) != film
    locked = edit_track(film, cut.id, cut.tracks[2].id, locked=True)
    with pytest.raises(ChangeError, match="locked"):
        swapped(locked, "2-0", "2-1")


def with_moved_sound(film: Film) -> Film:
    """The sounds of the first two clips, the first ten frames longer and the second later."""
    timeline = film.timelines[0]
    first, second = place_of(timeline, "1-0"), place_of(timeline, "1-1")
    return with_timeline(
        film,
        with_clips(
            timeline,
            [
                (first, replace(first.clip, length=first.clip.length + 10)),
                (second, replace(second.clip, start=second.clip.start + 10)),
            ],
        ),
    )
