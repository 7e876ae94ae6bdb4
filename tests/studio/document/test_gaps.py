"""A cut without gaps stays without: only lifting and moving leave one, as the director asks."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.document import timeline_changes as timelines
from studio.document import trim_changes as trims
from studio.document.film import Film, Timeline
from tests.studio.document.edits import Edit, film_of_clips, tolerant

PATIENT = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

CLOSED: dict[str, Callable[[Film, Timeline, str, int, int], Film]] = {
    "ripple delete": lambda f, t, c, *_: timelines.ripple_delete(f, t.id, [c]),
    "ripple head": lambda f, t, c, at, _: trims.ripple_trim(f, t.id, c, "head", at),
    "ripple tail": lambda f, t, c, at, _: trims.ripple_trim(f, t.id, c, "tail", at),
    "roll": lambda f, t, c, at, by: trims.roll_edit(f, t.id, c, "head" if by < 0 else "tail", at),
    "slip": lambda f, t, c, _, by: trims.slip_clips(f, t.id, [c], by),
    "slide": lambda f, t, c, _, by: trims.slide_clip(f, t.id, c, by),
    "split": lambda f, t, c, at, _: timelines.split_clips(f, t.id, [c], at),
    "extract": lambda f, t, _, at, by: timelines.extract_range(f, t.id, at, at + abs(by)),
}


@st.composite
def closed_edits(draw: st.DrawFn) -> Edit:
    """One change that leaves no gap, to a clip wherever it is by then."""
    kind = draw(st.sampled_from(sorted(CLOSED)))
    pick, at, by = (
        draw(st.integers(0, 40)),
        draw(st.integers(0, 130)),
        draw(st.integers(-30, 30)),
    )

    def edit(film: Film) -> Film:
        timeline = film.timelines[0]
        clips = [clip for track in timeline.tracks for clip in track.clips]
        return CLOSED[kind](film, timeline, clips[pick % len(clips)].id, at, by) if clips else film

    return tolerant(edit)


def gaps(timeline: Timeline) -> list[str]:
    """Where a track shows nothing before its end."""
    found = []
    for track in timeline.tracks:
        ends = [0, *(clip.end for clip in track.clips)]
        starts = [clip.start for clip in track.clips]
        met = zip(ends, starts, strict=False)
        found += [f"{track.name} at {end}" for end, start in met if start != end]
    return found


@PATIENT
@given(st.lists(closed_edits(), min_size=1, max_size=10))
def test_what_closes_up_leaves_no_gap(sequence: list[Edit]):
    film = film_of_clips(gaps=False)
    assert gaps(film.timelines[0]) == []
    for edit in sequence:
        film = edit(film)
        assert gaps(film.timelines[0]) == []


def test_a_lift_leaves_the_gap_that_was_asked_for():
    film = film_of_clips(gaps=False)
    lanes = film.timelines[0].tracks[1:3]
    after = timelines.lift_clips(film, film.timelines[0].id, ["1-2"])
    assert gaps(after.timelines[0]) == [f"{lane.name} at 40" for lane in lanes]
