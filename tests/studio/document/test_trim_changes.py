"""Trims, rolls, slips and slides: linked clips keep their sync, and neighbours give way."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, ShotSource
from studio.document.timeline_access import find_clip
from studio.document.timeline_changes import (
    Placement,
    extract_range,
    insert_clips,
    lift_clips,
    move_clips,
    ripple_delete,
)
from studio.document.track_changes import edit_track
from studio.document.trim_changes import (
    ripple_trim,
    roll_edit,
    slide_clip,
    slip_clips,
    trim_clip,
)
from tests.studio.document.edits import film_of_clips, sound

PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def cut(film: Film) -> str:
    return film.timelines[0].id


def clip_of(film: Film, clip_id: str) -> Clip:
    place = find_clip(film.timelines[0], clip_id)
    assert place is not None
    return place.clip


LINKED_EDITS = st.sampled_from(
    ["insert", "delete", "ripple", "move", "trim", "extract", "roll", "slip", "slide"]
)
KEEPS_EDGES = {"trim", "roll", "slip", "slide"}


@PATIENT
@given(
    st.lists(
        st.tuples(LINKED_EDITS, st.integers(0, 40), st.integers(0, 130), st.integers(-15, 15)),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_picture_and_sound_stay_in_sync(sequence: list[tuple[str, int, int, int]], gaps: bool):
    film = film_of_clips(gaps=gaps)
    for kind, pick, frame, by in sequence:
        clips = [clip for track in film.timelines[0].tracks for clip in track.clips]
        if not clips:
            return
        name = clips[pick % len(clips)].id
        together, before = _overlapping(film), film
        try:
            film = _linked(film, kind, name, frame, by)
        except ChangeError:
            continue
        assert sound(film) == []
        for first, second in together:
            a, b = find_clip(film.timelines[0], first), find_clip(film.timelines[0], second)
            if a is None or b is None or a.clip.link_id != b.clip.link_id:
                continue  # one was taken out, or a cut gave it to the right-hand part
            assert a.clip.start - a.clip.source_in == b.clip.start - b.clip.source_in, kind
            if kind in KEEPS_EDGES and name in (first, second):
                assert _shared_edges(before, first, second) <= _shared_edges(film, first, second)


def _shared_edges(film: Film, first: str, second: str) -> set[str]:
    """Which edges of two clips lie on one frame: there picture and sound are cut together."""
    a, b = clip_of(film, first), clip_of(film, second)
    return {
        edge
        for edge, together in (("head", a.start == b.start), ("tail", a.end == b.end))
        if together
    }


def _linked(film: Film, kind: str, name: str, frame: int, by: int) -> Film:  # noqa: PLR0911
    timeline = film.timelines[0]
    match kind:
        case "insert":
            fresh = Clip(
                id=f"new{frame}{by}{name}", source=ShotSource(shot_id="s0"), start=frame, length=9
            )
            track = timeline.tracks[1 + frame % 2].id
            return insert_clips(film, timeline.id, [Placement(track_id=track, clip=fresh)])
        case "delete":
            return ripple_delete(film, timeline.id, [name])
        case "ripple":
            edge = "head" if by < 0 else "tail"
            return ripple_trim(film, timeline.id, name, edge, frame)
        case "move":
            return move_clips(film, timeline.id, [name], frames=by)
        case "trim":
            return trim_clip(film, timeline.id, name, "head" if by < 0 else "tail", frame)
        case "extract":
            return extract_range(film, timeline.id, frame, frame + abs(by))
        case "slip":
            return slip_clips(film, timeline.id, [name], by)
        case "slide":
            return slide_clip(film, timeline.id, name, by)
        case _:
            return roll_edit(film, timeline.id, name, "head" if by < 0 else "tail", frame)


def _overlapping(film: Film) -> list[tuple[str, str]]:
    """Linked pairs in sync, of two clips each, that share a frame."""
    by_link: dict[str, list[Clip]] = {}
    for track in film.timelines[0].tracks:
        for clip in track.clips:
            if clip.link_id is not None:
                by_link.setdefault(clip.link_id, []).append(clip)
    return [
        (pair[0].id, pair[1].id)
        for pair in by_link.values()
        if len(pair) == 2
        and pair[0].start < pair[1].end
        and pair[1].start < pair[0].end
        and pair[0].start - pair[0].source_in == pair[1].start - pair[1].source_in
    ]


def test_a_slide_takes_the_sound_along_and_its_neighbours_give_way():
    film = film_of_clips(gaps=False)
    after = slide_clip(film, cut(film), "2-2", 6)
    for lane in (1, 2):
        left, own, right = (clip_of(after, f"{lane}-{n}") for n in (1, 2, 3))
        assert (left.start, left.end) == (20, 46)
        assert (own.start, own.length, own.source_in) == (46, 20, 2)
        assert (right.start, right.end, right.source_in) == (66, 80, 9)
    alone = slide_clip(film, cut(film), "2-2", 6, linked=False)
    assert (clip_of(alone, "2-2").start, clip_of(alone, "1-2").start) == (46, 40)


def test_clips_that_are_selected_together_slide_as_one():
    film = film_of_clips(gaps=False)
    after = slide_clip(film, cut(film), "2-1", 6, also={"2-2"})
    for lane in (1, 2):
        spans = [
            (clip.start, clip.end) for clip in (clip_of(after, f"{lane}-{n}") for n in range(4))
        ]
        assert spans == [(0, 26), (26, 46), (46, 66), (66, 80)]
    assert clip_of(after, "2-2").source_in == clip_of(film, "2-2").source_in
    apart = slide_clip(film, cut(film), "2-1", 6, also={"2-2", "1-2"}, linked=False)
    assert [clip_of(apart, name).start for name in ("1-1", "1-2", "2-1", "2-2")] == [20, 46, 26, 46]
    locked = edit_track(film, cut(film), film.timelines[0].tracks[1].id, locked=True)
    held = slide_clip(locked, cut(film), "2-1", 6, also={"2-2", "1-1", "1-2"})
    assert [clip_of(held, name).start for name in ("1-1", "1-2", "2-1", "2-2")] == [20, 40, 26, 46]


def test_cuts_of_other_selected_clips_roll_along_where_they_lie_on_the_same_frame():
    film = film_of_clips(gaps=False)
    also = {"1-2", "1-4"}
    after = roll_edit(film, cut(film), "2-2", "head", 45, also=also, linked=False)
    for lane in (1, 2):
        assert clip_of(after, f"{lane}-1").end == clip_of(after, f"{lane}-2").start == 45
    assert clip_of(after, "1-4") == clip_of(film, "1-4")
    alone = roll_edit(film, cut(film), "2-2", "head", 45, linked=False)
    assert clip_of(alone, "1-2").start == 40


def test_clips_that_are_selected_together_slip_with_their_sounds_once():
    film = film_of_clips(gaps=False)
    names = ["2-1", "1-1", "2-2"]
    after = slip_clips(film, cut(film), names, -1)
    for name in (*names, "1-2"):
        assert clip_of(after, name).source_in == clip_of(film, name).source_in - 1


def test_a_sound_without_a_neighbour_slides_in_its_gap_and_no_further():
    film = film_of_clips(gaps=False)
    film = lift_clips(film, cut(film), ["1-3"], linked=False)
    film = trim_clip(film, cut(film), "1-4", "head", 76, linked=False)
    after = slide_clip(film, cut(film), "2-2", 19)
    assert clip_of(after, "2-2").start == clip_of(after, "1-2").start == 56
    assert clip_of(after, "1-4").start == 76
    assert sound(after) == []


def test_a_roll_moves_the_cut_of_the_sound_as_well():
    film = film_of_clips(gaps=False)
    for after in (
        roll_edit(film, cut(film), "2-2", "head", 47),
        roll_edit(film, cut(film), "1-1", "tail", 47),
    ):
        for lane in (1, 2):
            left, right = clip_of(after, f"{lane}-1"), clip_of(after, f"{lane}-2")
            assert (left.end, right.start, right.source_in) == (47, 47, 9)
    alone = roll_edit(film, cut(film), "2-2", "head", 47, linked=False)
    assert (clip_of(alone, "2-2").start, clip_of(alone, "1-2").start) == (47, 40)


def test_a_roll_of_a_split_edit_leaves_the_cut_of_the_sound_where_it_was():
    film = film_of_clips(gaps=False)
    film = roll_edit(film, cut(film), "1-2", "head", 38, linked=False)
    after = roll_edit(film, cut(film), "2-2", "head", 43)
    assert (clip_of(after, "2-2").start, clip_of(after, "1-2").start) == (43, 38)


def test_a_ripple_that_links_hold_says_so():
    film = film_of_clips(gaps=False)
    with pytest.raises(ChangeError, match="Links hold the cut"):
        ripple_trim(film, cut(film), "1-1", "tail", 35, linked=False)
    assert clip_of(ripple_trim(film, cut(film), "1-1", "tail", 35), "1-2").start == 35
