"""Replace edits: another source, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.errors import ChangeError
from studio.document.film import Film, Media, MediaFacts, MediaKind, MediaSource, TitleSource
from studio.document.ledger import Ledger
from studio.document.library_changes import add_media
from studio.document.replacing import replace_source
from studio.document.retime import source_frame, source_out
from studio.document.speed_changes import reverse_clips, set_speed
from studio.document.timeline_access import place_of
from studio.document.track_changes import edit_track
from tests.studio.document.edits import film_of_clips, sound

LENGTH = 100
NEW = MediaSource(media_id="new")
SPEEDS = st.fractions(Fraction(1, 4), Fraction(4), max_denominator=8)


def film_with(kind: MediaKind = "video", *, samples: int = 200_000, frames: int = LENGTH) -> Film:
    film = film_of_clips(gaps=False)
    facts = MediaFacts(
        frames=frames if kind == "video" else 0,
        rate=film.rate if kind == "video" else None,
        samples=samples,
        sample_rate_hz=48_000,
    )
    media = Media(id="new", kind=kind, name="New", path="media/new.mov", sha256="01", facts=facts)
    return add_media(film, [media], film.bins[0].id)


def replaced(film: Film, clip_id: str, frame: int, shows: int, *, linked: bool = True) -> Film:
    return replace_source(
        film,
        film.timelines[0].id,
        clip_id,
        NEW,
        frame=frame,
        shows=shows,
        linked=linked,
        ledger=Ledger(),
    )


def clip_of(film: Film, clip_id: str):
    return place_of(film.timelines[0], clip_id).clip


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 5), st.integers(0, 19), st.integers(0, LENGTH - 1), SPEEDS, st.booleans())
def test_the_wanted_picture_stands_at_the_playhead_and_all_else_stays(
    number: int, offset: int, shows: int, speed: Fraction, backwards: bool
):
    film, name = film_with(), f"2-{number}"
    cut = film.timelines[0].id
    film = set_speed(film, cut, [name], speed)
    film = reverse_clips(film, cut, [name]) if backwards else film
    before = clip_of(film, name)
    frame = before.start + offset % before.length
    try:
        after = replaced(film, name, frame, shows)
    except ChangeError:
        return
    assert sound(after) == []
    for one in (name, f"1-{number}"):
        was, clip = clip_of(film, one), clip_of(after, one)
        assert clip.source == NEW
        assert source_frame(clip, frame - clip.start) == shows
        assert clip.source_in >= 0
        assert source_out(clip) <= LENGTH
        assert was == replace(
            clip,
            source=was.source,
            source_in=was.source_in,
            source_phase=was.source_phase,
            retiming=was.retiming,
        )
    assert replaced(after, name, frame, shows) == after


@pytest.mark.parametrize(("shows", "words"), [(4, "begins too late"), (95, "ends too early")])
def test_a_source_without_the_frames_says_how_many_are_missing(shows: int, words: str):
    film = film_with()
    start = clip_of(film, "2-2").start
    with pytest.raises(ChangeError, match=rf"{words}.* {5 if shows == 95 else 6} frames"):
        replaced(film, "2-2", start + 10, shows)
    with pytest.raises(ChangeError, match="too short for the clip: 11 frames"):
        replaced(film_with(frames=9), "2-2", start + 10, 5)


def test_sound_stays_where_there_is_none_and_pictures_need_pictures():
    silent = film_with(samples=0)
    after = replaced(silent, "2-1", 25, 30)
    assert clip_of(after, "2-1").source == NEW
    assert clip_of(after, "1-1") == clip_of(silent, "1-1")
    with pytest.raises(ChangeError, match="no sound"):
        replaced(silent, "1-1", 25, 30)
    heard = film_with("audio")
    with pytest.raises(ChangeError, match="no picture"):
        replaced(heard, "2-1", 25, 30)
    after = replaced(heard, "1-1", 25, 30, linked=False)
    assert clip_of(after, "2-1") == clip_of(heard, "2-1")


def test_partners_of_another_source_and_locked_tracks_stay():
    film = film_with()
    cut = film.timelines[0]
    # The sound was recorded apart.
    other = replace_source(
        film, cut.id, "1-1", NEW, frame=20, shows=0, linked=False, ledger=Ledger()
    )
    after = replace_source(
        other, cut.id, "2-1", TitleSource(text="Sea"), frame=20, shows=0, ledger=Ledger()
    )
    assert clip_of(after, "1-1") == clip_of(other, "1-1")
    locked = edit_track(film, cut.id, cut.tracks[2].id, locked=True)
    with pytest.raises(ChangeError, match="locked"):
        replaced(locked, "2-1", 20, 0)
