"""Where sources end: no trim, roll, slip or slide makes a clip show more than there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.document import trim_changes as trims
from studio.document.errors import ChangeError
from studio.document.film import (
    Clip,
    Film,
    Media,
    MediaFacts,
    MediaSource,
    Shot,
    ShotSource,
    Timeline,
    Track,
    new_film,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.retime import longest, source_out
from studio.document.timeline_access import find_clip
from tests.studio.document.edits import sound

PATIENT = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
RATE = Fraction(24)
SPEEDS = st.sampled_from([Fraction(1), Fraction(1), Fraction(1, 2), Fraction(3, 2), Fraction(2)])
CUT = "cut"


@st.composite
def films(draw: st.DrawFn) -> tuple[Film, Ledger, dict[str, int]]:
    """Linked picture and sound in a row, some of takes and some of a file, with their lengths."""
    shots: list[Shot] = []
    takes: list[TakeRecord] = []
    media: list[Media] = []
    pictures: list[Clip] = []
    lengths: dict[str, int] = {}
    start = 0
    for n in range(5):
        frames = draw(st.integers(6, 40))
        if draw(st.booleans()):
            source = ShotSource(shot_id=f"s{n}")
            shots.append(Shot(id=f"s{n}", name=f"Shot {n}", chosen_take_id=f"t{n}"))
            takes.append(_take(f"t{n}", frames))
        else:
            source = MediaSource(media_id=f"m{n}")
            media.append(_file(f"m{n}", frames))
        clip = Clip(
            id=f"v{n}",
            source=source,
            start=start,
            length=1,
            source_in=draw(st.integers(0, frames - 1)),
            speed=draw(SPEEDS),
            backwards=draw(st.booleans()),
            link_id=f"l{n}",
        )
        clip = replace(clip, length=draw(st.integers(1, longest(clip, frames))))
        pictures.append(clip)
        lengths[f"v{n}"] = lengths[f"a{n}"] = frames
        start = clip.end + draw(st.sampled_from([0, 0, 0, 3]))
    sounds = tuple(replace(clip, id=f"a{n}") for n, clip in enumerate(pictures))
    tracks = (
        Track(id="A1", kind="audio", name="A1", clips=sounds),
        Track(id="V1", kind="video", name="V1", clips=tuple(pictures)),
    )
    timeline = Timeline(id=CUT, name="Cut", tracks=tracks)
    film = replace(
        new_film("Tide", rate=RATE),
        shots=tuple(shots),
        media=tuple(media),
        timelines=(timeline,),
        active_timeline_id=CUT,
    )
    return film, Ledger().append(*takes), lengths


def _take(take_id: str, frames: int) -> TakeRecord:
    return TakeRecord(
        id=take_id,
        shot_id=take_id.replace("t", "s"),
        folder=take_id,
        kind="full",
        frames=frames,
        rate=RATE,
        width=128,
        height=72,
        samples=frames * 1000,
        sample_rate_hz=24_000,
        created="2026-01-01T10:00:00.000+00:00",
    )


def _file(media_id: str, frames: int) -> Media:
    facts = MediaFacts(frames=frames, rate=RATE, samples=frames * 1000, sample_rate_hz=24_000)
    return Media(
        id=media_id, kind="video", name=media_id, path=media_id, sha256=media_id, facts=facts
    )


Deed = Callable[[Film, Ledger, str, int, bool], Film]
DEEDS: dict[str, Deed] = {
    "head": lambda f, r, c, at, k: trims.trim_clip(f, CUT, c, "head", at, linked=k, ledger=r),
    "tail": lambda f, r, c, at, k: trims.trim_clip(f, CUT, c, "tail", at, linked=k, ledger=r),
    "ripple head": lambda f, r, c, at, k: trims.ripple_trim(
        f, CUT, c, "head", at, linked=k, ledger=r
    ),
    "ripple tail": lambda f, r, c, at, k: trims.ripple_trim(
        f, CUT, c, "tail", at, linked=k, ledger=r
    ),
    "roll head": lambda f, r, c, at, k: trims.roll_edit(f, CUT, c, "head", at, linked=k, ledger=r),
    "roll tail": lambda f, r, c, at, k: trims.roll_edit(f, CUT, c, "tail", at, linked=k, ledger=r),
    "slip": lambda f, r, c, at, k: trims.slip_clips(f, CUT, [c], at - 60, linked=k, ledger=r),
    "slide": lambda f, r, c, at, k: trims.slide_clip(f, CUT, c, at - 60, linked=k, ledger=r),
}


@PATIENT
@given(
    films(),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(DEEDS)),
            st.integers(0, 9),
            st.integers(0, 120),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_no_clip_comes_to_show_more_than_its_source_has(
    made: tuple[Film, Ledger, dict[str, int]], deeds: list[tuple[str, int, int, bool]]
):
    film, ledger, lengths = made
    for deed, pick, frame, linked in deeds:
        name = sorted(lengths)[pick]
        try:
            film = DEEDS[deed](film, ledger, name, frame, linked)
        except ChangeError:
            continue
        assert sound(film) == []
        for track in film.timelines[0].tracks:
            for clip in track.clips:
                assert source_out(clip) <= lengths[clip.id], (deed, clip.id)


@pytest.mark.parametrize("deed", ["tail", "slip", "slide", "roll head"])
def test_a_clip_is_held_at_the_very_end_of_its_take(deed: str):
    clips = tuple(
        Clip(id=f"v{n}", source=ShotSource(shot_id=f"s{n}"), start=20 * n, length=20, source_in=5)
        for n in range(3)
    )
    lane = clips[:1] if deed == "tail" else clips
    tracks = (Track(id="V1", kind="video", name="V1", clips=lane),)
    film = replace(
        new_film("Tide", rate=RATE),
        shots=tuple(Shot(id=f"s{n}", name=f"Shot {n}", chosen_take_id=f"t{n}") for n in range(3)),
        timelines=(Timeline(id=CUT, name="Cut", tracks=tracks),),
        active_timeline_id=CUT,
    )
    ledger = Ledger().append(*(_take(f"t{n}", 30) for n in range(3)))
    on = {"tail": "v0", "slip": "v0", "slide": "v1", "roll head": "v1"}[deed]
    after = DEEDS[deed](film, ledger, on, 110, True)
    place = find_clip(after.timelines[0], "v0")
    assert place is not None
    assert source_out(place.clip) == 30
    longer = DEEDS[deed](film, Ledger(), on, 110, True)
    place = find_clip(longer.timelines[0], "v0")
    assert place is not None
    assert source_out(place.clip) > 30, "nobody said how long the take is"
