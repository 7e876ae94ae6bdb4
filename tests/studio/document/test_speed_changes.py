"""Clips at other speeds, and fitted into a part of the cut by them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Marker
from studio.document.gain_changes import set_gain
from studio.document.looks import Curve, Dissolve, GainPoint, Key
from studio.document.retime import source_frame, source_position
from studio.document.speed_changes import fit_to_range, reverse_clips, set_speed
from studio.document.timeline_access import (
    editable_places,
    find_clip,
    place_of,
    with_clips,
    with_timeline,
)
from studio.document.timeline_changes import move_clips
from studio.document.trim_changes import edit_clips, slip_clips, trim_clip
from tests.studio.document.edits import clip_edits, film_of_clips, sound


def cut(film: Film) -> str:
    return film.timelines[0].id


def clip_of(film: Film, clip_id: str) -> Clip:
    place = find_clip(film.timelines[0], clip_id)
    assert place is not None
    return place.clip


def test_a_clip_fills_the_marked_part_with_its_sound_and_leaves_a_gap():
    film = film_of_clips()
    known = clip_of(film, "2-1")
    fitted = fit_to_range(film, cut(film), "2-1", 200, 238)
    for name in ("2-1", "1-1"):
        clip = clip_of(fitted, name)
        assert (clip.start, clip.end, clip.speed) == (200, 238, Fraction(1, 2))
    clip = clip_of(fitted, "2-1")
    assert [source_frame(clip, 0), source_frame(clip, 37)] == [
        source_frame(known, 0),
        source_frame(known, known.length - 1),
    ]
    assert clip_of(fitted, "2-2") == clip_of(film, "2-2")
    assert fit_to_range(fitted, cut(film), "2-1", 200, 238) is fitted


def test_what_lies_in_the_marked_part_gives_way():
    film = film_of_clips()
    fitted = fit_to_range(film, cut(film), "2-0", 0, 30)
    assert clip_of(fitted, "2-0").end == 30
    assert clip_of(fitted, "2-1").start == clip_of(fitted, "1-1").start == 30
    assert not sound(fitted)


def test_a_sound_that_runs_ahead_still_does():
    film = film_of_clips()
    film = trim_clip(film, cut(film), "2-1", "head", 25, linked=False)
    ahead = clip_of(film, "2-1").start - clip_of(film, "1-1").start
    fitted = fit_to_range(film, cut(film), "2-1", 300, 300 + 2 * clip_of(film, "2-1").length)
    assert ahead == 5
    assert clip_of(fitted, "2-1").start - clip_of(fitted, "1-1").start == 2 * ahead
    assert clip_of(fitted, "2-1").end == clip_of(fitted, "1-1").end


@pytest.mark.parametrize("length", [1, 7, 19, 333])
def test_every_length_is_met_to_the_frame(length: int):
    film = film_of_clips()
    fitted = fit_to_range(film, cut(film), "2-1", 400, 400 + length)
    assert clip_of(fitted, "2-1").length == length
    assert not sound(fitted)


def test_what_would_be_too_slow_and_no_part_at_all_are_refused():
    film = film_of_clips()
    with pytest.raises(ChangeError, match="5% to 2000%"):
        fit_to_range(film, cut(film), "2-1", 0, 4000)
    with pytest.raises(ChangeError, match="between the marks"):
        fit_to_range(film, cut(film), "2-1", 10, 10)


def apart(film: Film, picture: str, heard: str) -> set[Fraction]:
    """By how much sound is ahead of its picture, in frames of the source, wherever both are."""
    one, other = clip_of(film, picture), clip_of(film, heard)
    both = range(max(one.start, other.start), min(one.end, other.end))
    assert both
    return {
        source_position(other, Fraction(frame - other.start))
        - source_position(one, Fraction(frame - one.start))
        for frame in both
    }


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(2), Fraction(3, 4), Fraction(7, 3)])
@pytest.mark.parametrize(("edge", "frame"), [("head", 25), ("tail", 32)])
@pytest.mark.parametrize("named", ["2-1", "1-1"])
@pytest.mark.parametrize("ripple", [True, False])
def test_a_split_edit_stays_in_sync_at_any_speed(speed, edge, frame, named, ripple):
    film = film_of_clips()
    film = trim_clip(film, cut(film), "2-1", edge, frame, linked=False)
    assert apart(film, "2-1", "1-1") == {0}
    retimed = set_speed(film, cut(film), [named], speed, ripple=ripple)
    assert clip_of(retimed, "2-1").start == clip_of(film, "2-1").start
    assert {abs(one) < speed for one in apart(retimed, "2-1", "1-1")} == {True}
    assert not sound(retimed)


@pytest.mark.parametrize(("edge", "frame"), [("head", 25), ("tail", 32)])
def test_a_split_edit_that_is_turned_round_stays_in_sync(edge, frame):
    film = film_of_clips()
    film = trim_clip(film, cut(film), "2-1", edge, frame, linked=False)
    turned = reverse_clips(film, cut(film), ["2-1"])
    assert clip_of(turned, "2-1").backwards
    assert clip_of(turned, "1-1").backwards
    assert apart(turned, "2-1", "1-1") == {0}
    assert clip_of(turned, "2-2") == clip_of(film, "2-2")
    assert not sound(turned)


def test_a_sound_that_was_shifted_on_purpose_stays_so_at_another_speed():
    film = film_of_clips()
    film = slip_clips(film, cut(film), ["1-1"], 2, linked=False)
    (before,) = apart(film, "2-1", "1-1")
    retimed = set_speed(film, cut(film), ["2-1"], Fraction(1, 2))
    assert apart(retimed, "2-1", "1-1") == {before} != {0}


SPEEDS = st.builds(Fraction, st.integers(1, 40), st.integers(1, 13)).filter(
    lambda speed: Fraction(1, 20) <= speed <= 20
)


@given(
    st.lists(clip_edits(), max_size=8),
    st.integers(0, 20),
    st.lists(SPEEDS, min_size=1, max_size=3),
    st.booleans(),
)
def test_any_speeds_and_back_again_give_the_same_clips(made, pick, speeds, ripple):
    film = film_of_clips()
    for edit in made:
        film = edit(film)
    clips = [clip for track in film.timelines[0].tracks for clip in track.clips]
    if not clips:
        return
    name = clips[pick % len(clips)].id
    try:
        places = editable_places(film.timelines[0], [name], linked=True)
        alike = {place.clip.speed for place in places}
        if len(alike) > 1 or any(place.clip.retiming for place in places):
            return
        back = film
        for speed in (*speeds, *alike):
            back = set_speed(back, cut(back), [name], speed, ripple=ripple)
    except ChangeError:
        return
    assert not sound(back)
    for place in places:
        assert clip_of(back, place.clip.id) == place.clip


def dressed(film: Film) -> Film:
    """A film whose clip has a fade, an envelope, keys, a marker and a dissolve."""
    timeline = film.timelines[0]
    place = place_of(timeline, "2-1")
    worn = replace(
        place.clip,
        fade_in=7,
        fade_out=5,
        gain_points=tuple(GainPoint(frame=n, gain_db=-n) for n in range(8)),
        curves=(Curve(field="x", keys=tuple(Key(frame=n, value=n / 9) for n in range(9))),),
        markers=(Marker(id="one", frame=3), Marker(id="two", frame=4)),
        dissolve=Dissolve(frames=8, before=4),
    )
    return with_timeline(film, with_clips(timeline, [(place, worn)]))


def test_what_is_set_on_a_clip_comes_back_with_it():
    film = dressed(film_of_clips(gaps=False))
    known = clip_of(film, "2-1")
    fast = set_speed(film, cut(film), ["2-1"], Fraction(7))
    assert clip_of(fast, "2-1").length == 3
    assert len(clip_of(fast, "2-1").gain_points) < 8
    assert set_speed(fast, cut(film), ["2-1"], Fraction(1)) == film
    assert clip_of(set_speed(fast, cut(film), ["2-1"], Fraction(1)), "2-1") == known


def test_what_was_changed_since_counts_and_the_rest_comes_back():
    film = dressed(film_of_clips(gaps=False))
    fast = set_speed(film, cut(film), ["2-1"], Fraction(7))
    fast = set_gain(fast, cut(film), ["2-1"], -6.0)
    fast = edit_clips(fast, cut(film), ["2-1"], fade_in=0, label="Fast")
    fast = move_clips(fast, cut(film), ["2-1"], frames=300)
    back = clip_of(set_speed(fast, cut(film), ["2-1"], Fraction(1)), "2-1")
    known = clip_of(film, "2-1")
    assert back == replace(known, start=320, gain_db=-6.0, fade_in=0, label="Fast", dissolve=None)


def test_a_clip_that_was_trimmed_at_another_speed_shows_what_it_shows_then():
    film = film_of_clips()
    fast = set_speed(film, cut(film), ["2-1"], Fraction(3))
    fast = trim_clip(fast, cut(film), "2-1", "tail", clip_of(fast, "2-1").end - 2)
    shown = clip_of(fast, "2-1")
    back = clip_of(set_speed(fast, cut(film), ["2-1"], Fraction(1)), "2-1")
    assert back.length == source_frame(shown, shown.length - 1) - source_frame(shown, 0) + 1
    assert back.length < clip_of(film, "2-1").length


def test_a_clip_that_was_fitted_comes_back_where_it_lies_now():
    film = film_of_clips()
    fitted = fit_to_range(film, cut(film), "2-1", 200, 206)
    back = set_speed(fitted, cut(film), ["2-1"], Fraction(1))
    for name in ("2-1", "1-1"):
        assert clip_of(back, name) == replace(clip_of(film, name), start=200)
