"""The editing kernel: what stays where it is, what moves together, and what is shown when."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.document.clipboard import copied, paste
from studio.document.curves import gain_db_at, pose_at
from studio.document.cut_changes import duplicate_timeline, set_frame_shape
from studio.document.dissolve_changes import Handles, set_dissolve
from studio.document.dissolves import dissolve_span, mix_at, mixes_between
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, FrameShape, ShotSource, Subtitle, Track
from studio.document.framing import frame_size
from studio.document.gain_changes import move_gain_point, set_gain_point
from studio.document.group_changes import group_clips
from studio.document.lane import clip_at
from studio.document.looks import Curve, Dissolve, GainPoint, Key
from studio.document.retime import source_frame, source_out
from studio.document.ripple import subtitles_moved
from studio.document.speed_changes import fit_to_range, reverse_clips, set_speed
from studio.document.subtitle_changes import add_subtitle
from studio.document.three_point import Marks, Stretch, stretch_of
from studio.document.timeline_access import find_clip
from studio.document.timeline_changes import (
    Placement,
    extract_range,
    insert_clips,
    move_clips,
    overwrite_clips,
    ripple_delete,
    split_all,
)
from studio.document.track_changes import edit_track
from studio.document.trim_changes import (
    slip_clips,
    trim_clip,
)
from tests.studio.document.edits import Edit, edits, film_of_clips, sound, tolerant

PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SPEEDS = st.fractions(Fraction(1, 8), Fraction(8), max_denominator=12)


def cut(film: Film) -> str:
    return film.timelines[0].id


def clip_of(film: Film, clip_id: str) -> Clip:
    place = find_clip(film.timelines[0], clip_id)
    assert place is not None
    return place.clip


@PATIENT
@given(st.lists(edits(), min_size=1, max_size=10), st.integers(0, 3))
def test_a_locked_track_never_changes(sequence: list[Edit], lane: int):
    film = film_of_clips()
    timeline = film.timelines[0]
    locked = timeline.tracks[lane].id
    film = edit_track(film, timeline.id, locked, locked=True)
    before = next(track for track in film.timelines[0].tracks if track.id == locked)
    for edit in sequence:
        film = edit(film)
        found = [t for one in film.timelines for t in one.tracks if t.id == locked]
        if not found or not found[0].locked:
            break  # the track itself was unlocked, or left with its timeline
        kept = [clip for clip in before.clips if clip.source not in _gone(film)]
        assert list(found[0].clips) == kept


def _gone(film: Film) -> set[object]:
    """Sources of shots that the director took out of the list, which no lock keeps."""
    shots = {shot.id for shot in film.shots}
    return {ShotSource(shot_id=f"s{n}") for n in range(6) if f"s{n}" not in shots}


@PATIENT
@given(SPEEDS, st.booleans(), st.integers(1, 49), st.integers(0, 30))
def test_a_cut_changes_nothing_of_what_is_seen_and_heard(
    speed: Fraction, backwards: bool, at: int, source_in: int
):
    clip = Clip(
        id="a",
        source=ShotSource(shot_id="s0"),
        start=10,
        length=50,
        source_in=source_in,
        speed=speed,
        backwards=backwards,
        gain_points=(GainPoint(frame=3, gain_db=-9.0), GainPoint(frame=30, gain_db=3.0)),
        curves=(Curve(field="scale", keys=(Key(frame=5, value=1.0), Key(frame=40, value=2.0))),),
    )
    film = _on_one_track(clip)
    divided = split_all(film, cut(film), 10 + at)
    trimmed = trim_clip(film, cut(film), "a", "head", 10 + at // 2)
    trimmed = trim_clip(trimmed, cut(film), "a", "tail", 10 + at + 1)
    for frame in range(10, 60):
        whole = _seen(film, frame)
        assert _seen(divided, frame) == whole
        assert _seen(trimmed, frame) in (whole, None)
    assert source_out(clip) - clip.source_in >= 1


def _on_one_track(*clips: Clip) -> Film:
    film = film_of_clips(2)
    track = Track(id="only", kind="video", name="V1", clips=clips)
    return replace(film, timelines=(replace(film.timelines[0], tracks=(track,)),))


def _seen(film: Film, frame: int) -> tuple[int, float, float] | None:
    clip = clip_at(film.timelines[0].tracks[0].clips, frame)
    if clip is None:
        return None
    offset = frame - clip.start
    return (
        source_frame(clip, offset),
        round(gain_db_at(clip, offset), 9),
        round(pose_at(clip, offset).scale, 9),
    )


def test_a_bed_of_music_stays_where_pictures_ripple():
    film = film_of_clips()
    timeline = film.timelines[0]
    bed = Clip(id="bed", source=ShotSource(shot_id="s0"), start=0, length=100)
    film = overwrite_clips(film, timeline.id, [Placement(track_id=timeline.tracks[0].id, clip=bed)])
    after = ripple_delete(film, timeline.id, ["2-1"])
    assert clip_of(after, "bed") == bed
    assert clip_of(after, "2-2").start == clip_of(after, "1-2").start == 21


def test_sound_ahead_of_its_picture_moves_with_it():
    film = film_of_clips()
    film = overwrite_clips(film, cut(film), [])
    film = trim_clip(film, cut(film), "1-0", "tail", 12, linked=False)
    film = trim_clip(film, cut(film), "1-1", "head", 19, linked=False)
    lane = film.timelines[0].tracks[2].id
    new = Clip(id="new", source=ShotSource(shot_id="s0"), start=20, length=10)
    after = insert_clips(film, cut(film), [Placement(track_id=lane, clip=new)])
    assert clip_of(after, "1-1").start == clip_of(film, "1-1").start + 10
    assert clip_of(after, "2-1").start == 30


def test_the_members_of_a_group_move_as_one_and_alone_by_request():
    film = film_of_clips()
    film = group_clips(film, cut(film), ["2-4", "2-5"], group_id="g")
    together = move_clips(film, cut(film), ["2-4"], frames=100)
    assert {name: clip_of(together, name).start for name in ("2-4", "2-5", "1-4", "1-5")} == {
        "2-4": 180,
        "2-5": 200,
        "1-4": 180,
        "1-5": 200,
    }
    alone = move_clips(film, cut(film), ["2-4"], frames=100, linked=False)
    assert clip_of(alone, "2-5").start == 100


def _meeting() -> Film:
    left = Clip(id="a", source=ShotSource(shot_id="s0"), start=0, length=20)
    right = Clip(id="b", source=ShotSource(shot_id="s1"), start=20, length=20, source_in=6)
    return _on_one_track(left, right)


def test_a_dissolve_is_held_to_the_handles_on_both_sides():
    film = _meeting()
    film = set_dissolve(film, cut(film), "b", 24, handles=Handles(5, 6))
    dissolve = clip_of(film, "b").dissolve
    assert dissolve is not None
    assert (dissolve.before, dissolve.after) == (6, 5)
    lane = film.timelines[0].tracks[0].clips
    assert mix_at(lane, 13) is None
    first, last = mix_at(lane, 14), mix_at(lane, 24)
    assert first is not None
    assert last is not None
    assert (first.share, last.share) == (Fraction(1, 22), Fraction(21, 22))
    assert [mix.at for mix in mixes_between(lane, 0, 40)] == [0]
    assert mix_at(lane, 25) is None


def test_a_dissolve_that_begins_before_a_short_clip_is_found_there():
    short = Clip(id="a", source=ShotSource(shot_id="s0"), start=2, length=1)
    after = Clip(
        id="b",
        source=ShotSource(shot_id="s1"),
        start=3,
        length=9,
        dissolve=Dissolve(frames=4, before=3),
    )
    lane = (short, after)
    assert mix_at(lane, 0) is not None
    assert [mix.incoming.id for mix in mixes_between(lane, 0, 1)] == ["b"]


@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    start=st.integers(-3, 60),
    frames=st.integers(1, 30),
)
def test_every_dissolve_between_two_frames_is_found(lengths, start, frames):
    lane, at = [], 0
    for number, length in enumerate(lengths):
        room = min(lengths[number - 1], length) if number else 0
        dissolve = Dissolve(frames=room + 1, before=room) if room else None
        source = ShotSource(shot_id="s0")
        lane.append(
            Clip(id=f"c{number}", source=source, start=at, length=length, dissolve=dissolve)
        )
        at += length
    found = [mix.incoming.id for mix in mixes_between(tuple(lane), start, start + frames)]
    spans = [(clip.id, dissolve_span(clip)) for clip in lane]
    assert found == [
        clip_id
        for clip_id, span in spans
        if span is not None and span[0] < start + frames and span[1] > start
    ]


def test_where_there_are_no_handles_only_a_dip_is_made():
    film = _meeting()
    with pytest.raises(ChangeError, match="dip to black"):
        set_dissolve(film, cut(film), "b", 10, handles=Handles(0, 0))
    dipped = set_dissolve(film, cut(film), "b", 10, kind="dip", handles=Handles(0, 0))
    assert clip_of(dipped, "b").dissolve is not None


def test_a_dissolve_goes_with_the_cut_it_was_on():
    film = _meeting()
    film = set_dissolve(film, cut(film), "b", 8)
    apart = move_clips(film, cut(film), ["b"], frames=5)
    assert clip_of(apart, "b").dissolve is None
    shown_earlier = slip_clips(film, cut(film), ["b"], -5)
    assert clip_of(shown_earlier, "b").dissolve is not None
    assert clip_of(shown_earlier, "b").dissolve.before == 1


def test_a_slower_clip_shows_the_same_for_longer_and_back_again():
    film = film_of_clips()
    slow = set_speed(film, cut(film), ["2-1"], Fraction(1, 2))
    clip = clip_of(slow, "2-1")
    assert (clip.length, clip_of(slow, "2-2").start, clip_of(slow, "1-2").start) == (38, 59, 59)
    assert source_out(clip) == source_out(clip_of(film, "2-1"))
    assert set_speed(slow, cut(film), ["2-1"], Fraction(1)) == film
    turned = clip_of(reverse_clips(film, cut(film), ["2-1"]), "2-1")
    known = clip_of(film, "2-1")
    assert [source_frame(turned, n) for n in range(19)] == [
        source_frame(known, n) for n in reversed(range(19))
    ]


def test_an_envelope_runs_evenly_in_decibels_and_its_points_stay_in_order():
    film = _meeting()
    film = set_gain_point(film, cut(film), "a", 5, -12.0)
    film = set_gain_point(film, cut(film), "a", 15, 0.0)
    clip = clip_of(film, "a")
    assert [gain_db_at(clip, n) for n in (0, 5, 10, 15, 19)] == [-12.0, -12.0, -6.0, 0.0, 0.0]
    pulled = clip_of(move_gain_point(film, cut(film), "a", 5, 99, 40.0), "a")
    assert pulled.gain_points[0] == GainPoint(frame=14, gain_db=24.0)


def test_copies_are_pasted_with_links_of_their_own():
    film = film_of_clips()
    what = copied(film.timelines[0], ["2-1"])
    pasted, names = paste(film, cut(film), what, 200)
    clips = [clip_of(pasted, name) for name in names]
    assert {clip.start for clip in clips} == {200}
    assert len({clip.link_id for clip in clips}) == 1
    assert clips[0].link_id != "link1"


def test_a_copied_timeline_shares_no_clip_with_its_twin():
    film = film_of_clips()
    film = duplicate_timeline(film, cut(film))
    assert sound(film) == []
    assert film.active_timeline_id == film.timelines[1].id


@pytest.mark.parametrize(
    ("marks", "stretch"),
    [
        (Marks(), Stretch(0, 7, 50)),
        (Marks(source_in=10), Stretch(10, 7, 40)),
        (Marks(source_in=10, source_out=30), Stretch(10, 7, 20)),
        (Marks(source_in=10, record_in=3, record_out=15), Stretch(10, 3, 12)),
        (Marks(source_out=30, record_in=3, record_out=15), Stretch(18, 3, 12)),
        (Marks(source_in=10, source_out=30, record_out=90), Stretch(10, 70, 20)),
    ],
)
def test_three_points_say_the_fourth(marks: Marks, stretch: Stretch):
    assert stretch_of(marks, playhead=7, source_length=50, usual=9) == stretch


@pytest.mark.parametrize(
    ("marks", "stretch"),
    [
        (Marks(), Stretch(0, 7, 9)),
        (Marks(record_in=3), Stretch(0, 3, 9)),
        (Marks(record_out=30), Stretch(0, 21, 9)),
        (Marks(record_in=3, record_out=500), Stretch(0, 3, 497)),
    ],
)
def test_what_has_no_end_fills_what_is_marked(marks: Marks, stretch: Stretch):
    assert stretch_of(marks, playhead=7, source_length=None, usual=9) == stretch


def test_a_source_that_is_too_short_is_refused():
    with pytest.raises(ChangeError, match="fewer frames"):
        stretch_of(Marks(record_in=0, record_out=60), playhead=0, source_length=50, usual=9)


def test_subtitles_follow_the_cut_and_lose_what_is_taken_out():
    film = film_of_clips()
    for start, end in ((0, 10), (20, 45), (50, 60)):
        film = add_subtitle(film, cut(film), Subtitle(id=f"l{start}", start=start, end=end))
    lines = film.timelines[0].subtitles
    assert [(a.start, a.end) for a in subtitles_moved(lines, 40, -10)] == [
        (0, 10),
        (20, 35),
        (40, 50),
    ]
    after = extract_range(film, cut(film), 50, 60)
    assert [line.id for line in after.timelines[0].subtitles] == ["l0", "l20"]


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ("film", (1280, 720)),
        ("16:9", (1280, 720)),
        ("9:16", (720, 1280)),
        ("1:1", (720, 720)),
        ("2.39", (1280, 536)),
    ],
)
def test_a_frame_has_even_sides_of_its_shape(shape: FrameShape, size: tuple[int, int]):
    film = film_of_clips(1)
    film = set_frame_shape(film, cut(film), shape)
    found = frame_size(film, film.timelines[0])
    assert (found.width, found.height) == size


def test_a_refused_edit_leaves_the_film():
    film = film_of_clips(1)
    assert tolerant(lambda known: fit_to_range(known, cut(known), "none", 0, 3))(film) is film
