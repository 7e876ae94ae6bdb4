"""Held frames: one frame of the source, for as long as the clip lasts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.codec import decode, encode
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Media, MediaFacts, MediaSource, new_film
from studio.document.holding import hold_from, insert_hold, run_on
from studio.document.lane import clip_at
from studio.document.retime import HELD, is_held, source_frame
from studio.document.speed_changes import fit_to_range, reverse_clips, set_speed
from studio.document.timeline_access import place_of
from studio.document.timeline_changes import Placement, overwrite_clips, split_all
from studio.document.trim_changes import ripple_trim, slip_clips, trim_clip
from tests.studio.document.edits import film_of_clips, sound

PICTURES, SOUNDS = 2, 1
SPEEDS = st.sampled_from([Fraction(1), Fraction(2), Fraction(2, 3)])


def cut(film: Film) -> str:
    return film.timelines[0].id


def seen(film: Film, frame: int) -> tuple[object, int] | None:
    clip = clip_at(film.timelines[0].tracks[PICTURES].clips, frame)
    return None if clip is None else (clip.source, source_frame(clip, frame - clip.start))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 5), st.integers(0, 19), SPEEDS, st.booleans())
def test_a_picture_stands_from_the_playhead_to_the_end_of_its_clip(
    at: int, offset: int, speed: Fraction, backwards: bool
):
    name = f"{PICTURES}-{at}"
    film = film_of_clips(gaps=False)
    film = set_speed(film, cut(film), [name], speed)
    film = reverse_clips(film, cut(film), [name]) if backwards else film
    clip = place_of(film.timelines[0], name).clip
    frame = clip.start + offset % clip.length
    after = hold_from(film, cut(film), name, frame)
    assert sound(after) == []
    for one in range(film.timelines[0].tracks[PICTURES].clips[-1].end):
        held = frame <= one < clip.end
        assert seen(after, one) == seen(film, frame if held else one)
    sounds = after.timelines[0].tracks[SOUNDS].clips
    assert not any(is_held(clip) for clip in sounds)
    assert sounds[-1].end == film.timelines[0].tracks[SOUNDS].clips[-1].end


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 5), st.integers(0, 19), st.integers(1, 60))
def test_a_frame_is_inserted_and_all_else_moves_with_its_sound(at: int, offset: int, length: int):
    film = film_of_clips(gaps=False)
    name, frame = f"{PICTURES}-{at}", at * 20 + offset
    after = insert_hold(film, cut(film), name, frame, length)
    assert sound(after) == []
    for one in range(film.timelines[0].tracks[PICTURES].clips[-1].end):
        assert seen(after, one if one < frame else one + length) == seen(film, one)
    assert {seen(after, frame + one) for one in range(length)} == {seen(film, frame)}
    pictures, sounds = (after.timelines[0].tracks[n].clips for n in (PICTURES, SOUNDS))
    running = [clip for clip in pictures if not is_held(clip)]
    assert [(c.start, c.end, c.link_id) for c in running] == [
        (c.start, c.end, c.link_id) for c in sounds
    ]


def test_a_held_frame_is_trimmed_cut_and_slipped_and_has_no_speed():
    film = film_of_clips(gaps=False)
    film = insert_hold(film, cut(film), f"{PICTURES}-1", 25, 10)
    (held,) = (clip for clip in film.timelines[0].tracks[PICTURES].clips if is_held(clip))
    assert decode(Clip, encode(held)) == held
    longer = ripple_trim(film, cut(film), held.id, "tail", 90)
    longer = split_all(longer, cut(film), 50)
    assert {seen(longer, one) for one in range(25, 90)} == {seen(film, 25)}
    shorter = trim_clip(film, cut(film), held.id, "head", 28)
    shorter = trim_clip(shorter, cut(film), held.id, "tail", 31)
    assert {seen(shorter, one) for one in range(28, 31)} == {seen(film, 25)}
    assert seen(slip_clips(film, cut(film), [held.id], 3), 25) == (held.source, held.source_in + 3)
    assert seen(slip_clips(film, cut(film), [held.id], -99), 25) == (held.source, 0)
    for refused in (
        lambda: set_speed(film, cut(film), [held.id], Fraction(2)),
        lambda: fit_to_range(film, cut(film), held.id, 0, 50),
        lambda: hold_from(film, cut(film), held.id, 27),
        lambda: hold_from(film, cut(film), f"{SOUNDS}-1", 22),
    ):
        with pytest.raises(ChangeError, match=r"\.$"):
            refused()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 5), st.integers(0, 19))
def test_a_held_frame_runs_on_as_if_it_had_never_stood(at: int, offset: int):
    film = film_of_clips(gaps=False)
    frame = at * 20 + offset
    held = hold_from(film, cut(film), f"{PICTURES}-{at}", frame)
    clip = clip_at(held.timelines[0].tracks[PICTURES].clips, frame)
    assert clip is not None
    after = run_on(held, cut(film), [clip.id])
    assert sound(after) == []
    for one in range(film.timelines[0].tracks[PICTURES].clips[-1].end):
        assert seen(after, one) == seen(film, one)
    with pytest.raises(ChangeError, match=r"held frame to let it run on\.$"):
        run_on(after, cut(film), [clip.id])


def test_what_runs_on_ends_where_its_source_does():
    film = new_film("Tide")
    facts = MediaFacts(frames=30, rate=film.rate, width=64, height=36)
    media = Media(
        id="m", kind="video", name="tide.mp4", path="media/tide.mp4", sha256="0", facts=facts
    )
    film = replace(film, media=(media,))
    tracks = film.timelines[0].tracks
    at = next(n for n, track in enumerate(tracks) if track.kind == "video")
    still = Clip(
        id="c", source=MediaSource(media_id="m"), start=5, length=50, speed=HELD, source_in=12
    )
    film = overwrite_clips(film, cut(film), [Placement(track_id=tracks[at].id, clip=still)])
    (running,) = run_on(film, cut(film), ["c"]).timelines[0].tracks[at].clips
    assert (running.start, running.length) == (5, 18)
    assert source_frame(running, running.length - 1) == 29
